"""Sheets that the service prints itself, sent like any file: one lies nowhere until somebody opens it."""

from collections.abc import Awaitable, Callable, Sequence

from bot.channels.protocol import NoWebhook
from bot.errors import Refused
from bot.messages import File, Outgoing
from flows.messages import Reply

NAME = "sheets"


def guide_of(commune: str, procedure: str, title: str) -> File:
    """Make the file of a procedure's guide in a commune, called by its title."""
    return File("file", f"{commune}/{procedure}", f"{title}.pdf")


class Sheets(NoWebhook):
    """Nobody writes here."""

    name = NAME

    def __init__(self, print_guide: Callable[[str, str], Awaitable[bytes | None]]) -> None:
        """
        Args:
            print_guide: (commune, procedure) -> its PDF, or None for what nobody knows any more.
        """
        self._print_guide = print_guide

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        return []

    async def send(self, outgoing: Outgoing) -> None:
        raise Refused("Nobody reads here.")

    async def fetch(self, reference: str, limit: int) -> bytes:
        commune, _, procedure = reference.partition("/")
        content = await self._print_guide(commune, procedure)
        if content is None or len(content) > limit:
            raise Refused(f"There is no guide {reference} of at most {limit} bytes.")
        return content
