"""Migration of the tables at the start. Two replicas that start at once do it one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.store.database import Database

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_LOCK = 7_205_011  # any number, the same in every replica


def migrate(database: Database, to: str = "head") -> None:
    """Create or upgrade the tables.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database can't be reached or refuses.
    """
    if database.is_sqlite and database.engine.url.database:
        file = Path(database.engine.url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # the first connection says what is wrong
            file.touch(0o600)  # for its owner only; SQLite gives what lies beside it the same rights
    with database.engine.connect() as connection, _loose(connection), connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if revision_of(connection) != newest_revision():
            # Only now: it takes 7 MB and a tenth of the start, and most starts have nothing to upgrade.
            from bot.store.upgrade import upgrade

            upgrade(connection, to)


def newest_revision() -> str:
    """Name the last revision, by the files."""
    return max(file.stem for file in _VERSIONS.glob("*.py")).partition("_")[0]


def revision_of(connection: Connection) -> str | None:
    """Read the revision that the tables have; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


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
