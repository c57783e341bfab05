"""A procedure on paper, for villages without a network: every step with a box to tick, every condition in words."""

from dataclasses import dataclass
from string import ascii_lowercase
from typing import assert_never

from bot.sharing.leaflet import Leaflet
from flows.definition.procedure import Procedure
from flows.definition.steps import AnyStep, Ask, Do, Done, Papers, Tell, When
from flows.dialogue import position


@dataclass(frozen=True)
class Item:
    """One step.

    Attributes:
        when: for whom it is, in words; "" for everybody.
        boxes: what is ticked in it: the options of a question, papers; a step without any is ticked off itself.
    """

    number: int
    text: str
    when: str = ""
    boxes: tuple[str, ...] = ()


def list_items(leaflet: Leaflet) -> list[Item]:
    """List the steps in their order. One that hangs on arithmetic is left out: paper can't count."""
    if leaflet.procedure is None:
        return []
    steps = [step for step in leaflet.procedure.steps if not _needs_arithmetic(step.when)]
    conditions = _Conditions(leaflet, {step.id: number for number, step in enumerate(steps, 1)})
    return [_make_item(leaflet, conditions, step) for step in steps]


def _make_item(leaflet: Leaflet, conditions: "_Conditions", step: AnyStep) -> Item:
    number, when = conditions.numbers[step.id], conditions.in_words(step.when)
    text = leaflet.fill_in(step.text)
    if step.unsure(leaflet.today):
        text = f"{text} {leaflet.context.unsure(leaflet.library.sentences.unsure_mark)}"
    match step:
        case Ask():
            options = position.options_of(step, leaflet.today)
            lettered = (f"{letter}. {option.label}" for letter, option in zip(ascii_lowercase, options, strict=False))
            return Item(number, text, when, tuple(lettered))
        case Papers():
            return Item(number, text, when, tuple(_paper_boxes(leaflet, conditions, step)))
        case Tell() | Do() | Done():
            return Item(number, text, when)
        case _:
            assert_never(step)


def _paper_boxes(leaflet: Leaflet, conditions: "_Conditions", step: Papers) -> list[str]:
    found = ((leaflet.paper_label(paper, step), conditions.in_words(paper.when)) for paper in step.papers)
    return [f"{text} ({when})" if when else text for text, when in found]


def _needs_arithmetic(when: When | None) -> bool:
    return when is not None and any(part.rule for part in when.parts())


@dataclass(frozen=True)
class _Conditions:
    leaflet: Leaflet
    numbers: dict[str, int]

    def in_words(self, when: When | None) -> str:
        """Write a condition: "nếu câu 2 chọn a, c và chưa có Giấy khai sinh"; "" where there is none to tell."""
        said = self._write_parts(when, denied=False) if when else ""
        return f"nếu {said}" if said else ""

    def _write_parts(self, when: When, *, denied: bool) -> str:
        """Write a condition of which all parts hold; of a denied one at least one does not."""
        parts = [self._write_answer(step, values, denied) for step, values in when.equals.items()]
        parts += [self._write_parts(inner, denied=denied) for inner in when.all]
        parts.append(self._join_parts([self._write_parts(inner, denied=denied) for inner in when.any], every=denied))
        parts += [self._write_parts(when.not_, denied=not denied)] if when.not_ else []
        parts += [self._write_has_paper(when.has_paper, denied)] if when.has_paper else []
        return self._join_parts(parts, every=not denied)

    def _join_parts(self, parts: list[str], *, every: bool) -> str:
        known = [part for part in parts if part]
        if len(known) < 2:
            return "".join(known)
        inner = (f"({part})" if " hoặc " in part or " và " in part else part for part in known)
        return (" và " if every else " hoặc ").join(inner)

    def _write_answer(self, step_id: str, values: tuple[str, ...], denied: bool) -> str:
        step = _find_step(self.leaflet.procedure, step_id)
        if not isinstance(step, Ask) or step_id not in self.numbers:
            return ""
        options = position.options_of(step, self.leaflet.today)
        letters = (letter for letter, option in zip(ascii_lowercase, options, strict=False) if option.id in values)
        return f"câu {self.numbers[step_id]} {'không chọn' if denied else 'chọn'} {', '.join(letters)}"

    def _write_has_paper(self, paper_id: str, denied: bool) -> str:
        papers = self.leaflet.procedure.papers if self.leaflet.procedure else ()
        name = next((paper.name for _, paper in papers if paper.id == paper_id), "")
        return f"{'chưa có' if denied else 'đã có'} {name}" if name else ""


def _find_step(procedure: Procedure | None, step_id: str) -> AnyStep | None:
    return procedure.step(step_id) if procedure else None
