"""Models of what stands beside the procedures in content/: provinces, communes, sources, the menu, life events, calls for help,
signposts, questions, deadlines, terms.
"""

import re
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, RootModel, StringConstraints, model_validator

from flows.definition.facts import Asked, CommuneValue, FactKind, FileAt, Values
from flows.definition.statements import Defaults, Id, Label, Leading, Part, Sourced, Text, needs_source
from flows.definition.steps import When
from flows.text.frame_syntax import parse_frame

Weekday = Literal["t2", "t3", "t4", "t5", "t6", "t7", "cn"]
Span = tuple[time, time]
_BRACKETED = re.compile(r"\s*\([^()]*\)")
_NOTES = re.compile(
    r"[;:]|, (?:các )?thủ tục \d|, (?:toàn văn|bản lưu|chưa|hai|nhiều|hiệu lực|tháng|thấy|xem|khớp|cần)\b"
)  # after which a title of a source goes on for editors
_SPAN = re.compile(r"([01]?\d|2[0-3])[:h]([0-5]\d)?\s*[-–]\s*([01]?\d|2[0-3])[:h]([0-5]\d)?")


def _span(value: object) -> object:
    """Parse "7:30-11:30" or "7h30-11h"."""
    if not isinstance(value, str):
        return value
    match = _SPAN.fullmatch(value.strip())
    if match is None:
        raise ValueError("giờ viết dạng 7:30-11:30")
    begins, ends = time(int(match[1]), int(match[2] or 0)), time(int(match[3]), int(match[4] or 0))
    if begins >= ends:
        raise ValueError("giờ bắt đầu phải trước giờ kết thúc")
    return begins, ends


Spans = tuple[Annotated[Span, BeforeValidator(_span, json_schema_input_type=str)], ...]


class CommuneTeam(Sourced):
    """Team of a commune, `team:` in its file. Without hours it counts as there at any time."""

    hours: dict[Weekday, Spans] = Field(default_factory=dict, description="t2: [7:30-11:30, 13:30-17:00] … cn: []")
    parent: Id | None = Field(default=None, description="Mã xã có tổ giúp thay khi tổ này chưa có ai")
    telegram_chat: Annotated[str, Field(pattern=r"^-[0-9]{1,20}$")] | None = Field(
        default=None, description='Mã nhóm Telegram riêng của tổ này, trong ngoặc kép: "-100…"; để trống: nhóm chung'
    )
    procedures: dict[Id, Id] = Field(
        default_factory=dict, description="Việc giao cho tổ xã khác: mã thủ tục -> mã xã có tổ nhận"
    )


class Holiday(Sourced):
    """Public holiday, an entry of content/holidays.yaml: days off for everybody, and days that are worked instead."""

    title: Label
    every: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")] | None = Field(
        default=None, description="Ngày nghỉ năm nào cũng thế: tháng-ngày, ví dụ 04-30"
    )
    days: tuple[date, ...] = Field(default=(), description="Ngày nghỉ của riêng năm đó")
    works: dict[date, Weekday] = Field(default_factory=dict, description="Ngày làm bù: làm như thứ mấy")

    @model_validator(mode="after")
    def _says_something(self) -> "Holiday":
        if not (self.every or self.days or self.works):
            raise ValueError("ghi every, days hoặc works")
        return self


class Question(Leading):
    """An entry of content/procedures/<id>.questions.yaml: how people ask, and what answers it.

    Either `place` names what already says it, or `text` says what stands nowhere else, or `decided_by` names the desk that knows.
    """

    must_name_source = True
    asks: tuple[Text, ...] = Field(min_length=2, description="Bà con hỏi thế nào: nhiều cách khác nhau")
    place: str | None = Field(
        default=None, description="Chỗ đã có câu trả lời: fee, mã bước, hay mã bước/mã giấy tờ, mã bước/mã chỗ vướng"
    )
    text: Text | None = Field(default=None, description="Câu trả lời, nhiều nhất 60 chữ")
    decided_by: Text | None = Field(default=None, description="Ai quyết: cán bộ hộ tịch, công an xã …")
    kind: Asked | None = None
    when: When | None = Field(default=None, description="Chỉ đúng với những câu trả lời này")

    @model_validator(mode="after")
    def _answers_once(self) -> Self:
        if sum(part is not None for part in (self.place, self.text, self.decided_by)) != 1:
            raise ValueError("ghi đúng một trong ba: place, text hay decided_by")
        if self.text is not None:
            needs_source(self)
        if self.place is not None and self.when is not None:
            raise ValueError("place đã có điều kiện của chỗ ấy: bỏ when")
        return self


class LocalQuestion(Question):
    """What holds in one commune or province, an entry of `questions:` in its file: for its citizens alone."""

    procedure: Id

    @model_validator(mode="after")
    def _stands_alone(self) -> Self:
        if self.place is not None:
            raise ValueError("ở tệp của xã, của tỉnh thì ghi text hoặc decided_by, không ghi place")
        return self


class OnlineBefore(Sourced):
    """Share of papers filed online in a commune before there was the bot; people compare with it what the bot is told."""

    percent: float = Field(gt=0, lt=100)
    _sourced = model_validator(mode="after")(needs_source)


class Layer(Sourced):
    """What a place has of its own. A commune goes before its province, a province before the national files."""

    defaults: Defaults = Defaults()
    id: Id
    name: Label = Field(description="Cả chữ tỉnh hay xã: tỉnh Thái Nguyên, xã Na Rì")
    values: dict[CommuneValue, Values] = Field(
        default_factory=dict,
        description="Điều nơi này cho biết; ở tệp của tỉnh: đúng cho mọi xã, trừ xã nào tự ghi khác",
    )
    questions: dict[Id, LocalQuestion] = Field(
        default_factory=dict, description="Điều bà con ở đây hay hỏi, có câu trả lời của riêng nơi này"
    )


class Province(Layer):
    """Province: a file of content/provinces/."""

    agencies: dict[FileAt, Text] = Field(
        default_factory=dict, description="Trên Cổng chọn cơ quan nào, nếu tên ở tỉnh này khác câu chung trong bot.yaml"
    )
    facts: dict[Id, dict[FactKind, Values]] = Field(
        default_factory=dict, description="Mã thủ tục -> điều tỉnh tự định, nói thay cho bản chung: lệ phí, thời hạn …"
    )


class Commune(Layer):
    """Commune: a file of content/communes/. Leave out what is unknown; the bot says so with a sentence of content/bot.yaml."""

    province: Id = Field(description="Mã tỉnh: tên một tệp trong content/provinces/")
    merged_from: tuple[Label, ...] = ()
    says: tuple[Text, ...] = ()
    population: int | None = Field(default=None, gt=0, description="Số dân theo nguồn trên; để so các xã cho công bằng")
    online_before: OnlineBefore | None = Field(
        default=None, description="Phần hồ sơ nộp trên mạng trước khi có máy: {percent, source, checked}"
    )
    team: CommuneTeam = Field(default_factory=CommuneTeam, description="Tổ công nghệ số của xã")


class Source(Part):
    """Source of facts, an entry of content/sources.yaml."""

    title: Text
    date: date
    url: Annotated[Text, Field(pattern=r"^https://\S+$")] | None = None

    @property
    def name(self) -> str:
        """The title as a citizen reads it: what it is and through whom it was read, without the notes for editors."""
        return _NOTES.split(_BRACKETED.sub("", self.title))[0]


class Group(Part):
    """Menu item, an entry of content/menu.yaml: procedures that people look for together."""

    title: Label
    procedures: tuple[Id, ...] = Field(min_length=1)


class LifeEvent(Part):
    """Life event, an entry of content/events.yaml: procedures to do then, in that order."""

    title: Label
    text: Text
    says: tuple[Text, ...] = Field(min_length=1)
    procedures: tuple[Id, ...] = Field(min_length=1)


def _is_frame(frame: str) -> str:
    parse_frame(frame)
    return frame


Frame = Annotated[Text, AfterValidator(_is_frame)]


class Danger(Sourced):
    """An entry of content/danger.yaml: somebody is in danger now. Recall goes before precision."""

    title: Label
    text: Text = Field(description="Số phải gọi ở câu đầu, rồi một câu an toàn, không gì khác")
    frames: tuple[Frame, ...] = Field(min_length=1, description="Khung từ: “rắn + cắn/mổ”")
    unless: tuple[Frame, ...] = Field(default=(), description="Khung từ cho biết không phải chuyện đang xảy ra")
    always: bool = Field(default=False, description="true: kể như chuyện cũ hay chuyện giấy tờ thì vẫn là khẩn")
    private: bool = Field(default=False, description="true: kẻ gây hại có thể đọc được màn hình; máy mời xoá")
    _sourced = model_validator(mode="after")(needs_source)


class Wish(Part):
    """An entry of content/person.yaml: somebody wants a person, or can't use what is written."""

    text: Text | None = Field(default=None, description="Máy nói trước khi nhờ người; bỏ trống: không nói gì thêm")
    frames: tuple[Frame, ...] = Field(min_length=1)
    unless: tuple[Frame, ...] = ()


class Signpost(Sourced):
    """An entry of content/signposts.yaml: what the bot does not do, who does it, where.

    In content/portal.yaml the same holds a trouble with the portal, with VNeID or with papers that were filed, and its cure.
    """

    title: Label
    says: tuple[Text, ...] = Field(min_length=1)
    frames: tuple[Frame, ...] = Field(default=(), description="Khung từ, như ở danger.yaml")
    unless: tuple[Frame, ...] = Field(default=(), description="Khung từ cho biết là chuyện khác")
    text: Text | None = Field(default=None, description="Bỏ trống: bot chỉ nói là việc này em không biết")
    answers: bool = Field(default=False, description="Lời này tự trả lời được câu hỏi: hợp khung từ là nói ngay")
    _sourced = model_validator(mode="after")(needs_source)


class QuestionsFile(RootModel[dict[Id, Question | Defaults]]):
    """A file <id>.questions.yaml beside a procedure or shared steps: its questions by id, and `defaults`."""


class Deadline(Sourced):
    """Deadline of the law that costs people money, an entry of content/news.yaml: told until it has passed."""

    title: Label
    headline: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="Một, hai câu cho danh sách việc và tin gửi nhóm"
    )
    text: Text = Field(description="Nói đủ: ai, được gì, làm thế nào")
    until: date = Field(description="Ngày cuối cùng còn làm được; qua ngày này máy thôi nói")
    procedures: tuple[Id, ...] = Field(min_length=1)
    _sourced = model_validator(mode="after")(needs_source)


class Term(Sourced):
    """Word that people meet on the portal or on a paper, an entry of content/terms.yaml."""

    term: Label
    says: tuple[Text, ...] = Field(default=(), description="Tên khác của chính từ đó")
    meaning: Text

    @model_validator(mode="after")
    def _source_is_given(self) -> Self:
        needs_source(self)
        return self
