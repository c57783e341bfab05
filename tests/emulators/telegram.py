"""Telegram's Bot API at /bot<token>/<method>."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.emulators.emulator import Call, Emulator, Json, NotDelivered, Now, read_call, utf16_length, wall_clock
from tests.emulators.redelivery import Answer, Redelivery
from tests.emulators.telegram_chats import Chats
from tests.emulators.telegram_pace import PaceRules
from tests.emulators.telegram_redelivery import again, complaint, lane
from tests.emulators.telegram_rules import Refusal, Rows, check_webhook_url, decoded, markup, rows, visible_text, whole
from tests.emulators.telegram_topics import Topics
from tests.emulators.telegram_user import Group, TelegramUser

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
TYPING = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
STALE = "query is too old and response timeout expired or query ID is invalid"
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


@dataclass(frozen=True)
class Sent:
    """What the bot made appear in a chat: `text` as people see it, `buttons` as rows of (label, data)."""

    chat_id: int
    text: str
    buttons: Rows
    message_id: int
    method: str
    thread_id: int | None = None


class TelegramEmulator(Emulator):
    """One bot, and whoever talks to it.

    Attributes:
        allow_loopback: lets setWebhook take http and any port on 127.0.0.1.
        chats: who is there and what stands in them; whether the bot may delete it.
        made: every update that somebody here made, posted or not.
        pace: how fast it may be called.
        sent: every message and edit that succeeded, in order.
        topics: of groups that are forums; whether the bot may manage them.
        webhook: the arguments of the setWebhook in force.
        redelivery: what is on its way to it; knobs for duplicates and late posts.
        watchers: are told of every emulator that opens.
    """

    watchers: ClassVar[list[Callable[["TelegramEmulator"], None]]] = []

    def __init__(
        self,
        token: str = "7000000001:AAEmotcua-test-token_0123456789abcd",
        username: str = "motcua_bot",
        allow_loopback: bool = False,
        now: Now = wall_clock,
    ) -> None:
        super().__init__(now)
        self.token = token
        self.me: Json = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Một cửa", "username": username}
        self.allow_loopback = allow_loopback
        self.made: list[Json] = []
        self.sent: list[Sent] = []
        self.webhook: Json = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.descriptions: dict[str, str] = {}
        self.answers: list[Json] = []
        self.chats = Chats(self.me, now)
        self.topics = Topics(self.chats, self.number)
        self.pinned: list[tuple[int, int]] = []
        self.pace = PaceRules()
        self.files: dict[str, bytes] = {}
        self._queries: set[str] = set()
        self.typing: list[str] = []
        self._pending: list[Json] = []
        self._trouble: Json = {}
        self.redelivery = Redelivery(now, self._deliver, lambda post, answer: again(now, post, answer))

    # What a test does

    def user(self, user_id: int = 700_000_001, first_name: str = "Hoa", **names: str) -> TelegramUser:
        return TelegramUser(self, user_id, first_name, **names)

    def group(self, group_id: int = -1_001_234_567_890, title: str = "Tổ công nghệ số", forum: bool = False) -> Group:
        return Group(group_id, title, forum)

    def post(self, update: Json, url: str | None = None, secret: str | None = None) -> httpx.Response:
        """Delivers an update to `url`, or to the webhook in force."""
        self.learn(update)
        if url is None:
            url, secret = self._registered(update), self.webhook.get("secret_token")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
        return self._http.post(url, json=update, headers=headers)

    def dispatch(self, update: Json) -> None:
        """Something happens: it is posted to the webhook in force until that takes it, as Telegram does."""
        self.learn(update)
        self._registered(update)
        self.redelivery.post(update, lane(update))

    def queue(self, update: Json) -> None:
        """Leaves an update for getUpdates."""
        self.learn(update)
        self._pending.append(update)

    def learn(self, update: Json) -> None:
        """What the platform knows once this has happened: the tap, and what its chats learn."""
        query = update.get("callback_query")
        if query:
            self._queries.add(query["id"])
        self.chats.learn(update)

    def keep_file(self, update: Json, content: bytes) -> None:
        """What stands behind the file that an update brings."""
        message = update["message"]
        sent = next(message[kind] for kind in ("photo", "voice", "document", "video") if kind in message)
        self.files[f"files/{(sent[-1] if isinstance(sent, list) else sent)['file_id']}"] = content

    def delete_topic(self, sent: Sent) -> None:
        self.topics.names.pop((sent.chat_id, sent.thread_id or 0))

    def migrate(self, group: Group, new_id: int) -> Group:
        """A plain group becomes a supergroup: the old id is good for nothing but to learn the new one."""
        new = Group(new_id, group.title, group.forum)
        self.chats.migrate(group, new)
        return new

    def block(self, chat_id: int) -> None:
        self.chats.block(chat_id)

    def expire_queries(self) -> None:
        self._queries.clear()

    def too_many(self, retry_after: int, times: int = 1, only: str | None = None) -> None:
        description = f"Too Many Requests: retry after {retry_after}"
        body = {"ok": False, "error_code": 429, "description": description, "parameters": {"retry_after": retry_after}}
        self.faults.fail(429, body, times, only)

    def reads(self, chat_id: int) -> list[str]:
        """What people see in this chat now: what was deleted is gone."""
        return self.chats.texts(chat_id)

    def message(self, sent: Sent) -> Json:
        """The Message object as it stands now."""
        found = self.chats.message(sent.chat_id, sent.message_id)
        assert found
        return found

    def number(self) -> int:
        """The next message id, update id or query id."""
        return next(self._count)

    # HTTP

    def __enter__(self) -> Self:
        for watch in self.watchers:
            watch(self)
        return super().__enter__()

    def routes(self) -> list[Route]:
        return [
            Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
            Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"]),
        ]

    async def _download(self, request: Request) -> Response:
        found = self.files.get(request.path_params["path"])
        if request.path_params["token"] != self.token or found is None:
            return _error(404, "Not Found")
        return Response(found)

    async def _serve(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return _error(401, "Unauthorized")
        parts = (self, self.topics)
        methods = {name.lower(): (part, name) for part in parts for name in dir(part) if name.startswith("do_")}
        asked = f"do_{request.path_params['method']}"
        found = methods.get(asked.lower())  # the Bot API ignores case here
        if found is None:
            return _error(404, "Not Found")
        part, name = found
        call = await read_call(request, name.removeprefix("do_"))
        return await self.answer(call, lambda: self._act(getattr(part, name), call))

    async def _act(self, method: Callable[[Json], Any], call: Call) -> Response:
        try:
            self.pace.check(call.name, call.params, self.now())
            result = method(call.params)
            if isinstance(result, Awaitable):
                result = await result
        except Refusal as refusal:
            return _error(refusal.code, str(refusal), refusal.parameters)
        self.pace.count(call.name, call.params, self.now())
        return JSONResponse({"ok": True, "result": result})

    # Methods of the Bot API

    def do_getMe(self, params: Json) -> Json:
        abilities = ("can_read_all_group_messages", "supports_inline_queries", "has_main_web_app")
        return {**self.me, "can_join_groups": True, **dict.fromkeys(abilities, False)}

    def do_sendMessage(self, params: Json) -> Json:
        chat = self.chats.find(params)
        thread = self.topics.thread(chat["id"], params)
        message = {"message_id": self.number(), "from": self.me, "chat": chat, "date": self.now() // 1000}
        message |= {"text": visible_text(params), **self.chats.reply(chat["id"], params)}
        if thread:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if preview := decoded(params.get("link_preview_options") or {}):
            message["link_preview_options"] = preview
        return self._keep(message, markup(params), "sendMessage")

    def do_editMessageText(self, params: Json) -> Json:
        return self._edit(params, visible_text(params), "editMessageText")

    def do_editMessageReplyMarkup(self, params: Json) -> Json:
        return self._edit(params, None, "editMessageReplyMarkup")

    def do_answerCallbackQuery(self, params: Json) -> bool:
        if str(params.get("callback_query_id")) not in self._queries:
            raise Refusal(STALE)
        if utf16_length(str(params.get("text") or "")) > 200:
            raise Refusal("MESSAGE_TOO_LONG")
        self._queries.remove(str(params["callback_query_id"]))
        self.answers.append(params)
        return True

    def do_sendChatAction(self, params: Json) -> bool:
        chat = self.chats.find(params)
        if params.get("action") not in TYPING:
            raise Refusal("wrong parameter action in request")
        self.typing.append(str(chat["id"]))
        return True

    def do_setWebhook(self, params: Json) -> bool:
        if not params.get("url"):
            return self.do_deleteWebhook(params)
        check_webhook_url(str(params["url"]), self.allow_loopback)
        if params.get("secret_token") is not None and not SECRET.fullmatch(str(params["secret_token"])):
            raise Refusal("secret token contains unallowed characters")
        if not 1 <= (whole(params, "max_connections") or 40) <= 100:
            raise Refusal("max_connections must be between 1 and 100")
        self.webhook = {**params, "allowed_updates": decoded(params.get("allowed_updates") or [])}
        return True

    def do_deleteWebhook(self, params: Json) -> bool:
        """What was not delivered is left for getUpdates, unless it is to be dropped."""
        self.webhook, self._trouble = {}, {}
        self._pending += self.redelivery.take_back()
        if str(params.get("drop_pending_updates")).lower() in ("true", "1"):
            self._pending = []
        return True

    def do_getWebhookInfo(self, params: Json) -> Json:
        info = {"url": self.webhook.get("url", ""), "has_custom_certificate": False}
        info |= {"pending_update_count": len(self._pending) + self.redelivery.pending, "max_connections": 40}
        info |= self._trouble
        allowed = self.webhook.get("allowed_updates")
        return info | ({"allowed_updates": allowed} if allowed else {})

    async def do_getUpdates(self, params: Json) -> list[Json]:
        if self.webhook:
            raise Refusal("can't use getUpdates method while webhook is active; use deleteWebhook first", 409)
        offset, loop = whole(params, "offset"), asyncio.get_running_loop()
        self._pending = [update for update in self._pending if update["update_id"] >= offset]
        end = loop.time() + whole(params, "timeout")
        while not self._pending and loop.time() < end and not self.closing:
            await asyncio.sleep(0.01)
        return self._pending[: whole(params, "limit") or 100]

    def do_setMyCommands(self, params: Json) -> bool:
        commands = decoded(params.get("commands"))
        if not isinstance(commands, list) or len(commands) > 100:
            raise Refusal("can't parse commands")
        for command in commands:
            if not COMMAND.fullmatch(str(command.get("command"))):
                raise Refusal("BOT_COMMAND_INVALID")
            if not 1 <= utf16_length(str(command.get("description") or "")) <= 256:
                raise Refusal("BOT_COMMAND_DESCRIPTION_INVALID")
        scope = decoded(params.get("scope") or {"type": "default"})
        self.commands[scope["type"], str(params.get("language_code") or "")] = commands
        return True

    def do_setMyDescription(self, params: Json) -> bool:
        return self._describe("description", params, 512)

    def do_setMyShortDescription(self, params: Json) -> bool:
        return self._describe("short_description", params, 120)

    def do_deleteMessage(self, params: Json) -> bool:
        chat, message_id = self.chats.find(params), whole(params, "message_id")
        if not self.chats.message(chat["id"], message_id):
            raise Refusal("message to delete not found")
        return self.chats.delete(chat, [message_id])

    def do_deleteMessages(self, params: Json) -> bool:
        """Those that are not there are skipped. assumption: one that can't be deleted has the whole call refused."""
        chat, ids = self.chats.find(params), decoded(params.get("message_ids") or [])
        if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
            raise Refusal(
                "message identifiers are not specified" if not ids else "too many message identifiers specified"
            )
        return self.chats.delete(chat, [int(one) for one in ids])

    def do_getFile(self, params: Json) -> Json:
        """A file of at most 20 MB; its path is good for an hour."""
        file_id = str(params.get("file_id") or "")
        if not file_id:
            raise Refusal("file_id is empty")
        path = f"files/{file_id}"
        if path not in self.files:
            raise Refusal("wrong file_id or the file is temporarily unavailable")
        if len(self.files[path]) > 20_000_000:
            raise Refusal("file is too big")
        return {"file_id": file_id, "file_unique_id": "u", "file_size": len(self.files[path]), "file_path": path}

    def do_pinChatMessage(self, params: Json) -> bool:
        chat, message_id = self.chats.find(params), whole(params, "message_id")
        if not self.chats.message(chat["id"], message_id):
            raise Refusal("message to pin not found")
        if not self.topics.allowed:
            raise Refusal("not enough rights to manage pinned messages in the chat")
        self.pinned.append((chat["id"], message_id))
        return True

    # Rules

    def _edit(self, params: Json, text: str | None, method: str) -> Json:
        chat = self.chats.find(params)
        message_id = whole(params, "message_id")
        if not message_id:
            raise Refusal("message identifier is not specified")
        old = self.chats.message(chat["id"], message_id)
        if old is None:
            raise Refusal("message to edit not found")
        if old.get("from") != self.me:
            raise Refusal("message can't be edited")
        keyboard = markup(params)  # an edit without a keyboard takes the old one away
        new = old if text is None else {**old, "text": text}
        if new == old and rows(keyboard) == rows(old.get("reply_markup")):
            raise Refusal(SAME)
        return self._keep({**new, "edit_date": self.now() // 1000}, keyboard, method)

    def _keep(self, message: Json, keyboard: Json | None, method: str) -> Json:
        message = {key: value for key, value in message.items() if key != "reply_markup"}
        if keyboard and keyboard.get("inline_keyboard"):
            message["reply_markup"] = keyboard
        self.chats.keep(message)
        chat_id, message_id, thread = message["chat"]["id"], message["message_id"], message.get("message_thread_id")
        self.sent.append(Sent(chat_id, message["text"], rows(keyboard), message_id, method, thread))
        return message

    def _deliver(self, update: Json, failed: int) -> Answer:
        """One post. It goes to the webhook in force by now, which may not be the one that failed."""
        try:
            got = self.post(update)
        except (httpx.HTTPError, NotDelivered):
            answer = Answer(None)
        else:
            answer = Answer(got.status_code, float(got.headers.get("Retry-After", 0)))
        if answer.status is None or answer.status >= 300:
            self._trouble = {"last_error_date": self.now() // 1000, "last_error_message": complaint(answer)}
        return answer

    def _registered(self, update: Json) -> str:
        kind = next(key for key in update if key != "update_id")
        allowed = self.webhook.get("allowed_updates")
        if not self.webhook or (kind not in allowed if allowed else kind in NOT_BY_DEFAULT):
            raise NotDelivered(f"{kind}: no webhook takes it")
        return str(self.webhook["url"])

    def _describe(self, name: str, params: Json, limit: int) -> bool:
        text = str(params.get(name) or "")
        if utf16_length(text) > limit:
            raise Refusal(f"{name.replace('_', ' ')} is too long")
        self.descriptions[name] = text
        return True


def _error(code: int, description: str, parameters: Json | None = None) -> Response:
    more = {"parameters": parameters} if parameters else {}
    return JSONResponse({"ok": False, "error_code": code, "description": description, **more}, code)
