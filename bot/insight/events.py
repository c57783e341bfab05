"""Analytics events, written in the transaction in which they happened, with no person in them.

A conversation's events of one month stand under one random number, so that people can be counted. Another month has another
number, and which conversation a number belonged to is forgotten with its month: nobody can follow a person from month to month,
nor find one by name, contact or id.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, insert, select

from bot.insight.months import begin_of_day, month_of
from bot.store.prepared import Prepared
from bot.store.tables import arrivals, event_keys, events, links
from bot.store.tx import Tx
from flows.messages import AnalyticsEvent

SETTLED, FILED = ("online", "in_person"), "filed"  # of the outcomes told: the two ways to file, and either of them
_BITS = 62  # of a key: it must fit into a signed BIGINT


@dataclass(frozen=True)
class Source:
    """Where something happened.

    Attributes:
        commune: "" when the citizen said that it is none of ours, None while nobody asked.
    """

    conversation_id: int
    channel: str
    commune: str | None


@dataclass(frozen=True)
class _Month:
    """This month of a conversation.

    Attributes:
        key: under which its events stand.
        opened, placed: whether that happened in it.
        link: the share link that brought the conversation last.
    """

    key: int
    begins: datetime
    opened: bool
    placed: bool
    link: str | None


def record_events(tx: Tx, source: Source, happened: Sequence[AnalyticsEvent], *, here: bool = False) -> None:
    """Record what happened.

    Args:
        here: the citizen wrote: they count among the people of this month, of the link that brought them, and of their
            commune once it is known.
    """
    month = _month(tx, source.conversation_id)
    if here:
        happened = (*_arrived(source, happened, month), *happened)
    happened = (*happened, *_once(happened))
    at = tx.now.replace(minute=0, second=0, microsecond=0)
    under = {"at_": at, "since": month.begins, "key_": month.key}
    where = {"channel_": source.channel, "commune_": source.commune, "link_": month.link if here else None}
    rows = [{**under, **where, **_told(each)} for each in happened]
    if rows:
        _HAPPENED.execute_many(tx, rows)


def forget_keys(tx: Tx) -> int:
    """Forget to whom the events of past months belonged, and count the keys."""
    return tx.execute(delete(event_keys).where(event_keys.c.month < month_of(tx.now))).rowcount


def _arrived(source: Source, happened: Sequence[AnalyticsEvent], month: _Month) -> Iterator[AnalyticsEvent]:
    kinds = {each.kind for each in happened}
    if not month.opened and "opened" not in kinds:
        yield AnalyticsEvent("opened")
    if not month.placed and "placed" not in kinds and source.commune is not None:
        yield AnalyticsEvent("placed")


def _once(happened: Sequence[AnalyticsEvent]) -> Iterator[AnalyticsEvent]:
    """Yield what people are counted by who do the same for several procedures: the first of it in a month is the person."""
    for each in happened:
        if each.kind == "finished":
            yield AnalyticsEvent("finisher")
        elif each.kind == "outcome":
            yield AnalyticsEvent("teller", detail=each.detail)
            if each.detail in SETTLED:
                yield AnalyticsEvent("teller", detail=FILED)


def _told(each: AnalyticsEvent) -> dict[str, Any]:
    what = {"kind_": each.kind, "procedure_": each.procedure, "step_": each.step, "detail_": each.detail}
    return {**what, "value_": each.value}


def _month(tx: Tx, conversation_id: int) -> _Month:
    """Find this month of a conversation, its key made on first use.

    The conversation is held meanwhile, so that two turns don't make two keys.
    """
    month = month_of(tx.now)
    since = begin_of_day(month)
    asked = {"conversation": conversation_id, "month": month, "since": since}
    if (row := _KNOWN.fetch_first(tx, **asked)) is None:
        _FORGET.execute(tx, conversation=conversation_id)
        _BEGIN.execute(tx, conversation_id=conversation_id, month=month, key=secrets.randbits(_BITS))
        row = _KNOWN.fetch_first(tx, **asked)
    return _Month(row.key, since, row.opened, row.placed, row.link)


def _before(key: ColumnElement[Any], *what: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether the like happened under this key. PostgreSQL needs to look at this month's partition only."""
    return exists().where(events.c.key == key, events.c.at >= bindparam("since"), events.c.first, *what)


_GIVEN = {column.key: bindparam(f"{column.key}_", type_=column.type) for column in events.c if column.key != "first"}
_SAME = (events.c[name].is_not_distinct_from(_GIVEN[name]) for name in ("kind", "procedure", "step", "detail"))
_HAPPENED = Prepared(insert(events).values(**_GIVEN, first=~_before(_GIVEN["key"], *_SAME)))
_MINE = event_keys.c.conversation_id == bindparam("conversation")
_LINK = (
    select(links.c.code)
    .join(arrivals, arrivals.c.link_id == links.c.id)
    .where(arrivals.c.conversation_id == event_keys.c.conversation_id)
    .order_by(arrivals.c.at.desc())
    .limit(1)
)
_KNOWN = Prepared(
    select(
        event_keys.c.key,
        _before(event_keys.c.key, events.c.kind == "opened").label("opened"),
        _before(event_keys.c.key, events.c.kind == "placed").label("placed"),
        _LINK.scalar_subquery().label("link"),
    ).where(_MINE & (event_keys.c.month == bindparam("month")))
)
_FORGET = Prepared(delete(event_keys).where(_MINE))
_BEGIN = Prepared(insert(event_keys), "conversation_id", "month", "key")
