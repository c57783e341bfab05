"""The migrations and the tables say the same, on both engines."""

import asyncio
import time
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, insert, select, text

from bot.errors import SettingsError
from bot.insight.partitions import PREFIX
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate, newest_revision
from bot.store.process_lock import acquire_lock
from bot.store.tables import key_values, metadata, ticket_events, tickets
from bot.store.tx import Tx
from bot.store.upgrade import alembic_config
from tests import patient
from tests.conftest import SECRETS, running


def no_partition(name: str | None, kind: str, parents: object) -> bool:
    """Partitions of the events come and go with the months."""
    return kind != "table" or not (name or "").startswith(PREFIX)


def test_the_migrations_make_exactly_these_tables(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrate(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": no_partition})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_the_last_file_is_the_last_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == newest_revision()


def test_every_migration_can_be_undone(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrate(database)
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    migrate(database)
    database.close()


def test_a_new_version_loses_nothing_that_hangs_on_a_changed_table(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrate(database, "0003")
    at = "'2026-11-23 00:00:00+00:00'"
    with database.engine.begin() as connection:
        for statement in (
            f"INSERT INTO conversations VALUES (1, 'web', 'hoa', '{{}}', false, {at}, {at})",
            "INSERT INTO tickets (id, conversation_id, state, reason, answers, missing, opened_at, changed_at)"
            f" VALUES (7, 1, 'waiting', 'asked', '{{}}', '[]', {at}, {at})",
            f"INSERT INTO ticket_events (id, ticket_id, kind, who, at) VALUES (1, 7, 'opened', 'citizen', {at})",
        ):
            connection.exec_driver_sql(statement)
    migrate(database)
    with database.engine.connect() as connection:
        assert connection.execute(select(tickets.c.id)).scalars().all() == [7]
        assert connection.execute(select(ticket_events.c.ticket_id)).scalars().all() == [7]
    database.close()


def test_a_service_that_starts_on_an_empty_database_makes_its_tables(
    tmp_path: Path, content_dir: Path, empty_database_url: str
) -> None:
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "content_dir": content_dir, "database_url": empty_database_url, **SECRETS}
    )
    with running(settings) as (url, _), patient.client(base_url=url, follow_redirects=True) as hoa:
        hoa.post("/chat", data={"start": "ban-moi_lam-nha"})
        assert "Bác có đất chưa?" in hoa.post("/chat", data={"text": "tiếp tục"}).text


def test_numbers_that_people_have_seen_are_not_given_again_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(database)
    promised = {table.name for table in metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]}
    query = text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
    with database.engine.connect() as connection:
        assert set(connection.execute(query).scalars()) == promised
    database.close()


def test_one_process_serves_a_sqlite_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    first = acquire_lock(database)
    assert first
    with pytest.raises(SettingsError, match="Another Motcua serves"):
        acquire_lock(database, patience=0.2)
    first.close()
    second = acquire_lock(database, patience=0)
    assert second
    second.close()
    database.close()


async def test_the_log_of_sqlite_does_not_grow_without_end_while_somebody_always_reads(tmp_path: Path) -> None:
    """As open pages do: one begins before the other is done, so that SQLite by itself never begins its log anew."""
    database, log = Database(f"sqlite:///{tmp_path / 'test.db'}"), tmp_path / "test.db-wal"
    migrate(database)
    ends = asyncio.Event()

    def look(tx: Tx) -> None:
        tx.execute(select(key_values)).all()
        time.sleep(0.01)

    def work(tx: Tx) -> None:
        tx.execute(delete(key_values))
        tx.execute(insert(key_values).values(key="long", value="x" * 2**20))

    async def read() -> None:
        while not ends.is_set():
            await database.read(look)

    readers = [asyncio.create_task(read()) for _ in range(4)]
    for _ in range(100):
        await database.write(work)
    grown = log.stat().st_size
    ends.set()
    await asyncio.gather(*readers)
    database.close()
    assert grown < 60 * 2**20
