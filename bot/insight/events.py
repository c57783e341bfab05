"""What happened, written in the transaction in which it did, with no person in it.

A conversation's events of one month stand under one random number, so that people can be counted. Another month has another
number, and which conversation a number belonged to is forgotten with its month: nobody can follow a person from month to month,
nor find one by name, contact or id.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from bot.insight.months import begins, month_of
from bot.store.tables import event_keys, events
from flows.messages import Happening

_What = tuple[str, str | None, str | None, str | None]

_BITS = 62  # of a key: it must fit into a signed BIGINT


@dataclass(frozen=True)
class Source:
    """Where something happened.

    Attributes:
        commune: "" when the citizen said that it is none of ours, None while nobody asked.
        link: the share link that brought this conversation.
    """

    conversation_id: int
    channel: str
    commune: str | None
    link: str | None = None


def record(
    connection: Connection, source: Source, happened: Sequence[Happening], now: datetime, *, here: bool = False
) -> None:
    """
    Args:
        here: the citizen wrote: they count among the people of this month, and of their commune once it is known.
    """
    key, seen = _known(connection, source.conversation_id, now)
    if here:
        happened = (*_arrived(source, happened, {kind for kind, *_ in seen}), *happened)
    at = now.replace(minute=0, second=0, microsecond=0)
    rows = []
    for each in happened:
        what = (each.kind, each.procedure, each.step, each.detail)
        where = {"channel": source.channel, "commune": source.commune, "link": source.link}
        rows.append({"at": at, "key": key, "first": what not in seen, "value": each.value, **where, **_named(what)})
        seen.add(what)
    if rows:
        connection.execute(_INSERT, rows)


def forget_keys(connection: Connection, now: datetime) -> int:
    """Forgets to whom the events of past months belonged. Returns how many keys."""
    return connection.execute(delete(event_keys).where(event_keys.c.month < month_of(now))).rowcount


def _arrived(source: Source, happened: Sequence[Happening], seen: set[str]) -> Iterator[Happening]:
    kinds = seen | {each.kind for each in happened}
    if "opened" not in kinds:
        yield Happening("opened")
    if "placed" not in kinds and source.commune is not None:
        yield Happening("placed")


def _named(what: _What) -> dict[str, str | None]:
    return dict(zip(("kind", "procedure", "step", "detail"), what, strict=True))


def _known(connection: Connection, conversation_id: int, now: datetime) -> tuple[int, set[_What]]:
    """This month's key, made on first use, and what already happened under it. The conversation is held meanwhile, so that two
    turns don't make two keys."""
    month = month_of(now)
    asked = {"conversation": conversation_id, "month": month, "since": begins(month)}
    rows = connection.execute(_KNOWN, asked).all()
    if rows:
        return int(rows[0].key), {(row[1], row[2], row[3], row[4]) for row in rows if row.kind}
    key = secrets.randbits(_BITS)
    connection.execute(delete(event_keys).where(event_keys.c.conversation_id == conversation_id))
    connection.execute(insert(event_keys).values(conversation_id=conversation_id, month=month, key=key))
    return key, set()


# Made once: these run in every turn.
_INSERT = insert(events)
_FIRSTS = (events.c.key == event_keys.c.key) & events.c.first & (events.c.at >= bindparam("since"))
_KNOWN = (
    select(event_keys.c.key, events.c.kind, events.c.procedure, events.c.step, events.c.detail)
    .select_from(event_keys.outerjoin(events, _FIRSTS))
    .where((event_keys.c.conversation_id == bindparam("conversation")) & (event_keys.c.month == bindparam("month")))
)
