"""What is forgotten by itself after a while. Each deletes at most so many rows at a time, and returns how many."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, literal_column, select, tuple_

from bot.outbox import DEAD, LATE, PENDING, SENT
from bot.store.tables import arrivals, inbound, misses, outbox, transcript

_DONE = outbox.c.state != literal_column(f"'{PENDING}'")  # in these words, so that databases see that the index fits


def expire_sent(connection: Connection, before: datetime, most: int) -> int:
    return _expire(connection, outbox, _DONE & (outbox.c.state == SENT) & (outbox.c.done_at < before), most)


def expire_lost(connection: Connection, before: datetime, most: int) -> int:
    lost = _DONE & outbox.c.state.in_((DEAD, LATE)) & (outbox.c.done_at < before)
    return _expire(connection, outbox, lost, most)


def expire_inbound(connection: Connection, before: datetime, most: int) -> int:
    return _expire(connection, inbound, inbound.c.received_at < before, most)


def expire_said(connection: Connection, before: datetime, most: int) -> int:
    """Lines of the transcript. Their ids grow with the time: only the lowest need to be looked at."""
    lowest = select(transcript.c.id, transcript.c.at).order_by(transcript.c.id).limit(most).subquery()
    old = select(lowest.c.id).where(lowest.c.at < before)
    return connection.execute(delete(transcript).where(transcript.c.id.in_(old))).rowcount


def expire_misses(connection: Connection, before: datetime, most: int) -> int:
    return _expire(connection, misses, misses.c.at < before, most)


def expire_arrivals(connection: Connection, before: datetime, most: int) -> int:
    """By which link somebody came. What the link brought stays counted."""
    return _expire(connection, arrivals, arrivals.c.at < before, most)


def _expire(connection: Connection, table: Table, where: ColumnElement[bool], most: int) -> int:
    key = tuple_(*table.primary_key) if len(table.primary_key) > 1 else next(iter(table.primary_key))
    old = select(*table.primary_key).where(where).limit(most)
    return connection.execute(delete(table).where(key.in_(old))).rowcount
