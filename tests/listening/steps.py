"""How lines that are said at a step are heard: right, asked back, not understood, or recorded wrongly."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from flows.checks.check import paths
from flows.definition.sayings import NONE, Saying
from flows.dialogue import on_screen
from flows.dialogue.advance import Turn, advance
from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.messages import Message
from flows.state import State
from tests.content import LIBRARY
from tests.listening import read_lines, read_steps

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)
_OFFERING = ("between", "which", "switch")
# What lines of the other sets, and those that only sound like their set, count together beside all that are said at steps.
_ELSEWHERE = {"person": 400, "danger": 400, "portal-trouble": 150, "noise": 100, "not-ours": 100}


@cache
def state_at(procedure: str, step: str) -> State | None:
    """Return a conversation that stands at a step; None where no path meets it."""
    known = LIBRARY.procedures[procedure]
    for answers, slot in paths(known, NOW.date()):
        if slot.id == step:
            at = {"version": known.version, "at": step, "asking": None, "commune": "na-ri", "greeted": True}
            return State.model_validate({"procedure": procedure, "answers": answers, **at})
    return None


@dataclass(frozen=True)
class Placed:
    """A line at a step: where it was said, or for a line of another set as if it were said there.

    Attributes:
        counts: how much it counts where something is learnt from it.
    """

    line: Saying
    procedure: str
    step: str
    counts: float = 1.0


def place_lines() -> Sequence[Placed]:
    """Return all lines that may be learnt from at steps, each text once."""
    placed = [Placed(line, line.set, line.step) for line in read_steps() if not line.kept_aside]
    places = [(one.procedure, one.step) for one in placed]
    for name, most in _ELSEWHERE.items():
        known = [line for line in read_lines(name) if not line.kept_aside]
        calls, alike = [line for line in known if line.kind != NONE], [line for line in known if line.kind == NONE]
        for lines in (calls, alike):
            counts = min(1.0, most / max(1, len(lines)))
            placed += [Placed(line, *places[hash_of(line) % len(places)], counts) for line in lines]
    return list({one.line: one for one in placed}.values())


@cache
def where_of(procedure: str, step: str) -> str:
    """Return what sort of step it is."""
    state = state_at(procedure, step)
    assert state, f"no path of {procedure} meets {step}"
    context = TurnContext(LIBRARY, state, NOW.date())
    at = on_screen.step_that_waits(context, current_screen(context))
    assert at
    return at.where


def hash_of(line: Saying) -> int:
    return int(hashlib.sha256(line.say.encode()).hexdigest(), 16)


def judge(line: Saying, text: str) -> str:
    """Return "right", "wrong" (something was recorded that was not meant), "unclear", or what it was taken for instead."""
    before = state_at(line.set, line.step)
    assert before, f"no path of {line.set} meets {line.step}"
    turn = advance(LIBRARY, before, Message(text=text), NOW)
    after = turn.state
    same = after.procedure == before.procedure
    recorded = {v for k, v in after.answers.items() if before.answers.get(k) != v} if same else set()
    if _is_right(line, turn, recorded):
        return "right"
    if recorded:
        return "wrong"
    return turn.heard.kind


def _is_right(line: Saying, turn: Turn, recorded: set[str]) -> bool:
    heard, meant, state = turn.heard, set(line.means), turn.state
    offered = set(state.offered) if state.asking in _OFFERING else set()
    match line.kind:
        case "answer":
            return bool(recorded & meant) if recorded else heard.kind == "ask_back" and bool(offered & meant)
        case "ambiguous":
            snag = (
                where_of(line.set, line.step) == "deed" and heard.kind == "snag"
            )  # between two troubles: all are shown
            return recorded <= meant if recorded else snag or heard.kind == "ask_back"
        case "command":
            wanted = {heard.id} if heard.kind == "command" else {"human"} if heard.kind == "person" else set()
            return bool(wanted & meant)
        case "errand":
            return bool(meant & {*offered, state.procedure, heard.procedure})
        case "snag":
            return not recorded and heard.kind in ("snag", "person")
        case "correction":
            return heard.kind == "correction" or heard.id == "change"
        case "question" | "later":
            return not recorded and heard.kind == line.kind
        case "talk":
            return not recorded and heard.kind not in ("danger", "person")
        case _:
            return not recorded


def score(lines: Iterable[Saying], *, bare: bool = False) -> Counter[str]:
    return Counter(judge(line, line.bare if bare else line.say) for line in lines)
