"""Zalo Bot Platform, as docs/zalo.md B1-B5 describe it: no buttons at all, so choices are numbered lines."""

import hmac
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from bot.channels.text import id_of, json_object, mapping, numbered, split, text_of, url_of
from bot.channels.zalo_media import fetched
from bot.errors import Forged, Refused, SendError, TryAgain
from bot.messages import File, Inbound, Outgoing, Room
from bot.settings import Settings
from flows.language import clean
from flows.messages import AttachmentKind, Message, Reply

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
_QUOTA = 429
_OUR_FAULT = (400,)


class ZaloBot:
    name = "zalo-bot"
    introduces = False
    download = ""
    window = None
    takes_files = False

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.zalo_bot_secret.get_secret_value()
        self._url = f"{settings.zalo_bot_api.rstrip('/')}/bot{settings.zalo_bot_token.get_secret_value()}"
        self._media = settings.zalo_media
        self._team_group = settings.team_zalo_group
        self._client = httpx.AsyncClient(timeout=settings.send_timeout)

    def link(self, payload: str) -> str:
        return ""

    async def start(self) -> None:
        """The platform has nothing to tell that we need."""

    async def look_after(self) -> None:
        """Nothing to look after."""

    async def fetch(self, reference: str, limit: int) -> bytes:
        return await fetched(self._client, reference, self._media, limit)

    async def close(self) -> None:
        await self._client.aclose()

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        given = headers.get("x-bot-api-secret-token", "")
        # setWebhook probes with an empty body and perhaps without the secret (B4); it says nothing, so it is let in.
        if body and not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise Forged("The secret token is missing or wrong. Set the webhook again after changing it.")

    def parse(self, body: bytes) -> Sequence[Inbound]:
        """Live events are flat, the documentation wraps them in `result`: both are read (B4)."""
        post = json_object(body)
        event = mapping(post.get("result")) or post
        name, message = text_of(event.get("event_name")), mapping(event.get("message"))
        chat, sender = mapping(message.get("chat")), mapping(message.get("from"))
        contact, id_ = id_of(chat.get("id")), id_of(message.get("message_id"))
        if name not in _ATTACHMENTS or not contact or not id_ or sender.get("is_bot") is True:
            return []
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
            return Inbound(self.name, contact, id_, kind="group")
        sender = mapping(message.get("from"))
        room = Room(id_of(sender.get("id")), clean(text_of(sender.get("display_name")), _NAME))
        return Inbound(self.name, contact, id_, Message(text=text_of(message.get("text"))), "team", room=room)

    def acknowledge(self, inbound: Inbound) -> Sequence[Outgoing]:
        return []

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        return [Outgoing(contact, {"text": piece}) for piece in split(numbered(reply), _TEXT)]

    async def send(self, outgoing: Outgoing) -> None:
        body = {"chat_id": outgoing.contact, "text": outgoing.payload["text"]}
        try:
            answer = await self._client.post(f"{self._url}/sendMessage", json=body)
        except httpx.HTTPError as error:
            raise TryAgain(f"zalo-bot: {error.__class__.__name__}") from None  # the cause's text holds the token
        found = json_object(answer.content)
        if found.get("ok") is not True:
            raise _send_error(found, answer.status_code)


def _send_error(answer: Mapping[str, Any], status: int) -> SendError:
    """By the table of B5: 403 means "internal error" here, 429 means that the month's messages are used up."""
    code = answer.get("error_code") or status
    reason = f"zalo-bot: {code} {answer.get('description', '')}"
    if code == _QUOTA:
        log.error("%s: the month's messages are used up; move to an Official Account or a larger plan", reason)
        return Refused(reason)
    return Refused(reason) if code in _OUR_FAULT else TryAgain(reason)
