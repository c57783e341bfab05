"""A service that is told to stop does so in seconds, whatever is going on, and leaves nothing half-done."""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, select

from bot.store.tables import outbox
from tests import patient
from tests.conftest import SECRETS
from tests.emulators.server import free_port, wait_for
from tests.long.citizens import town
from tests.long.lives import Life, nursery
from tests.long.platforms import Trouble, platforms

PAGES, PEOPLE, STOP = 20, 15, 30.0  # seconds, on a busy machine


@pytest.fixture
def busy(tmp_path: Path, content_dir: Path, database_url: str) -> Iterator[Life]:
    """A service with open pages, under load, on platforms that take their time."""
    trouble, port = Trouble(random.Random(1), on=False), free_port()
    trouble.after = lambda: time.sleep(0.02)
    with ExitStack() as stack:
        on = stack.enter_context(platforms(trouble))
        chosen: dict[str, Any] = {**SECRETS, **on.settings}
        chosen |= {"data_dir": tmp_path, "content_dir": content_dir, "database_url": database_url}
        life = stack.enter_context(nursery(tmp_path, chosen)).begin(port)
        life.wait_ready()
        stack.enter_context(town(on, PEOPLE, 1, lambda channel: f"{life.url}/webhook/{channel}"))
        pages = [stack.enter_context(patient.client(base_url=life.url)) for _ in range(PAGES)]
        seen: list[str] = []
        for page in pages:
            Thread(target=_read, args=(page, seen), daemon=True).start()
        wait_for(lambda: len(seen) >= 3 * PAGES)
        yield life


def _read(page: httpx.Client, seen: list[str]) -> None:
    """An open page: it listens until the service goes."""
    page.post("/chat", data={"text": "xin chào"})
    with page.stream("GET", "/chat/events") as stream:
        for line in stream.iter_lines():
            seen.append(line)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_seconds_under_load_and_leaves_nothing_claimed(
    busy: Life, tmp_path: Path, database_url: str, sig: Any
) -> None:
    time.sleep(1)
    busy.send(sig)
    wait_for(lambda: not busy.alive, STOP)
    assert "Traceback" not in (tmp_path / "service.log").read_text("utf-8")
    engine = create_engine(database_url)
    with engine.connect() as connection:
        claimed = select(outbox.c.id).where((outbox.c.state == "pending") & outbox.c.claimed_until.is_not(None))
        assert connection.execute(claimed).all() == []
    engine.dispose()
