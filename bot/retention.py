"""What is forgotten by itself after a while. Each deletes at most so many rows at a time, and returns how many."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, literal_column, select, tuple_, update

from bot.conversations import HIDDEN, erase, hidden
from bot.outbox import DEAD, LATE, PENDING, SENT
from bot.store.tables import arrivals, barred, conversations, inbound, misses, outbox, transcript
from flows.state import State

_AGAIN = timedelta(hours=1)  # within which platforms post a message again

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


def forget_erased(connection: Connection, key: str, now: datetime) -> int:
    """Citizens who erased their data an hour ago and have said nothing since. Until then a message that the platform posts again
    must be known. The row goes; of who is barred, or said as much as one person may, a hash stays in place of the contact, so
    that erasing is no way around that.

    Args:
        key: of the hashes.
    """
    erased = conversations.c.erased_at.is_not(None) & (conversations.c.erased_at < now - _AGAIN)
    is_barred = exists().where(barred.c.conversation_id == conversations.c.id)
    stays = is_barred | (conversations.c.busy_until > now) | (conversations.c.share_until > now)
    waits = exists().where((outbox.c.conversation_id == conversations.c.id) & ~_DONE)
    theirs = select(conversations.c.id, conversations.c.channel, conversations.c.contact, stays.label("stays"))
    query = theirs.where(erased & ~waits & ~(conversations.c.contact.startswith(HIDDEN) & stays))
    rows = connection.execute(query.with_for_update(skip_locked=True, of=conversations)).all()
    for row in rows:
        connection.execute(delete(inbound).where(_came_from(row.channel, row.contact)))
        this, hashed = conversations.c.id == row.id, hidden(row.channel, row.contact, key)
        if row.stays:
            erase(connection, row.id)
            before = (conversations.c.channel == row.channel) & (conversations.c.contact == hashed)
            connection.execute(delete(conversations).where(before & ~this))
            changes = {"contact": hashed, "state": State().model_dump_json()}
            connection.execute(update(conversations).where(this).values(changes))
        else:
            connection.execute(delete(conversations).where(this))
    return len(rows)


def _came_from(channel: str, contact: str) -> ColumnElement[bool]:
    """Where ids of messages hold the contact."""
    return (inbound.c.channel == channel) & inbound.c.message_id.startswith(f"{contact}:", autoescape=True)


def _expire(connection: Connection, table: Table, where: ColumnElement[bool], most: int) -> int:
    key = tuple_(*table.primary_key) if len(table.primary_key) > 1 else next(iter(table.primary_key))
    old = select(*table.primary_key).where(where).limit(most)
    return connection.execute(delete(table).where(key.in_(old))).rowcount
