"""Position of a citizen in a procedure, worked out anew from their answers at every turn.

There is no stored pointer to keep right. The position is the first slot, in the order of the file, that applies and has
no answer; going back is forgetting one answer; changing an answer is changing one answer.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import assert_never

from flows.definition import rules
from flows.definition.facts import value_on
from flows.definition.procedure import Procedure
from flows.definition.steps import AnyStep, Ask, Do, Done, Option, Paper, Papers, Tell, When

HAVE_ALL, ONE_BY_ONE = "du", "tung-cai"
HAVE, LACK, HAVE_REST = "co", "chua", "co-not"  # HAVE_REST: there, as it was not named among the missing
NEXT, FINISHED, STUCK = "tiep", "xong", "vuong"
PASSED_OVER = ""
_MARK = 6  # words beside a paper that not everybody needs, or of which we are not sure
_LETTERS = 6  # of a long word, so that a text without blanks counts too
_FILLED = {"{commune.": 9, "{procedure.agency": 36, "{procedure.search": 18, "{value.": 4}  # words for a place
_FACT = re.compile(r"\{fact\.([a-z]+)\}")
_BELOW, _MISSING, _DOUBT = 9, 9, 12  # words of the question below papers and at the end, of a missing paper, of a doubt
_WITH = "+"  # before the slot on whose screen this one was read
_TOGETHER, _WORDS = 4, 115  # steps that ask nothing, and words, that share one screen
_REMEMBERED = 1024  # cached walks, of a few KB each


@dataclass(frozen=True)
class Slot:
    """One thing to answer: a step, or one paper of a `papers` step."""

    id: str
    step: AnyStep
    paper: Paper | None = None


@dataclass(frozen=True)
class Walk:
    """Way through a procedure under given answers.

    Attributes:
        settled: answered slots before the position, in order.
        here: the first open slot; the `done` step at the end.
        beside: open slots that share its screen, as the ones before them ask nothing.
        ahead: steps below the position that are likely to come.
        live: the answers that count: those to steps that apply.
        count: counts the screens; only asked where they are told, as it walks through all that lie ahead.
    """

    settled: tuple[Slot, ...]
    here: Slot
    beside: tuple[Slot, ...]
    ahead: tuple[AnyStep, ...]
    live: Mapping[str, str]
    count: Callable[[], tuple[int, int]] = field(repr=False, compare=False)

    @cached_property
    def progress(self) -> tuple[int, int]:
        """The number of this screen, and how many there are likely to be before the end.

        What was answered already, here or among the questions for the papers, was a screen each, so that the number goes up
        by one at a time.
        """
        return self.count()

    @property
    def shown(self) -> tuple[Slot, ...]:
        """The slots on screen."""
        return (self.here, *self.beside)

    @property
    def last_slot(self) -> Slot:
        """The last slot on screen, which puts the question."""
        return self.shown[-1]

    @property
    def asks_a_deed(self) -> bool:
        """Whether something is to be done, by what stands anywhere on screen."""
        return any(isinstance(slot.step, Do) for slot in self.shown)

    @property
    def at_end(self) -> bool:
        """Whether nothing is left to do."""
        return isinstance(self.last_slot.step, Done)

    def papers(self, today: date) -> tuple[tuple[Paper, bool], ...]:
        """Return (paper, has it) for each needed paper of the steps that have been reached."""
        steps = dict.fromkeys(slot.step.id for slot in (*self.settled, self.here))
        by_id = {slot.step.id: slot.step for slot in (*self.settled, self.here)}
        return tuple(
            (paper, self.live.get(f"{step_id}/{paper.id}") in (HAVE, HAVE_REST))
            for step_id in steps
            if isinstance(step := by_id[step_id], Papers)
            for paper in needed(step, self.live, today)
        )


def options_of(step: Ask, today: date) -> tuple[Option, ...]:
    return step.options or rules.OPTIONS[step.options_from or ""](today)


def papers_of(step: Papers, live: Mapping[str, str], today: date) -> tuple[Paper, ...]:
    return tuple(paper for paper in step.papers if holds(paper.when, live, today))


def needed(step: Papers, live: Mapping[str, str], today: date) -> tuple[Paper, ...]:
    """Return the papers that can be missing: those that apply and are not optional."""
    return tuple(paper for paper in papers_of(step, live, today) if not paper.optional)


def unticked(step: Papers, live: Mapping[str, str], answers: Mapping[str, str], today: date) -> tuple[Paper, ...]:
    """Return the needed papers that were told neither there nor missing."""
    return tuple(paper for paper in needed(step, live, today) if f"{step.id}/{paper.id}" not in answers)


def walk(procedure: Procedure, answers: Mapping[str, str], today: date) -> Walk:
    """Replay the answers over the procedure. What lies ahead is guessed as if the first option were picked each time.

    The last walks are cached: a turn begins where the one before it ended.
    """
    return _walk(procedure, tuple(answers.items()), today)


@lru_cache(maxsize=_REMEMBERED)
def _walk(procedure: Procedure, given: tuple[tuple[str, str], ...], today: date) -> Walk:
    answers = dict(given)
    settled: list[Slot] = []
    ahead: list[AnyStep] = []
    here: Slot | None = None
    live: dict[str, str] = {}
    guess: dict[str, str] = {}
    for step in procedure.steps:
        if not holds(step.when, guess, today):
            continue
        if here is None:
            here = _first_open(step, answers, live, settled, today)
            guess = dict(live)
        else:
            ahead.append(step)
        if here:
            guess.setdefault(step.id, answers.get(step.id) or _first(step, today))
            guess.update(_ticked(step, guess, today))
    here = here or Slot(procedure.steps[-1].id, procedure.steps[-1])
    return Walk(
        tuple(settled),
        here,
        tuple(_beside(here, ahead, answers, partial(_fits, procedure, live, today))),
        tuple(ahead),
        live,
        partial(_count_screens, here, settled, ahead, answers, partial(_fits, procedure, guess, today)),
    )


def _count_screens(
    here: Slot,
    settled: Sequence[Slot],
    ahead: list[AnyStep],
    answers: Mapping[str, str],
    fits: Callable[[Sequence[AnyStep]], bool],
) -> tuple[int, int]:
    """Return the number of the screen at `here`, and of the last one before the end."""
    told = {slot.step.id for slot in settled if not answers[slot.id].startswith(_WITH)} - {here.step.id}
    before = len(told) + sum(step.id in answers for step in ahead)
    left, total = [here.step, *(step for step in ahead if step.id not in answers)], before
    while left:
        first, *left = left
        put = [first, *(slot.step for slot in _beside(Slot(first.id, first), left, answers, fits))][-1]
        left = left[left.index(put) + 1 :] if put is not first else left
        total += not isinstance(put, Done)
    return min(before + 1, max(total, 1)), max(total, 1)


def _beside(
    here: Slot, ahead: list[AnyStep], answers: Mapping[str, str], fits: Callable[[Sequence[AnyStep]], bool]
) -> Iterator[Slot]:
    """Yield what fits on the screen of a step that asks nothing: more of these, and after what is only told a question."""
    shown = [here.step]
    for step in ahead:
        if step.id in answers:
            continue
        last = shown[-1]
        waits = isinstance(last, Do) and last.takes
        if waits or not _asks_nothing(last) or not fits((*shown, step)):
            return
        if _asks_nothing(step) and len(shown) == _TOGETHER:
            return
        if not _asks_nothing(step) and any(isinstance(each, Do) for each in shown):
            return
        shown.append(step)
        yield Slot(step.id, step)


def _asks_nothing(step: AnyStep) -> bool:
    """Tell whether another step may share its screen below it."""
    match step:
        case Tell() | Do():
            return True
        case Ask() | Papers() | Done():
            return False
        case _:
            assert_never(step)


def _fits(procedure: Procedure, live: Mapping[str, str], today: date, steps: Sequence[AnyStep]) -> bool:
    """Estimate whether one screen holds these steps: their texts, what is filled in, the doubts told below."""
    papers = [paper for step in steps if isinstance(step, Papers) for paper in papers_of(step, live, today)]
    sizes = [_size_of(procedure, step.id, today) for step in steps]
    sizes += [_size(f"{paper.name} {paper.note or ''}") for paper in papers]
    letters = sum(letters for _, letters, _ in sizes) - 1  # no blank after the last
    words = max(sum(words for words, _, _ in sizes), letters // _LETTERS)
    words += sum(filled for _, _, filled in sizes)
    words += _BELOW * any(isinstance(step, Done | Papers) for step in steps)
    words += _MISSING * sum(value == LACK for value in live.values()) * isinstance(steps[-1], Done)
    words += _DOUBT * len({step.certainty for step in steps} - {"confirmed"})
    return words + _MARK * sum(paper.certainty != "confirmed" or paper.optional for paper in papers) <= _WORDS


@lru_cache(maxsize=_REMEMBERED)
def _size_of(procedure: Procedure, step_id: str, today: date) -> tuple[int, int, int]:
    """Return the size of a step's text, with the facts that it names."""
    step = procedure.step(step_id)
    text = step.text if step else ""
    facts = [value_on(procedure.facts.get(fact, ()), today) for fact in _FACT.findall(text)]
    return _size(" ".join((text, *(fact.text for fact in facts if fact and fact.text))))


def _size(text: str) -> tuple[int, int, int]:
    """Return the words of a text, its letters, and the words that will be filled in."""
    return len(text.split()), len(text) + 1, sum(count * text.count(place) for place, count in _FILLED.items())


def answer_shown(walk: Walk, value: str) -> dict[str, str]:
    """Return the answers to all that is on screen: the last slot gets the value, the others that they were read with it."""
    *others, last = walk.shown
    return {**{slot.id: f"{_WITH}{last.id}" for slot in others}, last.id: value}


def take_back(walk: Walk, answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers without those of the last screen."""
    last = walk.settled[-1]
    papers = next((f"{slot.step.id}/" for slot in (walk.here, last) if slot.paper), None)
    told = [slot for slot in answers if papers and slot.startswith(papers)]  # in the order in which they were told
    forgotten = told[-1] if told else last.id
    together = {slot for slot, value in answers.items() if value == f"{_WITH}{forgotten}"}
    if answers[forgotten] == HAVE_REST:
        together |= {slot for slot in told if answers[slot] == HAVE_REST}
    return {slot: value for slot, value in answers.items() if slot != forgotten and slot not in together}


def _first_open(
    step: AnyStep, answers: Mapping[str, str], live: dict[str, str], settled: list[Slot], today: date
) -> Slot | None:
    """Return the slot of this step that waits for an answer. Answered ones before it are added to `settled` and `live`."""
    for slot in _slots(step, answers, live, today):
        answer = answers.get(slot.id)
        if answer is None or not _counts(slot, answer):
            return slot
        settled.append(slot)
        live[slot.id] = answer
    live.update(_ticked(step, live, today))
    return None


def _ticked(step: AnyStep, live: Mapping[str, str], today: date) -> dict[str, str]:
    """Return every paper of the step as there, after "Có đủ cả rồi"."""
    if not isinstance(step, Papers) or live.get(step.id) != HAVE_ALL:
        return {}
    return {f"{step.id}/{paper.id}": HAVE for paper in papers_of(step, live, today)}


def _first(step: AnyStep, today: date) -> str:
    match step:
        case Ask():
            return options_of(step, today)[0].id
        case Papers():
            return HAVE_ALL
        case Tell() | Do() | Done():
            return NEXT
        case _:
            assert_never(step)


def _slots(step: AnyStep, answers: Mapping[str, str], live: Mapping[str, str], today: date) -> Iterator[Slot]:
    yield Slot(step.id, step)
    match step:
        case Papers():
            if answers.get(step.id) == ONE_BY_ONE:
                yield from (Slot(f"{step.id}/{paper.id}", step, paper) for paper in needed(step, live, today))
        case Ask() | Tell() | Do() | Done():
            return
        case _:
            assert_never(step)


def _counts(slot: Slot, answer: str) -> bool:
    """Return whether an answer still counts; one whose option is gone from the file leaves the question open again."""
    step = slot.step
    match step:
        case Done():
            return False
        case Ask():
            passed = step.options_from or answer == PASSED_OVER
            return bool(passed) or any(option.id == answer for option in step.options)
        case Tell() | Papers() | Do():
            return True
        case _:
            assert_never(step)


def holds(when: When | None, live: Mapping[str, str], today: date) -> bool:
    """Return whether a condition holds under these answers; an open question fits nothing."""
    if when is None:
        return True
    for step, wanted in when.equals.items():
        if live.get(step) not in wanted:
            return False
    return (
        (not when.all or all(holds(inner, live, today) for inner in when.all))
        and (not when.any or any(holds(inner, live, today) for inner in when.any))
        and (when.not_ is None or not holds(when.not_, live, today))
        and (when.has_paper is None or _has(when.has_paper, live))
        and (when.rule is None or rules.CONDITIONS[when.rule](live, today))
    )


def may_hold(when: When | None, answers: Mapping[str, str]) -> bool:
    """Return whether no answer so far shuts a condition out; what is not answered yet may still come to fit."""
    equals = when.equals if when else {}
    return all(step not in answers or answers[step] in wanted for step, wanted in equals.items())


def _has(paper: str, live: Mapping[str, str]) -> bool:
    return any(slot.endswith(f"/{paper}") and value in (HAVE, HAVE_REST) for slot, value in live.items())


def reopen_missing(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers without "not yet" for a paper, so that each is asked again."""
    return {slot: answer for slot, answer in answers.items() if not ("/" in slot and answer == LACK)}


def carry_over(procedure: Procedure, answers: Mapping[str, str], at: str, today: date) -> dict[str, str]:
    """Return the answers that keep a citizen's step after the content changed, or the last surviving one before it.

    Steps that were added above their place are passed over; a question whose chosen option is gone is asked again.
    """
    kept = dict(answers)
    order = [step.id for step in procedure.steps]
    if step_of(at) not in order:
        survivors = [slot for slot in kept if step_of(slot) in order]
        at = survivors[-1] if survivors else order[0]
        kept.pop(at, None)
    for _ in order:
        here = walk(procedure, kept, today).here
        if here.id in kept or order.index(here.step.id) >= order.index(step_of(at)):
            break
        kept[here.id] = PASSED_OVER
    return kept


def step_of(slot: str) -> str:
    """Return the step of a slot, which may be one of its papers."""
    return slot.partition("/")[0]
