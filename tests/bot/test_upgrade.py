"""From every revision of the tables to the newest, with rows in every table: nothing is lost, and talks go on."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
    text,
)

from bot.insight.partitions import PREFIX
from bot.messages import Inbound
from bot.service import Service, build_service
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.tables import outbox
from bot.store.upgrade import alembic_config
from flows.messages import Message
from tests.conftest import SECRETS

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, tzinfo=UTC)
# As a conversation stood in the first version: at the first question of a procedure.
STATE = '{"commune": "ban-moi", "procedure": "lam-nha", "greeted": true, "asking": null}'
# Where any text would not do.
SAID = {
    "state": {"conversations": STATE, "tickets": "resolved", "outbox": "sent"},
    "channel": {"conversations": "zalo-bot"},
}
JSON = {
    "answers": "{}",
    "missing": "[]",
    "choices": "[]",
    "communes": "[]",
    "payload": "{}",
    "keys": "{}",
    "duty": "{}",
    "speaks": "[]",
    "languages": "[]",
}


async def test_what_was_kept_under_any_revision_is_there_under_the_newest(
    tmp_path: Path, content_dir: Path, empty_database_url: str
) -> None:
    database = Database(empty_database_url)
    put: dict[str, list[dict[str, Any]]] = {}
    revisions = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]
    assert (revisions[0], len(revisions) >= 20) == ("0001", True)
    for number, revision in enumerate(revisions, 1):
        migrate(database, revision)
        with database.engine.begin() as connection:
            for table in _tables(connection):
                row = _row(table, number)
                connection.execute(insert(table).values(row))
                _count_on(connection, table, number)
                put.setdefault(table.name, []).append(row)
    with database.engine.connect() as connection:
        there = {table.name: table for table in _tables(connection)}
        assert put.keys() == there.keys()
        for name, rows in put.items():
            kept = [dict(row._mapping) for row in connection.execute(select(there[name]))]
            assert len(kept) == len(rows), name
            for row in rows:
                same = {column: value for column, value in row.items() if column in there[name].columns}
                assert any(all(_alike(found[key], value) for key, value in same.items()) for found in kept), (name, row)
    database.close()

    zalo = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}
    where = {"data_dir": tmp_path, "content_dir": content_dir, "database_url": empty_database_url}
    service = build_service(Settings.model_validate({**SECRETS, **zalo, **where}), lambda: NOW)
    await service.start()
    for number in range(1, len(revisions) + 1):
        before = await _heard(service, number)
        said = Message(text="tiếp tục")
        await service.turns.receive(Inbound("zalo-bot", f"contact-{number}", f"new-{number}", said))
        assert "Bác có đất chưa?" in "\n".join((await _heard(service, number))[len(before) :])
    await service.stop()


def _tables(connection: Connection) -> list[Table]:
    """As they are there now, the ones that others point at first."""
    found = MetaData()
    found.reflect(connection)
    own = ("alembic_version", PREFIX)
    return [table for table in found.sorted_tables if not table.name.startswith(own)]


def _count_on(connection: Connection, table: Table, number: int) -> None:
    """PostgreSQL does not look at ids that it did not give."""
    if "id" in table.columns and connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {number})"))


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(table.name, column, number) for column in table.columns}


def _value(table: str, column: Column[Any], number: int) -> Any:
    """Another one in each revision; what points at a row points at the one of the same revision."""
    if special := SAID.get(column.name, {}).get(table) or JSON.get(column.name):
        return special
    kind = column.type
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, DateTime):
        return NOW
    if isinstance(kind, Date):
        return date(2026, 10, number % 28 + 1)
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, LargeBinary):
        return bytes([number])
    assert isinstance(kind, String), (table, column)
    return f"{column.name}-{number}"[: kind.length]


def _alike(found: Any, put: Any) -> bool:
    """SQLite has no time zones."""
    return bool(found == put or (isinstance(put, datetime) and found.replace(tzinfo=UTC) == put))


async def _heard(service: Service, number: int) -> list[str]:
    query = select(outbox.c.payload).where(outbox.c.contact == f"contact-{number}").order_by(outbox.c.id)
    return list(await service.database.read(lambda c: c.execute(query).scalars().all()))
