"""Check of what makes a procedure complete: said in many ways, shown in talks, honest about money, with a way out of trouble."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from flows.definition.content_files import TALKS
from flows.definition.facts import FactKind, value_on
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.definition.steps import Do, Paper, Papers
from flows.definition.team_texts import TeamTexts
from flows.definition.yaml_source import Document, Path, Problem

_PHRASINGS, _TALKS = 15, 3  # of a procedure that people find, and that shows how it is told
_COSTS = re.compile(r"[1-9][\d.]* đồng")
_PAYING, _WARNED = "tra-tien", "tien-that"  # steps: of paying, and of content/shared/canh-bao-tien.yaml

# Land since Decree 49/2026: the province sets forms, codes, limits and who decides; limits hang on the commune, not on the way.
LAND = "dat-"
_PROVINCIAL: tuple[FactKind, ...] = ("code", "where", "time")
_FORM_NUMBER = re.compile(r"[Mm]ẫu (?:số )?\d[^\s,.;]*")
_TIME_BY_WAY = re.compile(r"(?:trên mạng|bưu điện|tận nơi|mang đến nộp)[^.\n]{0,20}\d+ ngày", re.IGNORECASE)
_AT_THE_COUNTER = "tỉnh vừa đặt mẫu mới, bác xin mẫu ở quầy"
_READ = {  # what citizens read
    "text", "short", "note", "cure", "name", "label", "why", "title", "summary", "opening", "meaning", "officer", "decided_by"
}  # fmt: skip

_ABOUT = ("procedures/", "shared/", "provinces/", "communes/")  # files of what is told about errands
_DRAFT = re.compile(r"TODO|FIXME|\.{4,}|\?{2,}|\b[xX]{3,9}\b")
_PAIRS = ("()", "[]", "“”")
_CODE = re.compile(r"\b\d\.\d{6}\b")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SITE = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|xyz|top))\b")
_STATE = ".gov.vn"
_TOLD = {"text", "cure"}
_UNTIL = re.compile(r"(?:[Đđ]ến|[Tt]ới|[Hh]ết|[Cc]hậm nhất)(?: hết)?(?: ngày)? (?:(\d{1,2})/(\d{1,2})/|năm )(20\d\d)\b")


def check_editing(library: Library, today: date) -> Iterator[Problem]:
    """Report what an editor has yet to do; what misleads people is a mistake, the rest a warning."""
    for file, document in library.documents.items():
        yield from _days_to_come(document, today)
        yield from _days_that_end(document, today)
        if file.startswith(_ABOUT) and not file.endswith(TALKS):
            yield from _unfinished(document)
    yield from _unknown_codes(library)
    yield from _nameless_tickets(library)
    yield from _practice_alike(library)
    for procedure in library.procedures.values():
        document = library.documents[f"procedures/{procedure.id}.yaml"]
        yield from _few_words(library, procedure, document)
        yield from _steps(library, procedure, document)
        if procedure.id.startswith(LAND):
            yield from _land(procedure, document, today)


def _days_to_come(document: Document, today: date) -> Iterator[Problem]:
    for path, text in document.leaves():
        if path[-1] == "checked" and text > today.isoformat():
            yield document.problem(f"ngày kiểm tra {text} chưa tới: sửa `checked` thành ngày đã xem", *path)


def _days_that_end(document: Document, today: date) -> Iterator[Problem]:
    """Report what holds until a day, and would be told as true after it."""
    for path, text in document.leaves():
        if path[-1] not in _TOLD or not (until := _UNTIL.search(text)):
            continue
        day, month, year = until.groups()
        try:
            last = date(int(year), int(month or 12), int(day or 31))
        except ValueError:
            yield document.problem(f"trong lịch không có ngày “{until[0]}”: xem lại", *path)
            continue
        after = last + timedelta(days=1)
        if last < today or f"{after:%d/%m/%Y}" in text:
            continue  # over, or the sentence goes on with what holds then
        statement = document.data
        for key in path[:-1]:
            statement = statement[key]
        review = statement.get("until") or statement.get("review_by") or _default_review(document)
        if not review or review > last.isoformat():
            yield document.problem(f"câu này chỉ đúng “{until[0]}”: ghi review_by: {last}", *path)


def _default_review(document: Document) -> str:
    return str(document.data.get("defaults", {}).get("review_by", ""))


def _unfinished(document: Document) -> Iterator[Problem]:
    """Report drafts, tags of web pages and addresses outside the state's, in what citizens read."""
    for path, text in document.leaves():
        if path[-1] not in _READ:
            continue
        if text.endswith((",", ";")):
            yield document.problem(f"câu dừng ở dấu “{text[-1]}”: viết nốt, hoặc xoá dấu ấy", *path)
        if draft := _DRAFT.search(text):
            yield document.problem(f"“{draft[0]}” là chữ viết nháp: viết nốt, hoặc ghi certainty: unconfirmed", *path)
        elif text.startswith(("-|", "|", ">")):
            yield document.problem("dấu mở đoạn dài viết là `|-`, rồi xuống dòng: sửa lại", *path)
        elif odd := next((pair for pair in _PAIRS if text.count(pair[0]) != text.count(pair[1])), None):
            yield document.problem(f"dấu {odd[0]} {odd[1]} bị lẻ: thêm dấu còn thiếu, hoặc xoá dấu thừa", *path)
        elif not any(letter.isalnum() for letter in text):
            yield document.problem(f"“{text}” chưa nói gì: viết nội dung, hoặc xoá dòng này", *path)
        if tag := _TAG.search(text):
            yield document.problem(f"{tag[0]} là chữ của trang web, bà con sẽ đọc thấy nó: xoá đi", *path)
        for site in _SITE.findall(text):
            if not f".{site}".endswith(_STATE):
                yield document.problem(
                    f"“{site}” không phải trang của nhà nước (đuôi .gov.vn): xem lại, hoặc bỏ đi", *path
                )


def _unknown_codes(library: Library) -> Iterator[Problem]:
    """Report codes in sentences that are the code of nothing: one wrong digit leads people to another errand."""
    known = {*library.catalogue}
    for procedure in library.procedures.values():
        known |= {
            *procedure.covers,
            *(code for value in procedure.facts.get("code", ()) for code in _CODE.findall(value.text or "")),
        }
    for file, document in library.documents.items():
        for path, text in document.leaves() if file.startswith(_ABOUT) and not file.endswith(TALKS) else ():
            for code in _CODE.findall(text) if path[-1] in _READ and "code" not in path else ():
                if code not in known:
                    yield document.problem(
                        f"mã {code} không có trong danh mục: xem lại từng số, hoặc ghi vào covers", *path
                    )


def _nameless_tickets(library: Library) -> Iterator[Problem]:
    """Report sentences that tell the team of a ticket without its number."""
    for name, field in TeamTexts.model_fields.items():
        if "{id}" in (field.description or "") and "{id}" not in str(getattr(library.team, name)):
            text = f"`{name}` nói về một phiếu mà không nêu số phiếu: thêm {{id}} vào câu"
            yield library.documents["team.yaml"].problem(text, name)


def _practice_alike(library: Library) -> Iterator[Problem]:
    """Report citizens of practice tickets who begin alike: the first words tell them apart."""
    firsts = [citizen.lines[0] for citizen in library.team.practice_citizens]
    for number, first in enumerate(firsts):
        if first in firsts[:number]:
            text = f"hai bà con của phiếu tập cùng mở đầu “{first}”: sửa câu đầu của một người"
            yield library.documents["team.yaml"].problem(text, "practice_citizens", number)


def _few_words(library: Library, procedure: Procedure, document: Document) -> Iterator[Problem]:
    if (said := len(procedure.says)) < _PHRASINGS:
        text = f"mới có {said} cách nói, cần {_PHRASINGS}: thêm lời bà con hay nói, cả không dấu, cả nói tắt"
        yield document.warning(text, "says")
    file = f"procedures/{procedure.id}{TALKS}"
    shown = len(library.documents[file].data.get("talks", ())) if file in library.documents else 0
    if shown < _TALKS:
        yield document.warning(f"mới có {shown} chuyện mẫu, cần {_TALKS}: viết thêm vào {file}")


def _steps(library: Library, procedure: Procedure, document: Document) -> Iterator[Problem]:
    ids = [step.id for step in procedure.steps]
    costs = any(_COSTS.search(value.text or "") for value in procedure.facts.get("fee", ()))
    if _WARNED not in ids and (_PAYING in ids or costs):
        text = "việc này phải trả tiền mà chưa dặn về kẻ lừa: thêm bước `- use: canh-bao-tien`"
        yield document.problem(text, "facts", "fee")
    for step in procedure.steps:
        if isinstance(step, Do) and not step.troubles:
            at, path = library.origins[procedure.id, step.id]
            text = f"bước `{step.id}` chưa có chỗ vướng nào: ghi troubles, mỗi chỗ có title và cure"
            yield at.warning(text, *path)


def _land(procedure: Procedure, document: Document, today: date) -> Iterator[Problem]:
    for path, text in document.leaves():
        if path[-1] in _READ:
            yield from _land_text(document, path, text)
    for kind in _PROVINCIAL:
        value = value_on(procedure.facts.get(kind, ()), today)
        if value and value.certainty == "confirmed":
            text = f"facts.{kind} của đất là do từng tỉnh đặt: ghi certainty: single, điều chắc thì ghi ở provinces/"
            yield document.problem(text, "facts", kind)
    for index, step in enumerate(procedure.steps):
        for number, paper in enumerate(step.papers if isinstance(step, Papers) else ()):
            yield from _land_form(document, paper, ("steps", index, "papers", number))


def _land_text(document: Document, path: Path, text: str) -> Iterator[Problem]:
    if number := _FORM_NUMBER.search(text):
        yield document.problem(f"“{number[0]}” không còn là mẫu chung: bỏ số mẫu, bảo bà con xin mẫu ở quầy", *path)
    if way := _TIME_BY_WAY.search(text):
        wrong = f"“{way[0]}”: thời hạn đất tuỳ xã thường hay xã miền núi, không tuỳ cách nộp: sửa câu này"
        yield document.problem(wrong, *path)


def _land_form(document: Document, paper: Paper, path: Path) -> Iterator[Problem]:
    if paper.name.startswith("Đơn đăng ký") and paper.note != _AT_THE_COUNTER:
        yield document.problem(f"`{paper.id}`: ghi note: {_AT_THE_COUNTER}", *path)
