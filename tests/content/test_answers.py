"""What people answer, in their words, to the questions of the shipped content."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.dialogue.on_screen import step_that_waits
from flows.state import State
from flows.understanding.meaning import Meaning
from flows.understanding.understand import understand
from tests.content import LIBRARY, situations

HERE = Path(__file__).parent
TODAY = date(2026, 11, 24)


def _cases() -> Iterator[tuple[str, str, str]]:
    for step, said in yaml.safe_load((HERE / "answers.yaml").read_text("utf-8")).items():
        yield from ((step, text, meant) for text, meant in said.items())


def _at(procedure: str, step: str) -> TurnContext:
    for answers, slot in situations(procedure):
        if slot.id == step:
            return TurnContext(LIBRARY, State(procedure=procedure, answers=answers, asking=None, commune=""), TODAY)
    raise LookupError(f"no path of {procedure} meets {step}")


def _said(meaning: Meaning) -> str:
    if meaning.kind == "answer":
        return meaning.id
    put_again = meaning.action == "unsure" or meaning.kind in ("ask_back", "question", "snag")
    return "-" if put_again else f"{meaning.kind} {meaning.id}"


@pytest.mark.parametrize(("step", "text", "meant"), list(_cases()))
def test_an_answer_is_taken_for_what_was_meant(step: str, text: str, meant: str) -> None:
    context = _at(*step.split("/"))
    shown = current_screen(context)
    at = step_that_waits(context, shown)
    assert _said(understand(LIBRARY, text, shown.candidates, shown.hidden, at=at, today=TODAY)) == meant
