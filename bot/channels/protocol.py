"""Protocol of all channels. The engine speaks of text and choices; a channel puts them within its platform's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from bot.errors import Forged, Refused
from bot.messages import Inbound, Outgoing
from bot.outbox.rate_limits import RateLimits
from flows.messages import Reply


@dataclass(frozen=True)
class Window:
    """Messaging window: how long after somebody's last word a platform lets them be written to: for nothing, and at all."""

    free: timedelta
    open: timedelta


class Channel(Protocol):
    """
    Attributes:
        name: as in `/webhook/<name>` and in the database.
        introduces: True where the page itself says who is speaking, so that the bot need not.
        download: the page where citizens see what is kept about them, or "" where they get it as messages.
        monthly: messages a month that the platform sends for us, or None where it does not count.
        takes_files: True where pictures and files arrive as such: a payload may then name one of bot/files.py as `file`,
            beside the words that stand in for it where it can't be shown.
    """

    name: str
    introduces: bool
    download: str
    monthly: int | None
    takes_files: bool

    @property
    def window(self) -> Window | None:
        """None where people may be written to at any time."""

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        """Check that a post comes from the platform.

        Raises:
            Forged: the post is not from the platform.
        """

    def parse(self, body: bytes) -> Sequence[Inbound]:
        """Parse what a post says. Fields and events that we don't know are passed over; nonsense is an empty list."""

    def acknowledge(self, inbound: Inbound) -> Sequence[Outgoing]:
        """List the calls that the platform expects for every message of this kind (a tap is answered, its buttons go)."""

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        """Make the calls that put a reply before a citizen, within the platform's limits; nothing is cut."""

    def rate_limits(self, outgoing: Outgoing) -> RateLimits:
        """Name the rate limits that a call counts against, so that the platform is not written to faster than it takes."""

    def link(self, payload: str) -> str:
        """Make the address that opens a private chat with us here, or "" where there is none to know."""

    async def start(self) -> None:
        """Learn what the platform knows of us. A platform that is out of reach is no reason not to start."""

    async def every_minute(self) -> None:
        """Do what the channel does by itself, every minute."""

    async def send(self, outgoing: Outgoing) -> str | None:
        """Make the call. Return what the platform calls the message, where it can be deleted later.

        Raises:
            TryAgain, Refused, Unreachable: the platform did not take it.
        """

    async def fetch(self, reference: str, limit: int) -> bytes:
        """Fetch what somebody sent here.

        Raises:
            SendError: it is gone, larger than `limit` bytes, or the platform does not answer.
        """

    async def close(self) -> None: ...


class NoWebhook:
    """Defaults for a channel without a webhook, where nothing lies to be fetched (web, push, practice)."""

    introduces = True
    download = ""
    monthly: int | None = None
    window: Window | None = None
    takes_files = False

    def authenticate(self, headers: Mapping[str, str], body: bytes) -> None:
        raise Forged("Nobody posts here.")

    def parse(self, body: bytes) -> Sequence[Inbound]:
        return []

    def acknowledge(self, inbound: Inbound) -> Sequence[Outgoing]:
        return []

    def link(self, payload: str) -> str:
        return ""

    def rate_limits(self, outgoing: Outgoing) -> RateLimits:
        return {}

    async def start(self) -> None:
        """Learn nothing."""

    async def every_minute(self) -> None:
        """Look after nothing."""

    async def fetch(self, reference: str, limit: int) -> bytes:
        raise Refused("Nothing lies here.")

    async def close(self) -> None:
        """Close nothing."""


@runtime_checkable
class ShowsTyping(Protocol):
    """A channel on which people see that somebody is typing to them."""

    async def typing(self, contact: str) -> None:
        """Show for some seconds that somebody types. It takes nobody's place in the outbox: a moment later it means
        nothing.

        Raises:
            SendError: the platform did not show it.
        """


@runtime_checkable
class Deletes(Protocol):
    """A channel on which a message can be deleted again.

    Attributes:
        deletable: how long after it was sent.
    """

    deletable: timedelta

    def deletion(self, contact: str, messages: Sequence[str]) -> Outgoing:
        """Return the call that deletes these messages of one chat, by the ids that `send` returned. One that is gone is fine."""

    def parse_message_id(self, message_id: str) -> tuple[str, str]:
        """Return the chat and the id there of a message that came in, from the id of its `Inbound`."""


@runtime_checkable
class Polled(Protocol):
    """A channel that can be asked for what came: for development, where no platform reaches us."""

    name: str

    async def remove_webhook(self) -> str:
        """Remove the webhook and return its address: as long as there is one, nothing is told to who asks.

        Raises:
            SendError: the platform did not do it.
        """

    async def fetch_updates(self) -> Sequence[Inbound]:
        """Wait half a minute for something to come.

        Raises:
            SendError: the platform did not answer.
        """
