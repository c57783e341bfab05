"""Zalo Bot Platform, as docs/zalo.md B1-B5 describe it: no buttons at all, so choices are numbered lines."""

import hmac
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from bot.channels.client import Client, NoAnswer
from bot.channels.hook_watch import Hook, HookWatch
from bot.channels.json_reading import id_of, json_object, mapping, text_of, url_of
from bot.channels.text import numbered, split
from bot.channels.zalo_media import fetched
from bot.clock import Clock, now
from bot.errors import Forged, Halted, Refused, SendError, TryAgain
from bot.messages import File, GroupPlace, Inbound, Outgoing
from bot.outbox.rate_limits import RateLimits
from bot.settings import Settings
from bot.store import key_values
from bot.store.database import Database
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.messages import AttachmentKind, Message, Reply
from flows.text.language import clean

log = logging.getLogger("motcua.zalo_bot")

_TEXT = 1900  # of 2,000 that the platform takes
_ATTACHMENTS: Mapping[str, AttachmentKind] = {
    "message.image.received": "photo",
    "message.voice.received": "voice",
    "message.sticker.received": "sticker",
    "message.unsupported.received": "file",
    "message.text.received": "other",
}
_URLS = ("photo_url", "photo", "voice_url")
_NAME = 60  # characters of a sender's name
_QUOTA = 429  # the month's messages are used up, not "slow down" (B5)
_NO_WEBHOOK = 404
_TOKEN_REFUSED = 401
_NOTHING_CAME = 408
_OUR_FAULT = (400,)
_POLL = 25  # seconds that the platform holds a question for events open
_SLACK = 10.0  # seconds that its answer may take beyond that
_KEY = "zalo-bot-webhook"


class ZaloBot:
    name = "zalo-bot"
    introduces = False
    download = ""
    monthly: int | None = 3000  # B2
    window = None
    takes_files = False

    def __init__(self, settings: Settings, clock: Clock = now, watch: HookWatch | None = None) -> None:
        self._watch = watch
        self._clock = clock
        self._secret = settings.zalo_bot_secret.get_secret_value()
        self._url = f"{settings.zalo_bot_api.rstrip('/')}/bot{settings.zalo_bot_token.get_secret_value()}"
        self._media = settings.zalo_media
        self._team_group = settings.team_zalo_group
        self._chat = settings.zalo_bot_link
        self._client = Client(settings.send_timeout)

    def link(self, payload: str) -> str:
        """Return the address that the operator copied from the share tab: the platform tells it to nobody (B5). It carries
        nothing."""
        return self._chat

    async def start(self) -> None:
        """Do nothing: the platform has nothing to tell that we need."""

    async def every_minute(self) -> None:
        if self._watch:
            await self._watch.look_if_due(self.fetch_webhook)

    async def fetch(self, reference: str, limit: int) -> bytes:
        return await fetched(self._client, reference, self._media, limit)

    async def close(self) -> None:
        await self._client.close()

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        given = headers.get("x-bot-api-secret-token", "")
        # setWebhook probes with an empty body and perhaps without the secret (B4); it says nothing, so it is let in.
        if body and not (self._secret and hmac.compare_digest(given.encode(), self._secret.encode())):
            raise Forged("The secret token is missing or wrong. Run `motcua zalo-bot connect` after changing it.")

    def parse(self, body: bytes) -> Sequence[Inbound]:
        """Live events are flat, the documentation wraps them in `result`: both are read (B4)."""
        post = json_object(body)
        return self._read_event(mapping(post.get("result")) or post)

    def _read_event(self, event: Mapping[str, Any]) -> Sequence[Inbound]:
        name, message = text_of(event.get("event_name")), mapping(event.get("message"))
        chat, sender = mapping(message.get("chat")), mapping(message.get("from"))
        contact, id_ = id_of(chat.get("id")), id_of(message.get("message_id"))
        if name not in _ATTACHMENTS or not contact or not id_ or sender.get("is_bot") is True:
            return []
        id_ = f"{contact}:{id_}"  # the platform may give two chats the same
        if chat.get("chat_type") == "GROUP":
            return [self._in_group(contact, id_, message)]
        text = text_of(message.get("text")) or text_of(message.get("caption"))
        attachment = None if name == "message.text.received" else _ATTACHMENTS[name]
        url = next((found for name in _URLS if (found := url_of(message.get(name)))), "")
        file = File(attachment, url) if attachment in ("photo", "voice") and url else None
        return [Inbound(self.name, contact, id_, Message(text=text, attachment=attachment), file=file)]

    def _in_group(self, contact: str, id_: str, message: Mapping[str, Any]) -> Inbound:
        if contact != self._team_group:
            log.info("zalo-bot: called in the group %s, which is not the team's", contact)
            return Inbound(self.name, contact, id_, Message(text=text_of(message.get("text"))), "group")
        sender = mapping(message.get("from"))
        room = GroupPlace(id_of(sender.get("id")), clean(text_of(sender.get("display_name")), _NAME))
        return Inbound(self.name, contact, id_, Message(text=text_of(message.get("text"))), "team", room=room)

    def acknowledge(self, inbound: Inbound) -> Sequence[Outgoing]:
        return []

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        return [Outgoing(contact, {"text": piece}) for piece in split(numbered(reply), _TEXT)]

    def rate_limits(self, outgoing: Outgoing) -> RateLimits:
        return {}

    async def send(self, outgoing: Outgoing) -> None:
        code, answer = await self._call_api("sendMessage", chat_id=outgoing.contact, text=outgoing.payload["text"])
        if code == _QUOTA:
            wait = _next_month(self._clock()) - self._clock()
            raise Halted(_reason(code, answer), wait.total_seconds(), alarm="zalo_bot_quota")
        if code:
            raise _send_error(code, answer)

    async def typing(self, contact: str) -> None:
        code, answer = await self._call_api("sendChatAction", chat_id=contact, action="typing")
        if code:
            raise _send_error(code, answer)

    async def remove_webhook(self) -> str:
        url = (await self.fetch_webhook()).url
        if url:
            await self._ask_for("deleteWebhook")
        return url

    async def fetch_updates(self) -> Sequence[Inbound]:
        """Fetch one event at most. The platform hands it out and forgets it; what nobody waits for is lost (B3)."""
        code, answer = await self._call_api("getUpdates", _POLL + _SLACK, timeout=str(_POLL))
        if code == _NOTHING_CAME:
            return []
        if code:
            raise _send_error(code, answer)
        return self._read_event(mapping(answer.get("result")))

    async def connect(self, url: str, database: Database) -> Mapping[str, Any] | None:
        """Point the platform at `url`, and say what became of its try to post there; None where all is set already.

        Only so many times a day may it be set (B5). The platform never tells the secret, so we remember ours.

        Raises:
            SendError: the platform can't be reached, or does not take it.
        """
        mark = hmac.new(self._url.encode(), f"{url} {self._secret}".encode(), "sha256").hexdigest()
        if (await self.fetch_webhook()).url == url and await database.read(_remembered) == mark:
            return None
        set_ = await self._ask_for("setWebhook", url=url, secret_token=self._secret)
        await database.write(lambda tx: _remember(tx, mark))
        return mapping(set_.get("verification"))

    async def fetch_webhook(self) -> Hook:
        """Ask for the webhook in force; for none the platform says 404, or gives an empty address (D19)."""
        code, answer = await self._call_api("getWebhookInfo")
        if code == _TOKEN_REFUSED:
            raise Refused(_reason(code, answer))
        if code and code != _NO_WEBHOOK:
            raise _send_error(code, answer)
        return Hook(text_of(mapping(answer.get("result")).get("url")))

    async def _ask_for(self, method: str, **params: str) -> Mapping[str, Any]:
        code, answer = await self._call_api(method, None, **params)
        if code:
            raise _send_error(code, answer)
        return mapping(answer.get("result"))

    async def _call_api(
        self, method: str, patience: float | None = None, **params: str
    ) -> tuple[int | str, Mapping[str, Any]]:
        """Call the platform. Return (0 or the code of the error, what was answered).

        Errors come with their HTTP status, or with 200 (B1).
        """
        options: dict[str, Any] = {} if patience is None else {"timeout": aiohttp.ClientTimeout(patience)}
        try:
            answer = await self._client.post_json(f"{self._url}/{method}", params, **options)
        except NoAnswer as error:
            raise TryAgain(f"zalo-bot: {error}") from None
        found = json_object(answer.content)
        code = found.get("error_code") or found.get("errorCode") or answer.status
        return 0 if found.get("ok") is True else code, found


def _next_month(at: datetime) -> datetime:
    """Find when the month's messages are counted anew, taken for midnight of the first in Vietnam (D26)."""
    here = at.astimezone(VIETNAM)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)


def _reason(code: int | str, answer: Mapping[str, Any]) -> str:
    return f"zalo-bot: {code} {answer.get('description', '')}".strip()


def _send_error(code: int | str, answer: Mapping[str, Any]) -> SendError:
    """Translate an answer into our error, by the table of B5: 403 means "internal error" here."""
    return (Refused if code in _OUR_FAULT else TryAgain)(_reason(code, answer))


def _remembered(tx: Tx) -> str | None:
    return key_values.get(tx, _KEY)


def _remember(tx: Tx, mark: str) -> None:
    key_values.set_value(tx, _KEY, mark)
