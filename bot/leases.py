"""Work that only one replica may do at a time. A lease runs out by itself, so that one who died holds up nobody."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from bot.store.prepared import insert_new
from bot.store.tables import leases
from bot.store.tx import Tx


def take_lease(tx: Tx, key: str, lasting: timedelta) -> datetime | None:
    """Take a lease. Return until when it is ours; None while somebody else has it. It must outlive the work."""
    until = tx.now + lasting
    if insert_new(tx, leases, key=key, until=until):
        return until
    over = (leases.c.key == key) & (leases.c.until <= tx.now)
    return until if tx.execute(update(leases).where(over).values(until=until)).rowcount else None


def give_lease_back(tx: Tx, key: str, until: datetime) -> None:
    """Give a lease back. Nothing happens when it ran out and somebody else has it since."""
    tx.execute(delete(leases).where((leases.c.key == key) & (leases.c.until == until)))
