"""Internal notes of the team on a ticket: the citizen never sees it, nor does the bot."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from bot.handoff.acting import Acting
from bot.handoff.tickets import Ticket
from bot.privacy import redact
from bot.store.tables import ticket_notes
from bot.store.tx import Tx

MARK = "//"  # before words in a chat that stay within the team


@dataclass(frozen=True)
class Note:
    who: str
    text: str
    at: datetime


def add_note(acting: Acting, text: str) -> None:
    row = {"ticket_id": acting.ticket.id, "who": acting.who, "text": redact(text).text, "at": acting.tx.now}
    acting.tx.execute(insert(ticket_notes).values(row))


def list_notes(tx: Tx, ticket: Ticket) -> list[Note]:
    """Oldest first."""
    rows = tx.execute(select(ticket_notes).where(ticket_notes.c.ticket_id == ticket.id).order_by("id"))
    return [Note(row.who, row.text, row.at) for row in rows]
