"""Models of a statement in content/: its words, its source and its certainty."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo, model_validator

Text = Annotated[str, StringConstraints(min_length=1, max_length=1500)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=60)]
# Two ids and the conversation's epoch must fit into the 64 bytes of a Telegram button, hence 24.
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=24)]

_WRITTEN: dict[frozenset[str], set[str]] = {}

Certainty = Literal["confirmed", "single", "unconfirmed"]


class Part(BaseModel):
    """Base of all content models: immutable, and without room for unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def model_post_init(self, context: Any) -> None:
        """Share the set of the fields that are written: one for each of 8,000 parts took 3 MB."""
        written = self.model_fields_set
        object.__setattr__(self, "__pydantic_fields_set__", _WRITTEN.setdefault(frozenset(written), written))


class Sourced(Part):
    """Statement about the world: its source, the day of which it tells, when we looked, how certain it is.

    `confirmed`: an official text was read. `single`: one source; the bot says so. `unconfirmed`: nobody could confirm it;
    the bot does not state it as true, says that the commune decides, and offers the team.
    """

    source: Id | None = Field(default=None, description="Mã nguồn trong content/sources.yaml")
    as_of: date | None = Field(default=None, description="Ngày của điều này; bỏ trống: ngày của nguồn")
    checked: date | None = Field(default=None, description="Ngày kiểm tra gần nhất, ví dụ 2026-11-23")
    review_by: date | None = Field(default=None, description="Quá ngày này thì coi như chưa xác nhận")
    certainty: Certainty = Field(default="confirmed", description="confirmed, single (một nguồn) hoặc unconfirmed")

    must_name_source: ClassVar[bool] = False  # else a file's default source is not taken for it

    @model_validator(mode="before")
    @classmethod
    def _take_defaults(cls, written: Any, info: ValidationInfo) -> Any:
        """Fill in what the file says once for all of its statements: its source, and with any source its days."""
        if not info.context or not isinstance(written, dict):
            return written
        missing = {key: value for key, value in info.context.items() if key not in written}
        if "source" in written:
            return {**written, **{key: missing[key] for key in ("checked", "review_by") if key in missing}}
        claims = cls.must_name_source and ("text" in written or "name" in written) and "certainty" not in written
        return {**written, **missing} if claims and "source" in missing else written

    @model_validator(mode="after")
    def _sure_needs_a_source(self) -> Self:
        if (self.source is None) != (self.checked is None):
            raise ValueError("source và checked đi cùng nhau: ghi cả nguồn lẫn ngày kiểm tra")
        if self.as_of and (self.checked is None or self.checked < self.as_of):
            raise ValueError("as_of là ngày của nguồn: phải có source, và không sau ngày checked")
        return self

    def unsure(self, today: date) -> bool:
        """Return whether the bot must not state this as a fact on that day."""
        return self.certainty == "unconfirmed" or (self.review_by is not None and self.review_by < today)


def _one_id_or_many(written: Any) -> Any:
    return [written] if isinstance(written, str) else written


class Leading(Sourced):
    """Statement below which buttons open other procedures."""

    go: Annotated[
        tuple[Id, ...], Field(max_length=3), BeforeValidator(_one_id_or_many, json_schema_input_type=Id | list[Id])
    ] = Field(default=(), description="Việc khác mà nút ở dưới mở ra: mã thủ tục, hay mã trong events.yaml")


def needs_source(part: "Sourced") -> "Sourced":
    """Check that a statement names its source, or says that nobody confirmed it."""
    if part.certainty != "unconfirmed" and part.source is None:
        raise ValueError("thiếu source và checked: ghi nguồn, hoặc ghi certainty: unconfirmed")
    return part


class Defaults(Part):
    """What a file says once, `defaults:` at its top, for each statement that does not say it itself."""

    source: Id | None = Field(default=None, description="Cho mục facts và giấy tờ nào không ghi nguồn riêng")
    as_of: date | None = Field(default=None, description="Ngày của nguồn ấy, nếu khác ngày ghi ở sources.yaml")
    checked: date | None = Field(default=None, description="Cho mọi mục có nguồn mà không ghi ngày kiểm tra")
    review_by: date | None = Field(default=None, description="Cho mọi mục có nguồn mà không ghi hạn xem lại")
