"""Access log: who looked at which conversation, and when; leads can read it, and pages show "Lan is looking at this too"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, insert, or_, select, true, update

from bot.handoff.agents import Agent
from bot.handoff.tickets import Ticket
from bot.store.tables import view_log
from bot.store.tx import Tx

_SAME = timedelta(minutes=15)  # without a look, after which the next one is a new one
_HERE = timedelta(seconds=45)  # an open page looks again every quarter of a minute


@dataclass(frozen=True)
class View:
    agent: str
    ticket_id: int
    since: datetime
    until: datetime


def record_view(tx: Tx, agent: Agent, ticket: Ticket) -> bool:
    """Record that a member sees this conversation; False when an earlier look only goes on."""
    same = (view_log.c.agent == agent.name) & (view_log.c.ticket_id == ticket.id) & (view_log.c.until > tx.now - _SAME)
    if tx.execute(update(view_log).where(same).values(until=tx.now)).rowcount:
        return False
    row = {"agent": agent.name, "ticket_id": ticket.id, "commune": ticket.commune, "since": tx.now, "until": tx.now}
    tx.execute(insert(view_log).values(row))
    return True


def last_views(tx: Tx, agent: Agent, ticket_ids: Sequence[int]) -> dict[int, datetime]:
    """Find when this member last saw each of these tickets, if ever."""
    theirs = (view_log.c.agent == agent.name) & view_log.c.ticket_id.in_(ticket_ids)
    query = select(view_log.c.ticket_id, func.max(view_log.c.until)).where(theirs).group_by(view_log.c.ticket_id)
    return {row[0]: row[1] for row in tx.execute(query)}


def list_viewers(tx: Tx, ticket: Ticket) -> list[str]:
    """List the names of those who have the conversation open now."""
    here = (view_log.c.ticket_id == ticket.id) & (view_log.c.until > tx.now - _HERE)
    return list(tx.execute(select(view_log.c.agent).where(here).order_by(view_log.c.since)).scalars())


def newest_views(tx: Tx, reader: Agent, most: int) -> list[View]:
    """List the newest looks at conversations of a lead's communes, the newest first."""
    commune = view_log.c.commune
    theirs: ColumnElement[bool] = or_(commune.in_(reader.communes), commune.is_(None)) if reader.communes else true()
    rows = tx.execute(select(view_log).where(theirs).order_by(view_log.c.id.desc()).limit(most))
    return [View(row.agent, row.ticket_id, row.since, row.until) for row in rows]
