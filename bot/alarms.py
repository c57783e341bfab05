"""Alarms: faults that an operator must mend. Each is on /readyz until it is over, and every admin of the team hears it once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, select, update

from bot import leases
from bot.store.prepared import insert_new
from bot.store.tables import alarms
from bot.store.tx import Tx
from bot.team_keys import AlarmKey

_QUIET = timedelta(minutes=30)  # in which one alarm is told once, however often it comes and goes
_KEY = 40  # characters of a lease's name


@dataclass(frozen=True)
class Alarm:
    """What stands until it is mended.

    Attributes:
        name: the key; where several of a key may stand at once, a colon and what it is about behind it ("upkeep:phones").
        detail: what the platform or the database said; it holds no secret, and nothing of a citizen.
    """

    name: str
    detail: str
    since: datetime

    @property
    def key(self) -> AlarmKey:
        return cast(AlarmKey, self.name.partition(":")[0])


def set_off(tx: Tx, key: AlarmKey, detail: str, about: str = "") -> bool:
    """Set an alarm off. False when it is standing already."""
    return insert_new(tx, alarms, key=_name_of(key, about), detail=detail, since=tx.now)


def end_alarm(tx: Tx, key: AlarmKey, about: str = "") -> bool:
    """End an alarm. False when it was not standing."""
    return tx.execute(delete(alarms).where(alarms.c.key == _name_of(key, about))).rowcount == 1


def set_standing(tx: Tx, key: AlarmKey, found: Mapping[str, str], among: Collection[str] | None = None) -> None:
    """Let those of a key stand that were found now, and no others: what each is about -> its detail.

    Args:
        among: those that were looked for; None for all of this key.
    """
    standing = standing_about(tx, key)
    for about in (standing if among is None else standing & set(among)) - found.keys():
        end_alarm(tx, key, about)
    for about in found.keys() - standing:
        set_off(tx, key, found[about], about)


def end_all(tx: Tx, key: AlarmKey) -> None:
    """End those of a key of which several may stand at once."""
    tx.execute(delete(alarms).where(alarms.c.key.startswith(f"{key}:")))


def list_standing(tx: Tx) -> Sequence[Alarm]:
    rows = tx.execute(select(alarms).order_by(alarms.c.since))
    return [Alarm(row.key, row.detail, row.since) for row in rows]


def standing_about(tx: Tx, key: AlarmKey) -> set[str]:
    """Return what those of a key are about that are standing."""
    return {alarm.name.partition(":")[2] for alarm in list_standing(tx) if alarm.key == key}


def take_untold(tx: Tx) -> Sequence[Alarm]:
    """Take the alarms that nobody was told of yet; they count as told from then on, once with any replicas.

    One that comes and goes is told again when it was quiet for a while, if it stands then.
    """
    untold = alarms.c.told_at.is_(None)
    told = []
    for row in tx.execute(select(alarms).where(untold).order_by(alarms.c.since)).all():
        this = update(alarms).where(untold & (alarms.c.key == row.key)).values(told_at=tx.now)
        if leases.take_lease(tx, f"told {row.key}"[:_KEY], _QUIET) and tx.execute(this).rowcount:
            told.append(Alarm(row.key, row.detail, row.since))
    return told


def _name_of(key: AlarmKey, about: str) -> str:
    return f"{key}:{about}" if about else key
