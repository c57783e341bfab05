"""Migration of the tables at the start. Two replicas that start at once do it one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from bot.errors import SettingsError, StoreUnavailable
from bot.store.database import Database

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_LOCK = 7_205_011  # any number, the same in every replica


def check_database(database: Database) -> None:
    """Check whether this version can work with the database; one that is not there yet is made at the start.

    Raises:
        StoreUnavailable: it can't be opened.
        SettingsError: a newer version was here.
    """
    file = database.engine.url.database if database.is_sqlite else None
    if file and not Path(file).exists():
        return
    with _opened(), database.engine.connect() as connection:
        _check_revision(connection)


def migrate(database: Database, to: str = "head") -> None:
    """Create or upgrade the tables.

    Raises:
        StoreUnavailable: the database can't be opened.
        SettingsError: a newer version was here.
        sqlalchemy.exc.SQLAlchemyError: it refuses.
    """
    if database.is_sqlite and database.engine.url.database:
        file = Path(database.engine.url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # the first connection says what is wrong
            file.touch(0o600)  # for its owner only; SQLite gives what lies beside it the same rights
    with _opened(), database.engine.connect() as connection, _loose(connection), connection.begin():
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _check_revision(connection) != newest_revision():
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


def _check_revision(connection: Connection) -> str | None:
    """Return the revision that the tables have."""
    there = revision_of(connection)
    if there and there > newest_revision():
        raise SettingsError(
            f"The database is of a newer Motcua (tables {there}, this program {newest_revision()}): install that version again,"
            " or restore a backup that was made before."
        )
    return there


@contextmanager
def _opened() -> Iterator[None]:
    """Tell in one sentence that the database can't be opened; any other failure stays what it is."""
    try:
        yield
    except DatabaseError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise
        reason = str(error.orig).strip().splitlines()[0]
        raise StoreUnavailable(
            f"The database can't be opened: {reason}. Check MOTCUA_DATABASE_URL, that it runs, and the disk."
        ) from error


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
