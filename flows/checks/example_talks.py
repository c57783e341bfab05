"""Example talks, the tests of a procedure: who says what, and what must appear. Run whenever the content is checked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from flows.definition.content_files import TALKS
from flows.definition.entries import Commune, Province
from flows.definition.library import Library
from flows.definition.statements import Part, Text
from flows.definition.wrong_values import in_vietnamese
from flows.definition.yaml_source import Document, Problem
from flows.dialogue.advance import advance
from flows.dialogue.screens import WALK
from flows.messages import Message, Reply
from flows.state import State
from flows.text.language import fold

# Talks are played on one day and in a commune of their own: they hold on any day, and wherever the content is used.
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HOME = Commune(id="xa-mau", name="xã Mẫu", province="tinh-mau")
_PROVINCE = Province(id="tinh-mau", name="tỉnh Mẫu")


def _one_or_many(said: Any) -> Any:
    return [said] if isinstance(said, str) else said


Words = Annotated[tuple[Text, ...], BeforeValidator(_one_or_many, json_schema_input_type=Text | list[Text])]


class Line(Part):
    """Line of a talk: the citizen's words, or words that must, or must not, stand in the bot's answer."""

    bac: Text | None = Field(default=None, description="Bà con nói")
    em: Words = Field(default=(), description="Những chữ phải có trong câu trả lời")
    khong: Words = Field(default=(), description="Những chữ không được có")

    @model_validator(mode="after")
    def _one_speaker(self) -> Self:
        if (self.bac is None) == (not self.em and not self.khong):
            raise ValueError("mỗi dòng hoặc là bac: (bà con nói), hoặc là em: / khong: (máy phải nói, không được nói)")
        return self


class Talk(Part):
    """One example talk, in the commune `HOME`, on the same day each time it is run."""

    title: Text
    on: date | None = Field(default=None, alias="date", description="Coi như hôm đó là ngày này, ví dụ 2027-03-02")
    talk: tuple[Line, ...] = Field(min_length=2)


class TalksFile(Part):
    """Example talks of one procedure: a file content/procedures/<id>.talks.yaml."""

    talks: tuple[Talk, ...] = Field(min_length=1)


def run(library: Library) -> Iterator[Problem]:
    """Yield a problem for every line that does not hold."""
    library = library.with_commune(HOME, _PROVINCE)
    for file, document in library.documents.items():
        if file.endswith(TALKS):
            yield from _file(library, document)


def _file(library: Library, document: Document) -> Iterator[Problem]:
    procedure = document.file.rpartition("/")[2].removesuffix(TALKS)
    if procedure not in library.procedures:
        yield document.problem(f"không có thủ tục `{procedure}`: đặt tên tệp theo id của thủ tục")
        return
    try:
        file = TalksFile.model_validate(document.data)
    except ValidationError as error:
        yield from (document.problem(text, *loc) for text, loc in in_vietnamese(error))
        return
    for index, talk in enumerate(file.talks):
        yield from _played(library, document, procedure, index, talk)


def _played(library: Library, document: Document, procedure: str, index: int, talk: Talk) -> Iterator[Problem]:
    now = NOW if talk.on is None else datetime.combine(talk.on, NOW.timetz())
    turn = advance(library, State(greeted=True), Message(start=f"{HOME.id}_{procedure}"), now)
    turn = advance(library, turn.state, Message(choice=_walk_on(turn.replies[-1])), now)
    for number, line in enumerate(talk.talk):
        if line.bac is not None:
            turn = advance(library, turn.state, Message(text=line.bac), now)
            continue
        reply = turn.replies[-1]
        answer = "\n".join((reply.text, *(choice.label for choice in reply.choices)))
        for wrong in _wrong(line, answer):
            text = f"“{talk.title}”: {wrong}, nhưng máy nói: {' '.join(answer.split())[:160]}"
            yield document.problem(text, "talks", index, "talk", number)


def _walk_on(leaflet: Reply) -> str:
    """Return the button that leads from a leaflet to the first step, where talks begin."""
    return next(choice.token for choice in leaflet.choices if choice.token.endswith(f":{WALK}"))


def _wrong(line: Line, answer: str) -> Iterator[str]:
    heard = fold(answer)
    yield from (f"chờ thấy “{words}”" for words in line.em if fold(words) not in heard)
    yield from (f"không được có “{words}”" for words in line.khong if fold(words) in heard)
