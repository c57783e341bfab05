"""Brings the tables up to date at the start. Two replicas that start at once do it one after the other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from bot.store.database import Database

_LOCK = 7_205_011  # any number, the same in every replica


def migrate(database: Database) -> None:
    """Creates or upgrades the tables.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database can't be reached or refuses.
    """
    if database.is_sqlite and database.engine.url.database:
        Path(database.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        command.upgrade(config(connection), "head")


def config(connection: Connection | None = None) -> Config:
    """The alembic configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made
