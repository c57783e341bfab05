"""What an operator must mend by hand: it stands on /readyz until it is over, and every admin of the team hears it once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, delete, select, update

from bot.conversations import insert_new
from bot.store.tables import alarms
from bot.team_keys import AlarmKey


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


def set_off(connection: Connection, key: AlarmKey, detail: str, now: datetime, about: str = "") -> bool:
    """False when it is standing already."""
    return insert_new(connection, alarms, key=_name(key, about), detail=detail, since=now)


def end(connection: Connection, key: AlarmKey, about: str = "") -> bool:
    """False when it was not standing."""
    return connection.execute(delete(alarms).where(alarms.c.key == _name(key, about))).rowcount == 1


def end_all(connection: Connection, key: AlarmKey) -> None:
    """End those of a key of which several may stand at once."""
    connection.execute(delete(alarms).where(alarms.c.key.startswith(f"{key}:")))


def standing(connection: Connection) -> Sequence[Alarm]:
    rows = connection.execute(select(alarms).order_by(alarms.c.since))
    return [Alarm(row.key, row.detail, row.since) for row in rows]


def standing_about(connection: Connection, key: AlarmKey) -> set[str]:
    """Return what those of a key are about that are standing."""
    return {alarm.name.partition(":")[2] for alarm in standing(connection) if alarm.key == key}


def take_untold(connection: Connection, now: datetime) -> Sequence[Alarm]:
    """Those that nobody was told of yet; they count as told from then on, once with any replicas."""
    untold = update(alarms).where(alarms.c.told_at.is_(None)).values(told_at=now)
    rows = connection.execute(untold.returning(alarms.c.key, alarms.c.detail, alarms.c.since))
    return [Alarm(row.key, row.detail, row.since) for row in rows]


def _name(key: AlarmKey, about: str) -> str:
    return f"{key}:{about}" if about else key
