"""Whether the clock has run on evenly for long enough to delete by it.

A clock that jumps ahead, after a flat battery or by a wrong time server, would end at one stroke all that is kept. A service that
was off for a while looks the same: there, too, a day more does no harm.
"""

import logging
from datetime import UTC, datetime, timedelta

from bot.store import key_values
from bot.store.tx import Tx

log = logging.getLogger("motcua.upkeep")

_KEPT = "clock"
_JUMP = timedelta(hours=12)  # so much at once is no ordinary pause
_APART = timedelta(minutes=5)  # by which replicas may differ
_STANDS = timedelta(days=1)


def note_time(tx: Tx) -> None:
    """Note the time, in every round. Replicas that differ by more than some minutes let nothing be deleted at all."""
    seen, since = _kept(tx)
    if seen and not -_APART <= tx.now - seen <= _JUMP:
        log.warning("upkeep: the clock went from %s to %s: nothing is deleted for a day", seen, tx.now)
    if seen is None or since is None or not -_APART <= tx.now - seen <= _JUMP:
        seen = since = tx.now
    both = (max(seen, tx.now), since)
    key_values.set_value(tx, _KEPT, " ".join(moment.astimezone(UTC).isoformat() for moment in both))


def is_steady(tx: Tx) -> bool:
    seen, since = _kept(tx)
    if seen is None or since is None:
        return False
    return -_APART <= tx.now - seen <= _JUMP and tx.now - since >= _STANDS


def last_seen(tx: Tx) -> datetime | None:
    """Return when a round was last, by the clock of then."""
    return _kept(tx)[0]


def _kept(tx: Tx) -> tuple[datetime | None, datetime | None]:
    """Return when a round was last, and since when the clock has run on evenly."""
    kept = key_values.get(tx, _KEPT)
    if not kept:
        return None, None
    seen, since = map(datetime.fromisoformat, kept.split())
    return seen, since
