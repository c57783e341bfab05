"""How lines that are said at a step are heard: right, asked back, not understood, or recorded wrongly."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from flows.checks.check import paths
from flows.definition.sayings import Saying
from flows.dialogue.advance import Turn, advance
from flows.messages import Message
from flows.state import State
from tests.content import LIBRARY

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)
_OFFERING = ("between", "which", "switch")


@cache
def state_at(procedure: str, step: str) -> State | None:
    """Return a conversation that stands at a step; None where no path meets it."""
    known = LIBRARY.procedures[procedure]
    for answers, slot in paths(known, NOW.date()):
        if slot.id == step:
            at = {"version": known.version, "at": step, "asking": None, "commune": "na-ri", "greeted": True}
            return State.model_validate({"procedure": procedure, "answers": answers, **at})
    return None


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
            return recorded <= meant if recorded else heard.kind == "ask_back"
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
