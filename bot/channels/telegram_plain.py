"""The two updates and three calls that make up nearly all of a talk, read and written without python-telegram-bot's objects.

Those take a quarter of a reply's CPU time (docs/benchmarks.md). What has any other shape is theirs to read and to write. Tests
hold the two ways against each other.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.channels.json_reading import text_of
from bot.channels.telegram_topics import shows_file

_NO_YEAR_10000 = 250_000_000_000  # seconds; later is no time that Python knows


class _Known(BaseModel):
    """A shape of which every field is known, by type and name; anything else is another shape."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Person(_Known):
    id: int
    is_bot: bool
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_premium: bool = False


class _PrivateChat(_Known):
    id: int
    type: Literal["private"]
    first_name: str = ""
    last_name: str = ""
    username: str = ""


class _Entity(_Known):
    type: str
    offset: int
    length: int


class _Button(_Known):
    text: str
    callback_data: str = ""
    url: str = ""


class _Keyboard(_Known):
    inline_keyboard: list[list[_Button]]


class PlainMessage(_Known):
    message_id: int
    sender: _Person = Field(alias="from")
    chat: _PrivateChat
    date: Annotated[int, Field(gt=0, lt=_NO_YEAR_10000)]
    text: str
    entities: list[_Entity] = []
    reply_markup: _Keyboard | None = None


class PlainTap(_Known):
    id: str
    sender: _Person = Field(alias="from")
    message: PlainMessage
    chat_instance: str
    data: str

    @property
    def label(self) -> str:
        """Find the label of the tapped button."""
        rows = self.message.reply_markup.inline_keyboard if self.message.reply_markup else ()
        return next((text_of(button.text) for row in rows for button in row if button.callback_data == self.data), "")


class PlainUpdate(_Known):
    """Words in a private chat, or a tap on a button there."""

    update_id: int
    message: PlainMessage | None = None
    callback_query: PlainTap | None = None


def read_plain(body: bytes) -> PlainUpdate | None:
    """Parse a plain update; None for any other shape."""
    try:
        return PlainUpdate.model_validate_json(body)
    except ValidationError:
        return None


def write_plain(call: Mapping[str, Any], chat: str) -> tuple[str, dict[str, Any]]:
    """Write a call of one chat as method and parameters: words with buttons, a tap answered, buttons taken away."""
    if call["call"] == "answer":
        told = {"text": call["text"], "show_alert": True} if call.get("text") else {"show_alert": False}
        return "answerCallbackQuery", {"callback_query_id": call["query"], **told}
    if call["call"] == "retire":
        left = {"reply_markup": {"inline_keyboard": [call["left"]]}} if call.get("left") else {}
        return "editMessageReplyMarkup", {"chat_id": chat, "message_id": call["message"], **left}
    said = {"chat_id": chat, "text": call["text"]}
    if call["rows"]:
        said["reply_markup"] = {"inline_keyboard": call["rows"]}
    if shows_file(call["text"]):
        said["link_preview_options"] = {"is_disabled": True}
    return "sendMessage", said
