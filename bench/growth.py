"""Whether a turn takes longer when many have talked before, and a claim when much waits in the outbox."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import create_engine, text

from bench import motcua, posts, script
from bench.crowd import Crowd
from bench.process import Process
from bench.stores import Store, postgres, sqlite
from bench.table import Row, ratio, spread
from bot.outbox import outbox
from bot.outbox.rate_limits import RateLimit
from bot.store.database import Database
from bot.store.tx import Tx

_SIZES = (1_000, 100_000, 1_000_000)
_ROUNDS, _SECONDS = 5, 3.0
_PREPARED = 1000  # messages a second whose bytes are made beforehand
_STRIDE = 7919  # a prime: so people come in no order
_PENDING = 100_000
_CLAIMS, _ROOM = 200, 8
_FIRST = 1_000_001
_CHANNELS = {"zalo-oa": lambda _: dict[str, RateLimit]()}  # Zalo OA sets no pace
_FILL = (
    "INSERT INTO conversations (id,channel,contact,state,blocked,created_at,updated_at) "
    "SELECT n, 'zalo-oa', CAST(n + {first} AS TEXT), '{{}}', false, '{now}', '{now}' FROM {numbers}",
    "INSERT INTO inbound (channel,message_id,received_at) SELECT 'zalo-oa', 'old-' || n, '{now}' FROM {numbers}",
    "INSERT INTO transcript (conversation_id,author,text,choices,at) "
    "SELECT n, 'citizen', 'Tôi muốn làm giấy khai sinh cho cháu', '[]', '{now}' FROM {numbers}",
    "INSERT INTO transcript (conversation_id,author,text,choices,at) "
    "SELECT n, 'bot', 'Bước 3/24. Cháu có giấy khai sinh chưa ạ?', '[]', '{now}' FROM {numbers}",
    "INSERT INTO outbox (conversation_id,channel,contact,payload,optional,state,attempts,next_at,created_at) "
    "SELECT n, 'zalo-oa', '1', '{{}}', false, '{state}', 0, '{now}', '{now}' FROM {numbers}",
)
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {size}) SELECT n FROM t) AS t",
    "postgresql": "generate_series(1, {size}) AS t(n)",
}


async def run() -> list[Row]:
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name).resolve()
        rows = await _turns(folder, sqlite(folder))
        rows += _claims("SQLite", sqlite(folder))
        with postgres(folder) as store:
            return rows + _claims("PostgreSQL", store)


async def _turns(folder: Path, store: Store) -> list[Row]:
    waits: dict[int, list[float]] = {size: [] for size in _SIZES}
    running: dict[int, tuple[Process, Crowd]] = {}
    try:
        for size in _SIZES:
            url = store(f"of_{size}")
            _fill(url, size, "sent")
            service = motcua.process("motcua", folder / str(size), 1, accepting=True, database_url=url)
            running[size] = service, Crowd(posts.zalo_oa, script.tapped(), _somebody(size))
            await service.start()
        for _ in range(_ROUNDS):
            for size, (service, crowd) in running.items():
                crowd.prepare(int(_PREPARED * _SECONDS))
                waits[size].append((await crowd.burst(service.port, 1, _SECONDS)).p50 * 1000)
    finally:
        for service, _ in running.values():
            service.kill()
    section, base = "One post at a time, ms from post to 200 (p50), by conversations stored (SQLite)", waits[_SIZES[0]]
    rows = [Row(section, f"{size:,}", spread(found, digits=2), ratio(found, base)) for size, found in waits.items()]
    return [replace(rows[0], ratio=""), *(replace(row, goal="≤ 1.2") for row in rows[1:])]


def _somebody(size: int) -> Iterator[int]:
    """People who have talked before, each once."""
    return (_FIRST + number * _STRIDE % size for number in range(1, size))


def _claims(engine: str, store: Store) -> list[Row]:
    times = {}
    for name, size in (("few", _ROOM), ("many", _PENDING)):
        url = store(f"outbox_{name}")
        _fill(url, size, "pending")
        times[name] = _timed(url)
    section = f"One claim of {_ROOM} rows of the outbox, ms ({engine})"
    against = f"{median(times['many']) / median(times['few']):.2f}"
    return [
        Row(section, f"{_ROOM} pending", spread(_middle(times["few"]), digits=2)),
        Row(section, f"{_PENDING:,} pending", spread(_middle(times["many"]), digits=2), against, "≤ 1.5"),
    ]


def _timed(url: str) -> list[float]:
    """Milliseconds of each claim; all are taken back."""
    database, found, now = Database(url), [], datetime.now(UTC) + timedelta(days=1)
    for _ in range(_CLAIMS):
        with database.engine.connect() as connection:
            began = perf_counter()
            outbox.claim_due(Tx(connection, now), _ROOM, _CHANNELS)
            found.append((perf_counter() - began) * 1000)
            connection.rollback()
    database.close()
    return found


def _middle(times: list[float]) -> list[float]:
    """From the tenth to the ninetieth of a hundred."""
    return sorted(times)[len(times) // 10 : -(len(times) // 10)]


def _fill(url: str, size: int, state: str) -> None:
    engine = create_engine(url)
    numbers = _NUMBERS[engine.dialect.name].format(size=size)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with engine.begin() as connection:
        for statement in _FILL:
            said = statement.format(numbers=numbers, now=now, state=state, first=_FIRST)
            connection.execute(text(said.replace(":", "\\:")))
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('conversations_id_seq', 10000000)"))
    engine.dispose()
