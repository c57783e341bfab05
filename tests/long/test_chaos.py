"""kill -9 at any moment, and everything else that goes wrong on one small box: nothing lost, nothing doubled, all in order.

`CHAOS_SEED=7 make long` repeats the choices of a run, `CHAOS_KILLS=1000` makes it longer; which process is faster is not repeated.
"""

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from bot.service import build_service
from bot.settings import Settings
from bot.store.tx import Tx
from tests.conftest import SECRETS
from tests.emulators.server import free_port, wait_for
from tests.long.citizens import Town, town
from tests.long.lives import Life, nursery
from tests.long.platforms import Trouble, platforms
from tests.long.proof import prove

SEED = int(os.environ.get("CHAOS_SEED", "20261125"))
KILLS = int(os.environ.get("CHAOS_KILLS", "200"))
PEOPLE = 15
IN_FLIGHT = 16  # calls that a life may have on their way, MOTCUA_SEND_IN_FLIGHT
LIFE = 0.6  # seconds at most that a life lasts once it is ready
HELD = 5.0  # seconds that somebody else holds the database at the end: longer than any post waits


@dataclass
class Killer:
    """Chooses the moment. `moments` counts those that were chosen, `found` what was on its way when the process was dead."""

    chance: random.Random
    file: Path
    trouble: Trouble
    crowd: Town
    moments: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def end(self, life: Life) -> None:
        moment = self.chance.choice(_MOMENTS)
        self.moments[moment.__name__.strip("_").replace("_", " ")] += 1
        moment(self, life)
        life.kill()
        self._look()

    def _while_it_starts(self, life: Life) -> None:
        time.sleep(self.chance.random() * 0.3)

    def _at_any_time(self, life: Life) -> None:
        life.wait_ready()
        time.sleep(self.chance.random() * LIFE)

    def _right_after_a_commit(self, life: Life) -> None:
        """Of a turn: its 200 is not sent; of a claim: the platform is not called; of a note: the next row is not taken."""
        self._at_any_time(life)
        with closing(sqlite3.connect(self.file)) as seen:
            version = _version(seen)
            with suppress(AssertionError):  # nobody wrote
                wait_for(lambda: _version(seen) != version, 1)

    def _as_a_platform_is_called(self, life: Life) -> None:
        self._at_any_time(life)
        self._at_a_call(life, "before")

    def _as_a_platform_says_yes(self, life: Life) -> None:
        """It has the message, and we never hear of it."""
        self._at_any_time(life)
        self._at_a_call(life, "after")

    def _while_the_database_is_held(self, life: Life) -> None:
        self._at_any_time(life)
        with hold(self.file):
            time.sleep(self.chance.random() * 0.3)
            life.kill()

    def _at_a_call(self, life: Life, which: str) -> None:
        """From within the platform's own handler."""
        seen = Event()

        def kill() -> None:
            life.send(signal.SIGKILL)
            seen.set()

        setattr(self.trouble, which, kill)
        seen.wait(1)
        setattr(self.trouble, which, None)

    def _look(self) -> None:
        """What a kill left half-done, read from outside."""
        waiting = [posted.id for citizen in self.crowd.citizens for posted in citizen.waiting]
        with closing(sqlite3.connect(self.file)) as seen, suppress(sqlite3.OperationalError):
            accepted = {row[0] for row in seen.execute("SELECT message_id FROM inbound")}
            self.found["committed, not answered 200"] += len(accepted.intersection(waiting))
            pending = seen.execute("SELECT claimed_until IS NOT NULL FROM outbox WHERE state = 'pending'").fetchall()
            self.found["committed, not sent"] += sum(not claimed for (claimed,) in pending)
            self.found["claimed, not noted"] += sum(claimed for (claimed,) in pending)


def test_nothing_is_lost_or_doubled_through_kills(tmp_path: Path, content_dir: Path) -> None:
    file, port = tmp_path / "motcua.db", free_port()
    trouble = Trouble(random.Random(SEED))
    with ExitStack() as stack:
        on = stack.enter_context(platforms(trouble))
        chosen: dict[str, Any] = {**SECRETS, **on.settings}
        chosen |= {"data_dir": str(tmp_path), "content_dir": str(content_dir), "database_url": f"sqlite:///{file}"}
        cradle = stack.enter_context(nursery(tmp_path, chosen))
        crowd = town(on, PEOPLE, SEED, lambda channel: f"http://127.0.0.1:{port}/webhook/{channel}")
        killer = Killer(random.Random(SEED), file, trouble, crowd)
        began = time.monotonic()
        stack.enter_context(crowd)
        for _ in range(KILLS):
            killer.end(cradle.begin(port))
        life = cradle.begin(port)
        life.wait_ready()
        with hold(file):  # posts are answered 503 and come again
            time.sleep(HELD)
        wait_for(lambda: life.ready)
        crowd.finish()
        trouble.on = False
        _all_sent(file)
        service = build_service(Settings(**{**chosen, "data_dir": tmp_path, "content_dir": content_dir}))
        with service.database.engine.connect() as connection:
            verdict = prove(
                service, Tx(connection, service.clock()), crowd.citizens, trouble.taken, range(1, life.number)
            )
        service.database.close()
    took = time.monotonic() - began
    print(f"\nchaos: seed {SEED}, {KILLS} kills in {took:.0f} s, {verdict}")
    for what, counts in {"moments": killer.moments, "left": killer.found, "posts": crowd.counts}.items():
        print(f"  {what}: {dict(sorted(counts.items()))}")
    print(f"  platforms: {dict(sorted(trouble.counts.items()))}")
    print(f"  documented exception: {verdict.twice} of {verdict.sent} calls were made twice, their answers lost")
    assert verdict.twice <= KILLS * IN_FLIGHT + trouble.counts["answer dropped"]
    assert crowd.counts["answered 503"], "the database was held, and nobody was told"
    assert min(killer.found[what] for what in ("committed, not answered 200", "committed, not sent")) > 0
    assert trouble.counts["refused"] == 0


@contextmanager
def hold(file: Path) -> Iterator[None]:
    """Somebody else writes to the database and takes their time."""
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def _version(seen: sqlite3.Connection) -> int:
    return int(seen.execute("PRAGMA data_version").fetchone()[0])


def _all_sent(file: Path) -> None:
    """Retries wait up to a minute."""
    with closing(sqlite3.connect(file)) as seen:
        left = "SELECT count(*) FROM outbox WHERE state = 'pending'"
        wait_for(lambda: seen.execute(left).fetchone()[0] == 0, 90)


_MOMENTS: tuple[Callable[[Killer, Life], None], ...] = (
    Killer._while_it_starts,
    Killer._at_any_time,
    Killer._right_after_a_commit,
    Killer._right_after_a_commit,
    Killer._as_a_platform_is_called,
    Killer._as_a_platform_says_yes,
    Killer._while_the_database_is_held,
)
