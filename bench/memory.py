"""How much memory the service holds when idle and after many turns, and how long it takes from its start to the first 200."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.request import urlopen

from bench import motcua, posts, script
from bench.crowd import Crowd
from bench.platform import Platform
from bench.process import Process, cores
from bench.table import Row, spread

_ROUNDS = 5
_TURNS, _IN_FLIGHT, _PIECE = 100_000, 32, 5.0  # seconds of load at a time
_PREPARED = 2000  # messages a second whose bytes are made beforehand
_IMPORTS = "import fastapi, sqlalchemy, telegram"
_SETTLE = 2.0  # seconds


async def run() -> list[Row]:
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name).resolve()
        async with Platform().open() as platform:
            service = motcua.process("motcua", folder / "motcua", platform.port)
            try:
                return [*await _starts(service), *await _memory(service, platform)]
            finally:
                service.kill()


async def _starts(service: Process) -> list[Row]:
    """The first start, which makes the database, does not count."""
    await service.start()
    cold, base = [], []
    for _ in range(_ROUNDS):
        service.stop()
        base.append(_imports())
        cold.append(await service.start() + _answers(service.port))
    section = "Cold start, seconds"
    return [
        Row(section, f'python -c "{_IMPORTS}"', spread(base, digits=2)),
        Row(section, "Motcua, to the first 200", spread(cold, digits=2), f"{median(cold) / median(base):.2f}", "≤ 2"),
    ]


def _imports() -> float:
    began = perf_counter()
    subprocess.run(["taskset", "-c", str(*cores()[0]), sys.executable, "-c", _IMPORTS], check=True)
    return perf_counter() - began


def _answers(port: int) -> float:
    began = perf_counter()
    with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    return perf_counter() - began


async def _memory(service: Process, platform: Platform) -> list[Row]:
    await asyncio.sleep(_SETTLE)
    idle, crowd, turns = service.rss, Crowd(posts.telegram, script.typed()), 0
    while turns < _TURNS:
        platform.calls.clear()
        crowd.prepare(int(_PREPARED * _PIECE))
        turns += (await crowd.burst(service.port, _IN_FLIGHT, _PIECE, platform)).answered
        crowd.people.clear()
    section = "Memory, MB"
    return [
        Row(section, "idle", f"{idle:.0f}", goal="≤ 120"),
        Row(section, f"more after {turns:,} turns", f"{service.rss - idle:.0f}", goal="≤ 30"),
    ]
