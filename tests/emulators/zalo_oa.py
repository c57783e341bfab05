"""A Zalo Official Account: OAuth under /v4/oa, the API under /v3.0/oa and /v2.0/oa (docs/zalo.md C1)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.emulators import zalo_oa_facts as facts
from tests.emulators.emulator import Call, Emulator, Json, NotDelivered, Now, read_call, wall_clock
from tests.emulators.redelivery import Answer, Post, Redelivery
from tests.emulators.zalo_oa_grants import Grants, OAuthFailure, TokenRefused
from tests.emulators.zalo_oa_groups import Groups
from tests.emulators.zalo_oa_history import Line, page, spoken
from tests.emulators.zalo_oa_message import Content, Refused, invalid, read_content
from tests.emulators.zalo_oa_uploads import Uploads
from tests.emulators.zalo_oa_user import AnonymousUser, OAUser
from tests.emulators.zalo_oa_webhook import Body, Delivery, Key, Sign, encode, headers, timed

HOUR = 3_600_000  # ms
# assumption: each gap counts from the try before it, not from the first (D4)
LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)  # seconds
FREE = 48 * HOUR
WINDOW = 7 * 24 * HOUR
WELCOMES = 3  # assumption: how many welcome messages a new follower may get (C1 rule 9)
GATES = (
    ("app_active", -209, "Not supported this api"),
    ("authorised", -223, "Official Account has not authorized this API"),
    ("oa_enabled", -204, "Offical Account is disable"),
    ("verified", -221, "The OA needs to be verified to use this feature"),
    ("package_ok", -224, "The OA needs to upgrade OA Tier Package"),
)
RETIRED = {
    # assumption: the codes of stopped services are unknown (C1 rules 11 and 15, D25)
    "/v3.0/oa/message/transaction": (-233, "message type is invalid or not support"),
    "/v3.0/oa/message/promotion": (-233, "message type is invalid or not support"),
    "/v2.0/oa/getprofile": (-209, "Not supported this api"),
    "/v2.0/oa/getfollowers": (-209, "Not supported this api"),
    "/v2.0/oa/updatefollowerinfo": (-209, "Not supported this api"),
}


@dataclass(frozen=True)
class Sent:
    """A message that reached a citizen: `buttons` as rows of one (label, data) each.

    `quota` is "reply", "welcome_msg", or "" for a message that was billed (docs/zalo.md A3.3).
    """

    chat_id: str
    text: str
    buttons: tuple[tuple[tuple[str, str], ...], ...]
    message_id: str
    method: str
    content: Content
    quota: str = ""
    quote_id: str = ""


class ZaloOAEmulator(Emulator):
    """One app, one OA, and whoever talks to it.

    Attributes:
        webhook_url: where events, echoes and receipts are posted; "" posts none.
        webhook_enabled: False once Zalo gave up on an event; somebody has to switch it on again (A5 point 5).
        retry_on: when an event is posted again; the sources disagree (D4), the default is the wording of the documentation.
        switched_off: events that are off in the app's console.
        syntax_filter: only texts that begin with "#" reach the webhook.
        redelivery: what is on its way; knobs for duplicates and late posts.
        deliveries: every webhook post so far, pushed or made with `post`.
        app_active, authorised, oa_enabled, verified, package_ok: the gates before every API call.
        oauth_failure: how a refused OAuth call looks: a number and a name, the name alone, or HTTP 400.
        limit_per_minute: calls before -32.
        receipts: also push `user_received_message` and `user_seen_message` for what was sent.
        uploads: what was uploaded, for messages to name.
    """

    def __init__(
        self,
        *,
        app_id: str = "1800000000000000001",
        app_secret: str = "APPSECRET_demo_0001",
        oa_id: str = "4100000000000000001",
        oa_secret: str = "OASECRETKEY_demo_0001",
        callback_url: str = "https://bot.example.gov.vn/zalo/callback",
        now: Now = wall_clock,
    ) -> None:
        super().__init__(now)
        self.app_id, self.app_secret, self.oa_id, self.oa_secret = app_id, app_secret, oa_id, oa_secret
        self.grants = Grants(app_id, app_secret, oa_id, callback_url, now)
        self.webhook_url, self.webhook_enabled = "", True
        self.retry_on: Literal["no connection", "any failure", "never"] = "no connection"
        self.switched_off: set[str] = set()
        self.syntax_filter = False
        self.redelivery = Redelivery(now, self._deliver, self._again)
        self.app_active = self.authorised = self.oa_enabled = self.verified = self.package_ok = True
        self.oauth_failure: Literal["number", "name", "http"] = "number"
        self.limit_per_minute = 4000
        self.receipts = self.allow_list = False
        self.uploads = Uploads(now)
        self.groups = Groups(self)
        self.history: list[Line] = []
        self.users: dict[str, OAUser] = {}
        self.visitors: dict[str, AnonymousUser] = {}
        self.sent: list[Sent] = []
        self.reactions: list[Json] = []
        self.deliveries: list[Delivery] = []
        self._minute = (0, 0)  # which minute, calls in it

    # What a test does

    def user(self, user_id: str = "5200000000000000001", name: str = "Nguyễn Thị Hoa") -> OAUser:
        return self.users.setdefault(user_id, OAUser(self, user_id, name))

    def visitor(
        self, anonymous_id: str = "6600000000000000001", conversation_id: str = "c0ffee0123456789abcd"
    ) -> AnonymousUser:
        return self.visitors.setdefault(anonymous_id, AnonymousUser(self, anonymous_id, conversation_id))

    def post(
        self, event: Json, url: str = "", *, body: Body = "compact", sign: Sign = "good", retry: int = 0
    ) -> httpx.Response:
        """Posts a signed event to `url`, or to `webhook_url`. `retry` says which repetition this is (A5 point 4)."""
        self.learn(event)
        answer = self._send(event, url or self.webhook_url, body, sign, retry)
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    def dispatch(self, event: Json) -> None:
        """Something happens: it is posted to `webhook_url`, and again as Zalo does."""
        self.learn(event)
        if why_not := self._withheld(event):
            raise NotDelivered(why_not)
        self.redelivery.post(event)

    def learn(self, event: Json) -> None:
        """What an event changes: who follows, who wrote last when, what stands in the talk."""
        name = event["event_name"]
        if name.startswith("user_send_") and (line := spoken(event["sender"]["id"], event)):
            self.history.append(line)
        if name in ("follow", "unfollow"):
            user = self.user(event["follower"]["id"])
            user.follower = name == "follow"
            user.welcome_left = WELCOMES if user.follower else 0
        elif name == "user_click_chatnow":
            self._interacts(event["user_id"]).clicked_chatnow = True
        elif name == "user_submit_info" or name.startswith("user_send_"):
            self._interacts(event["sender"]["id"])

    def push(self, event: Json) -> None:
        """The OA's own side: in the background and in order; the API's answer may come before or after."""
        if not self._withheld(event):
            self._echoes.submit(self.redelivery.post, event)

    def fail(self, error: int, message: str, times: int = 1, only: str | None = None) -> None:
        """The next calls answer HTTP 200 with this error."""
        self.faults.fail(200, {"error": error, "message": message}, times, only)

    @property
    def billed(self) -> int:
        return sum(sent.method == "cs" and not sent.quota for sent in self.sent)

    @property
    def violations(self) -> list[Delivery]:
        """Posts that were answered late or not with 200: Zalo warns the app's admin (A5 point 3)."""
        return [delivery for delivery in self.deliveries if delivery.violation]

    # HTTP

    def __enter__(self) -> Self:
        self._echoes = ThreadPoolExecutor(1)
        return super().__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._echoes.shutdown(cancel_futures=True)
        super().__exit__(kind, error, at)

    def routes(self) -> list[Route]:
        return [
            Route("/v4/oa/permission", self._permission, methods=["GET"]),
            Route("/v4/oa/access_token", self._access_token, methods=["POST"]),
            Route("/{version:str}/oa/{path:path}", self._serve, methods=["GET", "POST"]),
        ]

    async def _permission(self, request: Request) -> Response:
        call = await read_call(request, request.url.path)
        return await self.answer(call, lambda: self._consent(call))

    async def _consent(self, call: Call) -> Response:
        try:
            return RedirectResponse(self.grants.permission(call.params), 302)
        except OAuthFailure as failure:
            return self._refuse(failure)

    async def _access_token(self, request: Request) -> Response:
        call = await read_call(request, request.url.path)
        return await self.answer(call, lambda: self._exchange(call))

    async def _exchange(self, call: Call) -> Response:
        try:
            return JSONResponse(self.grants.exchange(call.headers, call.params))
        except OAuthFailure as failure:
            return self._refuse(failure)

    def _refuse(self, failure: OAuthFailure) -> Response:
        """These bodies are unlike the API's, and often come with HTTP 200 (A2.2)."""
        return JSONResponse(failure.body(self.oauth_failure != "name"), 400 if self.oauth_failure == "http" else 200)

    async def _serve(self, request: Request) -> Response:
        call = await read_call(request, request.url.path)
        handlers = self._handlers()
        if (request.method, call.name) not in handlers and call.name not in RETIRED:
            return Response(status_code=404)  # assumption: how Zalo answers an unknown path is not told
        return await self.answer(call, lambda: self._act(call, handlers.get((request.method, call.name))))

    async def _act(self, call: Call, handler: Callable[[Call], Any] | None) -> Response:
        try:
            self._admit(call)
            if handler is None:
                raise Refused(*RETIRED[call.name])
            body = {"data": handler(call), "error": 0, "message": "Success"}
        except (Refused, TokenRefused) as refusal:
            body = {"error": refusal.error, "message": str(refusal)}
        left = max(0, self.limit_per_minute - self._minute[1])
        limits = {"X-RateLimit-Limit": str(self.limit_per_minute), "X-RateLimit-Remain": str(left)}
        return JSONResponse(body, headers=limits, media_type="text/json;charset=utf-8")

    def _handlers(self) -> dict[tuple[str, str], Callable[[Call], Any]]:
        return {
            ("POST", "/v3.0/oa/message/cs"): self._cs,
            ("POST", "/v2.0/oa/message"): self._message_v2,
            ("POST", "/v2.0/oa/upload/image"): lambda call: self.uploads.take("image", call, self.hex_id()),
            ("POST", "/v2.0/oa/upload/gif"): lambda call: self.uploads.take("gif", call, self.hex_id()),
            ("POST", "/v2.0/oa/upload/file"): lambda call: self.uploads.take("file", call, self.hex_id()),
            ("GET", "/v3.0/oa/user/detail"): lambda call: facts.detail(self.users, call.params),
            ("GET", "/v2.0/oa/getoa"): lambda call: facts.getoa(self),
            ("POST", "/v3.0/oa/quota/message"): lambda call: facts.quota(self.users, call.params),
            ("GET", "/v2.0/oa/conversation"): lambda call: page(self.history, call.params, self.oa_id, of_one=True),
            ("GET", "/v2.0/oa/listrecentchat"): lambda call: page(self.history, call.params, self.oa_id, of_one=False),
            **self.groups.handlers,
        }

    def _admit(self, call: Call) -> None:
        self.grants.check(call.headers.get("access_token"))
        minute = self.now() // 60_000
        self._minute = (minute, self._minute[1] + 1 if minute == self._minute[0] else 1)
        if self._minute[1] > self.limit_per_minute:
            raise Refused(-32, "Your application reached limit call api")
        for gate, error, message in GATES:
            if not getattr(self, gate):
                raise Refused(error, message)

    # Methods of the API

    def _cs(self, call: Call) -> Json:
        if "json" not in call.headers.get("content-type", ""):
            raise invalid("params")  # assumption: a body that is not declared as JSON is refused
        user = self.users.get(_recipient(call.params, "user_id"))
        if user is None:
            raise invalid("user_id")  # assumption: -201 rather than -230 or -232 for a stranger (D24)
        content = read_content(call.params.get("message"), self.uploads.check, self.allow_list)
        quota = self._spend(user)
        sent = self._keep(user.id, content, "cs", quota, call.params["message"].get("quote_message_id", ""))
        echo = user.echo(content.kind, _echoed(sent))
        if line := spoken(user.id, echo):
            self.history.append(line)
        self.push(echo)
        if self.receipts:
            self.push(user.received(sent))
            self.push(user.seen(sent))
        told = {"message_id": sent.message_id, "user_id": user.id, "sent_time": str(self.now())}
        return told | ({"quota": {"quota_type": quota}} if quota else {})

    def _message_v2(self, call: Call) -> Json:
        """Only reactions and anonymous visitors are left here (A1, C1 rule 11)."""
        recipient = call.params.get("recipient")
        if "sender_action" in call.params:
            return self._react(call.params)
        if not isinstance(recipient, dict) or "anonymous_id" not in recipient:
            raise Refused(-240, "MessageV2 API has been shut down, please switch to MessageV3")
        visitor = self.visitors.get(_recipient(call.params, "anonymous_id"))
        if visitor is None:
            raise invalid("anonymous_id")
        if recipient.get("conversation_id") != visitor.conversation_id:
            raise invalid("conversation_id")
        content = read_content(call.params.get("message"), self.uploads.check)
        sent = self._keep(visitor.id, content, "v2")
        self.push(visitor.echo(content.text, sent.message_id))
        ids = {"anonymous_id": visitor.id, "conversation_id": visitor.conversation_id}
        return {"message_id": sent.message_id, **ids}

    def _react(self, params: Json) -> Json:
        user_id, action = _recipient(params, "user_id"), params["sender_action"]
        if user_id not in self.users:
            raise invalid("user_id")
        if not isinstance(action, dict) or not action.get("react_icon") or not action.get("react_message_id"):
            raise invalid("sender_action")
        self.reactions.append({"user_id": user_id, **action})
        return {"message_id": action["react_message_id"], "user_id": user_id}  # assumption: the shape of the answer

    # Rules

    def _spend(self, user: OAUser) -> str:
        """Whether the citizen may be written to now, and what the message costs (A3.4, C1 rule 9)."""
        if user.banned:
            raise Refused(-227, "User is banned or has been inactive for more than 45 days")
        if user.blocked or user.restricted:
            raise Refused(-244, "User has restricted this message type from your OA")
        if user.capped:
            raise Refused(-218, "Out of quota receive")
        if user.last_interaction is None:
            return _welcome(user)
        age = self.now() - user.last_interaction
        if age > WINDOW:
            raise Refused(-230, "User has not interacted with the OA in the past 7 days")
        return "reply" if age <= FREE else ""

    def _keep(self, chat_id: str, content: Content, method: str, quota: str = "", quote_id: str = "") -> Sent:
        rows = tuple(((button.title, button.data),) for button in content.buttons)
        sent = Sent(chat_id, content.text, rows, self.hex_id(), method, content, quota, quote_id)
        self.sent.append(sent)
        return sent

    def _interacts(self, user_id: str) -> OAUser:
        user = self.user(user_id)
        user.last_interaction = self.now()
        return user

    def _withheld(self, event: Json) -> str:
        """Why Zalo does not post an event at all, or "" (A5 points 1, 2, 5)."""
        name = event["event_name"]
        if not self.webhook_url or not self.webhook_enabled:
            return "the webhook is off"
        if not self.authorised:
            return "the OA took its consent back"
        if name in self.switched_off:
            return f"{name} is switched off"
        # assumption: the filter reads what citizens type, and nothing else
        if self.syntax_filter and name == "user_send_text" and not event["message"]["text"].startswith("#"):
            return "the syntax filter is on"
        return ""

    def _deliver(self, event: Json, failed: int) -> Answer:
        answer = self._send(event, self.webhook_url, retry=failed)
        return Answer(None if isinstance(answer, httpx.HTTPError) else answer.status_code)

    def _again(self, post: Post, answer: Answer) -> float | None:
        """The ladder of A5 point 4. After its last rung the webhook is off until somebody enables it again."""
        tried = self.retry_on == "any failure" or (self.retry_on == "no connection" and answer.status is None)
        if not tried:
            return None
        if post.failed < len(LADDER):
            return LADDER[post.failed]
        self.webhook_enabled = False
        return None

    def _send(
        self, event: Json, url: str, body: Body = "compact", sign: Sign = "good", retry: int = 0
    ) -> httpx.Response | httpx.HTTPError:
        raw = encode(event, body)
        signed = headers(event, raw, Key(self.app_id, self.oa_secret), sign, retry)
        delivery, answer = timed(event, lambda: self._http.post(url, content=raw, headers=signed))
        self.deliveries.append(delivery)
        return answer


def _welcome(user: OAUser) -> str:
    # assumption: following alone allows welcome messages and opens no window (A3.3 and A3.4 disagree)
    if user.welcome_left <= 0:
        raise Refused(-232, "User has not interacted with the OA, or the last interaction has expired")
    user.welcome_left -= 1
    return "welcome_msg"


def _recipient(params: Json, name: str) -> str:
    recipient = params.get("recipient")
    value = recipient.get(name) if isinstance(recipient, dict) else None
    if not isinstance(value, str):
        raise invalid(name)
    return value


def _echoed(sent: Sent) -> Json:
    message = {"text": sent.text} if sent.text else {}
    message |= {"msg_id": sent.message_id}
    if sent.content.kind == "text" or sent.content.attachment is None:
        return message  # assumption: the echo does not tell the buttons
    url = "https://photo-demo.zdn.vn/sent"
    return {**message, "attachments": [{"type": sent.content.kind, "payload": {"thumbnail": url, "url": url}}]}
