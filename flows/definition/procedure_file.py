"""Models of the files of content/procedures/ and content/shared/, as an official writes them.

Everything that may be written is here, in statements.py, facts.py, steps.py, entries.py, texts.py or team_texts.py, and nothing
else is accepted. `motcua schema` prints these models as a JSON Schema, so that an editor completes and checks a file while it is
written.
"""

from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from flows.definition.facts import FactKind, FileAt, Values
from flows.definition.procedure import Code, Difference, SearchCode
from flows.definition.statements import Defaults, Id, Label, Part, Text
from flows.definition.steps import AnyStep, Ask, Do, Done, Option, Papers, Tell, When


def _kind(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return getattr(entry, "kind", "use")
    return "use" if "use" in entry else entry.get("kind")


class Use(Part):
    """Insertion of the steps of content/shared/<use>.yaml at this place."""

    use: Id
    when: When | None = None


# A discriminator of our own, so that an error names the one kind that was meant and not all of them.
Entry = Annotated[
    Annotated[Ask, Tag("ask")]
    | Annotated[Tell, Tag("tell")]
    | Annotated[Papers, Tag("papers")]
    | Annotated[Do, Tag("do")]
    | Annotated[Done, Tag("done")]
    | Annotated[Use, Tag("use")],
    Discriminator(_kind),
]


def _one_code_or_many(written: Any) -> Any:
    return [{"code": written}] if isinstance(written, str) else written


# Most procedures have one code for everybody, which then stands alone.
SearchCodes = Annotated[
    tuple[SearchCode, ...], BeforeValidator(_one_code_or_many, json_schema_input_type=Code | list[SearchCode])
]


def _one_of_a_kind(said: tuple[str, ...]) -> tuple[str, ...]:
    counts = Counter(phrase.casefold() for phrase in said)
    if twice := [phrase for phrase, count in counts.items() if count > 1]:
        raise ValueError(f"“{twice[0]}” viết hai lần: bỏ một câu")
    return said


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
        default=(),
        min_length=2,
        max_length=6,
        description="Vì sao hồ sơ hay bị trả lại; bỏ trống: danh sách chung trong bot.yaml",
    )
    steps: tuple[Entry, ...] = Field(min_length=1)


class SharedFile(Part):
    """Steps that many procedures use: a file of content/shared/."""

    defaults: Defaults = Defaults()
    id: Id
    title: Label
    steps: tuple[AnyStep, ...] = Field(min_length=1)
