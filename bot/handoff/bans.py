"""Bans of citizens who abused the help of people: the bot still guides them, but they open no tickets until somebody lifts it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from bot.handoff.tickets import Ticket
from bot.privacy import redact
from bot.store.prepared import insert_new
from bot.store.tables import bans
from bot.store.tx import Tx


@dataclass(frozen=True)
class Ban:
    """`ticket_id`: the ticket over which it was done; by its number it is lifted."""

    ticket_id: int
    who: str
    reason: str
    at: datetime


def ban(tx: Tx, ticket: Ticket, who: str, reason: str) -> bool:
    """Ban the citizen of this ticket from opening tickets. False when they are banned already."""
    why = {"ticket_id": ticket.id, "who": who, "reason": redact(reason).text, "at": tx.now}
    return insert_new(tx, bans, conversation_id=ticket.conversation_id, **why)


def unban(tx: Tx, ticket_id: int, conversation_id: int | None) -> bool:
    """Lift a ban by the ticket over which it was made, or by the conversation. False when nothing was to be lifted."""
    theirs = (bans.c.ticket_id == ticket_id) | (bans.c.conversation_id == conversation_id)
    return tx.execute(delete(bans).where(theirs)).rowcount > 0


def is_banned(tx: Tx, conversation_id: int) -> bool:
    mine = select(bans.c.ticket_id).where(bans.c.conversation_id == conversation_id)
    return tx.execute(mine).first() is not None


def list_bans(tx: Tx) -> Sequence[Ban]:
    rows = tx.execute(select(bans).order_by(bans.c.at.desc()))
    return [Ban(row.ticket_id, row.who, row.reason, row.at) for row in rows]
