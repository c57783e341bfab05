"""Steps of a procedure, what they list, and the conditions under which they are said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self, assert_never

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from flows.definition.statements import Id, Label, Leading, Part, Sourced, Text, needs_source

Spoken = Literal["yes", "no", "not_yet", "unsure"]
Said = Spoken | Literal["refuse"]  # "thôi", "đừng": a no, but never a "not yet"


class When(Part):
    """Condition on the answers so far; all that it names must hold.

    when: {noi-o: thuong-tru}          the answer is this
    when: {noi-o: [tam-tru, o-nho]}    the answer is one of these
    when: {not: {noi-o: thuong-tru}}   also `any: [...]`, `all: [...]`
    when: {has_paper: giay-khai-sinh}  the citizen has that paper
    when: {rule: lop-1-hoc-muon}       a named rule of flows/definition/rules.py
    """

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)
    __pydantic_extra__: dict[str, str | tuple[str, ...]] = Field(init=False)

    not_: "When | None" = Field(default=None, alias="not")
    any: tuple["When", ...] = ()
    all: tuple["When", ...] = ()
    has_paper: Id | None = None
    rule: Id | None = None

    @model_validator(mode="before")
    @classmethod
    def _names_answers(cls, written: Any) -> Any:
        known = {info.alias or name for name, info in cls.model_fields.items()}
        for name, value in written.items() if isinstance(written, dict) else ():
            if name not in known and isinstance(value, dict):
                raise ValueError(f"trong when không có `{name}`: dùng not, any, all, hoặc mã một câu hỏi")
        return written

    @cached_property
    def equals(self) -> dict[str, tuple[str, ...]]:
        """Step id -> answers that fit."""
        named = self.__pydantic_extra__ or {}
        return {step: (value,) if isinstance(value, str) else value for step, value in named.items()}

    def parts(self) -> Iterator["When"]:
        """Yield this condition and every one inside it."""
        yield self
        for inner in (*self.any, *self.all, *((self.not_,) if self.not_ else ())):
            yield from inner.parts()


def both(first: When | None, second: When | None) -> When | None:
    """Return the condition under which two others hold."""
    if first is None or second is None:
        return first or second
    return When(all=(first, second))


@dataclass(frozen=True)
class Range:
    """Whole numbers from `least` to `most`, both included; None is open. Written "6..13", "..60", "2.." or "2021"."""

    least: int | None
    most: int | None

    def __contains__(self, number: int) -> bool:
        return (self.least is None or self.least <= number) and (self.most is None or number <= self.most)


def _range(written: object) -> object:
    if not isinstance(written, str):
        return written
    match = _RANGE.fullmatch(written.strip())
    if match is None:
        raise ValueError("khoảng số viết như 6..13, ..60, 2.. hoặc 2021")
    least, dots, most = (match[name] for name in ("least", "dots", "most"))
    if least and most and int(least) > int(most):
        raise ValueError(f"khoảng số viết số nhỏ trước: {most}..{least}")
    return Range(int(least) if least else None, int(most) if most else None if dots else int(least))


_RANGE = re.compile(r"(?=.*\d)(?P<least>\d+)?(?:(?P<dots>\.\.)(?P<most>\d+)?)?")
Numbers = Annotated[Range, BeforeValidator(_range, json_schema_input_type=str)]


def _days(written: object) -> object:
    """Parse "15 ngày", or "20 ngày làm việc": five of these make a week."""
    if not isinstance(written, str):
        return written
    match = re.fullmatch(r"(\d+) ngày( làm việc)?", written.strip())
    if match is None:
        raise ValueError("thời gian viết như 15 ngày hoặc 20 ngày làm việc")
    return -(-int(match[1]) * 7 // 5) if match[2] else int(match[1])


Days = Annotated[int, BeforeValidator(_days, json_schema_input_type=str)]


class Option(Part):
    """One answer to a question."""

    id: Id
    label: Label
    says: tuple[Text, ...] = Field(default=(), description="Cách bà con hay nói câu trả lời này")
    spoken: Spoken | None = Field(
        default=None, description="yes/no/not_yet/unsure: hiểu cả “có”, “không”, “chưa”, “không biết”"
    )
    age: Numbers | None = Field(default=None, description="Tuổi, ví dụ 6..13 hoặc 75..")
    born: Numbers | None = Field(default=None, description="Năm sinh, ví dụ 2021 hoặc ..2018")
    days: Numbers | None = Field(default=None, description="Bao nhiêu ngày rồi, ví dụ ..60 hoặc 61..")
    count: Numbers | None = Field(default=None, description="Bao nhiêu người, bao nhiêu cái, ví dụ 1 hoặc 2..")
    abroad: bool = Field(default=False, description="true: nói tên một nước khác là chọn câu này")

    # Compared by identity, as procedures are: what is remembered of it is looked up at every turn.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Paper(Sourced):
    """Document that the citizen needs, an entry of a `papers` step."""

    must_name_source = True

    id: Id
    name: Label
    note: Text | None = None
    optional: bool = Field(default=False, description="true: có thì nộp, không có cũng được; không tính là còn thiếu")
    when: When | None = None
    _sourced = model_validator(mode="after")(needs_source)


class Trouble(Leading):
    """Known problem at a `do` step, with its cure."""

    id: Id
    title: Label
    cure: Text
    short: Text | None = Field(default=None, description="Bản ngắn cho tờ giới thiệu: vướng gì thì làm gì, một câu")
    says: tuple[Text, ...] = ()


class Step(Leading):
    """Base of the steps: `text` is said where `when` holds."""

    id: Id
    text: Text
    when: When | None = None


class Ask(Step):
    """Question with 2-6 options, written here or computed for the day by `options_from` (flows/definition/rules.py)."""

    kind: Literal["ask"]
    options: tuple[Option, ...] = ()
    options_from: Id | None = None
    why: Text | None = Field(default=None, description="Vì sao em hỏi: nói khi bác hỏi “để làm gì”")

    @model_validator(mode="after")
    def _has_options(self) -> Self:
        if (self.options_from is None) == (not self.options):
            raise ValueError("câu hỏi cần options hoặc options_from (chỉ một trong hai)")
        if self.options and not 2 <= len(self.options) <= 6:
            raise ValueError("câu hỏi cần từ 2 đến 6 lựa chọn")
        return self


class Tell(Step):
    """Information to read."""

    kind: Literal["tell"]


class Papers(Step):
    """List of papers: "Có đủ cả rồi", or one by one."""

    kind: Literal["papers"]
    papers: tuple[Paper, ...] = Field(min_length=1)


class Do(Step):
    """Task for the citizen, with the troubles known of it."""

    kind: Literal["do"]
    takes: Days | None = Field(default=None, description="Mất bao lâu, ví dụ “15 ngày” hoặc “20 ngày làm việc”")
    troubles: tuple[Trouble, ...] = Field(default=(), max_length=6)


class Done(Step):
    """Last step of a procedure, and only that."""

    kind: Literal["done"]


AnyStep = Annotated[Ask | Tell | Papers | Do | Done, Field(discriminator="kind")]


def parts_of(step: AnyStep) -> tuple[Paper | Trouble, ...]:
    """Return what a step lists: its papers or its troubles."""
    match step:
        case Papers():
            return step.papers
        case Do():
            return step.troubles
        case Ask() | Tell() | Done():
            return ()
        case _:
            assert_never(step)


def conditions_of(step: AnyStep) -> tuple["When", ...]:
    """Return the conditions of a step and of its papers."""
    inner = (part.when for part in parts_of(step) if isinstance(part, Paper))
    return tuple(when for when in (step.when, *inner) if when)
