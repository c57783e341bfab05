"""The numbers of the pages once more, from the raw events alone: no SQL that counts, none of the code that is tested."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from bot.service import Service
from bot.store.tables import events

Event = Any


async def raw(service: Service, since: date, until: date) -> list[Event]:
    """The events of these days, both included."""
    rows = await service.database.read(lambda c: c.execute(select(events)).all())
    return [row for row in rows if since <= (row.at + timedelta(hours=7)).date() <= until]


def people(found: Sequence[Event], kind: str, by: Callable[[Event], Any]) -> dict[Any, int]:
    """How many different keys, for each value of `by`: each key where it was first."""
    keys: dict[Any, set[int]] = defaultdict(set)
    for event in found:
        if event.kind == kind:
            keys[by(event)].add(event.key)
    return {value: len(those) for value, those in keys.items()}


def times(found: Sequence[Event], kind: str, by: Callable[[Event], Any]) -> dict[Any, int]:
    counted: dict[Any, int] = defaultdict(int)
    for event in found:
        counted[by(event)] += event.kind == kind
    return {value: count for value, count in counted.items() if count}


def seen(count: int) -> int | None:
    """As the pages say they show it."""
    return None if count < 5 else 5 * ((count + 2) // 5)
