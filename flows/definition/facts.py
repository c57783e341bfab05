"""Facts of procedures and communes: which there are, their values from a day on, and what may be asked of them."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from flows.definition.statements import Sourced, Text, needs_source

FactKind = Literal["name", "code", "where", "time", "fee", "benefit", "who", "result", "law"]
ProcedurePlace = Literal["officer", "search", "agency"]  # whom to ask; what to type on the portal, and whom to pick
FileAt = Literal["commune", "police", "province", "insurance", "school"]  # whom the portal is told to send it to
CommuneValue = Literal[
    "address", "hours", "phone", "team_hours", "school", "school_plan", "local_fee", "insurance", "land_office", "area"
]  # fmt: skip
Asked = Literal[
    "papers", "who", "where", "days", "deadline", "validity", "fee", "benefit", "online", "late", "result", "law", "decides"
]  # fmt: skip


class FactValue(Sourced):
    """Value of a fact, from a day on: {text, source, checked} or {certainty: unconfirmed}."""

    must_name_source = True

    text: Text | None = None
    short: Text | None = Field(default=None, description="Bản ngắn cho tờ giới thiệu, cũng đúng với mọi nhà")
    from_: date | None = Field(default=None, alias="from", description="Có hiệu lực từ ngày này")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.certainty != "unconfirmed":
            raise ValueError("thiếu text: ghi nội dung, hoặc ghi certainty: unconfirmed")
        needs_source(self)
        return self


def _one_or_many(written: Any) -> Any:
    return written if isinstance(written, list | tuple) else [written]


def _one_a_day(values: tuple[FactValue, ...]) -> tuple[FactValue, ...]:
    if len({value.from_ for value in values}) != len(values):
        raise ValueError("hai giá trị cùng một lúc: bỏ một, hoặc ghi from, ngày giá trị sau bắt đầu dùng")
    return values


# Most facts have one value, which then needs no list.
Values = Annotated[
    tuple[FactValue, ...],
    Field(min_length=1),
    AfterValidator(_one_a_day),
    BeforeValidator(_one_or_many, json_schema_input_type=FactValue | list[FactValue]),
]


def value_on(values: tuple[FactValue, ...], today: date) -> FactValue | None:
    """Return the value that holds on that day: the one with the latest `from` that has come."""
    held = [value for value in values if value.from_ is None or value.from_ <= today]
    return max(held, key=lambda value: value.from_ or date.min, default=None)
