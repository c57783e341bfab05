"""Questions of citizens with what a right answer holds: written from the official texts, without a look at our content.

A third is kept aside: whoever sets weights and words looks at the other two thirds only.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.dialogue.advance import advance
from flows.messages import Message
from flows.state import State
from tests.content import LIBRARY

NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        expect: one of these stands in a right answer.
        honest: whether the official texts leave it to the province or the commune, or say nothing.
    """

    procedure: str
    ask: str
    kind: str
    expect: tuple[str, ...]
    honest: bool

    @property
    def kept_aside(self) -> bool:
        return int(hashlib.sha256(self.ask.encode()).hexdigest(), 16) % 3 == 0


def read() -> list[Question]:
    lines = (Path(__file__).parent / "questions.jsonl").read_text("utf-8").splitlines()
    known = map(json.loads, lines)
    return [Question(q["procedure"], q["ask"], q["kind"], tuple(q["expect"]), q["honest"]) for q in known]


def score(questions: Iterable[Question], *, at_step: bool, commune: str = "tran-phu") -> Counter[str]:
    """Count what became of questions that have an answer, asked at the first step of their procedure or at the menu.

    Returns: "asked", "right", "recorded" (taken for an answer), "switched" (another procedure begun in silence).
    """
    counts: Counter[str] = Counter()
    for question in questions:
        if question.honest:
            continue
        state = State(commune=commune)
        if at_step:
            leaflet = advance(LIBRARY, state, Message(start=f"{commune}_{question.procedure}"), NOW).state
            state = leaflet.model_copy(update={"asking": None})
        turn = advance(LIBRARY, state, Message(text=question.ask), NOW)
        said = " ".join(reply.text for reply in turn.replies).lower()
        counts["asked"] += 1
        counts["right"] += any(words.lower() in said for words in question.expect)
        counts["recorded"] += dict(turn.state.answers) != dict(state.answers)
        counts["switched"] += at_step and turn.state.procedure != state.procedure
    return counts
