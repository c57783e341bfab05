"""PostgreSQL behind a real PgBouncer that hands out servers transaction by transaction."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy import make_url, text

from bot.messages import Inbound
from bot.outbox import outbox
from bot.service import build_service
from bot.store.database import Database
from flows.messages import Message
from tests.conftest import MakeSettings
from tests.emulators.server import wait_for
from tests.patient import SECONDS

PEOPLE, SERVERS = 30, 3

pytestmark = pytest.mark.skipif(
    not shutil.which("pgbouncer") and os.environ.get("CI") != "true",
    reason="pgbouncer is not installed (on Debian: sudo apt install pgbouncer)",
)


@pytest.fixture
def database_url(postgres_url: str) -> Iterator[str]:
    """As Debian ships it, but for its folder, its port and the mode; fewer servers than we have connections."""
    behind = make_url(postgres_url)
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with TemporaryDirectory(prefix="motcua-pooler-") as folder:  # pytest's own is closed to whom it runs as
        Path(folder).chmod(0o755)
        users, config = Path(folder, "users.txt"), Path(folder, "pgbouncer.ini")
        users.write_text(f'"{behind.username}" ""\n')
        config.write_text(
            f"[databases]\n{behind.database} = host={behind.query['host']} user={behind.username}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {users}\npool_mode = transaction\ndefault_pool_size = {SERVERS}\n"
        )
        command = ["pgbouncer", str(config)]
        if os.geteuid() == 0:  # it will not run as root
            owner = Path(str(behind.query["host"])).owner()
            command[1:1] = ["-u", owner if owner != "root" else "nobody"]
        running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: _listens(port))
            yield f"postgresql+psycopg://{behind.username}@127.0.0.1:{port}/{behind.database}"
        finally:
            running.terminate()
            running.wait()


def _listens(port: int) -> bool:
    with closing(socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_the_service_works_behind_a_pooler(make_settings: MakeSettings) -> None:
    service = build_service(make_settings())
    await service.start()
    try:
        for at, said in enumerate(("xin chào", "làm nhà", "có rồi", "nhà gỗ", "một tầng", "xong")):
            heard = [Inbound("web", f"hoa{n}", f"{n}:{at}", Message(text=said)) for n in range(PEOPLE)]
            await asyncio.gather(*(service.turns.receive(each) for each in heard + heard[:5]))
        query = text("SELECT count(*) FROM transcript WHERE author = 'bot'")
        assert await service.database.read(lambda c: c.execute(query).scalar_one()) == 6 * PEOPLE
        async with asyncio.timeout(SECONDS):
            while (counts := await service.database.read(outbox.count_by_state)).get("pending"):
                await asyncio.sleep(0.05)
        assert set(counts) <= {"sent"}
        assert service.alive
    finally:
        await service.stop()


def test_a_direct_connection_is_given_up_by_the_server_when_it_freezes(postgres_url: str) -> None:
    database = Database(postgres_url)
    with database.engine.begin() as connection:
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "30s"
    database.close()


def test_pgbouncer_is_what_stands_between(database_url: str) -> None:
    """Else the tests above would show nothing: through it no session is kept from one transaction to the next."""
    url = database_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as one, psycopg.connect(url, autocommit=True) as other:
        backends = {c.execute("SELECT pg_backend_pid()").fetchone() for c in (one, other, one, other)}
    assert len(backends) == 1
