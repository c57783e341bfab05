"""From a post of Telegram to the call that answers it, on one core: Motcua and its peers in the same rounds.

The score is how many replies the platform got within the window, and what is still right after everything was killed in the
middle of the load and started again. Run: `.venv/bin/python -m bench end_to_end`.
"""

import asyncio
import json
import re
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs

from bench import posts, script
from bench.client import Connection
from bench.contenders import Contender, everybody, installed
from bench.crowd import Crowd, Person
from bench.platform import Platform
from bench.process import NoStart
from bench.table import Row, ratio, spread

_ROUNDS, _SECONDS, _IN_FLIGHT = 5, 5.0, 32
_WARM = 0.5  # seconds
_PREPARED = 4000  # messages a second whose bytes are made beforehand
_QUIET = 1.0  # seconds without a call after which nothing more will come
_FIELD = re.compile(rb'name="text"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)
_GOALS = {"aiogram + Redis": "≥ 3", "python-telegram-bot + pickle": "≥ 15"}
_SECTION = "End to end, replies/s on one core, {} in flight, league “{}”"


@dataclass
class Score:
    """What one contender did in all rounds. Counted in messages: replies that never came, that came twice or to nobody's
    message; the same after the crash, people whose place in the talk was wrong then, and times that it did not start again."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    lost_by_crash: int = 0
    doubled_by_crash: int = 0
    astray: int = 0
    broken: int = 0


async def run() -> list[Row]:
    installed()
    scores: dict[tuple[str, str], Score] = defaultdict(Score)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        async with Platform().open() as platform:
            contenders = everybody(Path(folder).resolve(), platform.port)
            crowds = [Crowd(posts.telegram, script.typed()) for _ in contenders]
            for number in range(_ROUNDS):
                for contender, crowd in zip(contenders, crowds, strict=True):
                    if number and contender.league == "same client":
                        continue
                    await _round(contender, crowd, platform, scores[contender.league, contender.name])
    return _rows(scores)


async def _round(contender: Contender, crowd: Crowd, platform: Platform, score: Score) -> None:
    platform.calls.clear()
    crowd.begin_anew()
    try:
        await contender.start()
        crowd.prepare(int(_PREPARED * _SECONDS))
        await crowd.burst(contender.port, _IN_FLIGHT, _WARM, platform)
        cpu, told = contender.cpu, len(platform.calls)
        burst = await crowd.burst(contender.port, _IN_FLIGHT, _SECONDS, platform, lambda: _end(contender, cpu, score))
        score.rates.append(burst.told / _SECONDS)
        score.cpu[-1] /= max(len(platform.calls) - told, 1)
        score.busy.append(burst.busy)
        before = len(platform.calls)
        if not await _started_again(contender, score):
            return
        await _post_again(contender.port, crowd.people)
        await _quiet(platform)
        _count(score, crowd.people, platform, before)
    finally:
        contender.kill()


async def _started_again(contender: Contender, score: Score) -> bool:
    """A crash in the middle of writing a file may leave one that nobody can read: then it begins with nothing."""
    try:
        await contender.start()
    except NoStart:
        score.broken += 1
        for process in contender.processes:
            process.wipe()
        return False
    return True


def _end(contender: Contender, cpu: float, score: Score) -> None:
    score.cpu.append(contender.cpu - cpu)
    contender.kill()


async def _post_again(port: int, people: list[Person]) -> None:
    """Whatever was not answered is delivered again, then everybody says one thing more."""
    line = Connection(port)
    for person in people:
        for _ in range(1 + person.unsure):
            if person.sent < len(person.posts):
                await line.post(person.posts[person.sent])
                person.sent += 1
    line.close()


async def _quiet(platform: Platform) -> None:
    known = -1
    while known != len(platform.calls):
        known = len(platform.calls)
        await asyncio.sleep(_QUIET)


def _count(score: Score, people: list[Person], platform: Platform, before: int) -> None:
    lines = [line.reply.text for line in script.typed()]
    early: dict[int, list[str]] = defaultdict(list)
    late: dict[int, list[str]] = defaultdict(list)
    for at, (_, contact, body) in enumerate(platform.calls):
        (early if at < before else late)[contact].append(_text(body))
    for person in people:
        due = Counter(lines[: person.sent])
        heard, after = Counter(early[person.id]), Counter(late[person.id])
        score.doubled += (heard - due).total()
        extra, missing = (heard + after - due).total(), (due - heard - after).total()
        score.doubled_by_crash += extra - (heard - due).total()
        score.lost_by_crash += missing
        score.astray += lines[person.sent - 1] not in after


def _text(body: bytes) -> str:
    if body.startswith(b"{"):
        return str(json.loads(body)["text"])
    if found := _FIELD.search(body):
        return found[1].decode().replace("\r\n", "\n")
    return parse_qs(body.decode())["text"][0]


def _rows(scores: dict[tuple[str, str], Score]) -> list[Row]:
    rows = []
    for league in dict.fromkeys(league for league, _ in scores):
        ours = scores[league, "Motcua"]
        for name, score in ((name, score) for (of, name), score in scores.items() if of == league):
            rows.append(_row(league, name, score, ours))
    return rows


def _row(league: str, name: str, score: Score, ours: Score) -> Row:
    note = (
        f"{median(score.cpu) * 1000:.2f} ms of CPU a reply; doubled {score.doubled}, after kill -9: lost "
        f"{score.lost_by_crash}, doubled {score.doubled_by_crash}, people astray {score.astray}"
    )
    note += f", did not start again {score.broken}×" if score.broken else ""
    less = "" if name == "Motcua" else "no dedupe, no outbox, sends before it answers; "
    against = "" if name == "Motcua" else f"Motcua by it: {ratio(ours.rates, score.rates)}"
    goal = _GOALS.get(name, "") if league == "durable" else ""
    return Row(_SECTION.format(_IN_FLIGHT, league), name, spread(score.rates), against, goal, less + note)
