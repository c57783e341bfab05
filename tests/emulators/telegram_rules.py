"""What the Bot API refuses: texts, HTML, keyboards, addresses of webhooks. Wording as in its server's answers."""

import html
import json
import re
from typing import Any
from urllib.parse import urlsplit

from tests.emulators.emulator import Json, utf16_length

Rows = tuple[tuple[tuple[str, str], ...], ...]

TEXT_LIMIT = 4096
DATA_LIMIT = 64  # bytes
BUTTON_LIMIT = 100  # assumption: the limit is not documented; larger keyboards answer REPLY_MARKUP_TOO_LONG
TAGS = {
    *("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "tg-emoji"),
    *("a", "code", "pre", "blockquote"),
}
ATTRIBUTE = r"""\s+[^\s=>]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?"""
TAG = re.compile(rf"<(?P<end>/?)(?P<name>[^\s>]*)(?P<attributes>(?:{ATTRIBUTE})*)\s*>")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
PORTS = {80, 88, 443, 8443}
MARKUPS = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"}
ACTIONS = {"callback_data", "url", "web_app", "login_url", "copy_text", "pay", "callback_game"}
ACTIONS |= {"switch_inline_query", "switch_inline_query_current_chat", "switch_inline_query_chosen_chat"}


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, description: str, code: int = 400, parameters: Json | None = None) -> None:
        prefix = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: "}.get(code, "")
        super().__init__(prefix + description)
        self.code = code
        self.parameters = parameters


def decoded(value: object) -> Any:
    """Forms carry objects as JSON text, JSON bodies may carry either."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal("can't parse JSON object") from None


def whole(params: Json, name: str) -> int:
    """A number, which forms carry as text; 0 when it is absent."""
    try:
        return int(params.get(name) or 0)
    except ValueError:
        raise Refusal(f"invalid {name} specified") from None


def visible_text(params: Json) -> str:
    """The text as the citizen sees it: entities parsed, outer spaces gone."""
    mode = str(params.get("parse_mode") or "").lower()
    # assumption: Markdown is refused, because the service writes HTML and nothing here can check Markdown
    if mode not in ("", "html"):
        raise Refusal("unsupported parse_mode")
    text = str(params.get("text") or "")
    text = (parsed(text) if mode else text).strip()
    if not text:
        raise Refusal("message text is empty")
    # assumption: "4096 characters after entities parsing" counts UTF-16 units, the stricter reading
    if utf16_length(text) > TEXT_LIMIT:
        raise Refusal("message is too long")
    return text


def parsed(text: str) -> str:
    opened: list[str] = []
    parts: list[str] = []
    position = 0
    while (start := text.find("<", position)) >= 0:
        parts.append(text[position:start])
        position = _follow(text, start, opened)
    if opened:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return ENTITY.sub(lambda found: html.unescape(found.group()), "".join([*parts, text[position:]]))


def _follow(text: str, start: int, opened: list[str]) -> int:
    """Opens or closes the tag at `start` and says where it ends."""
    offset = len(text[:start].encode())
    tag = TAG.match(text, start)
    if tag is None:
        raise _unparsable(f"Unclosed start tag at byte offset {offset}")
    name = tag["name"].lower()
    if tag["end"]:
        _close(name, opened, offset)
    elif name not in TAGS:
        raise _unparsable(f'Unsupported start tag "{name}" at byte offset {offset}')
    elif name == "span" and "tg-spoiler" not in tag["attributes"]:
        raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    else:
        opened.append(name)
    return tag.end()


def _close(name: str, opened: list[str], offset: int) -> None:
    if not opened:
        raise _unparsable(f"Unexpected end tag at byte offset {offset}")
    expected = opened.pop()
    if name not in ("", expected):
        raise _unparsable(f'Unmatched end tag at byte offset {offset}, expected "</{expected}>", found "</{name}>"')


def _unparsable(why: str) -> Refusal:
    return Refusal(f"can't parse entities: {why}")


def markup(params: Json) -> Json | None:
    """The reply markup of a call, checked."""
    value = decoded(params.get("reply_markup") or None)
    if value is None:
        return None
    if not isinstance(value, dict) or not MARKUPS & value.keys():
        raise Refusal("object expected as reply markup")
    if "inline_keyboard" in value:
        _check_inline(value["inline_keyboard"])
    return value


def rows(keyboard: Json | None) -> Rows:
    """(label, data) of each button; the data of a link is its URL, of a reply keyboard's button nothing."""
    lines = (keyboard or {}).get("inline_keyboard") or (keyboard or {}).get("keyboard") or []
    return tuple(tuple(_pair(button) for button in line) for line in lines)


def _pair(button: Json | str) -> tuple[str, str]:
    if isinstance(button, str):
        return button, ""
    return button["text"], str(button.get("callback_data") or button.get("url") or "")


def _check_inline(lines: object) -> None:
    if not isinstance(lines, list) or not all(isinstance(line, list) for line in lines):
        raise Refusal("inline keyboard must be an Array of Arrays of InlineKeyboardButton")
    buttons = [button for line in lines for button in line]
    if len(buttons) > BUTTON_LIMIT:
        raise Refusal("REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        _check_button(button)


def _check_button(button: object) -> None:
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise Refusal("can't parse inline keyboard button: text must be non-empty")
    actions = ACTIONS & button.keys()
    if len(actions) != 1:
        raise Refusal("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in actions and not 1 <= len(str(button["callback_data"]).encode()) <= DATA_LIMIT:
        raise Refusal("BUTTON_DATA_INVALID")
    if "url" in actions:
        _check_link(str(button["url"]))


def _check_link(url: str) -> None:
    """Telegram wants a real host: http://localhost is refused, an address with a dot is not."""
    parts = urlsplit(url)
    if parts.scheme == "tg" and parts.netloc:
        return
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or ""):
        raise Refusal(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def check_webhook_url(url: str, allow_loopback: bool) -> None:
    parts = urlsplit(url)
    if allow_loopback and parts.hostname == "127.0.0.1":
        return
    if parts.scheme != "https":
        raise Refusal("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise Refusal("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if parts.hostname in (None, "localhost", "127.0.0.1"):
        raise Refusal("bad webhook: IP address 127.0.0.1 is reserved")
