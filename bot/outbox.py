"""The rows of calls to platforms that wait to be made. bot/delivery.py makes them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from bot.messages import Outgoing
from bot.store.tables import outbox

PENDING, SENT, DEAD = "pending", "sent", "dead"

# A claim outlives the longest send (MOTCUA_SEND_TIMEOUT is at most 45); after this, a row that was claimed by a process
# that died is taken up by another.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Row:
    id: int
    conversation_id: int
    channel: str
    outgoing: Outgoing
    attempts: int


def add(connection: Connection, conversation_id: int, channel: str, calls: Sequence[Outgoing], now: datetime) -> None:
    rows = [
        {
            "conversation_id": conversation_id,
            "channel": channel,
            "contact": call.contact,
            "payload": json.dumps(call.payload, ensure_ascii=False),
            "optional": call.optional,
            "state": PENDING,
            "attempts": 0,
            "next_at": now,
            "created_at": now,
        }
        for call in calls
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def claim(connection: Connection, now: datetime, most: int) -> list[Row]:
    """Takes up to `most` rows that are due, each the oldest of its conversation, so that replies leave in order."""
    earlier = outbox.alias()
    blocked = exists().where(
        (earlier.c.conversation_id == outbox.c.conversation_id)
        & (earlier.c.state == PENDING)
        & (earlier.c.id < outbox.c.id)
    )
    free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)
    due = (outbox.c.state == PENDING) & (outbox.c.next_at <= now) & free & ~blocked
    query = (
        select(outbox).where(due).order_by(outbox.c.next_at, outbox.c.id).limit(most).with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    if ids:
        connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(claimed_until=now + LEASE))
    return [
        Row(r.id, r.conversation_id, r.channel, Outgoing(r.contact, json.loads(r.payload), r.optional), r.attempts)
        for r in rows
    ]


def release_all(connection: Connection) -> None:
    """Frees rows that a process claimed and died over. Only where no other process shares the database."""
    connection.execute(update(outbox).where(outbox.c.state == PENDING).values(claimed_until=None))


def sent(connection: Connection, row_id: int, now: datetime) -> None:
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(state=SENT, done_at=now, claimed_until=None))


def retry(connection: Connection, row_id: int, at: datetime, reason: str) -> None:
    changes = {"attempts": outbox.c.attempts + 1, "next_at": at, "error": reason, "claimed_until": None}
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(changes))


def hurry(connection: Connection, channel: str, now: datetime) -> None:
    """What waits there for a while is due at once: what was in its way is mended."""
    where = (outbox.c.channel == channel) & (outbox.c.state == PENDING) & (outbox.c.next_at > now)
    connection.execute(update(outbox).where(where).values(next_at=now))


def bury(connection: Connection, row_id: int, now: datetime, reason: str) -> None:
    """Makes the row a dead letter: kept with its reason, never sent by itself."""
    changes = {"state": DEAD, "done_at": now, "error": reason, "claimed_until": None}
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(changes))


def bury_all(connection: Connection, conversation_id: int, now: datetime, reason: str) -> None:
    where = (outbox.c.conversation_id == conversation_id) & (outbox.c.state == PENDING)
    connection.execute(update(outbox).where(where).values(state=DEAD, done_at=now, error=reason, claimed_until=None))


def counts(connection: Connection) -> dict[str, int]:
    """State -> number of rows."""
    rows = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    return {row[0]: row[1] for row in rows}
