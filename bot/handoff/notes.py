"""What the team tells itself about a ticket: the citizen never sees it, nor does the bot."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.handoff.tickets import Ticket
from bot.privacy import redact
from bot.store.tables import ticket_notes

MARK = "//"  # before words in a chat that stay within the team


@dataclass(frozen=True)
class Note:
    who: str
    text: str
    at: datetime


def add(connection: Connection, ticket: Ticket, who: str, text: str, now: datetime) -> None:
    row = {"ticket_id": ticket.id, "who": who, "text": redact(text).text, "at": now}
    connection.execute(insert(ticket_notes).values(row))


def of(connection: Connection, ticket: Ticket) -> list[Note]:
    """Oldest first."""
    rows = connection.execute(select(ticket_notes).where(ticket_notes.c.ticket_id == ticket.id).order_by("id"))
    return [Note(row.who, row.text, row.at) for row in rows]
