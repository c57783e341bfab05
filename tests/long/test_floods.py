"""One stranger floods the service, others write meanwhile: everybody is answered; how much later than in quiet is printed.

All share this machine's cores. So in a quiet run the stranger floods too, but a server beside ours that refuses everything. The
ratios are not held to anything: a busy machine would decide.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from subprocess import Popen
from typing import Any

import aiohttp
import pytest

from tests.conftest import SECRETS
from tests.emulators.server import free_port, wait_for
from tests.long.floods import KINDS
from tests.long.lives import status
from tests.patient import SECONDS as PATIENCE

ROOT = Path(__file__).parents[2]
SECONDS = float(os.environ.get("SECONDS", "2"))  # of each run: p99 of few answers is the worst of them
EVERY = 0.05  # seconds between two posts of others, of each sort
ROUNDS = int(os.environ.get("ROUNDS", "1"))  # quiet and flooded by turns; the ratio is of their medians
PEOPLE = 30
SECRET = "a-secret-of-telegram"


@dataclass
class Run:
    """Seconds that others waited for their answers, and answers that were none."""

    pages: list[float] = field(default_factory=list)
    hooks: list[float] = field(default_factory=list)
    failed: list[int | str] = field(default_factory=list)

    def p99(self, waits: list[float]) -> float:
        return sorted(waits)[max(0, int(len(waits) * 0.99) - 1)]

    def __str__(self) -> str:
        parts = ((name, waits) for name, waits in (("pages", self.pages), ("webhooks", self.hooks)))
        return "  ".join(f"{n} p50 {median(w) * 1e3:6.1f} p99 {self.p99(w) * 1e3:6.1f} ms" for n, w in parts)


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    return empty_database_url


@pytest.fixture
def url(tmp_path: Path, content_dir: Path, database_url: str) -> Iterator[str]:
    """A service in a process of its own."""
    port = free_port()
    chosen: dict[str, Any] = {**SECRETS, "data_dir": tmp_path, "database_url": database_url, "content_dir": content_dir}
    chosen |= {"public_url": "https://xa.example", "secure_cookies": False, "port": port, "disk_floor": 0}
    chosen |= {"telegram_token": "1:x", "telegram_secret": SECRET, "telegram_api": "http://127.0.0.1:1"}
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        **{f"MOTCUA_{name.upper()}": str(value) for name, value in chosen.items()},
    }
    url, motcua = f"http://127.0.0.1:{port}", str(Path(sys.executable).with_name("motcua"))
    with (
        (tmp_path / "service.log").open("wb") as log,
        Popen([motcua, "serve"], env=environment, stdout=log, stderr=log) as made,
    ):
        try:
            wait_for(lambda: status(f"{url}/readyz") == 200, 120)
            yield url
        finally:
            made.terminate()


@pytest.fixture
def beside() -> Iterator[str]:
    """A server on this machine that refuses everything."""
    port = free_port()
    with Popen([sys.executable, "-m", "tests.long.floods", "refuse", str(port)], cwd=ROOT) as made:
        try:
            wait_for(lambda: status(f"http://127.0.0.1:{port}/") == 429)
            yield f"http://127.0.0.1:{port}"
        finally:
            made.kill()


class Others:
    """People on the web, each in a browser and at an address of their own, and on Telegram."""

    def __init__(self, url: str) -> None:
        self.url, self.count = url, 0
        self.browsers: list[aiohttp.ClientSession] = []
        self.telegram = self._session({"X-Telegram-Bot-Api-Secret-Token": SECRET})

    def _session(self, headers: dict[str, str]) -> aiohttp.ClientSession:
        """Open a connection for each post: one that is kept may be closed by the server just when it is used again."""
        connector, jar = aiohttp.TCPConnector(force_close=True), aiohttp.CookieJar(unsafe=True)
        return aiohttp.ClientSession(self.url, headers=headers, connector=connector, cookie_jar=jar)

    async def come(self) -> None:
        for number in range(PEOPLE):
            browser = self._session({"X-Forwarded-For": f"9.9.9.{number + 1}"})
            self.browsers.append(browser)
            await (await browser.post("/chat", data={"text": "làm nhà"})).read()

    async def write(self, seconds: float) -> Run:
        run, until, tasks = Run(), time.monotonic() + seconds, []
        while time.monotonic() < until:
            self.count += 1
            tasks += [
                asyncio.create_task(self._page(run, self.count)),
                asyncio.create_task(self._hook(run, self.count)),
            ]
            await asyncio.sleep(EVERY)
        await asyncio.gather(*tasks)
        return run

    async def _page(self, run: Run, number: int) -> None:
        await self._timed(run, run.pages, self.browsers[number % PEOPLE], "/chat", data={"text": "mất bao lâu"})

    async def _hook(self, run: Run, number: int) -> None:
        person = {"id": 7_000 + number % PEOPLE, "is_bot": False, "first_name": "Hoa"}
        chat = {"id": person["id"], "type": "private", "first_name": "Hoa"}
        message = {"message_id": number, "date": 1_795_000_000, "chat": chat, "from": person, "text": "mất sổ đỏ"}
        update = json.dumps({"update_id": number, "message": message})
        await self._timed(run, run.hooks, self.telegram, "/webhook/telegram", data=update)

    async def _timed(self, run: Run, waits: list[float], who: aiohttp.ClientSession, path: str, **sent: Any) -> None:
        began = time.perf_counter()
        try:
            async with who.post(path, allow_redirects=False, timeout=aiohttp.ClientTimeout(PATIENCE), **sent) as answer:
                await answer.read()
                if answer.status not in (200, 303):
                    run.failed.append(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            run.failed.append(type(error).__name__)
        waits.append(time.perf_counter() - began)

    async def go(self) -> None:
        for each in (*self.browsers, self.telegram):
            await each.close()


async def test_others_are_answered_while_one_stranger_floods(url: str, beside: str) -> None:
    others = Others(url)
    await others.come()
    await others.write(3)  # what is made at the first use is made
    for kind in (*KINDS, "connections"):
        runs = [(await _flooded(others, beside, kind), await _flooded(others, url, kind)) for _ in range(ROUNDS)]
        quiet, flooded = ([run for run, _ in each] for each in zip(*runs, strict=True))
        pages, hooks = (_ratio(flooded, quiet, sort) for sort in ("pages", "hooks"))
        print(f"\n{kind:<18} p99 x {pages:.2f} pages, x {hooks:.2f} webhooks; the stranger: {runs[-1][1][1]}")
        print(f"   quiet   {quiet[-1]}\n   flooded {flooded[-1]}")
        assert (kind, [run.failed for run in (*quiet, *flooded) if run.failed]) == (kind, [])
    await others.go()


def _ratio(flooded: list[Run], quiet: list[Run], sort: str) -> float:
    busy, calm = (median(run.p99(getattr(run, sort)) for run in runs) for runs in (flooded, quiet))
    return busy / calm


async def _flooded(others: Others, url: str, kind: str) -> tuple[Run, str]:
    """Return how others were answered while somebody floods this server, and how that one was."""
    command = [sys.executable, "-m", "tests.long.floods", url, kind, str(SECONDS + 1)]
    stranger = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    await asyncio.sleep(0.5)
    run = await others.write(SECONDS)
    told, _ = await stranger.communicate()
    await asyncio.sleep(0.5)
    return run, told.decode().strip()
