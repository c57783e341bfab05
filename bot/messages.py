"""Messages that cross a channel: one that came in, and one call to a platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.privacy import Redacted
from flows.messages import AttachmentKind, Message

Kind = Literal["message", "group", "team", "blocked", "unblocked", "withdrawn", "answered"]


@dataclass(frozen=True)
class GroupPlace:
    """Where in the team's group something was said.

    Attributes:
        sender: the private chat of whoever said it; "" for somebody who hides behind the group's name.
        name: what the group calls them.
        thread: the topic that it was said in, or None.
        replied: the beginning of the bot's own message that it answers, or "".
    """

    sender: str
    name: str
    thread: int | None = None
    replied: str = ""


@dataclass(frozen=True)
class File:
    """What was sent instead of words.

    Attributes:
        reference: where the channel finds it again; "" for what was uploaded on our own pages.
        name: as the sender called it, or "".
        content: what was uploaded; None for what lies with a platform.
    """

    kind: AttachmentKind
    reference: str
    name: str = ""
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Inbound:
    """One thing that happened on a channel.

    Attributes:
        contact: the chat to answer to, as the channel names it.
        message_id: names this message for ever; the same id again is the same message delivered again. An edit's is that of the
            message that was mended, a colon and something more.
        kind: "message" from one person; "group": someone in a group called the bot; "blocked": the person left;
            "withdrawn": they took back their consent, everything about them goes; "team": said in the team's group, `room`
            tells where and by whom; "answered": the team wrote to them in the platform's own tool, `message` is what they
            were told.
        message: what was said, as it came: nothing masked yet.
        address: where it came from, if that is counted as one; "" for what a platform posts.
        masked: its words without what nobody may keep; made when it is received, before any transaction.
        receipt: what the channel needs to acknowledge it (the id of a tap, the message whose buttons go).
        at: when the platform says that it happened, where that matters.
        quoted: the beginning of the message that it answers, "" for none.
        album: of what was sent together, as several messages: its name, the same for each; "" for what came alone.
    """

    channel: str
    contact: str
    message_id: str
    message: Message = field(default_factory=Message)
    kind: Kind = "message"
    receipt: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    room: GroupPlace | None = None
    file: File | None = None
    album: str = ""
    quoted: str = ""
    address: str = ""
    masked: Redacted = field(default_factory=lambda: Redacted(""))


@dataclass(frozen=True)
class Outgoing:
    """One call to a platform.

    Attributes:
        contact: whom it goes to.
        payload: JSON that the channel's `send` understands; made by the same channel's `render`.
        optional: a refusal is no loss (the tap is too old to acknowledge, the buttons are gone already).
    """

    contact: str
    payload: Mapping[str, Any]
    optional: bool = False
