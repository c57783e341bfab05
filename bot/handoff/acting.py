"""Who does something to which ticket, in one transaction: what an agent can do is written in terms of it, wherever they work."""

from dataclasses import dataclass

from bot.handoff.tickets import Ticket
from bot.store.tx import Tx


@dataclass(frozen=True)
class Acting:
    """
    Attributes:
        ticket: as it was when they looked at it.
        who: the agent's name, or that of whatever acts for one.
    """

    tx: Tx
    ticket: Ticket
    who: str
