"""Rate limits of calls to platforms, and until when a channel is paused: kept in the database, so that all replicas share
them.

Of each thing that is counted (a channel as a whole, one chat) only the moment is kept from which its next call may go: the
generic cell rate algorithm, a token bucket in one number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Insert, bindparam, delete, select, update

from bot.store.prepared import InsertInto, Prepared
from bot.store.tables import rate_limits
from bot.store.tx import Tx

WHOLE = ""  # the channel as a whole; its row is also the lock under which the channel's calls are counted
_FORGOTTEN = timedelta(minutes=1)  # what was open for so long is as if nothing had been sent
_LONGEST = timedelta(hours=1)  # that a platform lets us wait


@dataclass(frozen=True)
class RateLimit:
    """`burst` calls at once, then one each `every` seconds: in s seconds at most burst + s / every."""

    every: float
    burst: int = 1

    def next_call_at(self, opens: datetime, now: datetime) -> datetime:
        """Compute when the next call may go, once one went now that might go from `opens` on."""
        every = timedelta(seconds=self.every)
        return max(opens, now - every * (self.burst - 1)) + every


@dataclass(frozen=True)
class Wait:
    """`own`: only this call waits, for its chat; others of the channel may go."""

    until: datetime
    own: bool


# What a call counts against, by name, among them WHOLE; empty where the platform sets no limit.
RateLimits = Mapping[str, RateLimit]


def paused_channels(tx: Tx) -> dict[str, datetime]:
    """List the channels on which nothing may be sent now, and until when."""
    rows = _WHOLES.iterate(tx)
    return {row.channel: row.opens_at for row in rows if row.opens_at > tx.now}


def admit_calls(tx: Tx, channel: str, calls: Sequence[RateLimits]) -> list[Wait | None]:
    """Count the calls that go now, and say of each other one how long it waits."""
    opens = _lock_and_read(tx, channel, {name for call in calls for name in call})
    before, waits = dict(opens), list[Wait | None]()
    for call in calls:
        until = max(opens[name] for name in call)
        waits.append(Wait(until, own=opens[WHOLE] <= tx.now) if until > tx.now else None)
        if until <= tx.now:
            opens |= {name: pace.next_call_at(opens[name], tx.now) for name, pace in call.items()}
    _store(tx, channel, {name: at for name, at in opens.items() if at != before[name]})
    return waits


def pause_until(tx: Tx, channel: str, names: Iterable[str], until: datetime) -> None:
    """Hold these limits until then: the platform asked for it, or would refuse everything."""
    known = _lock_and_read(tx, channel, set(names))
    _store(tx, channel, {name: max(known[name], until) for name in names})


def resume_channel(tx: Tx, channel: str) -> bool:
    """End the hold of a channel before its time; False when there was none."""
    if channel not in paused_channels(tx):
        return False
    _store(tx, channel, {WHOLE: tx.now})
    return True


def is_pause_over(tx: Tx, channel: str) -> bool:
    """Tell whether the channel was paused and is not any more."""
    opens = {row.channel: row.opens_at for row in _WHOLES.iterate(tx)}
    return channel in opens and opens[channel] <= tx.now


def repair_after_clock_jump(tx: Tx, held: Collection[str]) -> None:
    """After the clock was put back, moments of a time that is still to come would stop everybody until then.

    Args:
        held: channels that may really be paused for longer.
    """
    ahead = (rate_limits.c.opens_at > tx.now + _LONGEST) & ~(
        (rate_limits.c.name == WHOLE) & rate_limits.c.channel.in_(held)
    )
    tx.execute(update(rate_limits).where(ahead).values(opens_at=tx.now))


def forget_quiet(tx: Tx) -> None:
    """Forget chats that were quiet for a while. The rows of channels stay: they are locks."""
    tx.execute(
        delete(rate_limits).where((rate_limits.c.name != WHOLE) & (rate_limits.c.opens_at < tx.now - _FORGOTTEN))
    )


def _lock_and_read(tx: Tx, channel: str, names: set[str]) -> dict[str, datetime]:
    """Read from when each may go; others who count on this channel wait from here until this transaction ends."""
    quiet = tx.now - _FORGOTTEN
    if _LOCK.fetch_first(tx, channel=channel) is None:
        _store(tx, channel, {WHOLE: quiet}, new=True)
        _LOCK.fetch_first(tx, channel=channel)
    rows = tx.execute(_NAMED, {"channel": channel, "names": [WHOLE, *names]})
    return dict.fromkeys(names, quiet) | {row.name: row.opens_at for row in rows}


def _store(tx: Tx, channel: str, opens: Mapping[str, datetime], *, new: bool = False) -> None:
    """Store when limits open again. `new`: leave alone what is there already."""
    if opens:
        rows = [{"channel": channel, "name": name, "opens_at": at} for name, at in sorted(opens.items())]
        (_BEGIN if new else _KEEP).execute_many(tx, rows)


def _upsert(insert: InsertInto) -> Insert:
    made = insert(rate_limits)
    changed = {"opens_at": made.excluded.opens_at}
    statement: Insert = made.on_conflict_do_update(index_elements=["channel", "name"], set_=changed)
    return statement


_COLUMNS = ("channel", "name", "opens_at")
_BEGIN = Prepared(lambda insert: insert(rate_limits).on_conflict_do_nothing(), *_COLUMNS)
_KEEP = Prepared(_upsert, *_COLUMNS)
_OF_CHANNEL = rate_limits.c.channel == bindparam("channel")
_WHOLES = Prepared(select(rate_limits.c.channel, rate_limits.c.opens_at).where(rate_limits.c.name == WHOLE))
_LOCK = Prepared(select(rate_limits.c.opens_at).where(_OF_CHANNEL & (rate_limits.c.name == WHOLE)).with_for_update())
_NAMED = select(rate_limits.c.name, rate_limits.c.opens_at).where(
    _OF_CHANNEL & rate_limits.c.name.in_(bindparam("names", expanding=True))
)
