"""Models of the procedures in content/, step by step.

Everything that an official may write is here, in statements.py, facts.py, steps.py, entries.py, texts.py or team_texts.py,
and nothing else is accepted. `motcua schema` prints these models as a JSON Schema, so that an editor completes and checks a
file while it is written.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from flows.definition.facts import FactKind, FactValue, FileAt, Values
from flows.definition.statements import Defaults, Id, Label, Part, Text
from flows.definition.steps import AnyStep, Ask, Do, Entry, Option, Paper, Papers, Trouble, When

Code = Annotated[str, StringConstraints(pattern=r"^\d\.\d{6}$")]  # of the national procedure database


class SearchCode(Part):
    """Code to type into the portal's search box, for those for whom `when` holds."""

    code: Code
    when: When | None = None


def _one_code_or_many(written: Any) -> Any:
    return [{"code": written}] if isinstance(written, str) else written


# Most procedures have one code for everybody, which then stands alone.
SearchCodes = Annotated[
    tuple[SearchCode, ...], BeforeValidator(_one_code_or_many, json_schema_input_type=Code | list[SearchCode])
]


class Difference(Part):
    """Reason why a fact is not what the national snapshot says."""

    field: FactKind
    because: Text
    source: Id


def _one_of_a_kind(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) != len(values):
        raise ValueError("có câu bị lặp lại")
    return values


class ProcedureFile(Part):
    """Procedure as written: a file of content/procedures/."""

    defaults: Defaults = Defaults()
    id: Id
    title: Label
    summary: Text = Field(description="Một, hai câu: thủ tục này để làm gì")
    says: Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(_one_of_a_kind)]
    officer: Label | None = Field(
        default=None, description="Hỏi ai khi máy chưa chắc: “cán bộ hộ tịch xã”, “công an xã”"
    )
    file_at: FileAt | None = Field(
        default=None, description="Nộp trên Cổng thì chọn cơ quan nào; bỏ trống: không nộp qua Cổng"
    )
    search_code: SearchCodes = Field(
        default=(), description="Mã gõ vào ô tìm kiếm của Cổng; nhiều mã thì ghi {code, when}, lấy mã đầu tiên hợp"
    )
    facts: dict[FactKind, Values]
    covers: tuple[Code, ...] = Field(default=(), description="Mã khác mà hướng dẫn này cũng dẫn qua, ví dụ gia hạn")
    differs: tuple[Difference, ...] = Field(default=(), description="Chỗ nào khác bản quốc gia, và vì sao")
    files: bool = Field(default=True, description="false: việc này không nộp gì, đừng hỏi “đã nộp được chưa”")
    of_land: bool = Field(
        default=False, description="true: việc về một thửa đất, hỏi xã có đất chứ không hỏi xã mình ở"
    )
    opening: Text | None = Field(default=None, description="Lời đầu, khi việc có chuyện buồn")
    pitfall: Id | None = Field(default=None, description="Mã chỗ vướng hay gặp nhất, để nói ngay ở tờ giới thiệu")
    returned: tuple[Option, ...] = Field(
        default=(), max_length=6, description="Vì sao hồ sơ hay bị trả lại; bỏ trống: danh sách chung trong bot.yaml"
    )
    steps: tuple[Entry, ...] = Field(min_length=1)


class SharedFile(Part):
    """Steps that many procedures use: a file of content/shared/."""

    defaults: Defaults = Defaults()
    id: Id
    title: Label
    steps: tuple[AnyStep, ...] = Field(min_length=1)


class Procedure(Part):
    """Procedure ready to be walked, shared steps inserted. `version` changes whenever its words or steps do."""

    id: str
    title: str
    summary: str
    says: tuple[str, ...]
    officer: str | None
    file_at: FileAt | None
    search_code: tuple[SearchCode, ...]
    facts: dict[FactKind, tuple[FactValue, ...]]
    covers: tuple[str, ...]
    differs: tuple[Difference, ...]
    files: bool = True
    of_land: bool = False
    opening: str | None = None
    pitfall: str | None = None
    returned: tuple[Option, ...]
    steps: tuple[AnyStep, ...]
    version: str

    # Compared by identity: word by word it takes longer than to walk through one.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def step(self, step_id: str) -> AnyStep | None:
        return next((step for step in self.steps if step.id == step_id), None)

    @property
    def asks(self) -> tuple[Ask, ...]:
        """All that it asks, in the order of the file."""
        return tuple(step for step in self.steps if isinstance(step, Ask))

    @property
    def papers(self) -> tuple[tuple[Papers, Paper], ...]:
        """All papers that somebody may need, each with the step that lists it."""
        return tuple((step, paper) for step in self.steps if isinstance(step, Papers) for paper in step.papers)

    @property
    def troubles(self) -> tuple[tuple[Do, Trouble], ...]:
        """All that is known to go wrong, each with its step, in the order of the file."""
        return tuple((step, trouble) for step in self.steps if isinstance(step, Do) for trouble in step.troubles)

    def trouble(self, trouble_id: str) -> tuple[Do, Trouble] | None:
        return next(((step, trouble) for step, trouble in self.troubles if trouble.id == trouble_id), None)
