"""One `understand` with the shipped content, against rapidfuzz's WRatio over every phrase and official name.

The baseline knows no accents, commands or questions: it only finds the likeliest of all phrases. Both see the same texts.
Run: `make bench`.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from rapidfuzz import fuzz, process, utils

from bot.content import load_folder
from flows.library import Library
from flows.understanding import understand
from tests.utterances import read

_ROUNDS = 5


def main() -> None:
    library = load_folder(Path(__file__).parents[1] / "content")
    texts = [one.text for one in read()][::3]
    contenders: dict[str, Callable[[str], object]] = {
        "understand": lambda text: understand(library, text),
        "WRatio over all phrases": _naive(library),
    }
    for ask in contenders.values():
        ask(texts[0])
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(_ROUNDS):
        for name, ask in contenders.items():
            times[name] += [_timed(ask, text) for text in texts]
    print(
        f"{len(library.procedures)} procedures, {len(library.catalogue)} entries, {len(texts)} texts, {_ROUNDS} rounds"
    )
    base = median(times["WRatio over all phrases"])
    print(f"{'':26}{'median ms':>10}{'p99 ms':>9}{'of baseline':>13}")
    for name, taken in times.items():
        p99 = sorted(taken)[int(len(taken) * 0.99)]
        print(f"{name:26}{median(taken):10.2f}{p99:9.2f}{median(taken) / base:13.2f}")


def _naive(library: Library) -> Callable[[str], object]:
    phrases = [said for p in library.procedures.values() for said in (p.title, *p.says)]
    phrases += [entry.name for entry in library.catalogue.values()]
    ready = [utils.default_process(phrase) for phrase in phrases]
    return lambda text: process.extractOne(utils.default_process(text), ready, scorer=fuzz.WRatio)


def _timed(ask: Callable[[str], object], text: str) -> float:
    start = perf_counter()
    ask(text)
    return (perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
