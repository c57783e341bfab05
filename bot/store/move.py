"""Move of everything from a SQLite file into an empty PostgreSQL database, or of nothing."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Integer, LargeBinary, Table, func, insert, select, text

from bot.errors import MotcuaError
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.process_lock import acquire_lock
from bot.store.tables import metadata

_ROWS = 500  # in one batch
_FILES = 5  # rows in one batch where a row may hold a file
_SUM = 2**256

Report = Callable[[str, int], None]


class NotMoved(MotcuaError):
    """The target is as it was before."""


def move_to_postgres(source: Database, target: Database, report: Report) -> None:
    """Copy every table in one transaction, read it back, compare, and only then commit.

    `report` gets each table's name and its number of rows. The source is not changed, but for bringing its tables up to
    date.

    Raises:
        NotMoved: the target holds something, or is not what it must be.
        SettingsError: the service runs on the source.
        sqlalchemy.exc.SQLAlchemyError: a database can't be reached or refuses.
    """
    if not source.is_sqlite or target.is_sqlite:
        raise NotMoved("This moves from SQLite to PostgreSQL; between two PostgreSQL servers pg_dump does it.")
    alone = acquire_lock(source)
    try:
        migrate(source)
        migrate(target)
        with source.engine.connect() as old, target.engine.begin() as new:
            copy_tables(old, new, report)
    finally:
        if alone:
            alone.close()


def copy_tables(old: Connection, new: Connection, report: Report) -> None:
    """Copy every table between two databases with the same tables, of whichever kind, and compare what arrived.

    Raises:
        NotMoved: the target holds something, or is not what it must be.
    """
    _need_empty(new)
    for table in metadata.sorted_tables:
        report(table.name, _copy(table, old, new))


def _need_empty(new: Connection) -> None:
    full = [table.name for table in metadata.sorted_tables if new.execute(select(table).limit(1)).first()]
    if full:
        raise NotMoved(f"The target is not empty ({', '.join(full)}): choose another database, or empty this one.")


def _copy(table: Table, old: Connection, new: Connection) -> int:
    sent = _Sum()
    for batch in _batches(table, old):
        new.execute(insert(table), [sent.add(row) for row in batch])
    arrived = _Sum()
    for batch in _batches(table, new):
        for row in batch:
            arrived.add(row)
    if arrived != sent:
        raise NotMoved(f"{table.name} did not arrive as it left ({sent.count} rows, {arrived.count} found).")
    _count_on(table, old, new)
    return sent.count


class _Sum:
    """How many rows, and the sum of their hashes: the same in whatever order, since databases sort text differently."""

    def __init__(self) -> None:
        self.count = self.hash = 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sum) and (self.count, self.hash) == (other.count, other.hash)

    def add(self, row: dict[str, Any]) -> dict[str, Any]:
        said = repr([_plain(row[name]) for name in sorted(row)])
        self.count += 1
        self.hash = (self.hash + int.from_bytes(hashlib.sha256(said.encode()).digest(), "big")) % _SUM
        return row


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return bytes(value) if isinstance(value, memoryview) else value


def _batches(table: Table, connection: Connection) -> Iterator[Sequence[dict[str, Any]]]:
    holds_files = any(isinstance(column.type, LargeBinary) for column in table.columns)
    query = select(table).execution_options(yield_per=_FILES if holds_files else _ROWS)
    with connection.execute(query) as rows:
        for batch in rows.mappings().partitions():
            yield [dict(row) for row in batch]


def _count_on(table: Table, old: Connection, new: Connection) -> None:
    """Let ids go on where they were, also past those of rows that are gone: pages and people have seen them."""
    id_ = table.columns.get("id")
    if id_ is None or not isinstance(id_.type, Integer):
        return
    highest = new.execute(select(func.coalesce(func.max(id_), 0))).scalar_one()
    given = old.execute(text(_GIVEN[old.dialect.name]), {"name": table.name}).scalar()
    if last := max(given or 0, highest):
        new.execute(text(_GO_ON[new.dialect.name]), {"name": table.name, "last": last})


# The highest id that was ever given; and to go on after it. SQLite keeps it of those tables alone whose ids are never used again.
_GIVEN = {
    "sqlite": "SELECT seq FROM sqlite_sequence WHERE name = :name",
    "postgresql": "SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, 'id'))",
}
_GO_ON = {
    "sqlite": "UPDATE sqlite_sequence SET seq = :last WHERE name = :name",
    "postgresql": "SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)",
}
