"""Outbox: rows of calls to platforms, claimed in order, retried, or kept as dead letters. bot/delivery.py makes the calls."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.conversations import Conversation
from bot.messages import Outgoing
from bot.outbox import rate_limits
from bot.outbox.rate_limits import RateLimits, Wait
from bot.store.prepared import Prepared
from bot.store.tables import outbox
from bot.store.tx import Tx

RowState = Literal["pending", "sent", "dead", "late"]
# What a row is for: words to a citizen, words to the team, a call that only tidies up (a tap is answered, its buttons go), or one
# that takes back what the team was told of a citizen who erased their data.
RowKind = Literal["answer", "note", "call", "recall"]

PENDING: RowState = "pending"
SENT: RowState = "sent"
DEAD: RowState = "dead"
LATE: RowState = "late"
ANSWER: RowKind = "answer"
NOTE: RowKind = "note"
CALL: RowKind = "call"
RECALL: RowKind = "recall"

# A claim outlives the longest send (MOTCUA_SEND_TIMEOUT is at most 45); after this, a row that was claimed by a process
# that died is taken up by another.
LEASE = timedelta(seconds=60)

# How a channel tells what a call counts against.
RateLimitsOf = Callable[[Outgoing], RateLimits]

_PAYLOAD = TypeAdapter(Mapping[str, Any])

# As a literal, so that databases see that the partial indexes fit.
_IS_PENDING = outbox.c.state == literal_column(f"'{PENDING}'")
_ADD = Prepared(
    insert(outbox),
    *("conversation_id", "channel", "contact", "payload", "optional", "kind"),
    *("state", "attempts", "next_at", "created_at", "about_id"),
)
_THIS = update(outbox).where(outbox.c.id == bindparam("row"))
_CLAIM = Prepared(_THIS, "claimed_until")
_SENT = Prepared(_THIS, "state", "done_at", "claimed_until", "message")


@dataclass(frozen=True)
class Row:
    id: int
    conversation_id: int
    channel: str
    outgoing: Outgoing
    attempts: int
    kind: RowKind
    created_at: datetime
    about_id: int | None


@dataclass(frozen=True)
class Claim:
    """Rows to send now. `again`: when a row that a rate limit holds back may go, or None."""

    rows: Sequence[Row]
    again: datetime | None


def add_calls(
    tx: Tx,
    to: Conversation,
    calls: Sequence[Outgoing],
    kind: RowKind = ANSWER,
    about_id: int | None = None,
) -> None:
    """Add calls to be sent. `about_id`: the conversation of the citizen of whom they tell somebody else."""
    rows = [
        {
            "conversation_id": to.id,
            "channel": to.channel,
            "contact": call.contact,
            "payload": _PAYLOAD.dump_json(call.payload).decode(),
            "optional": call.optional,
            "kind": CALL if call.optional else kind,
            "state": PENDING,
            "attempts": 0,
            "next_at": tx.now,
            "created_at": tx.now,
            "about_id": about_id,
        }
        for call in calls
    ]
    if rows:
        _ADD.execute_many(tx, rows)


def claim_due(tx: Tx, most: int, channels: Mapping[str, RateLimitsOf]) -> Claim:
    """Claim up to `most` rows that are due on these channels and within their rate limits.

    Each is the oldest of its conversation, so that replies leave in order.
    """
    if tx.connection.dialect.name == "postgresql":
        _BY_INDEX.fetch_all(tx)
    paused = rate_limits.paused_channels(tx)
    running = [{"channel": name, "now": tx.now, "most": most} for name in channels if name not in paused]
    found = [row for channel in running for row in _DUE.iterate(tx, **channel)]
    due = [_from_row(row) for row in sorted(found, key=lambda row: (row.next_at, row.id))[:most]]
    waits = _rate_limit(tx, due, channels)
    for row_id, wait in waits.items():
        if wait.own:  # else the channel is paused for all, and the row keeps its place in the line
            tx.execute(update(outbox).where(outbox.c.id == row_id).values(next_at=wait.until))
    rows = [row for row in due if row.id not in waits]
    if rows:
        _CLAIM.execute_many(tx, [{"row": row.id, "claimed_until": tx.now + LEASE} for row in rows])
    return Claim(rows, min([*paused.values(), *(wait.until for wait in waits.values())], default=None))


def _select_due() -> Select[Any]:
    """Select what is due of one channel, so that rows of a channel that is paused never stand before those of the others."""
    earlier = outbox.alias()
    blocked = exists().where(
        (earlier.c.conversation_id == outbox.c.conversation_id)
        & (earlier.c.state == literal_column(f"'{PENDING}'"))
        & (earlier.c.id < outbox.c.id)
    )
    now = bindparam("now", type_=outbox.c.next_at.type)
    free = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < now)
    due = (outbox.c.channel == bindparam("channel")) & _IS_PENDING & (outbox.c.next_at <= now) & free & ~blocked
    query = select(outbox).where(due).order_by(outbox.c.next_at, outbox.c.id).limit(bindparam("most"))
    return query.with_for_update(skip_locked=True)


_DUE = Prepared(_select_due())
# Usually next to nothing is pending, and PostgreSQL plans for that: when a platform is down and 100,000 rows wait, it would sort
# them all for every claim, until it next counts its rows. Within this transaction it walks the index instead.
_BY_INDEX = Prepared(
    select(func.set_config("enable_bitmapscan", "off", True), func.set_config("enable_sort", "off", True))
)


def _rate_limit(tx: Tx, due: Sequence[Row], channels: Mapping[str, RateLimitsOf]) -> dict[int, Wait]:
    """Row id -> why not now, for those that a rate limit holds back."""
    waits: dict[int, Wait] = {}
    for name in sorted({row.channel for row in due}):
        limited = [(row.id, limits) for row in due if row.channel == name and (limits := channels[name](row.outgoing))]
        if limited:
            answers = rate_limits.admit_calls(tx, name, [limits for _, limits in limited])
            waits |= {row_id: wait for (row_id, _), wait in zip(limited, answers, strict=True) if wait}
    return waits


def _from_row(row: Any) -> Row:
    outgoing = Outgoing(row.contact, json.loads(row.payload), row.optional)
    return Row(row.id, row.conversation_id, row.channel, outgoing, row.attempts, row.kind, row.created_at, row.about_id)


def list_late(tx: Tx, kind: RowKind, life: timedelta, most: int) -> list[Row]:
    """List rows of this kind that are older than `life` and that nobody is sending."""
    waiting = (
        _IS_PENDING & (outbox.c.kind == kind) & (outbox.c.created_at < tx.now - life) & outbox.c.claimed_until.is_(None)
    )
    return [_from_row(row) for row in tx.execute(select(outbox).where(waiting).order_by(outbox.c.id).limit(most))]


def release_all(tx: Tx) -> None:
    """Release rows that a process claimed and died over. Only where no other process shares the database."""
    tx.execute(update(outbox).where(outbox.c.state == PENDING).values(claimed_until=None))


def repair_after_clock_jump(tx: Tx) -> None:
    """After the clock was put back, rows of a time that is still to come would wait for it."""
    soon = tx.now + LEASE  # replicas' clocks differ a little
    ahead = (outbox.c.state == PENDING) & (outbox.c.created_at > soon)
    tx.execute(update(outbox).where(ahead).values(created_at=tx.now, next_at=tx.now))
    held = (outbox.c.state == PENDING) & (outbox.c.claimed_until > soon + LEASE)
    tx.execute(update(outbox).where(held).values(claimed_until=soon))


def record_sent(tx: Tx, taken: Mapping[int, str | None]) -> None:
    """Write down which rows platforms took.

    Args:
        taken: row -> the platform's id of the message, where it can be deleted later.
    """
    done = {"state": SENT, "done_at": tx.now, "claimed_until": None}
    if taken:
        _SENT.execute_many(tx, [{"row": row_id, "message": id_, **done} for row_id, id_ in taken.items()])


def filter_existing(tx: Tx, row_ids: Collection[int]) -> set[int]:
    """Return which of these rows nobody erased."""
    there = select(outbox.c.id).where(outbox.c.id.in_(row_ids))
    return set(tx.execute(there).scalars()) if row_ids else set()


@dataclass(frozen=True)
class Told:
    """What one chat of the team's was told of a citizen.

    Attributes:
        messages: platforms' ids of the messages, and when they were sent; None for one that has no id.
    """

    conversation_id: int
    channel: str
    contact: str
    messages: Sequence[tuple[str | None, datetime]]


def list_told_of(tx: Tx, citizen: int) -> Sequence[Told]:
    """Return what the team was told of a citizen, chat by chat. What is being written down as sent is waited for."""
    theirs = select(outbox).where(outbox.c.about_id == citizen).order_by(outbox.c.id).with_for_update()
    chats: dict[tuple[int, str, str], list[tuple[str | None, datetime]]] = {}
    for row in tx.execute(theirs):
        if row.state == SENT:
            chats.setdefault((row.conversation_id, row.channel, row.contact), []).append((row.message, row.done_at))
    return [Told(*chat, messages) for chat, messages in chats.items()]


def schedule_retry(tx: Tx, row: Row, at: datetime, reason: str) -> None:
    """Schedule another attempt. What stands behind the row in its conversation waits as long: else every claim would look
    at all of that in vain."""
    changes = {"attempts": outbox.c.attempts + 1, "next_at": at, "error": reason, "claimed_until": None}
    tx.execute(update(outbox).where(outbox.c.id == row.id).values(changes))
    behind = (outbox.c.conversation_id == row.conversation_id) & _IS_PENDING & (outbox.c.id > row.id)
    tx.execute(update(outbox).where(behind & (outbox.c.next_at < at)).values(next_at=at))


def make_due(tx: Tx, channel: str) -> None:
    """Make due at once what waits on a channel: what was in its way is mended."""
    where = (outbox.c.channel == channel) & (outbox.c.state == PENDING) & (outbox.c.next_at > tx.now)
    tx.execute(update(outbox).where(where).values(next_at=tx.now))


def put_back(tx: Tx, row_id: int, reason: str) -> None:
    """Release a row because its whole channel waits: that is no attempt, and the row keeps its place."""
    changes = {"error": reason, "claimed_until": None}
    tx.execute(update(outbox).where(outbox.c.id == row_id).values(changes))


def make_dead_letter(tx: Tx, row: Row, reason: str) -> None:
    """Make the row a dead letter: kept with its reason, never sent by itself."""
    _end_rows(tx, outbox.c.id == row.id, DEAD, reason)
    _make_next_due(tx, row)


def make_dead_letters(tx: Tx, conversation_id: int, reason: str) -> None:
    _end_rows(tx, (outbox.c.conversation_id == conversation_id) & (outbox.c.state == PENDING), DEAD, reason)


def drop_late(tx: Tx, row: Row) -> bool:
    """Give up a row that came to make no sense; False when it is not waiting any more."""
    waits = (outbox.c.id == row.id) & (outbox.c.state == PENDING)
    dropped = _end_rows(tx, waits, LATE, "too late to make sense") == 1
    if dropped:
        _make_next_due(tx, row)
    return dropped


def _make_next_due(tx: Tx, row: Row) -> None:
    """Make due what waited behind this row in its conversation."""
    behind = (outbox.c.conversation_id == row.conversation_id) & _IS_PENDING & (outbox.c.next_at > tx.now)
    tx.execute(update(outbox).where(behind).values(next_at=tx.now))


def _end_rows(tx: Tx, where: ColumnElement[bool], state: RowState, reason: str) -> int:
    changes = {"state": state, "done_at": tx.now, "error": reason, "claimed_until": None}
    return tx.execute(update(outbox).where(where).values(changes)).rowcount


def failed_before(tx: Tx, conversation_id: int) -> bool:
    """Tell whether the last call to this conversation that was settled before now is a dead letter."""
    earlier = (outbox.c.conversation_id == conversation_id) & (outbox.c.done_at < tx.now)
    query = select(outbox.c.state).where(earlier).order_by(outbox.c.done_at.desc(), outbox.c.id.desc()).limit(1)
    return tx.execute(query).scalar_one_or_none() == DEAD


def forget_told(tx: Tx, citizens: Sequence[int]) -> None:
    """Delete what the team was told of these citizens' conversations."""
    told = outbox.c.about_id.in_(citizens) & (outbox.c.state != PENDING)
    tx.execute(delete(outbox).where(told))


def count_by_state(tx: Tx) -> dict[str, int]:
    """State -> number of rows."""
    rows = tx.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    return {row[0]: row[1] for row in rows}
