"""Wrong passwords and codes, counted for each member and browser or address: by all replicas together, in the database."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import Insert, bindparam, delete

from bot.store.prepared import InsertInto, Prepared
from bot.store.tables import tries
from bot.store.tx import Tx

MOST = 6
WITHIN = timedelta(minutes=10)


def key(secret: str, agent_id: int, where: str) -> str:
    """Return the name under which tries from there are counted: no address is written down."""
    return hmac.new(secret.encode(), f"try {agent_id} {where}".encode(), hashlib.sha256).hexdigest()


def take(tx: Tx, counted: str) -> bool:
    """Count one more, before it is known whether it is right: of many at once no more than that are looked at.

    Returns:
        False when there were too many.
    """
    tx.execute(delete(tries).where(tries.c.since < tx.now - WITHIN))
    return bool(_COUNT.execute(tx, key=counted, count=1, since=tx.now, most=MOST))


def forget(tx: Tx, counted: str) -> None:
    """Forget those before one that was right."""
    tx.execute(delete(tries).where(tries.c.key == counted))


def _one_more(insert: InsertInto) -> Insert:
    row: Any = insert(tries)
    more = {"count": tries.c.count + 1}
    counted: Insert = row.on_conflict_do_update(
        index_elements=[tries.c.key], set_=more, where=tries.c.count < bindparam("most")
    )
    return counted


_COUNT = Prepared(_one_more, "key", "count", "since")
