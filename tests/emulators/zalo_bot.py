"""The Zalo Bot Platform at /bot<token>/<method> (docs/zalo.md part B, C2)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.emulators.emulator import Emulator, Json, NotDelivered, Now, read_call, utf16_length, wall_clock
from tests.emulators.redelivery import Answer, Post, Redelivery
from tests.emulators.zalo_bot_user import BotUser
from tests.patient import SECONDS

AGENT = "Java/1.8.0_192"
TEXT_LIMIT = 2000
PARSE_MODES = {"markdown", "html"}
ZALO_HOSTS = ("zalo.me", "zaloplatforms.com", "zapps.me", "zaloapp.com", "zalo.vn")
DAY = 24 * 3_600_000  # ms
POLL = 30.0  # seconds, when getUpdates is called without a timeout


class Refusal(Exception):
    """An answer with `ok: false`. Code 403 would mean an internal error here (B5 point 8)."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code

    def body(self) -> Json:
        if self.code == 426:  # the only one in camelCase (B2)
            return {"ok": False, "errorCode": 426, "description": str(self)}
        return {"ok": False, "error_code": self.code, "description": str(self)}


def bad(why: str) -> Refusal:
    # assumption: the platform says only "Bad request"; the reason is for whoever reads a failing test
    return Refusal(400, f"Bad request: {why}")


@dataclass(frozen=True)
class Sent:
    """A message of the bot. This platform has no buttons, so `buttons` is always empty."""

    chat_id: str
    text: str
    message_id: str
    method: str
    photo: str = ""
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()


class ZaloBotEmulator(Emulator):
    """One bot, and whoever talks to it.

    Attributes:
        allow_loopback: lets setWebhook take http on 127.0.0.1.
        errors_with_200: errors come with HTTP 200 and `ok: false`, as also seen.
        keep_updates: events that nobody polls for wait; the platform drops them (B3).
        monthly_quota, max_users, webhooks_a_day: the limits of the free plan; the last is an assumption.
        probe: how setWebhook tries the address: an empty POST with or without the secret, or not at all.
        webhook: the arguments of the setWebhook in force.
        wrapped: webhook posts look as documented instead of as seen live.
        ladder: seconds until each further try of a post that failed. An assumption: that Zalo tries again was seen, when was not.
        redelivery: what is on its way to the webhook; knobs for duplicates and late posts.
    """

    def __init__(
        self,
        token: str = "1459232241454765289:bot-secret_demo_0001",
        name: str = "Bot Hộ Tịch",
        allow_loopback: bool = False,
        now: Now = wall_clock,
    ) -> None:
        super().__init__(now)
        self.token = token
        self.name = name
        self.allow_loopback = allow_loopback
        self.errors_with_200 = self.keep_updates = self.wrapped = False
        self.ladder: tuple[float, ...] = (30, 300)  # assumption
        self.redelivery = Redelivery(now, self._deliver, self._again)
        self.monthly_quota, self.max_users, self.webhooks_a_day = 3000, 50, 100
        # assumption: the probe carries the secret (B4)
        self.probe: Literal["secret", "bare", "none"] = "secret"
        self.webhook: Json = {}
        self.sent: list[Sent] = []
        self.typing: list[str] = []
        self._spent: list[int] = []  # when each message of the quota went
        self._set: list[int] = []  # when each webhook was set
        self._users: set[str] = set()
        self._chats: dict[str, str] = {}  # id -> PRIVATE or GROUP
        self._tested: list[int] = []  # when testWebhook was called
        self._polls = 0
        self._pending: list[Json] = []

    # What a test does

    def user(
        self, user_id: str = "a1b2c3d4e5f60718293a", name: str = "Nguyễn Thị Hoa", protected: bool = False
    ) -> BotUser:
        return BotUser(self, user_id, name, protected)

    def post(
        self, event: Json, url: str | None = None, secret: str | None = None, wrapped: bool = False
    ) -> httpx.Response:
        """Posts an event to `url`, or to the webhook in force; flat as seen live, or wrapped as documented."""
        self.learn(event)
        if url is None:
            if not self.webhook:
                raise NotDelivered("no webhook is set")
            url, secret = self.webhook["url"], self.webhook["secret_token"]
        headers = {"User-Agent": AGENT} | ({"X-Bot-Api-Secret-Token": secret} if secret is not None else {})
        return self._http.post(url, json={"ok": True, "result": event} if wrapped else event, headers=headers)

    def dispatch(self, event: Json) -> None:
        """Something happens: it is posted to the webhook in force, and again when that fails."""
        self.learn(event)
        if not self.webhook:
            raise NotDelivered("no webhook is set")
        self.redelivery.post(event)

    def offer(self, event: Json) -> bool:
        """An event for getUpdates. When nobody is polling it is lost, and the answer is False."""
        self.learn(event)
        kept = self._polls > 0 or self.keep_updates
        if kept:
            self._pending.append(event)
        return kept

    def learn(self, event: Json) -> None:
        """Who may be written to: a chat is known once something came from it; user 51 is not served (B1)."""
        message = event.get("message")
        if message is None:
            return
        sender = message["from"]["id"]
        if sender not in self._users and len(self._users) >= self.max_users:
            raise NotDelivered(f"the bot already has {self.max_users} users")
        self._users.add(sender)
        self._chats[message["chat"]["id"]] = message["chat"]["chat_type"]

    # HTTP

    def routes(self) -> list[Route]:
        return [Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])]

    async def _serve(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return self._error(Refusal(401, "Unauthorized"))
        name = request.path_params["method"]
        method = getattr(self, f"do_{name}", None)  # case counts here
        if method is None:
            return self._error(Refusal(404, "Not Found"))
        call = await read_call(request, name)
        return await self.answer(call, lambda: self._act(method, call.params))

    async def _act(self, method: Callable[[Json], Any], params: Json) -> Response:
        try:
            result = method(params)
            if isinstance(result, Awaitable):
                result = await result
        except Refusal as refusal:
            return self._error(refusal)
        if result is None:
            return JSONResponse({"ok": True})
        return JSONResponse({"ok": True, "result": result, "error_code": 0})

    def _error(self, refusal: Refusal) -> Response:
        return JSONResponse(refusal.body(), 200 if self.errors_with_200 else refusal.code)

    # Methods of the platform

    def do_getMe(self, params: Json) -> Json:
        bot_id = self.token.split(":")[0]
        return {"id": bot_id, "account_name": "bot.DemoAbcd1", "account_type": "BASIC", "can_join_groups": False}

    def do_sendMessage(self, params: Json) -> Json:
        """A `reply_markup` is ignored without a word, which exposes whoever relies on buttons."""
        chat_id = self._chat(params)
        text = _text(params, "text")
        if not text:
            raise bad("text")
        if params.get("parse_mode") not in (None, *PARSE_MODES):
            raise bad("parse_mode")
        return self._keep(Sent(chat_id, text, self.hex_id(), "sendMessage"))

    def do_sendPhoto(self, params: Json) -> Json:
        chat_id, photo = self._chat(params), str(params.get("photo") or "")
        if not re.match(r"https?://[^/]", photo):
            raise bad("photo")
        return self._keep(Sent(chat_id, _text(params, "caption"), self.hex_id(), "sendPhoto", photo))

    def do_sendSticker(self, params: Json) -> Json:
        chat_id = self._chat(params)
        if not params.get("sticker"):
            raise bad("sticker")
        return self._keep(Sent(chat_id, "", self.hex_id(), "sendSticker"))

    def do_sendVoice(self, params: Json) -> Json:
        """One to one only: to a group it answers like a success, and nothing arrives (B2)."""
        chat_id, url = self._chat(params), str(params.get("voice_url") or "")
        if not re.match(r"https?://[^/].*\.aac$", url):
            raise bad("voice_url")
        if self._chats[chat_id] == "GROUP":
            return {"message_id": self.hex_id(), "date": self.now()}
        return self._keep(Sent(chat_id, "", self.hex_id(), "sendVoice"))

    def do_sendChatAction(self, params: Json) -> None:
        chat_id = self._chat(params)
        if params.get("action") != "typing":
            raise bad("action")
        self.typing.append(chat_id)

    async def do_setWebhook(self, params: Json) -> Json:
        url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
        self._check_url(url)
        if not 8 <= len(secret) <= 256:
            raise bad("secret_token")
        self._set = [at for at in self._set if self.now() - at < DAY] + [self.now()]
        if len(self._set) > self.webhooks_a_day:
            raise Refusal(426, "Upgrade Required")
        self.webhook = {"url": url, "secret_token": secret, "updated_at": self.now()}
        return {"url": url, "updated_at": self.now(), "verification": await self._verify(url, secret)}

    async def do_testWebhook(self, params: Json) -> Json:
        # assumption: it counts apart from setWebhook, and tries the webhook in force; the documentation dropped it (D20)
        if not self.webhook:
            raise bad("url")
        self._tested = [at for at in self._tested if self.now() - at < DAY] + [self.now()]
        if len(self._tested) > self.webhooks_a_day:
            raise Refusal(426, "Upgrade Required")
        return await self._verify(self.webhook["url"], self.webhook["secret_token"])

    def do_getWebhookInfo(self, params: Json) -> Json:
        if not self.webhook:
            raise Refusal(404, "Not Found")  # as seen live, not as documented (D19)
        return {"url": self.webhook["url"], "updated_at": self.webhook["updated_at"]}

    def do_deleteWebhook(self, params: Json) -> Json:
        self.webhook = {}
        return {"url": "", "updated_at": self.now()}

    async def do_getUpdates(self, params: Json) -> Json:
        """One event or, when none comes in time, 408."""
        if self.webhook:
            raise bad("a webhook is set")  # assumption: the code is not told
        loop = asyncio.get_running_loop()
        end = loop.time() + _seconds(params)
        self._polls += 1
        try:
            while not self._pending and loop.time() < end and not self.closing:
                await asyncio.sleep(0.01)
        finally:
            self._polls -= 1
        if not self._pending:
            raise Refusal(408, "Request timeout")
        return self._pending.pop(0)

    # Rules

    def _deliver(self, event: Json, failed: int) -> Answer:
        try:
            return Answer(self.post(event, wrapped=self.wrapped).status_code)
        except (httpx.HTTPError, NotDelivered):
            return Answer(None)

    def _again(self, post: Post, answer: Answer) -> float | None:
        return self.ladder[post.failed] if post.failed < len(self.ladder) else None

    def _chat(self, params: Json) -> str:
        chat_id = params.get("chat_id")
        if not isinstance(chat_id, str) or chat_id not in self._chats:
            raise bad("chat_id")  # assumption: the code for an unknown chat is not told
        return chat_id

    def _keep(self, sent: Sent) -> Json:
        self._spent = [at for at in self._spent if self.now() - at < 30 * DAY]  # assumption: a sliding month
        if len(self._spent) >= self.monthly_quota:
            raise Refusal(429, "Quota exceeded")
        self._spent.append(self.now())
        self.sent.append(sent)
        return {"message_id": sent.message_id, "date": self.now()}

    def _check_url(self, url: str) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self.allow_loopback and host == "127.0.0.1":
            return
        if parts.scheme != "https" or not _public(host):
            raise bad("url")

    async def _verify(self, url: str, secret: str) -> Json:
        """Seen once: an empty POST without Content-Type (B4). Nothing here ever leaves the loopback."""
        if self.probe == "none" or urlsplit(url).hostname != "127.0.0.1":
            return {"ok": False, "outcome": "webhook.err.unreachable", "hint": "Your endpoint could not be reached."}
        headers = {"User-Agent": AGENT} | ({"X-Bot-Api-Secret-Token": secret} if self.probe == "secret" else {})
        try:
            async with httpx.AsyncClient(timeout=SECONDS, trust_env=False, verify=False) as client:
                status = (await client.post(url, headers=headers)).status_code
        except httpx.HTTPError:
            return {"ok": False, "outcome": "webhook.err.conn", "hint": "Your endpoint could not be reached."}
        if 200 <= status < 300:
            told = {"url": url, "status_code": status, "outcome": "webhook.ok", "latency_ms": 5}
            return {"ok": True, **told, "hint": "Your endpoint responded successfully."}
        return {"ok": False, "status_code": status, "outcome": _outcome(status), "hint": "Your server rejected it."}


def _text(params: Json, name: str) -> str:
    text = params.get(name) or ""
    # assumption: the 2,000 count UTF-16 units, the stricter reading (B2)
    if not isinstance(text, str) or utf16_length(text) > TEXT_LIMIT:
        raise bad(name)
    return text if text.strip() else ""


def _seconds(params: Json) -> float:
    """Documented as a string, shown as a number."""
    try:
        return float(params.get("timeout") or POLL)
    except ValueError:
        raise bad("timeout") from None


def _public(host: str) -> bool:
    if host == "localhost" or "." not in host or host.endswith(ZALO_HOSTS):
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return True


def _outcome(status: int) -> str:
    if status in (403, 404):
        return f"webhook.http.{status}"
    return "webhook.http.5xx" if status >= 500 else "webhook.http.other"
