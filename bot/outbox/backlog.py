"""The outbox as its operator sees it: what waits, what never arrived, what may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal_column, select, update

from bot.outbox import rate_limits
from bot.outbox.outbox import DEAD, LATE, PENDING, RowState
from bot.store.tables import outbox
from bot.store.tx import Tx

_PENDING = outbox.c.state == literal_column(f"'{PENDING}'")
_DONE = outbox.c.state != literal_column(f"'{PENDING}'")  # in these words, so that databases see that the index fits


@dataclass(frozen=True)
class Line:
    """One channel. `oldest`: since when its oldest row waits; `paused`: until when nothing is sent there."""

    channel: str
    pending: int = 0
    retrying: int = 0
    dead: int = 0
    late: int = 0
    oldest: datetime | None = None
    paused: datetime | None = None


@dataclass(frozen=True)
class Letter:
    """A row that did not arrive, without a word of what it says."""

    id: int
    channel: str
    state: RowState
    at: datetime
    reason: str


def list_channels(tx: Tx) -> Sequence[Line]:
    """List the channels on which something waits, is lost or is held up."""
    retries = func.sum(case((outbox.c.attempts > 0, 1), else_=0))
    waiting = select(outbox.c.channel, func.count(), retries, func.min(outbox.c.created_at)).where(_PENDING)
    found: dict[str, dict[str, Any]] = {}
    for channel, pending, retrying, oldest in tx.execute(waiting.group_by(outbox.c.channel)):
        found[channel] = {"pending": pending, "retrying": retrying, "oldest": oldest}
    lost = select(outbox.c.channel, outbox.c.state, func.count()).where(_DONE & outbox.c.state.in_((DEAD, LATE)))
    for channel, state, count in tx.execute(lost.group_by(outbox.c.channel, outbox.c.state)):
        found.setdefault(channel, {})[state] = count
    for channel, until in rate_limits.paused_channels(tx).items():
        found.setdefault(channel, {})["paused"] = until
    return [Line(channel, **found[channel]) for channel in sorted(found)]


def list_letters(tx: Tx, most: int) -> Sequence[Letter]:
    """List the newest messages that did not arrive: dead letters, and those given up as too late."""
    lost = select(outbox).where(_DONE & outbox.c.state.in_((DEAD, LATE)))
    rows = tx.execute(lost.order_by(outbox.c.done_at.desc(), outbox.c.id.desc()).limit(most))
    return [Letter(row.id, row.channel, row.state, row.done_at, row.error or "") for row in rows]


def resend(tx: Tx, ids: Sequence[int] | None) -> int:
    """Send once more what did not arrive, as if it were new; `None` for all dead letters. Return how many."""
    dead = outbox.c.state == DEAD
    which = _DONE & (dead if ids is None else outbox.c.id.in_(ids) & (dead | (outbox.c.state == LATE)))
    fresh = {"state": PENDING, "attempts": 0, "next_at": tx.now, "created_at": tx.now, "done_at": None, "error": None}
    return tx.execute(update(outbox).where(which).values(fresh)).rowcount
