"""Duty: who of the team is there today, and hears of tickets before the others."""

from dataclasses import dataclass
from datetime import date
from typing import get_args

from pydantic import TypeAdapter

from flows.definition.entries import Weekday

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


@dataclass(frozen=True)
class Duty:
    """When a member is on duty.

    Attributes:
        weekdays: every week.
        said_on, there: the last day of which they said themselves whether they are there; it counts before the weekdays.
    """

    weekdays: tuple[Weekday, ...] = ()
    said_on: date | None = None
    there: bool = False

    def is_on(self, day: date) -> bool:
        return self.there if self.said_on == day else WEEKDAYS[day.weekday()] in self.weekdays


_STORED = TypeAdapter(Duty)


def from_json(stored: str | None) -> Duty:
    return _STORED.validate_json(stored) if stored else Duty()


def to_json(duty: Duty) -> str:
    return _STORED.dump_json(duty).decode()
