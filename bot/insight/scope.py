"""Scope of a page of numbers: which months, communes and procedure. Whole months, because people are counted once a month."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from bot.insight.months import months_after
from bot.store.tables import event_counts
from bot.store.tx import Tx
from flows.definition.library import Library
from flows.definition.steps import Do
from flows.dialogue.context import TurnContext
from flows.messages import AnalyticsKind
from flows.state import State
from flows.text.language import shortened

_NAME = 60  # characters of a step's text that stand for it
NOWHERE, ELSEWHERE = "Chưa rõ xã", "Xã khác"


@dataclass(frozen=True)
class Scope:
    """
    Attributes:
        since, until: the first days of the first and of the last month.
        communes: ids; none means all, and those who named none of ours.
        procedure: "" for all.
    """

    library: Library = field(repr=False)
    since: date
    until: date
    communes: tuple[str, ...] = ()
    procedure: str = ""

    @property
    def months(self) -> list[date]:
        count = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1
        return [months_after(self.since, number) for number in range(count)]

    def as_condition(self, *kinds: AnalyticsKind) -> ColumnElement[bool]:
        rows = event_counts.c
        last = months_after(self.until) - timedelta(days=1)
        found = rows.kind.in_(kinds) & rows.day.between(self.since, last)
        if self.communes:
            found &= rows.commune.in_(self.communes)
        return found & (rows.procedure == self.procedure) if self.procedure else found

    def count(self, tx: Tx, kinds: tuple[AnalyticsKind, ...], *by: str) -> "Counts":
        """Count (value of each column of `by`) -> how many events and how many people."""
        columns = [event_counts.c[name] for name in by]
        sums = (func.sum(event_counts.c.events), func.sum(event_counts.c.people))
        query = select(*columns, *sums).where(self.as_condition(*kinds)).group_by(*columns)
        return {tuple(row[: len(by)]): (int(row[-2]), int(row[-1])) for row in tx.execute(query)}

    def by_month(self, tx: Tx, kinds: tuple[AnalyticsKind, ...], *by: str) -> "Counts":
        """Count as `count` does, with the month before the other columns."""
        days = self.count(tx, kinds, "day", *by)
        months = {(day, day.replace(day=1), *rest): counted for (day, *rest), counted in days.items()}
        return sum_by(months, *range(1, len(by) + 2))

    def commune_name(self, id_: str | None) -> str:
        known = self.library.communes.get(id_ or "")
        return known.name if known else (id_ or (NOWHERE if id_ is None else ELSEWHERE))

    def procedure_title(self, procedure: str | None) -> str:
        return self.library.title(procedure or "") or procedure or "…"

    def step_name(self, procedure: str | None, step: str | None) -> str:
        """Shorten a step to the beginning of its text."""
        known = self.library.procedures.get(procedure or "")
        found = known.step(step or "") if known else None
        if found is None:
            return step or "…"
        context = TurnContext(self.library, State(procedure=procedure), self.since)
        return shortened(" ".join(context.fill(found.text).split()), _NAME)

    def trouble_title(self, procedure: str | None, step: str | None, trouble: str | None) -> str:
        known = self.library.procedures.get(procedure or "")
        found = known.step(step or "") if known else None
        titles = {t.id: t.title for t in found.troubles} if isinstance(found, Do) else {}
        return titles.get(trouble or "", trouble or "…")

    def channel_name(self, name: str | None) -> str:
        return self.library.team.channels.get(name or "", name or "…")


Counts = Mapping[tuple[Any, ...], tuple[int, int]]


def first_month(tx: Tx) -> date | None:
    """Find the month of the first day that was counted."""
    row: Row[Any] | None = tx.execute(select(func.min(event_counts.c.day))).one_or_none()
    return row[0].replace(day=1) if row and row[0] else None


def sum_by(counts: Counts, *at: int) -> Counts:
    """Sum counts by these parts of their keys alone."""
    found: dict[tuple[Any, ...], tuple[int, int]] = {}
    for key, (events, people) in counts.items():
        kept = tuple(key[part] for part in at)
        before = found.get(kept, (0, 0))
        found[kept] = (before[0] + events, before[1] + people)
    return found


def count_people(counts: Counts, *key: Any) -> int:
    return counts.get(key, (0, 0))[1]


def count_events(counts: Counts, *key: Any) -> int:
    return counts.get(key, (0, 0))[0]
