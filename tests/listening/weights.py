"""Set reading_weights.py, call_weights.py and menu_weights.py of flows/understanding: `python -m tests.listening.weights`, minutes.

A conditional logit: the weights under which the readings that were meant are likeliest, on all lines that are not kept aside. Each
sixth of them is read by a library that has not seen it, else the words of a line would tell its meaning by heart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer

from flows.definition.library import Library
from flows.definition.sayings import FIRST, NONE, Saying
from flows.definition.steps import Ask
from flows.dialogue import on_screen
from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.state import State
from flows.text.calls import Call
from flows.understanding import call_weights, menu_weights, reading_weights
from flows.understanding.menu_readings import MenuSort, sort_readings, weigh_signs
from flows.understanding.readings import Features, Reading, read_step_text, weigh_readings
from flows.understanding.urgent import CallSort, find_danger, find_wish, weigh_call
from tests.answers import read as read_questions
from tests.content import LIBRARY, SAYINGS
from tests.listening.kinds import build_kind_weights
from tests.listening.part_vectors import build_vectors
from tests.listening.steps import NOW, hash_of, place_lines, state_at
from tests.utterances import read as read_utterances

_FOLDS = 6
_FEWER = 3  # of so many lines said at steps one: what is no call
_ROUNDS = 500
_TINY = 1e-300
_PULL = 0.3  # towards nothing, of a weight's square
_QUESTION = (
    1.6  # what a question counts, since one that is recorded as an answer harms more than one that is asked back
)
_ANSWERS = ("answer", "ambiguous")
_MENU_SORTS: Mapping[str, MenuSort] = {
    "danger": "danger",
    "person": "person",
    "not-ours": "elsewhere",
    "noise": "noise",
    "portal-trouble": "trouble",
}

Numbers = NDArray[np.float64]
Choice = tuple[float, Sequence[Features], Sequence[bool]]  # what a line counts, its readings, which of them were meant


def main() -> None:
    calls: list[Choice] = []
    said: list[Choice] = []
    choices: list[Choice] = []
    for fold, library in enumerate(_libraries()):
        calls += _call_choices(library, fold)
        said += _menu_choices(library, fold)
        choices += _step_choices(library, fold)
    print(f"{len(calls)} texts that may be calls, {len(said)} said at the menu, {len(choices)} at a step")
    _write(call_weights.__file__, "the features of a call, see flows/understanding/urgent.py", fit(calls))
    _write(menu_weights.__file__, "the features of flows/understanding/menu_readings.py", fit(said))
    _write(reading_weights.__file__, "the features of flows/understanding/readings.py", fit(choices))


def _write(file: str, of: str, weights: Mapping[str, float]) -> None:
    listed = "".join(
        f'    "{name}": {weight:.2f},\n' for name, weight in sorted(weights.items()) if abs(weight) >= 0.005
    )
    head = f'"""Weights of {of}; set by `python -m tests.listening.weights`."""\n'
    Path(file).write_text(
        f"{head}\nfrom collections.abc import Mapping\n\nWEIGHTS: Mapping[str, float] = {{\n{listed}}}\n"
    )


def fit(choices: Sequence[Choice]) -> Mapping[str, float]:
    """Return the likeliest weights."""
    readings = [reading for _, known, _ in choices for reading in known]
    names = DictVectorizer()
    table = names.fit_transform(readings)
    starts = np.cumsum([0, *(len(known) for _, known, _ in choices)])[:-1]
    sizes = np.diff([*starts, len(readings)])
    counts = np.repeat([count for count, _, _ in choices], sizes)
    meant = np.array([is_meant for _, _, known in choices for is_meant in known], dtype=float)

    def shares(scores: Numbers) -> tuple[Numbers, Numbers]:
        """Return e to the power of each score, and the sum of those of the same text beside each."""
        powers = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        return powers, np.repeat(np.add.reduceat(powers, starts), sizes)

    def loss(weights: Numbers) -> tuple[float, Numbers]:
        powers, whole = shares(table @ weights)
        right = np.repeat(np.maximum(np.add.reduceat(powers * meant, starts), _TINY), sizes)
        pull = counts * (powers * meant / right - powers / whole)
        unlikely = -np.sum(counts[starts] * np.log(right[starts] / whole[starts]))
        return unlikely + _PULL * np.sum(weights**2), 2 * _PULL * weights - table.T @ pull

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS})
    return dict(zip(names.get_feature_names_out(), map(float, found.x), strict=True))


def _libraries() -> Iterator[Library]:
    """Yield, for each sixth of the lines, a library that has learnt from none of them."""
    for fold in range(_FOLDS):
        known = replace(LIBRARY, sayings=[line for line in SAYINGS if _fold(line) != fold])
        yield replace(known, vectors=build_vectors(known), kinds=build_kind_weights(known))


def _call_choices(library: Library, fold: int) -> Iterator[Choice]:
    """Yield what may be a call, as it is and without accents: a call, or none."""
    lines = [line for line in SAYINGS if not line.kept_aside and (not line.step or hash_of(line) % _FEWER == 0)]
    for line, text in _texts([*lines, *_errands()], fold):
        found: Mapping[CallSort, Call | None] = {
            "danger": find_danger(library, text),
            "person": find_wish(library, text),
        }
        for sort, call in found.items():
            if call:
                features = weigh_call(library, text, sort, call)
                named = {sort: 1.0} | {f"{sort} {name}": value for name, value in features.items()}
                meant = _is_call(line, sort)
                yield 1.0, [named, {}], [meant, not meant]


def _menu_choices(library: Library, fold: int) -> Iterator[Choice]:
    """Yield what is said at the menu, as it is and without accents."""
    lines = [line for line in SAYINGS if not line.kept_aside and (line.set in _MENU_SORTS or line.set == FIRST)]
    questions = [Saying("questions", one.ask, one.kind) for one in read_questions() if not one.kept_aside]
    for line, text in _texts([*lines, *_errands(), *questions], fold):
        signs = weigh_signs(library, text, find_danger(library, text), find_wish(library, text))
        readings = sort_readings(library, signs)
        meant = [_is_menu_sort(line, sort) for sort in readings]
        if any(meant):
            yield 1.0, list(readings.values()), meant


def _texts(lines: Iterable[Saying], fold: int) -> Iterator[tuple[Saying, str]]:
    """Yield each line of one sixth, as it is and without accents."""
    own = (line for line in lines if _fold(line) == fold)
    yield from ((line, text) for line in own for text in dict.fromkeys((line.say, line.bare)))


def _is_menu_sort(line: Saying, sort: MenuSort) -> bool:
    if line.kind == NONE and line.set in ("danger", "person"):
        return sort not in ("danger", "person")
    none_of_ours = line.set == "utterances" and line.kind == "-"
    return sort == ("elsewhere" if none_of_ours else _MENU_SORTS.get(line.set, "ours"))


def _errands() -> Sequence[Saying]:
    """Return what people come for, written apart from the content, and the names of what is officially to be had."""
    errands = [Saying("utterances", one.text, one.intent) for one in read_utterances()]
    errands += [Saying("catalogue", entry.name, "none") for entry in LIBRARY.catalogue.values()]
    return [line for line in errands if not line.kept_aside]


def _is_call(line: Saying, sort: str) -> bool:
    return (line.set == sort and line.kind != NONE) or (sort == "person" and "human" in line.means)


def _step_choices(library: Library, fold: int) -> Iterator[Choice]:
    """Yield the readings of each line at a step."""
    for one in place_lines():
        if _fold(one.line) == fold:
            counts = one.counts * (_QUESTION if one.line.kind == "question" else 1.0)
            for here, readings in _placed(library, one.line, one.procedure, one.step):
                meant = [_is_meant(one.line, reading, here=here) for reading in readings]
                if any(meant):
                    yield counts, [reading.features for reading in readings], meant


def _placed(library: Library, line: Saying, procedure: str, step: str) -> Iterator[tuple[bool, Sequence[Reading]]]:
    """Yield the readings of a line at its step (True), on the leaflet, and at another question of the procedure."""
    yield True, read(library, line.say, procedure, step)
    if line.kind != "correction":  # nothing was answered yet
        yield False, read_on_leaflet(library, line.say, procedure)
    asks = [one.id for one in LIBRARY.procedures[procedure].steps if isinstance(one, Ask) and one.id != step]
    elsewhere = asks[hash_of(line) % len(asks)] if asks else step
    state = state_at(procedure, elsewhere)
    if line.kind in _ANSWERS and elsewhere != step and state and step not in state.answers:
        yield False, read(library, line.say, procedure, elsewhere)


def read(library: Library, text: str, procedure: str, step: str) -> Sequence[Reading]:
    """Return the readings of a text at a step."""
    state = state_at(procedure, step)
    assert state, f"no path of {procedure} meets {step}"
    return _read_in(library, text, state)


def read_on_leaflet(library: Library, text: str, procedure: str) -> Sequence[Reading]:
    """Return the readings of a text under the leaflet of a procedure, before its first question."""
    return _read_in(library, text, State(procedure=procedure, asking="leaflet", commune="na-ri", greeted=True))


def _read_in(library: Library, text: str, state: State) -> Sequence[Reading]:
    context = TurnContext(library, state, NOW.date())
    shown = current_screen(context)
    at = on_screen.step_that_waits(context, shown)
    assert at
    return weigh_readings(library, read_step_text(library, text, shown.candidates, shown.hidden, at, context.today))


def _is_meant(line: Saying, reading: Reading, *, here: bool) -> bool:
    """Tell whether a reading is what was meant. `here`: whether it was said at the step that it belongs to."""
    if line.kind == NONE:
        return reading.sort not in ("danger", "person")
    match line.kind if line.step else line.set:
        case "answer" | "ambiguous":
            own = reading.step == line.step if reading.sort == "ahead" else reading.sort == "answer" and here
            return own and reading.id in line.means
        case "snag":
            return reading.sort == "snag" and reading.id in (line.means or ("",))
        case "command":
            return reading.sort == "person" if "human" in line.means else reading.id in line.means
        case "errand":
            return reading.sort == "errand" and reading.id in line.means
        case "noise" | "not-ours" | "thanks" | "talk":
            return reading.sort == "unclear"
        case "portal-trouble":
            return reading.sort == "snag"
        case kind:
            return reading.sort == kind


def _fold(line: Saying) -> int:
    return hash_of(line) // 3 % _FOLDS  # by three itself, who is kept aside


if __name__ == "__main__":
    main()
