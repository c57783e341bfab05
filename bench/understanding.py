"""One `understand` with the shipped content, against rapidfuzz's WRatio over every phrase and official name.

The baseline knows no accents, commands or questions: it only finds the likeliest of all phrases. Both see the same texts.
Run: `.venv/bin/python -m bench understanding`.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from rapidfuzz import fuzz, process, utils

from bench.table import Row
from bot.content import load_folder
from flows.definition.library import Library
from flows.understanding.understand import understand
from tests.utterances import read

_ROUNDS = 5
_BASE = "WRatio over all phrases"


async def run() -> list[Row]:
    library = load_folder(Path(__file__).parents[1] / "content")
    texts = [one.text for one in read()][::3]
    contenders: dict[str, Callable[[str], object]] = {
        _BASE: _naive(library),
        "understand": lambda text: understand(library, text),
    }
    for ask in contenders.values():
        ask(texts[0])
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(_ROUNDS):
        for name, ask in contenders.items():
            times[name] += [_timed(ask, text) for text in texts]
    section = f"Understanding one sentence, ms ({len(library.procedures)} procedures, {len(library.catalogue)} entries)"
    base = median(times[_BASE])
    return [_row(section, name, taken, base) for name, taken in times.items()]


def _row(section: str, name: str, taken: list[float], base: float) -> Row:
    p99 = sorted(taken)[int(len(taken) * 0.99)]
    against = "" if name == _BASE else f"{median(taken) / base:.2f}"
    return Row(section, name, f"p50 {median(taken):.2f}, p99 {p99:.2f}", against)


def _naive(library: Library) -> Callable[[str], object]:
    phrases = [said for p in library.procedures.values() for said in (p.title, *p.says)]
    phrases += [entry.name for entry in library.catalogue.values()]
    ready = [utils.default_process(phrase) for phrase in phrases]
    return lambda text: process.extractOne(utils.default_process(text), ready, scorer=fuzz.WRatio)


def _timed(ask: Callable[[str], object], text: str) -> float:
    start = perf_counter()
    ask(text)
    return (perf_counter() - start) * 1000
