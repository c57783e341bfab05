"""What people say at a step stands beside a step that exists: what was taken out of a procedure goes from its sayings too."""

from flows.definition.steps import Ask, Do, Papers
from flows.dialogue.position import options_of
from tests.content import LIBRARY
from tests.listening import read_steps
from tests.listening.steps import NOW, state_at

_MEANING = ("answer", "ambiguous", "snag")


def ids_at(procedure: str, step: str) -> set[str]:
    """Return what may be meant at a step: its options, its troubles, or its papers."""
    known = {one.id: one for one in LIBRARY.procedures[procedure].steps}[step.partition("/")[0]]
    match known:
        case Ask():
            return {option.id for option in options_of(known, NOW.date())}
        case Do():
            return {trouble.id for trouble in known.troubles} | {"xong"}
        case Papers():
            return {paper.id for paper in known.papers} | {"du", "tung-cai", "co", "chua"}
        case _:
            return set()


def test_every_line_was_said_at_a_step_that_people_meet() -> None:
    assert sorted({(line.set, line.step) for line in read_steps() if not state_at(line.set, line.step)}) == []


def test_every_line_means_what_may_be_meant_there() -> None:
    lines = [line for line in read_steps() if line.kind in _MEANING]
    unknown = [
        (line.set, line.step, line.say, line.means)
        for line in lines
        if not set(line.means) <= ids_at(line.set, line.step)
    ]
    assert unknown == []
