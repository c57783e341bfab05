"""Three replicas on one PostgreSQL, posted to at random: killed, restarted one after the other, their connections cut."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, text

from bot.service import build_service
from bot.settings import Settings
from bot.store.tables import outbox, tickets, transcript
from bot.store.tx import Tx
from tests.conftest import SECRETS
from tests.emulators.server import free_port, wait_for
from tests.long.citizens import Town, town
from tests.long.lives import Life, Nursery, nursery
from tests.long.platforms import Trouble, platforms
from tests.long.proof import prove

SEED = int(os.environ.get("CHAOS_SEED", "20261125"))
PEOPLE, REPLICAS, TROUBLES = 15, 3, 12
CALM = 2.0  # seconds at most between two troubles
LEASE = 75.0  # seconds until what a killed replica had claimed is sent, see bot/outbox/outbox.py
STOP = 30.0  # seconds in which, on a busy machine, a replica ends that is told to


@dataclass
class Fleet:
    """The replicas that run. `trouble` meets the calls of all of them."""

    cradle: Nursery
    engine: Engine
    chosen: dict[str, Any]
    trouble: Trouble
    chance: random.Random
    crowd: Town
    lives: dict[int, Life] = field(default_factory=dict)  # by port
    counts: Counter[str] = field(default_factory=Counter)

    def start(self) -> None:
        """All at once, whatever is in the database, or not yet."""
        self.lives |= {life.port: life for life in map(self.cradle.begin, self.lives or self._ports())}
        for life in self.lives.values():
            life.wait_ready()

    def _ports(self) -> list[int]:
        return [free_port() for _ in range(REPLICAS)]

    def hook(self, channel: str) -> str:
        """Wherever the platform's post happens to go; who is not there answers nothing, and it is posted again."""
        return f"http://127.0.0.1:{self.chance.choice(list(self.lives))}/webhook/{channel}"

    def kill(self) -> None:
        self._replace(self.chance.choice(list(self.lives.values())), Life.kill)

    def roll(self) -> None:
        """One after the other ends its work and is replaced, while the others serve."""
        for life in list(self.lives.values()):
            self._replace(life, stop)

    def cut(self) -> None:
        """Every connection to the database breaks, in the middle of whatever it does."""
        with self.engine.connect() as connection:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))

    def all_sent(self) -> None:
        with self.engine.connect() as connection:
            left = select(outbox.c.id).where(outbox.c.state == "pending").limit(1)
            wait_for(lambda: connection.execute(left).first() is None, LEASE)

    @property
    def ended(self) -> set[int]:
        return set(range(1, self.cradle.born + 1)) - {life.number for life in self.lives.values()}

    def prove(self) -> str:
        settings = {
            **self.chosen,
            "data_dir": Path(self.chosen["data_dir"]),
            "content_dir": Path(self.chosen["content_dir"]),
        }
        service = build_service(Settings(**settings))
        with service.database.engine.connect() as connection:
            verdict = prove(
                service, Tx(connection, service.clock()), self.crowd.citizens, self.trouble.taken, self.ended
            )
        service.database.close()
        return f"{verdict}; posts {dict(self.crowd.counts)}; platforms {dict(self.trouble.counts)}"

    def _replace(self, life: Life, end: Callable[[Life], None]) -> None:
        end(life)
        self.lives[life.port] = self.cradle.begin(life.port)
        self.lives[life.port].wait_ready()


def stop(life: Life) -> None:
    life.send(signal.SIGTERM)
    wait_for(lambda: not life.alive, STOP)


@pytest.fixture
def fleet(tmp_path: Path, content_dir: Path, empty_postgres_url: str) -> Iterator[Fleet]:
    trouble = Trouble(random.Random(SEED))
    with ExitStack() as stack:
        on = stack.enter_context(platforms(trouble))
        chosen = {**SECRETS, **on.settings, "database_url": empty_postgres_url}
        chosen |= {"data_dir": str(tmp_path), "content_dir": str(content_dir)}
        cradle = stack.enter_context(nursery(tmp_path, chosen))
        engine = create_engine(empty_postgres_url, isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        crowd = town(on, PEOPLE, SEED, lambda channel: made.hook(channel))
        made = Fleet(cradle, engine, chosen, trouble, random.Random(SEED), crowd)
        yield made


def test_three_replicas_answer_as_one_whatever_befalls_them(fleet: Fleet) -> None:
    fleet.start()
    with fleet.crowd:
        for _ in range(TROUBLES):
            time.sleep(fleet.chance.random() * CALM)
            befalls = fleet.chance.choice((Fleet.kill, Fleet.kill, Fleet.cut, Fleet.roll))
            fleet.counts[befalls.__name__] += 1
            befalls(fleet)
        fleet.crowd.finish()
    fleet.trouble.on = False
    fleet.all_sent()
    print(f"\nreplicas: seed {SEED}, {dict(fleet.counts)}: {fleet.prove()}")


def test_a_rolling_restart_under_load_doubles_nothing_and_holds_nothing_up(fleet: Fleet) -> None:
    fleet.trouble.on = False  # every call is answered: there is no excuse
    fleet.start()
    with fleet.crowd:
        for _ in range(2):
            time.sleep(CALM)
            fleet.roll()
        fleet.crowd.finish()
    fleet.all_sent()
    told = fleet.prove()
    print(f"\nrolling restart: seed {SEED}: {told}")
    assert "twice=0" in told
    with fleet.engine.connect() as connection:
        spans = connection.execute(select(outbox.c.created_at, outbox.c.done_at)).all()
    longest = max(done - created for created, done in spans).total_seconds()
    print(f"  the longest that a reply waited: {longest:.1f} s")
    assert longest < LEASE / 2, "a replica that was told to stop left rows claimed"


def test_what_is_due_is_done_once_by_replicas_that_start_together(fleet: Fleet) -> None:
    """Nobody took these tickets; each replica looks at its start, and all start at once."""
    fleet.cradle.settings = {**fleet.chosen, "remind_minutes": 0.001}
    fleet.start()
    with fleet.crowd:
        time.sleep(CALM)
        fleet.crowd.finish()
    fleet.all_sent()
    for life in list(fleet.lives.values()):
        stop(life)
    fleet.start()
    waiting = select(tickets.c.conversation_id).where(tickets.c.level == 1)
    reminded = select(transcript.c.conversation_id).where(transcript.c.text == "[still_waiting 1]")
    with fleet.engine.connect() as connection:
        open_ = select(tickets.c.id).where((tickets.c.state == "waiting") & (tickets.c.level == 0))
        wait_for(lambda: connection.execute(open_).first() is None)
        told = Counter(connection.execute(reminded).scalars())
        assert told == Counter(connection.execute(waiting).scalars())
        assert told
