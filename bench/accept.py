"""From a signed post of Zalo OA to its 200, which comes after the commit; nothing is delivered.

The floor is the least that can do the same: Starlette and the driver, hand-written, the same rows, no engine. On SQLite it runs
with our engine too, so that one sees what the engine costs, and what all the rest.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import motcua, posts, script
from bench.contenders import PEERS, installed
from bench.crowd import Crowd
from bench.process import ROOT, Process, free_port
from bench.stores import Store, postgres, sqlite
from bench.table import Row, ratio, spread

_ROUNDS, _SECONDS = 5, 5.0
_IN_FLIGHT = (32, 8)
_WARM = 5.0  # seconds in which those who were there first leave, so that all lines of the talk are said at any time
_PREPARED = 5000  # messages a second whose bytes are made beforehand
_CODE = ROOT / "bench" / "peers"


# The command that runs a floor: (database, port) -> words.
_Floor = Callable[[str, int], list[str]]


@dataclass
class _Side:
    process: Process
    crowd: Crowd
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)


async def run() -> list[Row]:
    installed()
    rows = []
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name).resolve()
        talk = folder / "talk.json"
        talk.write_text(script.as_json(script.tapped()))
        floors = {"floor": _sqlite_floor(str(talk)), "floor with our engine": _sqlite_floor("")}
        rows += await _engine("SQLite, synchronous=FULL", "≥ 0.6", folder, sqlite(folder), floors)
        with postgres(folder) as store:
            rows += await _engine("PostgreSQL", "≥ 0.65", folder, store, {"floor": _postgres_floor(talk)})
    return rows


def _sqlite_floor(talk: str) -> _Floor:
    return lambda url, port: [
        sys.executable, str(_CODE / "floor_sqlite.py"), url.removeprefix("sqlite:///"), str(port), talk
    ]  # fmt: skip


def _postgres_floor(talk: Path) -> _Floor:
    python, code = str(PEERS / "bin" / "python"), str(_CODE / "floor_postgres.py")
    return lambda url, port: [python, code, url.replace("+psycopg", ""), str(port), str(talk)]


async def _engine(name: str, goal: str, folder: Path, store: Store, floors: Mapping[str, _Floor]) -> list[Row]:
    rows = []
    for in_flight in _IN_FLIGHT:
        processes = []
        for number, (called, floor) in enumerate(floors.items()):
            port, place = free_port(), folder / f"{called} {name} {in_flight}"
            processes.append(Process(called, floor(store(f"floor_{number}_{in_flight}"), port), {}, port, place))
        ours = motcua.process(
            "motcua", folder / f"motcua {name} {in_flight}", 1, accepting=True, database_url=store(f"ours_{in_flight}")
        )
        sides = [_Side(process, Crowd(posts.zalo_oa, script.tapped())) for process in (*processes, ours)]
        await _measure(sides, in_flight)
        rows += _rows(f"Accepted posts/s, {name}, {in_flight} in flight", goal, *sides)
    return rows


async def _measure(sides: list[_Side], in_flight: int) -> None:
    try:
        for side in sides:
            await side.process.start()
            await side.crowd.burst(side.process.port, in_flight, _WARM)
        for _ in range(_ROUNDS):
            for side in sides:
                await _burst(side, in_flight)
    finally:
        for side in sides:
            side.process.kill()


async def _burst(side: _Side, in_flight: int) -> None:
    side.crowd.prepare(int(_PREPARED * _SECONDS))
    before = side.process.cpu
    burst = await side.crowd.burst(side.process.port, in_flight, _SECONDS)
    assert not burst.refused
    side.rates.append(burst.rate)
    side.cpu.append((side.process.cpu - before) / burst.answered)
    side.busy.append(burst.busy)


def _rows(section: str, goal: str, *sides: _Side) -> list[Row]:
    """A row for each floor, and ours with its ratio to each."""
    *floors, ours = sides
    against = " · ".join(ratio(ours.rates, floor.rates) for floor in floors)
    rows = [Row(section, floor.process.name, spread(floor.rates), note=_note(floor)) for floor in floors]
    return [*rows, Row(section, "Motcua", spread(ours.rates), against, goal, _note(ours))]


def _note(side: _Side) -> str:
    return (
        f"{median(side.cpu) * 1000:.2f} ms of CPU a post; the load itself took {median(side.busy):.0%} of another core"
    )
