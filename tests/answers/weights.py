"""Set flows/understanding/answer_weights.py: `python -m tests.answers.weights`, minutes.

A conditional logit over how people ask for what each procedure knows. Each part of that is weighed by an index that has not seen
it, and of some units all that is known is left out, so that nothing is left that answers.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from flows.definition.answer_units import units_of
from flows.definition.entries import Question
from flows.understanding import answer_weights
from flows.understanding.questions import asked_kinds
from flows.understanding.unit_index import Features, UnitIndex, share_out
from tests.answers import NOW
from tests.content import LIBRARY
from tests.listening.weights import Choice, fit

_PARTS = 4
_READ = 2  # parts that are weighed
_UNKNOWN = 7  # one unit in so many is left out
_BEST = 15  # that the right one is held against


def main() -> None:
    choices = list(_choices())
    print(f"{len(choices)} questions")
    widths = _widths(choices)
    fitted = fit([(counts, [_divided(one, widths) for one in read], right) for counts, read, right in choices])
    weights = {name: weight / widths[name] for name, weight in fitted.items()}
    listed = "".join(f'    "{name}": {weight:.2f},\n' for name, weight in sorted(weights.items()))
    head = '"""Weights of the features of flows/understanding/unit_index.py, set by `python -m tests.answers.weights`."""\n'
    text = f"{head}\nfrom collections.abc import Mapping\n\nWEIGHTS: Mapping[str, float] = {{\n{listed}}}\n"
    Path(answer_weights.__file__).write_text(text)


def _choices() -> Iterator[Choice]:
    """Yield what may answer each question, by an index that has not learnt from it; under "" that nothing does."""
    for part in range(_READ):
        seen = {id_: _without(questions, part) for id_, questions in LIBRARY.questions.items()}
        library = replace(LIBRARY, questions=seen)
        for id_, procedure in LIBRARY.procedures.items():
            units = units_of(procedure, seen[id_], NOW.date())
            index = UnitIndex(library, procedure, [unit for unit in units if not _is_left_out(unit.place, part)])
            for key, one in LIBRARY.questions[id_].items():
                right = "" if _is_left_out(one.place or key, part) else one.place or key
                for ask in one.asks if key.startswith("procedures/") else ():
                    if _part(ask) == part:
                        found = index.read(ask, asked_kinds(LIBRARY, ask))
                        if right in found:
                            yield _choice(found, right)


def _choice(found: Mapping[str, Features], right: str) -> Choice:
    likely = share_out(found, answer_weights.WEIGHTS)
    best = sorted(found, key=lambda place: (place != right, -likely[place]))[: _BEST + 1]
    return 1.0, [found[place] for place in best], [place == right for place in best]


def _widths(choices: Sequence[Choice]) -> Mapping[str, float]:
    """Return by feature how far it goes: divided by that, all are weighed as fast."""
    seen: dict[str, float] = defaultdict(lambda: 1e-6)
    for _, read, _ in choices:
        for one in read:
            for name, value in one.items():
                seen[name] += value * value
    count = sum(len(read) for _, read, _ in choices)
    return {name: math.sqrt(squares / count) for name, squares in seen.items()}


def _divided(features: Features, widths: Mapping[str, float]) -> Features:
    return {name: value / widths[name] for name, value in features.items()}


def _without(questions: Mapping[str, Question], part: int) -> Mapping[str, Question]:
    return {
        key: one.model_copy(update={"asks": tuple(ask for ask in one.asks if _part(ask) != part)})
        for key, one in questions.items()
    }


def _is_left_out(place: str, part: int) -> bool:
    return _hash(f"{place} {part}") % _UNKNOWN == 0


def _part(ask: str) -> int:
    return _hash(ask) // 7 % _PARTS


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
