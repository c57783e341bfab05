"""Hours of a team: weekly hours with breaks, days off, and swapped working days. Pure; in Vietnam's time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import get_args

from flows.definition.entries import Holiday, Span, Weekday

VIETNAM = timezone(timedelta(hours=7))
_WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_FAR = 60  # days to look ahead; a team that is away for longer names no day
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Calendar of the whole country: days off and swapped days. `every`: (month, day) of each year."""

    every: frozenset[tuple[int, int]] = frozenset()
    off: frozenset[date] = frozenset()
    works: Mapping[date, Weekday] = field(default_factory=dict)

    def weekday(self, day: date) -> Weekday | None:
        """Return the weekday whose hours hold on that day; None for a day off."""
        if day in self.works:
            return self.works[day]
        return None if day in self.off or (day.month, day.day) in self.every else _WEEKDAYS[day.weekday()]


def days_of(holidays: Mapping[str, Holiday]) -> Days:
    """Build the calendar from the entries of content/holidays.yaml."""
    found = holidays.values()
    every = {(int(h.every[:2]), int(h.every[3:])) for h in found if h.every}
    works = {day: weekday for h in found for day, weekday in h.works.items()}
    return Days(every=frozenset(every), off=frozenset(day for h in found for day in h.days), works=works)


@dataclass(frozen=True)
class Hours:
    """Hours of one team. An empty `week` means that nobody told them: the team then counts as always there."""

    week: Mapping[Weekday, tuple[Span, ...]] = field(default_factory=dict)
    days: Days = field(default_factory=Days)

    def is_open(self, at: datetime) -> bool:
        return not any(self.week.values()) or any(begins <= at < ends for begins, ends in self._spans(at, at))

    def opens_at(self, at: datetime) -> datetime | None:
        """Return when the team is there next: `at` itself while it is; None when that is more than `_FAR` days off."""
        if self.is_open(at):
            return at
        return next((begins for begins, _ in self._spans(at, at + _FAR * _DAY) if begins >= at), None)

    def worked(self, since: datetime, until: datetime) -> timedelta:
        """Return how long the team was there between two moments."""
        if not any(self.week.values()):
            return max(until - since, timedelta())
        inside = (min(ends, until) - max(begins, since) for begins, ends in self._spans(since, until))
        return sum((each for each in inside if each > timedelta()), timedelta())

    def _spans(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans of all days from `since` to `until`, in order."""
        day, last = since.astimezone(VIETNAM).date(), until.astimezone(VIETNAM).date()
        while day <= last:
            weekday = self.days.weekday(day)
            for begins, ends in sorted(self.week.get(weekday, ())) if weekday else ():
                yield datetime.combine(day, begins, VIETNAM), datetime.combine(day, ends, VIETNAM)
            day += _DAY
