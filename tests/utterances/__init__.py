"""What people say and what they mean by it, and how well the engine understands them.

`*.jsonl` holds {"text", "intent"}; intent "-" is no business of ours. Written apart from the phrases in content/, and never
copied there. `python -m tests.utterances` prints the tables; test_understanding.py holds the floors. unseen.jsonl is only
measured, never tuned on: once its mistakes have been looked at, it belongs to the development set and a new one is due.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.definition.library import Library
from flows.text.language import fold
from flows.understanding.meaning import Meaning
from flows.understanding.understand import understand

DEVELOPMENT = ("land", "school", "family", "residence", "welfare", "others", "events", "none")
HERE = Path(__file__).parent
_HANDLED = ("procedure", "event", "catalogue")
_ELSEWHERE = ("signpost", "out_of_scope")


@dataclass(frozen=True)
class Utterance:
    text: str
    intent: str

    @property
    def variant(self) -> str:
        if fold(self.text) == self.text.lower():
            return "typed without accents"
        return "long story" if len(self.text.split()) > 11 else "with accents"


@dataclass(frozen=True)
class Score:
    """Shares of the utterances, from 0 to 1. `top3`: at most one tap away. `wrong_go`: acted on at once, and wrongly."""

    count: int
    top1: float
    top3: float
    go: float
    wrong_go: float


def read(*names: str) -> list[Utterance]:
    """The utterances of some files, or of all that belong to the development set."""
    files = [HERE / f"{name}.jsonl" for name in names or DEVELOPMENT]
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    return [Utterance(**json.loads(line)) for line in lines]


def without_accents(utterances: Iterable[Utterance]) -> Iterator[Utterance]:
    return (Utterance(fold(one.text), one.intent) for one in utterances)


def score(library: Library, utterances: Iterable[Utterance]) -> Score:
    meant = [(one, understand(library, one.text)) for one in utterances]
    count = len(meant)
    right1 = sum(_ids(meaning)[:1] == [one.intent] for one, meaning in meant)
    right3 = sum(one.intent in {*_ids(meaning)[:3], *_offered(library, meaning)} for one, meaning in meant)
    acted = [(one, meaning) for one, meaning in meant if meaning.action == "go"]
    wrong = sum(one.intent not in _offered(library, meaning) for one, meaning in acted)
    return Score(count, right1 / count, right3 / count, len(acted) / count, wrong / count)


def accepted(library: Library, utterances: Iterable[Utterance]) -> list[tuple[str, Meaning]]:
    """What is none of our business and was taken for an errand all the same; a question back does no harm."""
    meant = ((one.text, understand(library, one.text)) for one in utterances)
    return [(text, meaning) for text, meaning in meant if meaning.kind in _HANDLED and meaning.action == "go"]


def _offered(library: Library, meaning: Meaning) -> list[str]:
    """What acting on it leads to: a procedure, or an event, which asks first which of its procedures is wanted; what stands beside
    the word that it may be none of ours."""
    first = _ids(meaning)[:1] if meaning.action == "go" else []
    beside = [id_ for id_, _ in meaning.top] if meaning.kind in _ELSEWHERE and meaning.action == "choose" else []
    return [
        *first,
        *beside,
        *(id_ for event in first if event in library.life_events for id_ in library.life_events[event].procedures),
    ]


def _ids(meaning: Meaning) -> list[str]:
    """What was understood; a question about a fact of a named procedure has understood the procedure."""
    if meaning.kind == "fact" and meaning.procedure:
        return [meaning.procedure]
    return [id_ for id_, _ in meaning.top] if meaning.kind in _HANDLED else [meaning.id]
