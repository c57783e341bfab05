"""The migrations and the tables say the same, on both engines."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.errors import SettingsError
from bot.store.alone import hold
from bot.store.database import Database
from bot.store.migrate import config, migrate
from bot.store.tables import metadata


def test_the_migrations_make_exactly_these_tables(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_every_migration_can_be_undone(database_url: str) -> None:
    database = Database(database_url)
    migrate(database)
    with database.engine.begin() as connection:
        command.downgrade(config(connection), "base")
    migrate(database)
    database.close()


def test_one_process_serves_a_sqlite_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    first = hold(database)
    assert first
    with pytest.raises(SettingsError, match="Another Motcua serves"):
        hold(database, patience=0.2)
    first.close()
    second = hold(database, patience=0)
    assert second
    second.close()
    database.close()
