"""Telegram, through python-telegram-bot's types and calls.

What makes up a talk is read and written without them, see telegram_plain.py. Quirks: https://core.telegram.org/bots/api
"""

import asyncio
import hmac
import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from telegram import Bot, BotCommand, Chat, ChatMember, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram import Message as TelegramMessage
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.hook_watch import Hook, HookWatch
from bot.channels.json_reading import id_of, json_object, text_of
from bot.channels.telegram_http import AiohttpRequest
from bot.channels.telegram_plain import PlainUpdate, read_plain, write_plain
from bot.channels.telegram_rate_limits import rate_limits_of
from bot.channels.telegram_reading import file_in, is_moving_place, quoted_in, read_update, said_in, words_of
from bot.channels.telegram_topics import Topics, chat_of, is_place
from bot.channels.text import split
from bot.errors import Forged, Halted, Refused, SendError, TryAgain, Unreachable
from bot.messages import GroupPlace, Inbound, Outgoing
from bot.outbox.rate_limits import RateLimits
from bot.settings import Settings
from bot.store.database import Database
from flows.messages import Choice, Message, Reply

log = logging.getLogger("motcua.telegram")

# The library is moving its durations from numbers to timedelta; it asks for this to be chosen before it decides for us.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_TEXT = 4000  # of 4,096 that the platform takes
_CHOSEN = "✓ "  # before the label of the button that was tapped: it stays, to be read again
_DELETED = 100  # messages that one call deletes
_POLL = 25  # seconds that Telegram holds a question for updates open
_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]


class Telegram:
    name = "telegram"
    introduces = False
    download = ""
    monthly: int | None = None
    window = None
    takes_files = False
    deletable = timedelta(hours=48)  # https://core.telegram.org/bots/api#deletemessage

    def __init__(
        self,
        settings: Settings,
        database: Database,
        watch: HookWatch | None = None,
        team_chats: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        self._watch = watch
        self._secret = settings.telegram_secret.get_secret_value()
        one_more = settings.send_in_flight + 1  # for asking for updates
        self._request = AiohttpRequest(one_more, settings.send_timeout)
        api, token = settings.telegram_api.rstrip("/"), settings.telegram_token.get_secret_value()
        self._bot = Bot(token, f"{api}/bot", f"{api}/file/bot", self._request, self._request)
        self._calls = f"{api}/bot{token}/"
        self._username = ""
        self._id = int(token.partition(":")[0])
        self._topics = Topics(self._bot, database, team_chats)
        self._paced = settings.telegram_paced
        self._slowed: dict[str, float] = {}  # chat -> until when Telegram wants it left alone, by the loop's clock
        self._next_update = 0

    async def start(self) -> None:
        await self._topics.load_moved()
        try:
            self._username = (await self._bot.get_me()).username or ""
        except TelegramError as error:
            log.warning("telegram: can't be reached (%s); messages wait in the outbox", error)

    async def close(self) -> None:
        await self._request.shutdown()  # Bot.shutdown() does nothing for a bot that was never initialised

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        given = headers.get("x-telegram-bot-api-secret-token", "")
        if not (self._secret and hmac.compare_digest(given.encode(), self._secret.encode())):
            raise Forged("The secret token is missing or wrong. Run `motcua telegram connect` after changing it.")

    def parse(self, body: bytes) -> Sequence[Inbound]:
        if (plain := read_plain(body)) and (found := self._read_plain(plain)):
            return _with_ids(found)
        try:
            return self._read_update(read_update(json_object(body), self._bot))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError, RecursionError) as error:
            log.info("telegram: an update of unknown shape is passed over (%s)", error.__class__.__name__)
            return []

    def _read_update(self, update: Update) -> Sequence[Inbound]:
        return _with_ids(self._read_tap(update) or self._membership(update) or self._read_message(update))

    def _read_plain(self, update: PlainUpdate) -> Inbound | None:
        """None where it takes python-telegram-bot's objects to tell."""
        tap, message = update.callback_query, update.message
        if tap:
            return self._tapped(str(tap.message.chat.id), tap.id, tap.data, tap.message.message_id, tap.label)
        if message is None or message.sender.is_bot:
            return None
        chat = str(message.chat.id)
        said = words_of(message.text)
        return Inbound(self.name, chat, f"{chat}:{message.message_id}", said) if said else None

    def _read_tap(self, update: Update) -> Inbound | None:
        query = update.callback_query
        if query is None or query.message is None:
            return None
        chat, data = str(query.message.chat.id), text_of(query.data)
        if query.message.chat.type == Chat.PRIVATE:
            markup = query.message.reply_markup if isinstance(query.message, TelegramMessage) else None
            buttons = (button for row in (markup.inline_keyboard if markup else ()) for button in row)
            label = next((text_of(button.text) for button in buttons if button.callback_data == query.data), "")
            return self._tapped(chat, query.id, data, query.message.message_id, label)
        group = self._topics.find_group(chat)
        if group is None:
            return None
        room, said = GroupPlace(str(query.from_user.id), query.from_user.full_name), Message(choice=data)
        return Inbound(self.name, group, f"tap:{query.id}", said, "team", {"query": query.id}, room=room)

    def _tapped(self, chat: str, query: str, data: str, message: int, label: str) -> Inbound:
        receipt = {"query": query, "message": message, "label": label}
        return Inbound(self.name, chat, f"tap:{query}", Message(choice=data), receipt=receipt)

    def _membership(self, update: Update) -> Inbound | None:
        member = update.my_chat_member
        if member is None or member.chat.type != Chat.PRIVATE:
            return None
        left = member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
        return Inbound(
            self.name, str(member.chat.id), f"update:{update.update_id}", kind="blocked" if left else "unblocked"
        )

    def _read_message(self, update: Update) -> Inbound | None:
        message = update.message or update.edited_message
        if message is None or (message.from_user and message.from_user.is_bot and not _anonymous(message)):
            return None
        chat, id_ = str(message.chat.id), f"{message.chat.id}:{message.message_id}"
        if (group := self._topics.find_group(chat)) and (heard := self._in_team(update, message, group, id_)):
            return heard
        if message.chat.type != Chat.PRIVATE:
            called = update.message is not None and self._is_called(message)
            return Inbound(self.name, chat, id_, Message(text=message.text or ""), "group") if called else None
        said, quoted, album = said_in(message), quoted_in(message), id_of(message.media_group_id)
        album = album and f"{chat}:{album}"
        if update.edited_message:
            edited = Message(edited=True, text=said.text if said else "")
            return None if is_moving_place(message) else Inbound(self.name, chat, _edit_of(id_, message), edited)
        if said is None:
            return None
        return Inbound(self.name, chat, id_, said, file=file_in(message), album=album, quoted=quoted)

    def _in_team(self, update: Update, message: TelegramMessage, chat: str, id_: str) -> Inbound | None:
        """Read what a person said in the team's group; None where the bot is called as in any other group."""
        who, said, to = message.from_user, said_in(message), message.reply_to_message
        replied = to.text or "" if to and to.from_user and to.from_user.id == self._id else ""
        about = message.is_topic_message or replied
        if who is None or said is None or (self._is_called(message) and not about) or self._is_for_another(message):
            return None
        thread = message.message_thread_id if message.is_topic_message else None
        room = GroupPlace("" if _anonymous(message) else str(who.id), who.full_name, thread, replied)
        if update.edited_message:
            edited = Message(edited=True, text=said.text)
            return Inbound(self.name, chat, _edit_of(id_, message), edited, "team", room=room)
        return Inbound(self.name, chat, id_, said, "team", room=room, file=file_in(message))

    def _is_called(self, message: TelegramMessage) -> bool:
        """Tell whether the bot is called: in a group it hears commands for it and mentions of it, nothing else."""
        me = f"@{self._username}".lower()
        for text in message.parse_entities(["bot_command", "mention"]).values():
            named = text.lower()
            if named == me or (named.startswith("/") and ("@" not in named or named.endswith(me))):
                return True
        return False

    def _is_for_another(self, message: TelegramMessage) -> bool:
        """Tell whether it is a command for another bot of the group."""
        command = next(iter(message.parse_entities(["bot_command"]).values()), "").lower()
        return "@" in command and not command.endswith(f"@{self._username}".lower())

    def acknowledge(self, inbound: Inbound) -> Sequence[Outgoing]:
        if not inbound.receipt or inbound.kind == "team":
            return []
        answered = {"call": "answer", "query": inbound.receipt["query"]}
        label = inbound.receipt["label"]
        if not label or label.startswith(_CHOSEN):  # its buttons are gone, but for the one that was chosen
            return [Outgoing(inbound.contact, answered, optional=True)]
        left = [_button(Choice(f"{_CHOSEN}{label}", inbound.message.choice or ""))]
        retired = {"call": "retire", "message": inbound.receipt["message"], "left": left}
        return [Outgoing(inbound.contact, answered, optional=True), Outgoing(inbound.contact, retired, optional=True)]

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        pieces = split(reply.text, _TEXT)
        rows = [[_button(choice)] for choice in reply.choices]
        if reply.nav:
            rows.append([_button(choice) for choice in reply.nav])
        if reply.link:
            rows.append([{"text": reply.link[0], "url": reply.link[1]}])
        last = len(pieces) - 1
        return [
            Outgoing(contact, {"call": "say", "text": text, "rows": rows if i == last else []})
            for i, text in enumerate(pieces)
        ]

    def rate_limits(self, outgoing: Outgoing) -> RateLimits:
        return rate_limits_of(outgoing) if self._paced else {}

    def link(self, payload: str) -> str:
        """Make the address that opens a private chat with the bot; "" until the platform told us our name."""
        return f"https://t.me/{self._username}?start={payload}" if self._username else ""

    def deletion(self, contact: str, messages: Sequence[str]) -> Outgoing:
        return Outgoing(contact, {"call": "delete", "messages": list(messages)})

    def parse_message_id(self, message_id: str) -> tuple[str, str]:
        chat, _, message = message_id.partition(":")
        return chat, message

    async def send(self, outgoing: Outgoing) -> str | None:
        try:
            return await self._call(outgoing)
        except ChatMigrated as error:
            await self._topics.record_move(chat_of(outgoing.contact), str(error.new_chat_id))
            raise TryAgain("telegram: the group has another id now", 0.0) from None
        except RetryAfter as error:
            raise self._slower(chat_of(outgoing.contact), error) from None
        except TelegramError as error:
            raise _send_error(error) from None  # the cause's text may hold the token

    def _slower(self, chat: str, error: RetryAfter) -> TryAgain:
        """Telegram does not say whether one chat is written to too fast or all of them: two at a time are taken for all."""
        after, now = _seconds(error), asyncio.get_running_loop().time()
        self._slowed = {other: until for other, until in self._slowed.items() if until > now} | {chat: now + after}
        reason = f"telegram: {error.message}"
        return TryAgain(reason, after) if len(self._slowed) == 1 else Halted(reason, after)

    async def _call(self, outgoing: Outgoing) -> str | None:
        call = outgoing.payload
        if call["call"] in ("close", "reopen"):
            await self._topics.set_closed(outgoing.contact, again=call["call"] == "reopen")
        elif call["call"] == "delete topic":
            await self._topics.delete_topic(outgoing.contact)
        elif call["call"] == "delete":
            await self._delete(self._topics.current_chat(outgoing.contact), [int(one) for one in call["messages"]])
        elif call["call"] == "say" and is_place(outgoing.contact):
            rows = [[InlineKeyboardButton(**button) for button in row] for row in call["rows"]]
            return str(
                await self._topics.post_in_topic(outgoing.contact, call, InlineKeyboardMarkup(rows) if rows else None)
            )
        else:
            method, given = write_plain(call, self._topics.current_chat(outgoing.contact))
            made = await self._request.post_json(f"{self._calls}{method}", given)
            return str(made["message_id"]) if call["call"] == "say" else None
        return None

    async def _delete(self, chat: str, messages: Sequence[int]) -> None:
        """Delete messages; the platform skips those that are gone already."""
        for start in range(0, len(messages), _DELETED):
            await self._bot.delete_messages(chat, messages[start : start + _DELETED])

    async def typing(self, contact: str) -> None:
        try:
            await self._bot.send_chat_action(contact, ChatAction.TYPING)
        except TelegramError as error:
            raise _send_error(error) from None  # the cause's text may hold the token

    async def every_minute(self) -> None:
        if self._watch:
            await self._watch.look_if_due(self._fetch_webhook)

    async def _fetch_webhook(self) -> Hook:
        try:
            info = await self._bot.get_webhook_info()
        except InvalidToken:
            raise Refused("telegram: the token is refused") from None
        except TelegramError as error:
            raise _send_error(error) from None  # the cause's text may hold the token
        failed_at = info.last_error_date or datetime.min.replace(tzinfo=UTC)
        return Hook(info.url, info.pending_update_count, info.last_error_message or "", failed_at)

    async def fetch(self, reference: str, limit: int) -> bytes:
        try:
            file = await self._bot.get_file(reference)
            if (file.file_size or 0) > limit:
                raise Refused(f"telegram: {file.file_size} bytes are too many")
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            raise _send_error(error) from None  # the cause's text may hold the token

    async def remove_webhook(self) -> str:
        url = (await self._fetch_webhook()).url
        try:
            if url:
                await self._bot.delete_webhook()
        except TelegramError as error:
            raise _send_error(error) from None  # the cause's text may hold the token
        return url

    async def fetch_updates(self) -> Sequence[Inbound]:
        """Fetch updates. What was given out before counts as taken once this is called again."""
        try:
            updates = await self._bot.get_updates(self._next_update, timeout=_POLL, allowed_updates=_UPDATES)
        except TelegramError as error:
            raise _send_error(error) from None
        self._next_update = max([self._next_update, *(update.update_id + 1 for update in updates)])
        return [heard for update in updates for heard in self._read_update(update)]

    async def connect(self, url: str, commands: Mapping[str, str], about: str) -> str:
        """Point Telegram at `url`, set what people see of the bot, and return the bot's name.

        Raises:
            TelegramError: Telegram refused or can't be reached; its text says why.
        """
        await self._bot.set_webhook(url, secret_token=self._secret, allowed_updates=_UPDATES)
        await self._bot.set_my_commands([BotCommand(name, text) for name, text in commands.items()])
        await self._bot.set_my_description(about[:512])
        await self._bot.set_my_short_description(about.split("\n")[0][:120])
        return (await self._bot.get_me()).username or ""


def _with_ids(found: Inbound | None) -> Sequence[Inbound]:
    return [found] if found and id_of(found.contact) and id_of(found.message_id) else []


def _anonymous(message: TelegramMessage) -> bool:
    """Tell whether an admin of a group writes in the group's own name: Telegram doesn't tell who it is."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id


def _edit_of(id_: str, message: TelegramMessage) -> str:
    """Make the id of an edit: that of the message, and when it was mended."""
    return f"{id_}:{message.edit_date.timestamp() if message.edit_date else 0:.0f}"


def _button(choice: Choice) -> dict[str, Any]:
    return {"text": choice.label, "callback_data": choice.token}


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after if isinstance(after, int) else after.total_seconds()


def _send_error(error: TelegramError) -> SendError:
    reason = f"telegram: {error.message}"
    if isinstance(error, RetryAfter):
        return TryAgain(reason, _seconds(error))
    if isinstance(error, Forbidden):
        return Unreachable(reason)
    if isinstance(error, BadRequest):
        return Refused(reason)
    return TryAgain(reason if isinstance(error, NetworkError) else f"{reason}: check MOTCUA_TELEGRAM_TOKEN")
