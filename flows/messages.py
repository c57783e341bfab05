"""Values that enter and leave the engine, the same for every channel."""

from dataclasses import dataclass, field
from typing import Literal

AttachmentKind = Literal["photo", "voice", "video", "file", "sticker", "location", "contact", "other"]
Reason = Literal[
    "asked", "stuck", "misses", "attachment", "frustration", "emergency", "answered", "callback", "lingering", "practice",
    "checkin", "question", "language", "literacy",
]  # fmt: skip
UtteranceKind = Literal[
    "danger", "person", "command", "answer", "ask_back", "question", "snag", "later", "correction", "errand", "signpost",
    "thanks", "greeting", "frustration", "unclear",
]  # fmt: skip
ReminderTime = Literal["tonight", "tomorrow", "week"]
Filed = Literal["online", "in_person", "returned", "not_yet"]
Command = Literal[
    "back", "menu", "restart", "help", "stop", "human", "resume", "change", "commune", "summary", "tick", "why", "bot",
    "erase", "export", "callback", "nocall", "source", "again",
]  # fmt: skip


DIGITS: dict[str, Command] = {
    "0": "human",
    "9": "back",
}  # typed where there are no buttons; no choice has these numbers
YES, NO, OTHER = "co", "khong", "khac"  # answer ids of the bot's own questions; OTHER: none of those offered


def numbers_of(choices: int) -> list[int]:
    """Return the numbers under which so many choices stand: 1 to 8, then 10 and on."""
    return [number for number in range(1, choices + 2) if str(number) not in DIGITS][:choices]


@dataclass(frozen=True)
class Message:
    """One inbound message; numbers that nobody may store are masked already.

    Attributes:
        text: the typed text, or "".
        choice: the token of the tapped button (see `Choice.token`).
        start: the payload of the link that opened the chat, such as "na-ri_lop-1".
        attachment: the kind of thing sent instead of words.
        edited: whether this is an edit of an earlier message.
        sensitive: the kind of number masked in `text`: "id", "otp", "card" or "phone".
        waits: whether a ticket of theirs waits for a person.
    """

    text: str = ""
    choice: str | None = None
    start: str | None = None
    attachment: AttachmentKind | None = None
    edited: bool = False
    sensitive: str | None = None
    waits: bool = False


@dataclass(frozen=True)
class Limits:
    """Limits of one conversation.

    Attributes:
        text: characters of a message that are read.
        state: bytes of JSON that the state may take; the oldest drafts go first, then what is kept of others.
        drafts: unfinished procedures that are kept.
        away: hours of silence after which a citizen is welcomed back.
        linger: minutes on one step after which a person is offered.
        backups: days that backups are kept.
    """

    text: int = 2000
    state: int = 16_384
    drafts: int = 3
    away: float = 12.0
    linger: float = 5.0
    backups: int = 14


@dataclass(frozen=True)
class Heard:
    """What a message was taken for.

    Attributes:
        id: the option, command, fact, danger, trouble, signpost or errand; "" where there is none.
        procedure: the procedure that a question or an errand is about.
        why: the words that decided, where a word frame did.
    """

    kind: UtteranceKind
    id: str = ""
    procedure: str | None = None
    why: str = ""


UNCLEAR = Heard("unclear")


@dataclass(frozen=True)
class Choice:
    """One answer to pick. `token` is `epoch:slot:value`, at most 64 bytes of ASCII: Telegram's limit for a button."""

    label: str
    token: str


@dataclass(frozen=True)
class TicketParagraph:
    """One paragraph of which more is known where tickets are kept: how many wait, who may open none, that a person reads it."""

    text: str
    about: Literal["ticket_opened", "ticket_reopened", "ticket_waits", "phone_kept", "danger_told", "not_answered"]


Paragraph = str | TicketParagraph


@dataclass(frozen=True)
class Reply:
    """One reply to the citizen: a text and the answers it takes.

    Attributes:
        said: the text, whole or by paragraphs.
        choices: the answers to pick from.
        nav: navigation ("quay lại", "gặp người"), shown where a channel has room.
        more: text over the choices that did not fit on the first message.
        link: (label, address) of a page to open.
    """

    said: str | tuple[Paragraph, ...]
    choices: tuple[Choice, ...] = ()
    nav: tuple[Choice, ...] = ()
    more: str = ""
    link: tuple[str, str] | None = None

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return (self.said,) if isinstance(self.said, str) else self.said

    @property
    def text(self) -> str:
        return "\n\n".join(part if isinstance(part, str) else part.text for part in self.paragraphs)


@dataclass(frozen=True)
class OpenTicket:
    """Effect: open a ticket, as the citizen wants or needs a person.

    Attributes:
        tried: the trouble whose cure did not help.
        question: what they want the team to find out, in their own words.
        languages: ids of those in which they want to be spoken with, none where it is not known which; None where Vietnamese
            will do.
    """

    reason: Reason
    procedure: str | None
    step: str | None
    answers: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    tried: str | None = None
    question: str = ""
    languages: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Missed:
    """Effect: keep words that were not understood (masked) for the content editors."""

    text: str
    procedure: str | None
    step: str | None


@dataclass(frozen=True)
class LeaveTicket:
    """Effect: end the citizen's ticket; the bot answers again."""


@dataclass(frozen=True)
class Erase:
    """Effect: erase everything that is kept about the citizen."""


@dataclass(frozen=True)
class Export:
    """Effect: show the citizen everything that is kept about them."""


@dataclass(frozen=True)
class Reopen:
    """Effect: reopen a resolved ticket, as the citizen says that they were not helped."""


@dataclass(frozen=True)
class Rate:
    """Effect: rate the help. `stars`: 1 to 5, or None; `word`: a comment, or ""."""

    stars: int | None
    word: str = ""


@dataclass(frozen=True)
class KeepPhone:
    """Effect: keep the phone number just told, after a yes to being called back. The engine never sees the number."""


@dataclass(frozen=True)
class DropPhone:
    """Effect: drop the phone number, as the citizen wants no call any more."""


@dataclass(frozen=True)
class Returned:
    """Effect: keep why an office returned the papers, in the citizen's own words, for the content editors."""

    procedure: str
    reason: str
    text: str


@dataclass(frozen=True)
class Remind:
    """Effect: remind the citizen of the step where they stopped, when they said and where the channel allows it."""

    procedure: str
    when: ReminderTime


Effect = OpenTicket | Missed | LeaveTicket | Erase | Export | Reopen | Rate | KeepPhone | DropPhone | Returned | Remind

AnalyticsKind = Literal[
    "opened", "placed", "chosen", "shown", "answered", "back", "aside", "missed", "trouble", "finished", "outcome", "returned",
    "ticket", "claimed", "resolved", "rated", "finisher", "teller",
]  # fmt: skip


@dataclass(frozen=True)
class AnalyticsEvent:
    """One event to count, without the person: its kind, and the procedure and step where it happened.

    A finisher finished any procedure, a teller told of any: they count people once, who finish several.

    Attributes:
        detail: the fact asked about, the trouble, the outcome, why a ticket was opened, or the hour in which it was.
        value: minutes waited, or stars.
    """

    kind: AnalyticsKind
    procedure: str | None = None
    step: str | None = None
    detail: str | None = None
    value: int | None = None
