"""Real parts for every test: databases, a folder of content, the service behind a real server."""

import asyncio
import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine, event

from bot import clock_jumps
from bot import content as content_module
from bot.console import hashing, second_factor
from bot.encryption import Encryption
from bot.handoff import agents
from bot.handoff.agents import Role
from bot.service import Service, build_service
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.tx import Tx
from bot.turns.turns import Turns
from bot.upkeep import Upkeep
from flows.definition.learnt import Known
from tests.emulators.server import serve
from tests.library import files
from tests.postgres import Postgres
from tests.strangers.readers import FOLDER, Readers, installed, read_with
from webhook import create_app

SECRETS = {"secret": "a-secret-for-tests"}
ENGINES = ("sqlite", "postgres")
# The same examples on every run, so that nothing is red by luck; --hypothesis-profile=default looks for others.
settings.register_profile("repeatable", derandomize=True, database=None)
settings.load_profile("repeatable")

# Nothing of the developer's own environment or .env reaches a test.
Settings.model_config["env_file"] = None
for variable in [name for name in os.environ if name.startswith("MOTCUA_")]:
    del os.environ[variable]

# Nobody outside is trusted; and an HTTP client that reads no certificates is made thirty times as fast.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent / "no-certificates")

# What a test writes is thrown away: in memory, where there is room, no commit waits for a disk, which was most of the time.
_MEMORY = Path("/dev/shm")
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 4 * 2**30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# Looking through all the content again and again for what is garbage took a sixth of the time.
gc.set_threshold(50_000, 20, 20)

# Services of one process share what was read of the same files: it never changes, and reading all of them takes seconds.
load_content = content_module._load


@dataclass(frozen=True)
class _Before:
    read: bool
    known: Known | None = field(compare=False)


_read = lru_cache(maxsize=64)(lambda files, step_limit, before: load_content(dict(files), step_limit, before.known))
content_module._load = lambda files, step_limit, known=None: _read(
    tuple(sorted(files.items())), step_limit, _Before(known is not None, known)
)

content_module._LARGE = (
    sys.maxsize
)  # by this process, not by one of its own that shares nothing; that one: test_kept_counts.py

# A service hashes a password at each start, a twentieth of a second each; how it is served: tests/bot/test_console_sign_in.py.
PASSWORD_MEMORY, hashing._MEMORY = hashing._MEMORY, 8


class _Statements(dict[Any, Any]):
    """Statements that SQLAlchemy compiled, for all databases of one kind: by itself it compiles them for each anew."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


_compiled = _Statements()
event.listen(Engine, "engine_connect", lambda c: c.execution_options(compiled_cache=_compiled))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks what starts a server of PostgreSQL."""
    chosen = getattr(item, "callspec", None)
    needed = "postgres" in getattr(item, "fixturenames", ()) or (chosen and "postgres" in chosen.params.values())
    if needed:
        item.add_marker("postgres")


def pytest_collection_finish() -> None:
    """What is there from now on to the end is no garbage."""
    gc.freeze()


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Tests may run in several processes: what they share is set up by one at a time."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, to be copied: migrating takes thirty times as long."""
    folder = tmp_path_factory.mktemp("migrated")
    database = Database(f"sqlite:///{folder / 'test.db'}")
    migrate(database)
    database.close()
    assert [file.name for file in folder.iterdir()] == ["test.db"], "what still stands in a log would not be copied"
    return folder / "test.db"


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated: Path) -> str:
    """A database on SQLite with all tables."""
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'test.db')}"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Outside of pytest's own folder: each run that starts closes that one to all but its owner, and a server that root starts
    runs as somebody else. It would be lost at its next checkpoint."""
    with TemporaryDirectory(prefix="motcua-postgres-") as folder:
        with alone(tmp_path_factory.getbasetemp().parent / "postgres.lock"):  # its user may have to be made first
            server = Postgres(Path(folder))
        yield server
        server.close()


@pytest.fixture(scope="session")
def migrated_on_postgres(postgres: Postgres) -> str:
    """The name of a database with all tables and nothing in them, to be copied."""
    name = postgres.create()
    database = Database(postgres.url(name))
    migrate(database)
    database.close()
    return name


@pytest.fixture
def postgres_url(postgres: Postgres, migrated_on_postgres: str) -> Iterator[str]:
    """A database on PostgreSQL with all tables."""
    name = postgres.create(migrated_on_postgres)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def empty_postgres_url(postgres: Postgres) -> Iterator[str]:
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with all tables, once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database before its first migration, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture(scope="session")
def small_library() -> dict[str, str]:
    return files()


@pytest.fixture
def content_dir(tmp_path: Path, small_library: dict[str, str]) -> Path:
    """The small library as files."""
    folder = tmp_path / "content"
    for name, content in small_library.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


MakeSettings = Callable[..., Settings]
Serve = Callable[..., Any]


@pytest.fixture
def make_settings(tmp_path: Path, content_dir: Path, database_url: str) -> MakeSettings:
    def make(**changed: Any) -> Settings:
        chosen = {"data_dir": tmp_path, "content_dir": content_dir, "database_url": database_url, "content_poll": 0.05}
        chosen["person_burst"] = 10_000  # test_flood.py is about that
        return Settings(**{**SECRETS, **chosen, **changed})

    return make


@pytest.fixture(scope="session")
def strangers() -> Path | None:
    """Where other people's judges are, installed on the first use; None where they can't be had (in CI that is a failure)."""
    with alone(FOLDER.with_suffix(".lock")):
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
    service = build_service(settings)
    with serve(create_app(service)) as url:
        yield url, service


def upkeep_of(turns: Turns) -> Upkeep:
    return Upkeep(turns.database, turns.team, turns.delivery, turns.clock)


async def let_clock_stand(database: Database) -> None:
    """As if the service had run for the last days, whatever a test did to its clock."""

    def work(tx: Tx) -> None:
        for hours in (36, 24, 12, 0):
            clock_jumps.note_time(replace(tx, now=tx.now - timedelta(hours=hours)))

    await database.write(work)


async def look_after(turns: Turns) -> None:
    """Do all that the service does by itself, once, on a clock that nobody touched lately; all of it goes well."""
    upkeep = upkeep_of(turns)
    await let_clock_stand(upkeep.database)
    await upkeep.run_once()
    assert [name for name, health in upkeep.health.items() if health.failures] == []


def invited(service: Service, name: str, role: Role = "member", communes: tuple[str, ...] = ()) -> str:
    """A new member of the team: the code with which they come in."""
    code = service.database.write(lambda c: agents.make_invitation(c, agents.add_agent(c, name, role, communes)))
    return asyncio.run(code)


def give_second_factor(service: Service, name: str, key: str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP") -> None:
    """This member has chosen a second factor."""
    seal = Encryption(service.settings.signing_key, "second factor")
    asyncio.run(
        service.database.write(lambda c: second_factor.store_key(c, seal, agents.find_by_name(c, name), key, 0))
    )
