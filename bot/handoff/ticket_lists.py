"""Tickets looked for among all: who waits, who was forgotten, how many there are."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, case, exists, func, select

from bot.conversations import CITIZEN
from bot.handoff.tickets import CLAIMED, EMERGENCY, PRACTICE, QUERY, RESOLVED, WAITING, Ticket, from_row
from bot.store.tables import conversations, ticket_events, tickets, transcript
from bot.store.tx import Tx

_MINUTE = timedelta(minutes=1)
_URGENT_FIRST = case((tickets.c.reason == EMERGENCY, 0), else_=1)
_IN_TURN = 20  # tickets of one channel, of those who told what they need or did not, before others have their turn
_PLACE = func.row_number(type_=Integer).over(
    partition_by=(conversations.c.channel, tickets.c.procedure.is_(None)),
    order_by=(tickets.c.waiting_since, tickets.c.id),
)
# Danger first, then who waits longest; but a crowd on one channel stands before nobody of another.
_LONGEST_FIRST = (_URGENT_FIRST, (_PLACE - 1) // _IN_TURN, tickets.c.waiting_since, tickets.c.id)


def list_waiting(tx: Tx) -> list[Ticket]:
    """List tickets that nobody has taken, the urgent and then the longest waiting first."""
    query = QUERY.where(tickets.c.state == WAITING).order_by(*_LONGEST_FIRST)
    return [from_row(row) for row in tx.execute(query).all()]


def list_newest(tx: Tx, where: ColumnElement[bool], most: int = 100) -> list[Ticket]:
    """Open tickets first, of these the urgent and then the longest waiting on top; then resolved ones, the newest on top."""
    opened = QUERY.where(where & (tickets.c.state != RESOLVED)).order_by(*_LONGEST_FIRST).limit(most)
    closed = QUERY.where(where & (tickets.c.state == RESOLVED)).order_by(tickets.c.changed_at.desc()).limit(most // 4)
    return [from_row(row) for query in (opened, closed) for row in tx.execute(query).all()]


def list_held_by(tx: Tx, agent: str) -> list[Ticket]:
    """List the tickets that somebody helps with now, the oldest first."""
    mine = (tickets.c.state == CLAIMED) & (tickets.c.agent == agent)
    return [from_row(row) for row in tx.execute(QUERY.where(mine).order_by(tickets.c.id)).all()]


def list_unanswered(tx: Tx, before: datetime) -> list[Ticket]:
    """Claimed tickets on which the citizen has waited for a word since before then: for whoever took it, or an answer."""
    asks = exists().where(
        (transcript.c.conversation_id == tickets.c.conversation_id)
        & (transcript.c.author == CITIZEN)
        & (transcript.c.at > tickets.c.answered_at)
        & (transcript.c.at < before)
    )
    untold = tickets.c.answered_at.is_(None) & (tickets.c.held_since < before)
    waits = (tickets.c.state == CLAIMED) & (untold | asks)
    return [from_row(row) for row in tx.execute(QUERY.where(waits)).all()]


def list_silent(tx: Tx, agents: Collection[str], before: datetime) -> list[Ticket]:
    """List tickets claimed by one of these on which nobody said anything since then."""
    spoken = exists().where((transcript.c.conversation_id == tickets.c.conversation_id) & (transcript.c.at >= before))
    old = (tickets.c.state == CLAIMED) & tickets.c.agent.in_(list(agents)) & (tickets.c.changed_at < before)
    return [from_row(row) for row in tx.execute(QUERY.where(old & ~spoken)).all()]


def list_flood(tx: Tx, channel: str, within: timedelta) -> list[Ticket]:
    """List what came over one channel lately and nobody took, but danger."""
    found = (ticket for ticket in list_waiting(tx) if ticket.channel == channel and not ticket.urgent)
    return [ticket for ticket in found if ticket.practice_of is None and ticket.waiting_since > tx.now - within]


def list_kinds(tx: Tx, where: ColumnElement[bool]) -> list[tuple[str | None, str | None]]:
    """List the (commune, procedure) pairs of which there are tickets."""
    joined = tickets.join(conversations, conversations.c.id == tickets.c.conversation_id)
    found = select(tickets.c.commune, tickets.c.procedure).select_from(joined).where(where).distinct()
    return [(row[0], row[1]) for row in tx.execute(found).all()]


def count_matching(tx: Tx, where: ColumnElement[bool]) -> int:
    joined = tickets.join(conversations, conversations.c.id == tickets.c.conversation_id)
    return tx.execute(select(func.count()).select_from(joined).where(where)).scalar_one()


def count_held(tx: Tx) -> dict[str, int]:
    """Count the tickets that each agent helps with now; what somebody only practises is no load."""
    held = (tickets.c.state == CLAIMED) & (tickets.c.reason != PRACTICE)
    found = select(tickets.c.agent, func.count()).where(held).group_by(tickets.c.agent)
    return {row[0]: row[1] for row in tx.execute(found)}


def count_before(tx: Tx, ticket: Ticket) -> int:
    """Count those of the same commune that have waited for longer."""
    earlier = (tickets.c.waiting_since < ticket.waiting_since) | (
        (tickets.c.waiting_since == ticket.waiting_since) & (tickets.c.id < ticket.id)
    )
    real = tickets.c.reason != PRACTICE
    theirs = (tickets.c.state == WAITING) & (tickets.c.commune == ticket.commune) & real & earlier
    return tx.execute(select(func.count()).select_from(tickets).where(theirs)).scalar_one()


def count_lately(tx: Tx, channel: str, within: timedelta) -> int:
    """Count those that came over one channel lately and nobody took, but danger."""
    whose = tickets.join(conversations, conversations.c.id == tickets.c.conversation_id)
    lately = (conversations.c.channel == channel) & (tickets.c.state == WAITING) & (tickets.c.reason != EMERGENCY)
    lately &= tickets.c.waiting_since > tx.now - within
    return tx.execute(select(func.count()).select_from(whose).where(lately)).scalar_one()


def count_crowd(tx: Tx, ticket: Ticket) -> int:
    """Count those of the same commune, in danger or not like this one, that came over the same channel within the minute that
    it came in, up to this one, and that nobody of the team took."""
    theirs = (
        (conversations.c.channel == ticket.channel)
        & (tickets.c.commune == ticket.commune if ticket.commune else tickets.c.commune.is_(None))
        & (tickets.c.waiting_since > ticket.waiting_since - _MINUTE)
        & (tickets.c.waiting_since <= ticket.waiting_since)
        & ((tickets.c.state == WAITING) | tickets.c.agent.is_(None))
        & (tickets.c.reason != PRACTICE)
        & (tickets.c.reason == EMERGENCY if ticket.urgent else tickets.c.reason != EMERGENCY)
    )
    whose = tickets.join(conversations, conversations.c.id == tickets.c.conversation_id)
    return tx.execute(select(func.count()).select_from(whose).where(theirs)).scalar_one()


def first_answers(tx: Tx, commune: str | None, since: datetime) -> list[tuple[datetime, datetime]]:
    """List (opened, first claimed) of the commune's tickets since then."""
    claimed = func.min(ticket_events.c.at)
    query = (
        select(tickets.c.opened_at, claimed)
        .join(ticket_events, (ticket_events.c.ticket_id == tickets.c.id) & (ticket_events.c.kind == "claimed"))
        .where((tickets.c.commune == commune) & (tickets.c.opened_at > since) & (tickets.c.reason != PRACTICE))
        .group_by(tickets.c.id, tickets.c.opened_at)
    )
    return [(row[0], row[1]) for row in tx.execute(query).all()]
