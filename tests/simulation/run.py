"""A simulation from beginning to end: who the citizens are, their days, and what came of it."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from bot.store.tx import Tx
from flows.definition.library import Library
from tests.emulators.emulator import NotDelivered
from tests.simulation import judge
from tests.simulation.citizen import Citizen, Errand, Move, errands, signs
from tests.simulation.helpers import team
from tests.simulation.judge import Record, Verdict
from tests.simulation.persona import Persona
from tests.simulation.phones import Phone
from tests.simulation.town import Town, town

AT_ONCE = 12  # citizens who write at the same time
PATIENCE = 45.0  # seconds without an answer after which a citizen is in a dead end
DONE = "done"
TROUBLE = 0.01  # share of the platforms' answers that are errors; twice as many posts come twice


@dataclass
class Life:
    """One citizen from the first message to the last. `end`: "done", or what kind of dead end; "" as long as they are at it."""

    citizen: Citizen
    phone: Phone
    errand: Errand
    end: str = ""
    record: Record = field(default_factory=lambda: Record(Verdict(), 0, 0))
    _met: bool = False
    _seen: int = 0  # messages that were there when they last looked

    @property
    def persona(self) -> Persona:
        return self.citizen.persona

    def day(self, here: Town, until: float) -> None:
        """Until they go away for the night, or for good."""
        move = self.citizen.returns() if self._met else self.citizen.next(None)
        self._met = True
        try:
            while move.kind not in ("leave", "stop"):
                move = self._turn(here, move, until)
        except (httpx.HTTPError, NotDelivered) as error:
            move = Move("stop", end=f"could not be sent: {error}")
        self.end = move.end

    def _turn(self, here: Town, move: Move, until: float) -> Move:
        """Makes a move, waits for what comes of it, and thinks of the next one."""
        if time.monotonic() > until:
            return Move("stop", end="out of time")
        if move.kind != "wait":
            self._seen = len(self.phone.heard()) if self.phone.contact else 0
            self.phone.do(move)
        if not here.settle(self.phone, self._seen, PATIENCE):
            return Move("stop", end="nobody came" if move.kind == "wait" else "silence")
        self._seen = len(self.phone.heard())
        return self.citizen.next(self.phone.screen())


@dataclass(frozen=True)
class Report:
    lives: Sequence[Life]
    unsent: int
    seconds: float

    @property
    def verdict(self) -> Verdict:
        return sum((life.record.verdict for life in self.lives), Verdict(lost=self.unsent))

    @property
    def dead_ends(self) -> list[Life]:
        return [life for life in self.lives if life.end != DONE]

    @property
    def clean(self) -> bool:
        return self.verdict == Verdict() and not self.dead_ends


def simulate(
    folder: Path,
    personas: Sequence[Persona],
    channels: Sequence[str],
    citizens: int,
    seed: int,
    seconds: float,
    trouble: float = TROUBLE,
) -> Report:
    """
    Args:
        folder: empty; the database goes there.
        seconds: whoever is not done by then is in a dead end.
        trouble: share of the platforms' answers that are errors.
    """
    began = time.monotonic()
    with town(folder, channels) as here:
        _unsettle(here, seed, trouble)
        lives = people(here, personas, channels, citizens, seed)
        with team(here, work_chat(here, citizens)):
            days(here, lives, began + seconds)
        here.rest(PATIENCE)
        with here.service.database.engine.connect() as connection:
            tx = Tx(connection, here.clock())
            for life in lives:
                life.record = judge.judge(tx, life.phone)
            unsent = judge.unsent(tx)
        return Report(lives, unsent, time.monotonic() - began)


def people(here: Town, personas: Sequence[Persona], channels: Sequence[str], count: int, seed: int) -> list[Life]:
    """Every persona on every channel, and every procedure, as far as there are citizens."""
    library: Library = here.service.content.library
    known, dice = signs(library), Random(seed)
    wishes = _mixed(errands(library), dice)
    lives = []
    for number in range(count):
        channel = channels[number % len(channels)]
        persona = personas[number // len(channels) % len(personas)]
        errand = wishes[number % len(wishes)]
        others = [one for one in wishes if one.commune == errand.commune and one.procedure != errand.procedure]
        citizen = Citizen(persona, errand, known, Random(f"{seed}:{number}"), others)
        lives.append(Life(citizen, here.phone(channel, number), errand))
    return lives


def _mixed(wishes: Sequence[Errand], dice: Random) -> list[Errand]:
    """Every procedure once, in one commune or another, before any comes again."""
    by_procedure: dict[str, list[Errand]] = {}
    for errand in wishes:
        by_procedure.setdefault(errand.procedure, []).append(errand)
    columns = list(by_procedure.values())
    for column in columns:
        dice.shuffle(column)
    dice.shuffle(columns)
    return [errand for row in zip(*columns, strict=True) for errand in row]


def days(here: Town, lives: Sequence[Life], until: float) -> None:
    """One day after the other, until nobody wants to come back."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while waiting := [life for life in lives if not life.end]:
            list(pool.map(lambda life: life.day(here, until), waiting))
            here.rest(PATIENCE)
            here.clock.skip(days=1)


def _unsettle(here: Town, seed: int, trouble: float) -> None:
    """Platforms as they are: posts come twice, some late, some calls fail."""
    for number, emulator in enumerate(here.emulators.values()):
        emulator.redelivery.dice = Random(seed + number)
        emulator.redelivery.duplicate = 2 * trouble
        emulator.redelivery.reorder = trouble
        emulator.faults.sometimes(trouble, 502)


def work_chat(here: Town, number: int) -> Phone | None:
    """Telegram or Zalo Bot, where a member of the team works; nobody chats with colleagues on the OA."""
    channel = next((name for name in ("telegram", "zalo-bot") if name in here.emulators), None)
    return here.phone(channel, number, "Hùng") if channel else None
