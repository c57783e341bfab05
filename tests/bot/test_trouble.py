"""The database takes nothing for a while: platforms hear 503, monitors see it, and when it is over all goes on by itself."""

import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from bot.service import Service
from tests import patient
from tests.bot.test_crash import service as process
from tests.channels.conftest import TELEGRAM_SECRET, telegram_settings
from tests.conftest import MakeSettings, running
from tests.emulators.server import free_port, wait_for
from tests.emulators.telegram import TelegramEmulator

pytestmark = pytest.mark.slow

Trouble = Callable[[str], AbstractContextManager[None]]


@contextmanager
def locked(url: str) -> Iterator[None]:
    """SQLite: somebody else writes, and does not end."""
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def gone(url: str) -> Iterator[None]:
    """PostgreSQL: the server throws everybody out and lets nobody in."""
    name = make_url(url).database
    with _admin(url) as admin, admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
        yield
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))


@contextmanager
def disk_full(url: str) -> Iterator[None]:
    """PostgreSQL: as its server says it (53100 disk_full) to whoever writes a row."""
    raises = "BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $${raises}$$"))
        for table in ("inbound", "keep"):
            fires = "FOR EACH ROW EXECUTE FUNCTION full_disk()"
            connection.execute(text(f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} {fires}"))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP FUNCTION full_disk CASCADE"))
    engine.dispose()


@contextmanager
def _admin(url: str) -> Iterator[Engine]:
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


TROUBLES = [("sqlite", locked), ("postgres", gone), ("postgres", disk_full)]


@pytest.mark.parametrize(("database_url", "trouble"), TROUBLES, indirect=["database_url"])
def test_a_database_that_takes_nothing_is_a_503_and_not_ready_and_comes_back(
    make_settings: MakeSettings, trouble: Trouble
) -> None:
    with TelegramEmulator() as telegram:
        settings = make_settings(**telegram_settings(telegram))
        with running(settings) as (url, _):
            hook, hoa = f"{url}/webhook/telegram", telegram.user()
            update = hoa.start("ban-moi_lam-nha")
            with trouble(settings.store_url):
                assert telegram.post(update, hook, TELEGRAM_SECRET).status_code == 503
                assert httpx.get(f"{url}/readyz", timeout=30).status_code == 503
            assert patient.get(f"{url}/readyz").status_code == 200
            assert telegram.post(update, hook, TELEGRAM_SECRET).status_code == 200
            wait_for(lambda: telegram.sent)


@pytest.mark.parametrize(("database_url", "trouble"), TROUBLES[:2], indirect=["database_url"])
def test_a_call_whose_outcome_could_not_be_kept_is_not_made_again(
    make_settings: MakeSettings, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    with TelegramEmulator() as telegram:
        settings = make_settings(**telegram_settings(telegram))
        with running(settings) as (url, service):
            telegram.faults.slow(0.5, only="sendMessage")
            telegram.post(telegram.user().start("ban-moi_nuoi-meo"), f"{url}/webhook/telegram", TELEGRAM_SECRET)
            wait_for(lambda: telegram.sent)
            with trouble(
                settings.store_url
            ):  # kept with the next claim: the second one to fail begins after the call ended
                wait_for(lambda: caplog.text.count("delivery: The database did not take it") > 1)
            wait_for(lambda: _outbox(service) == {"sent": 1})
    assert len(telegram.sent) == 1


def _outbox(service: Service) -> dict[str, int]:
    with service.database.engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(text("SELECT state, count(*) FROM outbox GROUP BY state"))}


def test_a_full_disk_is_a_503_and_not_ready_and_comes_back(tmp_path: Path, content_dir: Path) -> None:
    """A limit on the size of files stands for the end of the disk: it can be lifted while the process runs."""
    port = free_port()
    with TelegramEmulator() as telegram:
        chosen = {"data_dir": tmp_path, "content_dir": content_dir, "port": port, **telegram_settings(telegram)}
        environment = os.environ | {f"MOTCUA_{name.upper()}": str(value) for name, value in chosen.items()}
        site, hoa = f"http://127.0.0.1:{port}", telegram.user()
        words = [hoa.start("ban-moi_lam-nha"), *(hoa.text(f"blah {n}") for n in range(3))]
        with process(environment, port) as started:
            _post(telegram, site, words[0], 200)
            wait_for(lambda: telegram.sent)
            # None at all: with as much as the log has, a log that begins anew would still fit.
            resource.prlimit(started.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            for _ in range(3):
                _post(telegram, site, words[1], 503)
                assert patient.get(f"{site}/readyz").status_code == 503
            unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(started.pid, resource.RLIMIT_FSIZE, unlimited)
            assert patient.get(f"{site}/readyz").status_code == 200
            for update in words[1:]:
                _post(telegram, site, update, 200)
            wait_for(lambda: len(telegram.sent) == len(words))
    misses = [sent.text.partition("\n")[0] for sent in telegram.sent[1:]]
    assert misses == ["[asked_one_by_one]", "[not_understood_again]", "[not_understood]"], "each once, in order"


def _post(telegram: TelegramEmulator, site: str, update: dict[str, object], status: int) -> None:
    assert telegram.post(update, f"{site}/webhook/telegram", TELEGRAM_SECRET).status_code == status
