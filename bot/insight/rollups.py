"""Rollups: events counted, so that a page reads thousands of rows instead of millions. bot/upkeep.py keeps the counts up.

A day is counted by itself until it is surely over; then its counts are added to those of its month.
"""

from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    String,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from bot.insight.months import begin_of_day, day_of, end_of_day
from bot.store import key_values
from bot.store.tables import event_counts, events
from bot.store.tx import Tx

DAY, MONTH, _NEW = "day", "month", "new"
_SETTLED = timedelta(hours=1)  # after midnight until a day's last transactions are surely committed
_KEPT = "counted until"
_LOCK = 7_205_018  # any number, the same in every replica

# Through which channel and link somebody came is counted for these; for each step it would be a row too many.
_COMING = ("opened", "placed", "chosen", "finished", "outcome")
# Of these nobody asks at which step.
_HELPED = ("claimed", "resolved", "rated")
_DIMENSIONS = ("kind", "channel", "commune", "link", "procedure", "step", "detail", "value")


def roll_up(tx: Tx) -> list[date]:
    """Count the days that may have changed, and list which were counted anew."""
    if tx.connection.dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    days = _open_days(tx)
    counted = [day for day in days if _changed(tx, day)]
    for day in days:
        if day in counted:
            _count(tx, day)
        if day < day_of(tx.now - _SETTLED):
            _settle(tx, day)
    return counted


def _open_days(tx: Tx) -> list[date]:
    """List the days from the first that is not settled, or has an event, up to today."""
    kept = key_values.get(tx, _KEPT)
    earliest = None if kept else tx.execute(select(func.min(events.c.at))).scalar()
    first = date.fromisoformat(kept) + timedelta(days=1) if kept else day_of(earliest or tx.now)
    return [first + timedelta(days=days) for days in range((day_of(tx.now) - first).days + 1)]


def _changed(tx: Tx, day: date) -> bool:
    there = tx.execute(select(func.count()).select_from(events).where(_within(day))).scalar_one()
    counted = tx.execute(select(func.sum(event_counts.c.events)).where(_of(day, DAY))).scalar()
    return there != (counted or 0)


def _count(tx: Tx, day: date) -> None:
    came, helped = events.c.kind.in_(_COMING), events.c.kind.in_(_HELPED)
    only = {"channel": came, "link": came, "step": ~helped}
    dimensions = [case((only[n], events.c[n])).label(n) if n in only else events.c[n] for n in _DIMENSIONS]
    people = func.sum(cast(events.c.first, Integer))
    fixed = (literal(day, Date), literal(DAY, String))
    counted = select(*fixed, *dimensions, func.count(), people).where(_within(day)).group_by(*dimensions)
    tx.execute(delete(event_counts).where(_of(day, DAY)))
    tx.execute(insert(event_counts).from_select(_COLUMNS, counted))


def _settle(tx: Tx, day: date) -> None:
    """Add a day's counts to those of its month."""
    month = day.replace(day=1)
    both = _of(day, DAY) | _of(month, MONTH)
    dimensions = [event_counts.c[name] for name in _DIMENSIONS]
    sums = (func.sum(event_counts.c.events), func.sum(event_counts.c.people))
    fixed = (literal(month, Date), literal(_NEW, String))
    merged = select(*fixed, *dimensions, *sums).where(both).group_by(*dimensions)
    tx.execute(insert(event_counts).from_select(_COLUMNS, merged))
    tx.execute(delete(event_counts).where(both))
    tx.execute(update(event_counts).where(_of(month, _NEW)).values(span=MONTH))
    key_values.set_value(tx, _KEPT, day.isoformat())


_COLUMNS = ["day", "span", *_DIMENSIONS, "events", "people"]


def _within(day: date) -> ColumnElement[bool]:
    return (events.c.at >= begin_of_day(day)) & (events.c.at < end_of_day(day))


def _of(day: date, span: str) -> ColumnElement[bool]:
    return (event_counts.c.day == day) & (event_counts.c.span == span)
