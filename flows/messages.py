"""What goes into the engine and what comes out: plain values, the same for every channel."""

from dataclasses import dataclass, field
from typing import Literal

AttachmentKind = Literal["photo", "voice", "video", "file", "sticker", "location", "contact", "other"]
Reason = Literal[
    "asked", "stuck", "misses", "attachment", "frustration", "emergency", "answered", "callback", "lingering", "practice",
    "checkin",
]  # fmt: skip
Filed = Literal["online", "in_person", "returned", "not_yet"]
Command = Literal[
    "back", "menu", "restart", "help", "stop", "human", "resume", "change", "commune", "summary", "tick", "why", "bot",
    "erase", "export", "callback", "nocall",
]  # fmt: skip


YES, NO, OTHER = "co", "khong", "khac"  # answers to the bot's own questions; OTHER is none of what was offered


@dataclass(frozen=True)
class Message:
    """One inbound message, already cleaned of numbers that nobody may store.

    Attributes:
        text: what was typed, or "".
        choice: the token of the button that was tapped (see `Choice.token`).
        start: the payload of a link that opened the chat, such as "na-ri_lop-1".
        attachment: what was sent instead of words.
        edited: an earlier message was changed after it was sent.
        sensitive: what was masked in `text` before it came here: "id", "otp", "card" or "phone".
    """

    text: str = ""
    choice: str | None = None
    start: str | None = None
    attachment: AttachmentKind | None = None
    edited: bool = False
    sensitive: str | None = None


@dataclass(frozen=True)
class Choice:
    """One thing that a citizen may pick. `token` is `epoch:slot:value`, at most 64 bytes of ASCII."""

    label: str
    token: str


@dataclass(frozen=True)
class Reply:
    """One thing to say.

    Attributes:
        choices: what answers it.
        nav: "quay lại", "gặp người": shown where a channel has room.
        more: what to say over choices that did not fit on the first message.
        link: (label, address) of something to open.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    nav: tuple[Choice, ...] = ()
    more: str = ""
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class OpenTicket:
    """The citizen wants or needs a person. `tried` is the trouble whose cure did not help."""

    reason: Reason
    procedure: str | None
    step: str | None
    answers: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    tried: str | None = None


@dataclass(frozen=True)
class Missed:
    """Words that were not understood: kept (masked) for the content editors."""

    text: str
    procedure: str | None
    step: str | None


@dataclass(frozen=True)
class LeaveTicket:
    """The citizen ends the talk with a person and wants the bot back."""


@dataclass(frozen=True)
class Erase:
    """The citizen wants everything about them gone."""


@dataclass(frozen=True)
class Export:
    """The citizen wants to see everything that is kept about them."""


@dataclass(frozen=True)
class Reopen:
    """A person said that it was done, the citizen says that it is not."""


@dataclass(frozen=True)
class Rate:
    """How good the help was: 1 to 5 or None, and a word on it or ""."""

    stars: int | None
    word: str = ""


@dataclass(frozen=True)
class KeepPhone:
    """The citizen said yes to being called back and has just told their number, which the engine never sees."""


@dataclass(frozen=True)
class DropPhone:
    """The citizen wants no call any more."""


@dataclass(frozen=True)
class Returned:
    """Why an office gave the papers back, in the citizen's own words, for the editors of the content."""

    procedure: str
    reason: str
    text: str


Effect = OpenTicket | Missed | LeaveTicket | Erase | Export | Reopen | Rate | KeepPhone | DropPhone | Returned

AnalyticsKind = Literal[
    "opened", "placed", "chosen", "shown", "answered", "back", "aside", "missed", "trouble", "finished", "outcome", "returned",
    "ticket", "claimed", "resolved", "rated",
]  # fmt: skip


@dataclass(frozen=True)
class AnalyticsEvent:
    """One thing to count, without the person: what events, at which step of which procedure.

    Attributes:
        detail: which one: the fact asked about, the trouble, the outcome, why a ticket was opened, the hour in which it was.
        value: how much: minutes waited, stars.
    """

    kind: AnalyticsKind
    procedure: str | None = None
    step: str | None = None
    detail: str | None = None
    value: int | None = None
