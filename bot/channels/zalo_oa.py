"""Zalo Official Account, as docs/zalo.md A2-A8 describe it: signed events in, consultation messages out."""

import asyncio
import hashlib
import hmac
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import files
from bot.channels.client import Client
from bot.channels.contents import content_of
from bot.channels.json_reading import id_of, json_object, map_of, mapping, text_of, url_of
from bot.channels.protocol import Channel, Window
from bot.channels.text import numbered, split
from bot.channels.zalo_api import ZaloAPI
from bot.channels.zalo_consent import Consent
from bot.channels.zalo_media import fetched
from bot.channels.zalo_tokens import ZaloTokens
from bot.channels.zalo_upload import message_with
from bot.clock import Clock
from bot.errors import Forged, Refused, SendError
from bot.messages import File, Inbound, Outgoing
from bot.outbox.rate_limits import RateLimits
from bot.settings import Settings
from bot.store.database import Database
from flows.messages import AttachmentKind, Choice, Message, Reply
from flows.text.language import clean

log = logging.getLogger("motcua.zalo_oa")

_TEXT = 1900  # of 2,000 that the platform takes
_BUTTONS = 5
_PERSON = ":!human"  # ends the token of the way to a person, which every question shows
_ANONYMOUS = "anonymous"
# A tapped button comes back as plain text that equals its payload; "#" tells it from words.
_PAYLOAD = re.compile(r"#(\d+:\S+:\S+)")
_ATTACHMENTS: Mapping[str, AttachmentKind] = {
    "image": "photo",
    "gif": "sticker",
    "audio": "voice",
    "video": "video",
    "sticker": "sticker",
    "location": "location",
    "business_card": "contact",
    "file": "file",
}
_FETCHED = ("photo", "voice", "video", "file")
_WORDS = ("text", "link")
_MOST = 20  # things that come with one message
_NAME = 200  # characters of a file's name
_PHONE = 20  # characters


class ZaloOA:
    name = "zalo-oa"
    introduces = False
    download = ""
    monthly: int | None = None
    window = Window(free=timedelta(hours=48), open=timedelta(days=7))  # A3.4
    takes_files = True

    def __init__(self, settings: Settings, database: Database, clock: Clock, others: Mapping[str, Channel]) -> None:
        """Connect to Zalo. `others`: the other channels, for files that came over one of them."""
        self._app_id = settings.zalo_oa_app_id
        self._oa_id = settings.zalo_oa_id
        self._key = settings.zalo_oa_secret_key.get_secret_value()
        self._client = Client(settings.send_timeout)
        self._media = settings.zalo_media
        self._fetching = settings.send_timeout / 2  # seconds: the rest is for sending it on
        self._limit = settings.file_limit
        self._database, self._clock = database, clock
        self._channels: Mapping[str, Channel] = {**others, self.name: self}
        self.tokens = ZaloTokens(settings, database, self._client, clock)
        self.consent = Consent(settings)
        self._api = ZaloAPI(settings, database, self._client, self.tokens, clock)

    def link(self, payload: str) -> str:
        return f"https://zalo.me/{self._oa_id}" if self._oa_id else ""

    async def start(self) -> None:
        await self.tokens.start()
        await self._api.look_at_alarm()

    async def every_minute(self) -> None:
        await self._api.look_at_alarm()
        await self.tokens.keep_fresh()

    async def fetch(self, reference: str, limit: int) -> bytes:
        return await fetched(self._client, reference, self._media, limit)

    async def close(self) -> None:
        await self.tokens.close()
        await self._client.close()

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check mac = SHA-256(app id + raw body + timestamp + OA secret key), over the bytes as they came (A5.1)."""
        event = json_object(body)
        given = headers.get("x-zevent-signature", "").strip().lower().removeprefix("mac").lstrip(" =")
        timestamp = id_of(str(event.get("timestamp", ""))).encode()
        signed = b"".join((self._app_id.encode(), body, timestamp, self._key.encode()))
        same_app = str(event.get("app_id", "")) == self._app_id
        if not (hmac.compare_digest(given.encode(), hashlib.sha256(signed).hexdigest().encode()) and same_app):
            raise Forged("The signature does not fit. Check MOTCUA_ZALO_OA_APP_ID and MOTCUA_ZALO_OA_SECRET_KEY.")

    def parse(self, body: bytes) -> Sequence[Inbound]:
        event = json_object(body)
        name = text_of(event.get("event_name"))
        if said := self._read_message(event, name):
            return said
        found = self._read_tool_answer(event, name) or self._read_event(event, name)
        return [found] if found else []

    def _read_message(self, event: Mapping[str, Any], name: str) -> Sequence[Inbound]:
        """Read `user_send_*` and `anonymous_send_*`; echoes of the OA's own messages and groups are passed over."""
        who, _, kind = name.partition("_send_")
        message = mapping(event.get("message"))
        sender = id_of(mapping(event.get("sender")).get("id"))
        id_ = id_of(message.get("msg_id"))
        if (
            who not in ("user", _ANONYMOUS)
            or kind.startswith("group")
            or not sender
            or not id_
            or not self._is_for_us(event)
        ):
            return []
        contact = _visitor(sender, message) if who == _ANONYMOUS else sender
        id_ = f"{sender}:{id_}"  # the platform may give two chats the same
        text = text_of(message.get("text"))
        if payload := _PAYLOAD.fullmatch(text):
            return [Inbound(self.name, contact, id_, Message(choice=payload[1]))]
        attachment = _ATTACHMENTS.get(kind, None if kind in _WORDS else "other")
        said = Message(text="\n".join(filter(None, (text, *_told(message, kind, text)))), attachment=attachment)
        first, *more = _files(message, attachment) or [None]
        album = id_ if more else ""
        rest = [
            Inbound(self.name, contact, f"{id_}:{n}", Message(attachment=attachment), file=file, album=album)
            for n, file in enumerate(more, 2)
        ]
        return [Inbound(self.name, contact, id_, said, file=first, album=album), *rest]

    def _read_tool_answer(self, event: Mapping[str, Any], name: str) -> Inbound | None:
        """Read `oa_send_*` with an `admin_id`: a person wrote in the OA's chat tool. Without one it is the echo of our own
        call."""
        sender, message = mapping(event.get("sender")), mapping(event.get("message"))
        contact = id_of(mapping(event.get("recipient")).get("id"))
        id_ = id_of(message.get("msg_id"))
        kind = name.removeprefix("oa_send_")
        ours = not self._oa_id or sender.get("id") == self._oa_id
        if kind == name or kind.startswith("group") or not (sender.get("admin_id") and contact and id_ and ours):
            return None
        id_ = f"{contact}:{id_}"
        if kind.startswith(f"{_ANONYMOUS}_"):
            contact, kind = _visitor(contact, message), kind.removeprefix(f"{_ANONYMOUS}_")
        told = Message(text=text_of(message.get("text")), attachment=_ATTACHMENTS.get(kind))
        return Inbound(self.name, contact, id_, told, kind="answered", at=_moment(event.get("timestamp")))

    def _read_event(self, event: Mapping[str, Any], name: str) -> Inbound | None:
        """Follow, unfollow, "nhắn tin" pressed for the first time, personal data shared or withdrawn (A6.4)."""
        ids = (mapping(event.get(key)).get("id") for key in ("follower", "sender"))
        who = id_of(event.get("user_id")) or next((found for each in ids if (found := id_of(each))), "")
        id_ = f"{name}:{who}:{id_of(str(event.get('timestamp', '')))}"
        if not who or not self._is_for_us(event):
            return None
        if name in ("follow", "user_click_chatnow"):
            return Inbound(self.name, who, id_, Message(start=""))
        if name in ("unfollow", "user_withdraw"):
            return Inbound(self.name, who, id_, kind="blocked" if name == "unfollow" else "withdrawn")
        phone = str(mapping(event.get("info")).get("phone") or "")[:_PHONE]
        if (
            name == "user_submit_info" and phone
        ):  # as if they had typed it; name, birth and address are nobody's business
            return Inbound(self.name, who, id_, Message(text=phone))
        return None

    def _is_for_us(self, event: Mapping[str, Any]) -> bool:
        """Tell whether an event is for our OA: one app may serve several OAs over one webhook (A1)."""
        oa = text_of(event.get("oa_id")) or text_of(mapping(event.get("recipient")).get("id"))
        return not self._oa_id or oa == self._oa_id

    def acknowledge(self, inbound: Inbound) -> Sequence[Outgoing]:
        return []

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        if contact.startswith(f"{_ANONYMOUS}:"):
            return [Outgoing(contact, {"text": piece}) for piece in split(numbered(reply), _TEXT)]
        fits = len(reply.choices) + len(reply.nav) <= _BUTTONS
        buttons = [*reply.choices, *(way for way in reply.nav if fits or way.token.endswith(_PERSON))]
        pages = [buttons[i : i + _BUTTONS] for i in range(0, len(buttons), _BUTTONS)] or [[]]
        *before, text = split(reply.text, _TEXT)
        texts = [text, *(reply.more for _ in pages[1:])]
        messages = [{"text": piece} for piece in before]
        messages += [_with_buttons(text, page) for text, page in zip(texts, pages, strict=True)]
        return [Outgoing(contact, message) for message in messages]

    def rate_limits(self, outgoing: Outgoing) -> RateLimits:
        return {}

    async def send(self, outgoing: Outgoing) -> None:
        """Send a message. What Zalo does not want of a file, or what can't be had now, goes as its link."""
        message = dict(outgoing.payload)
        shown = await self._file_message(message.pop("file", 0))
        try:
            await self._send_message(replace(outgoing, payload=shown or message))
        except Refused:
            if shown is None:
                raise
            await self._send_message(replace(outgoing, payload=message))

    async def _send_message(self, outgoing: Outgoing) -> None:
        path, recipient = "/v3.0/oa/message/cs", {"user_id": outgoing.contact}
        if outgoing.contact.startswith(f"{_ANONYMOUS}:"):
            _, person, conversation = outgoing.contact.split(":", 2)
            path, recipient = "/v2.0/oa/message", {"anonymous_id": person, "conversation_id": conversation}
        await self._api.call(path, {"recipient": recipient, "message": outgoing.payload})

    async def _file_message(self, file_id: int) -> dict[str, Any] | None:
        """Make the message that shows a file; None where its link must do."""
        found = await self._database.read(lambda tx: files.find_file(tx, file_id)) if file_id else None
        if found is None:
            return None
        try:
            async with asyncio.timeout(self._fetching):
                content = await content_of(self._channels, *found, self._limit)
        except (SendError, TimeoutError) as error:
            log.warning("zalo-oa: a file goes as a link: %s", error)
            return None
        try:
            return await message_with(self._api, found[1].name, content)
        except Refused as error:
            log.warning("%s", error)
            return None


def _visitor(person: str, message: Mapping[str, Any]) -> str:
    """Name whoever writes without an account: they are known by a conversation too (A6.5)."""
    return f"{_ANONYMOUS}:{person}:{id_of(message.get('conversation_id'))}"


def _payloads(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """List the payloads that came with a message."""
    listed = message.get("attachments")
    return [mapping(mapping(one).get("payload")) for one in listed[:_MOST]] if isinstance(listed, list) else []


def _files(message: Mapping[str, Any], kind: AttachmentKind | None) -> list[File | None]:
    """List all that can be fetched; what has no address is only named."""
    if kind not in _FETCHED:
        return []
    found = [(url_of(payload.get("url")), text_of(payload.get("name"))) for payload in _payloads(message)]
    return [File(kind, url, clean(name, _NAME)) for url, name in found if url]


def _told(message: Mapping[str, Any], kind: str, text: str) -> list[str]:
    """Put what came with a message into words: a link, a place, the number on somebody's card as if it had been typed."""
    told = []
    for payload in _payloads(message):
        if kind == "location":
            place = mapping(payload.get("coordinates"))
            told.append(map_of(place.get("latitude"), place.get("longitude")))
        elif kind == "business_card":
            told.append(clean(text_of(json_object(text_of(payload.get("description")).encode()).get("phone")), _NAME))
        elif kind == "link":
            told += [clean(text_of(payload.get("description")), _NAME), url_of(payload.get("url"))]
    return [one for one in told if one not in text]


def _moment(milliseconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _with_buttons(text: str, choices: Sequence[Choice]) -> dict[str, Any]:
    if not choices:
        return {"text": text}
    buttons = [{"title": choice.label, "type": "oa.query.hide", "payload": f"#{choice.token}"} for choice in choices]
    return {"text": text, "attachment": {"type": "template", "payload": {"buttons": buttons}}}
