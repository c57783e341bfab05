"""What an operator must mend by hand: it stands on /readyz until it is over, and every admin of the team hears it once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.conversations import insert_new
from bot.store.tables import alarms
from bot.team_keys import AlarmKey


@dataclass(frozen=True)
class Alarm:
    """`detail`: what the platform or the database said; it holds no secret, and nothing of a citizen."""

    key: AlarmKey
    detail: str
    since: datetime


def set_off(connection: Connection, key: AlarmKey, detail: str, now: datetime) -> bool:
    """False when it is standing already."""
    return insert_new(connection, alarms, key=key, detail=detail, since=now)


def end(connection: Connection, key: AlarmKey) -> bool:
    """False when it was not standing."""
    return connection.execute(delete(alarms).where(alarms.c.key == key)).rowcount == 1


def standing(connection: Connection) -> Sequence[Alarm]:
    rows = connection.execute(select(alarms).order_by(alarms.c.since))
    return [Alarm(row.key, row.detail, row.since) for row in rows]


def take_untold(connection: Connection, now: datetime) -> Sequence[Alarm]:
    """Those that nobody was told of yet; they count as told from then on, once with any replicas."""
    untold = update(alarms).where(alarms.c.told_at.is_(None)).values(told_at=now)
    rows = connection.execute(untold.returning(alarms.c.key, alarms.c.detail, alarms.c.since))
    return [Alarm(row.key, row.detail, row.since) for row in rows]
