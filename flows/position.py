"""Where a citizen stands in a procedure: worked out anew from their answers at every turn.

There is no stored pointer to keep right. The position is the first slot, in the order of the file, that applies and has
no answer; going back is forgetting one answer; changing an answer is changing one answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flows import rules
from flows.procedure import AnyStep, Ask, Done, Option, Paper, Papers, Procedure, When

HAVE_ALL, ONE_BY_ONE = "du", "tung-cai"
HAVE, LACK = "co", "chua"
NEXT, FINISHED, STUCK = "tiep", "xong", "vuong"
PASSED_OVER = ""


@dataclass(frozen=True)
class Slot:
    """One thing to answer: a step, or one paper of a `papers` step."""

    id: str
    step: AnyStep
    paper: Paper | None = None


@dataclass(frozen=True)
class Walk:
    """The way through a procedure under given answers.

    Attributes:
        settled: answered slots before the position, in order.
        here: the slot to put now; the `done` step at the end.
        ahead: steps below the position that apply or still may.
        live: the answers that count: those to steps that apply.
    """

    settled: tuple[Slot, ...]
    here: Slot
    ahead: tuple[AnyStep, ...]
    live: Mapping[str, str]

    @property
    def progress(self) -> tuple[int, int]:
        """(number of the step on screen, how many steps there are at most)."""
        before = {slot.step.id for slot in self.settled} - {self.here.step.id}
        return len(before) + 1, len(before) + 1 + len(self.ahead)

    def papers(self, today: date) -> tuple[tuple[Paper, bool], ...]:
        """(paper, has it) for each paper of the steps that have been reached."""
        steps = dict.fromkeys(slot.step.id for slot in (*self.settled, self.here))
        by_id = {slot.step.id: slot.step for slot in (*self.settled, self.here)}
        return tuple(
            (paper, self.live.get(f"{step_id}/{paper.id}") == HAVE)
            for step_id in steps
            if isinstance(step := by_id[step_id], Papers)
            for paper in papers_of(step, self.live, today)
        )


def options_of(step: Ask, today: date) -> tuple[Option, ...]:
    return step.options or rules.OPTIONS[step.options_from or ""](today)


def papers_of(step: Papers, live: Mapping[str, str], today: date) -> tuple[Paper, ...]:
    return tuple(paper for paper in step.papers if holds(paper.when, live, frozenset(), today))


def walk(procedure: Procedure, answers: Mapping[str, str], today: date) -> Walk:
    """Replays the answers over the procedure."""
    settled: list[Slot] = []
    ahead: list[AnyStep] = []
    here: Slot | None = None
    live: dict[str, str] = {}
    unknown: set[str] = set()
    for step in procedure.steps:
        applies = holds(step.when, live, unknown, today)
        if applies is False:
            continue
        waiting = None if applies is None else _first_open(step, answers, live, settled if here is None else [], today)
        if applies is None or waiting is not None:
            unknown.add(step.id)
        if here is None and waiting is not None:
            here = waiting
        elif here is not None:
            ahead.append(step)
    return Walk(tuple(settled), here or Slot(procedure.steps[-1].id, procedure.steps[-1]), tuple(ahead), live)


def _first_open(
    step: AnyStep, answers: Mapping[str, str], live: dict[str, str], settled: list[Slot], today: date
) -> Slot | None:
    """The slot of this step that waits for an answer. Answered ones before it go to `settled` and `live`."""
    for slot in _slots(step, answers, live, today):
        answer = answers.get(slot.id)
        if answer is None or not _fits(slot, answer):
            return slot
        settled.append(slot)
        live[slot.id] = answer
    if isinstance(step, Papers) and answers[step.id] == HAVE_ALL:
        live.update({f"{step.id}/{paper.id}": HAVE for paper in papers_of(step, live, today)})
    return None


def _slots(step: AnyStep, answers: Mapping[str, str], live: Mapping[str, str], today: date) -> Iterator[Slot]:
    yield Slot(step.id, step)
    if isinstance(step, Papers) and answers.get(step.id) == ONE_BY_ONE:
        for paper in papers_of(step, live, today):
            yield Slot(f"{step.id}/{paper.id}", step, paper)


def _fits(slot: Slot, answer: str) -> bool:
    """False for an answer whose option is gone from the file: the question is open again."""
    if isinstance(slot.step, Done):
        return False
    if not isinstance(slot.step, Ask) or slot.step.options_from or answer == PASSED_OVER:
        return True
    return any(option.id == answer for option in slot.step.options)


def holds(when: When | None, live: Mapping[str, str], unknown: set[str] | frozenset[str], today: date) -> bool | None:
    """Whether a condition holds; None while it hangs on a step in `unknown`, which may still be answered."""
    if when is None:
        return True
    found = [_equals(step, wanted, live, unknown) for step, wanted in when.equals.items()]
    found += [holds(inner, live, unknown, today) for inner in when.all]
    if when.any:
        found.append(_any([holds(inner, live, unknown, today) for inner in when.any]))
    if when.not_:
        inner = holds(when.not_, live, unknown, today)
        found.append(None if inner is None else not inner)
    if when.has_paper:
        found.append(_has(when.has_paper, live, unknown))
    if when.rule:
        open_ = any(step in unknown for step in rules.READS[when.rule])
        found.append(None if open_ else rules.CONDITIONS[when.rule](live, today))
    return False if False in found else None if None in found else True


def _equals(
    step: str, wanted: tuple[str, ...], live: Mapping[str, str], unknown: set[str] | frozenset[str]
) -> bool | None:
    return None if step in unknown else live.get(step) in wanted


def _any(found: list[bool | None]) -> bool | None:
    return True if True in found else None if None in found else False


def _has(paper: str, live: Mapping[str, str], unknown: set[str] | frozenset[str]) -> bool | None:
    said = {value for slot, value in live.items() if slot.endswith(f"/{paper}")}
    return HAVE in said if said or not unknown else None


def reopen_missing(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers without "not yet" for a paper, so that each is asked again."""
    return {slot: answer for slot, answer in answers.items() if not ("/" in slot and answer == LACK)}


def carry_over(procedure: Procedure, answers: Mapping[str, str], at: str, today: date) -> dict[str, str]:
    """The answers that put a citizen at the same step after the content changed, or at the last surviving one before it.

    Steps that were added above their place are passed over; a question whose chosen option is gone is asked again.
    """
    kept = dict(answers)
    order = [step.id for step in procedure.steps]
    if _step(at) not in order:
        survivors = [slot for slot in kept if _step(slot) in order]
        at = survivors[-1] if survivors else order[0]
        kept.pop(at, None)
    for _ in order:
        here = walk(procedure, kept, today).here
        if here.id in kept or order.index(here.step.id) >= order.index(_step(at)):
            break
        kept[here.id] = PASSED_OVER
    return kept


def _step(slot: str) -> str:
    return slot.partition("/")[0]
