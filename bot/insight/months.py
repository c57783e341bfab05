"""Months and days as people in Vietnam count them."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from flows.definition.hours import VIETNAM


def day_of(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def month_of(moment: datetime) -> date:
    """Find the first day of the month of a moment."""
    return day_of(moment).replace(day=1)


def months_after(month: date, months: int = 1) -> date:
    """Find the first day of the month that comes so many months later, or earlier."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@lru_cache(maxsize=64)
def begin_of_day(day: date) -> datetime:
    """Find the moment at which a day begins in Vietnam, as UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    return begin_of_day(day + timedelta(days=1))
