"""Brings the tables up to date at the start. Two replicas that start at once do it one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.store.database import Database

_LOCK = 7_205_011  # any number, the same in every replica


def migrate(database: Database, to: str = "head") -> None:
    """Creates or upgrades the tables.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database can't be reached or refuses.
    """
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with database.engine.connect() as connection, _loose(connection), connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(connection), to)


@contextmanager
def _loose(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making a new one and dropping the old, with which all rows that point to it would go."""
    raw = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def config(connection: Connection | None = None) -> Config:
    """The alembic configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made
