"""What an Official Account may send: the checks of docs/zalo.md C1 rule 8."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.emulators.emulator import Json

TEXT_LIMIT = 2000
BUTTON_LIMIT = 5
TITLE_LIMIT = 100
PAYLOAD_LIMIT = 1000


# Whether an upload may be named: (its id, of which kind it must be, the field for the refusal).
Check = Callable[[object, Any, str], None]


class Refused(Exception):
    """An application error, which Zalo sends with HTTP 200 (docs/zalo.md A8)."""

    def __init__(self, error: int, message: str) -> None:
        super().__init__(message)
        self.error = error


@dataclass(frozen=True)
class Button:
    title: str
    type: str
    payload: Any

    @property
    def data(self) -> str:
        """The one thing a tap carries: the payload, the URL or the number."""
        if isinstance(self.payload, str):
            return self.payload
        return str(self.payload.get("url") or self.payload.get("phone_code"))


@dataclass(frozen=True)
class Content:
    """`kind` is the last word of the echo event: text, image, gif, sticker, file or template."""

    kind: str
    text: str
    buttons: tuple[Button, ...] = ()
    attachment: Json | None = None


def invalid(field: str) -> Refused:
    return Refused(-201, f"{field} is invalid!")


def length(text: str) -> int:
    """Zalo counts composed characters: decomposed Vietnamese is longer (docs/zalo.md A10 point 10)."""
    return len(unicodedata.normalize("NFC", text))


def read_content(message: object, check: Check, allow_list: bool = False) -> Content:
    if not isinstance(message, dict):
        raise invalid("message")
    text = message.get("text", "")
    attachment = message.get("attachment")
    if not isinstance(text, str) or (not text.strip() and attachment is None):
        raise invalid("text")
    if length(text) > TEXT_LIMIT:
        raise Refused(-210, "Parameter exceeds allowable limit")
    if not isinstance(message.get("quote_message_id", ""), str):
        raise invalid("quote_message_id")
    return Content("text", text) if attachment is None else _attached(text, attachment, check, allow_list)


def _attached(text: str, attachment: object, check: Check, allow_list: bool) -> Content:
    if not isinstance(attachment, dict) or attachment.get("type") not in ("template", "file"):
        raise invalid("attachment.type")
    payload = attachment.get("payload")
    if not isinstance(payload, dict):
        raise invalid("attachment.payload")
    # assumption: buttons beside a medium or a file are taken (A3.1 has one reader for it)
    buttons = _buttons(payload["buttons"]) if "buttons" in payload else ()
    return Content(_kind(text, attachment["type"], payload, check, allow_list), text, buttons, attachment)


def _kind(text: str, kind: str, payload: Json, check: Check, allow_list: bool) -> str:
    template = payload.get("template_type")
    if kind == "file":
        check(payload.get("token"), "file", "token")
        return "file"
    if template is None:
        _check_text_with_buttons(text, payload)
        return "text"
    if template == "media":
        return _medium(_only(payload), check)
    if template == "request_user_info":
        _check_form(_only(payload))
        return "template"  # assumption: which echo a request_user_info has is not told
    if template == "list":
        if allow_list:
            return "list"
        raise Refused(-233, "message type is invalid or not support")
    raise invalid("template_type")


def _check_text_with_buttons(text: str, payload: Json) -> None:
    if not text.strip():
        raise invalid("text")
    if "buttons" not in payload:
        raise invalid("buttons")


def _buttons(value: object) -> tuple[Button, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= BUTTON_LIMIT:
        raise invalid("buttons")
    return tuple(_button(each) for each in value)


def _button(value: object) -> Button:
    if not isinstance(value, dict):
        raise invalid("buttons")
    title, kind, payload = value.get("title"), value.get("type"), value.get("payload")
    if not isinstance(title, str) or not title.strip() or length(title) > TITLE_LIMIT:
        raise invalid("title")
    if not isinstance(kind, str) or not _fits(kind, payload):
        raise invalid("payload" if kind in FITS else "type")
    return Button(title, kind, payload)


def _fits(kind: str, payload: object) -> bool:
    if kind in ("oa.query.show", "oa.query.hide"):
        return isinstance(payload, str) and 1 <= length(payload) <= PAYLOAD_LIMIT
    named = payload if isinstance(payload, dict) else {}
    wanted = FITS.get(kind)
    return wanted is not None and all(isinstance(named.get(key), str) and named[key] for key in wanted)


FITS: dict[str, tuple[str, ...]] = {
    "oa.query.show": (),
    "oa.query.hide": (),
    "oa.open.url": ("url",),
    "oa.open.phone": ("phone_code",),
    "oa.open.sms": ("content", "phone_code"),
}


def _only(payload: Json) -> Json:
    # assumption: media too take exactly one element; told only for request_user_info
    elements = payload.get("elements")
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        raise invalid("elements")
    return elements[0]


def _medium(element: Json, check: Check) -> str:
    kind = element.get("media_type")
    if kind not in ("image", "gif", "sticker"):
        raise invalid("media_type")
    if ("url" in element) == ("attachment_id" in element):
        raise invalid("attachment_id")
    if "url" in element and not str(element["url"]).startswith(("https://", "http://")):
        raise invalid("url")
    if kind != "sticker" and "attachment_id" in element:
        check(element["attachment_id"], kind, "attachment_id")
    if kind == "gif" and not (element.get("width") and element.get("height")):
        raise invalid("width")
    return str(kind)


def _check_form(element: Json) -> None:
    for name in ("title", "subtitle", "image_url"):
        if not isinstance(element.get(name), str) or not element[name]:
            raise invalid(name)
