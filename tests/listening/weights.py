"""Set flows/understanding/reading_weights.py: `python -m tests.listening.weights`, minutes.

A conditional logit: the weights under which the readings that were meant are likeliest, on all lines that are not kept aside. Each
third of them is read by a library that has not seen it, else the words of a line would tell its meaning by heart.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from flows.definition.library import Library
from flows.definition.procedure import Ask
from flows.definition.sayings import NONE, Saying
from flows.dialogue import hearing
from flows.dialogue.context import TurnContext
from flows.dialogue.questions import current_screen
from flows.state import State
from flows.understanding import reading_weights
from flows.understanding.readings import Features, Reading, hear, weigh_readings
from tests.content import LIBRARY
from tests.listening import read_lines, read_steps
from tests.listening.steps import NOW, state_at

_THIRDS = 3
_ROUNDS = 250
_RATE = 0.2
_PULL = 0.3  # towards nothing, of a weight's square
_QUESTION = (
    1.6  # what a question counts, since one that is recorded as an answer harms more than one that is asked back
)
_ANSWERS = ("answer", "ambiguous")
_ELSEWHERE = {"person": 400, "danger": 400, "portal-trouble": 150, "noise": 100, "not-ours": 100}  # lines of each set
_ALIKE = {"person": 200, "danger": 200}  # lines of each set that only sound like it

Choice = tuple[float, Sequence[Features], Sequence[bool]]  # what a line counts, its readings, which of them were meant


def main() -> None:
    choices = list(_choices())
    print(f"{len(choices)} lines")
    weights = fit(choices)
    listed = "".join(
        f'    "{name}": {weight:.2f},\n' for name, weight in sorted(weights.items()) if abs(weight) >= 0.005
    )
    head = '"""Weights of the features of flows/understanding/readings.py, set by `python -m tests.listening.weights`."""\n'
    text = f"{head}\nfrom collections.abc import Mapping\n\nWEIGHTS: Mapping[str, float] = {{\n{listed}}}\n"
    Path(reading_weights.__file__).write_text(text)


def fit(choices: Sequence[Choice]) -> Mapping[str, float]:
    """Return the likeliest weights, by gradient ascent with a step of its own for each (AdaGrad)."""
    weights: dict[str, float] = {name: 0.0 for _, readings, _ in choices for one in readings for name in one}
    steps = dict.fromkeys(weights, 1e-8)
    for _ in range(_ROUNDS):
        slopes = {name: -2 * _PULL * weight for name, weight in weights.items()}
        for counts, readings, meant in choices:
            scores = [sum(weights[name] * value for name, value in one.items()) for one in readings]
            best = max(scores)
            shares = [math.exp(score - best) for score in scores]
            whole, right = sum(shares), sum(share for share, is_meant in zip(shares, meant, strict=True) if is_meant)
            for one, share, is_meant in zip(readings, shares, meant, strict=True):
                pull = (share / right if is_meant else 0.0) - share / whole
                if abs(pull) > 1e-4:
                    for name, value in one.items():
                        slopes[name] += counts * pull * value
        for name, slope in slopes.items():
            steps[name] += slope * slope
            weights[name] += _RATE * slope / math.sqrt(steps[name])
    return weights


def _choices() -> Iterator[Choice]:
    """Yield the readings of each line, by a library that has not learnt from it."""
    said = [(line, line.set, line.step) for line in read_steps() if not line.kept_aside]
    places = [(procedure, step) for _, procedure, step in said]
    for name, count in _ELSEWHERE.items():  # as if they were said at some step
        known = sorted((one for one in read_lines(name) if not one.kept_aside), key=_hash)
        lines = [one for one in known if one.kind != NONE][:count]
        lines += [one for one in known if one.kind == NONE][: _ALIKE.get(name, 0)]
        said += [(line, *places[_hash(line) % len(places)]) for line in lines]
    for third in range(_THIRDS):
        library = replace(LIBRARY, sayings=[line for line in LIBRARY.sayings if _third(line) != third])
        for line, procedure, step in said:
            if _third(line) == third:
                counts = _QUESTION if line.kind == "question" else 1.0
                for here, readings in _placed(library, line, procedure, step):
                    meant = [_is_meant(line, one, here=here) for one in readings]
                    if any(meant):
                        yield counts, [one.features for one in readings], meant


def _placed(library: Library, line: Saying, procedure: str, step: str) -> Iterator[tuple[bool, Sequence[Reading]]]:
    """Yield the readings of a line at its step (True), on the leaflet, and at another question of the procedure."""
    yield True, read(library, line.say, procedure, step)
    if line.kind != "correction":  # nothing was answered yet
        yield False, read_on_leaflet(library, line.say, procedure)
    asks = [one.id for one in LIBRARY.procedures[procedure].steps if isinstance(one, Ask) and one.id != step]
    elsewhere = asks[_hash(line) % len(asks)] if asks else step
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
    at = hearing.step_that_waits(context, shown)
    assert at
    return weigh_readings(library, hear(library, text, shown.candidates, shown.hidden, at, context.today))


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


def _third(line: Saying) -> int:
    return _hash(line) // _THIRDS % _THIRDS


def _hash(line: Saying) -> int:
    return int(hashlib.sha256(line.say.encode()).hexdigest(), 16)


if __name__ == "__main__":
    main()
