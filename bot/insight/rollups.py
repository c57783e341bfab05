"""Events counted by day, so that a page reads thousands of rows instead of millions. bot/upkeep.py keeps them up."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Date, Integer, case, cast, delete, func, insert, literal, select, text

from bot.insight.months import begins, day_of, ends
from bot.store.tables import event_days, events

_SETTLED = timedelta(hours=1)  # after midnight until a day's last transactions are surely committed
_LOCK = 7_205_018  # any number, the same in every replica

# Through which channel and link somebody came is counted for these; for each step it would be a row too many.
_COMING = ("opened", "placed", "chosen", "finished", "outcome")


def roll_up(connection: Connection, now: datetime) -> list[date]:
    """Counts the days that may have changed. Returns which were counted anew."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    return [day for day in _open_days(connection, now) if _changed(connection, day) and _count(connection, day)]


def _open_days(connection: Connection, now: datetime) -> list[date]:
    """From the last day that was counted on; from the first event on where none was."""
    today = day_of(now)
    last = connection.execute(select(func.max(event_days.c.day))).scalar()
    if last is None:
        earliest = connection.execute(select(func.min(events.c.at))).scalar()
        last = day_of(earliest) if earliest else today
    first = min(last, day_of(now - _SETTLED))
    return [first + timedelta(days=days) for days in range((today - first).days + 1)]


def _changed(connection: Connection, day: date) -> bool:
    within = (events.c.at >= begins(day)) & (events.c.at < ends(day))
    there = connection.execute(select(func.count()).select_from(events).where(within)).scalar_one()
    counted = connection.execute(select(func.sum(event_days.c.events)).where(event_days.c.day == day)).scalar()
    return there != (counted or 0)


def _count(connection: Connection, day: date) -> bool:
    came = events.c.kind.in_(_COMING)
    dimensions = (
        events.c.kind,
        case((came, events.c.channel)).label("channel"),
        events.c.commune,
        case((came, events.c.link)).label("link"),
        events.c.procedure,
        events.c.step,
        events.c.detail,
        events.c.value,
    )
    within = (events.c.at >= begins(day)) & (events.c.at < ends(day))
    people = func.sum(cast(events.c.first, Integer))
    counted = select(literal(day, Date), *dimensions, func.count(), people).where(within).group_by(*dimensions)
    names = ["day", *(column.name for column in dimensions), "events", "people"]
    connection.execute(delete(event_days).where(event_days.c.day == day))
    connection.execute(insert(event_days).from_select(names, counted))
    return True
