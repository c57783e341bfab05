"""The commands for those who write content: try it, check it, draw it."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import BaseModel
from rich.console import Console

from bot import clock
from bot.cli.chat_lines import Conversation
from bot.cli.common import fail, open_library, open_settings
from bot.cli.terminal_chat import talk_in_terminal
from bot.content import find_stray_files, read_national
from bot.sharing import prints
from flows.checks.check import check as check_library
from flows.checks.commune_questions import page as questions_page
from flows.checks.drawing import draw as draw_procedure
from flows.checks.example_talks import TalksFile
from flows.checks.national_facts import differences
from flows.checks.status import report, upcoming
from flows.definition.catalogue import FILE as CATALOGUE
from flows.definition.catalogue import write as write_catalogue
from flows.definition.entries import Commune, Province, QuestionsFile
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.procedure_file import ProcedureFile, SharedFile
from flows.messages import Reply
from flows.text.language import shortened
from flows.understanding.questions import SURE, asked_kinds, choose_answers, find_answers
from flows.understanding.understand import understand as understand_text

app = typer.Typer()
catalogue = typer.Typer(no_args_is_help=True, help="Danh mục các thủ tục chưa có hướng dẫn từng bước.")
app.add_typer(catalogue, name="catalogue")
commune_app = typer.Typer(no_args_is_help=True, help="Điều mỗi xã tự cho biết.")
app.add_typer(commune_app, name="commune")

_SCHEMAS: dict[str, type[BaseModel]] = {
    "procedure": ProcedureFile,
    "shared": SharedFile,
    "province": Province,
    "commune": Commune,
    "talks": TalksFile,
    "questions": QuestionsFile,
}


@app.command()
def chat(
    procedure: Annotated[str, typer.Option(help="mã thủ tục, ví dụ lop-1")] = "",
    commune: Annotated[str, typer.Option(help="mã xã, ví dụ na-ri")] = "",
    on: Annotated[str, typer.Option("--date", help="coi như hôm nay là ngày này, ví dụ 2027-03-02")] = "",
    repro: Annotated[bool, typer.Option(help="cuối buổi in lại các tin đã gõ, để dán vào một test")] = False,
    record: Annotated[str, typer.Option(help="cuối buổi in lại cả buổi thành một chuyện mẫu mang tên này")] = "",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="mỗi dòng đọc vào là một tin (JSON), mỗi dòng in ra là một lượt")
    ] = False,
) -> None:
    """Trò chuyện thử ngay trên màn hình dòng lệnh."""
    library = open_library()
    for name, known in ((procedure, library.procedures), (commune, library.communes)):
        if name and name not in known:
            raise fail(f"không có `{name}`: dùng {', '.join(known)}")
    start = "_".join(name for name in (commune, procedure) if name)
    if jsonl:
        conversation = Conversation(library, _moment(on))
        if start:
            conversation.answer({"start": start})
        for line in conversation.answer_lines(sys.stdin):
            typer.echo(line)
        return
    turns = talk_in_terminal(library, start, _moment(on), Console(highlight=False))
    if repro:
        typer.echo(json.dumps([typed for typed, _ in turns], ensure_ascii=False))
    if record:
        typer.echo(_as_talk(record, turns))


def _as_talk(title: str, turns: list[tuple[str, Reply]]) -> str:
    """Write the talk as content/procedures/<id>.talks.yaml holds it: each answer by the first line of what was put."""
    lines: list[dict[str, object]] = []
    for typed, reply in turns:
        put = reply.text.split("\n\n")[-1].splitlines()
        said = next((line for line in put if not line.startswith(("Bước ", "-", "•"))), put[0])
        lines += [{"bac": typed}, {"em": [shortened(said, 60).removesuffix("…")]}]
    made = [{"title": title, "talk": lines}]
    return yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=120)


def _moment(on: str) -> datetime:
    if not on:
        return clock.now()
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise fail(f"“{on}” không phải ngày: viết như 2027-03-02") from None
    return datetime(day.year, day.month, day.day, 9, tzinfo=VIETNAM)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="thư mục nội dung; bỏ trống: nội dung đang dùng")] = None,
    on: Annotated[str, typer.Option("--date", help="kiểm tra như vào ngày này")] = "",
    against: Annotated[Path | None, typer.Option(help="so với bản chụp quốc gia trong thư mục này")] = None,
) -> None:
    """Kiểm tra nội dung: mỗi chỗ một dòng `tệp:dòng: sai gì, sửa thế nào`. Chỗ “nên sửa” thì vẫn dùng được."""
    for named in (folder, against):
        if named is not None and not named.is_dir():
            raise fail(f"không có thư mục {named}")
    library = open_library(folder)
    today = _moment(on).astimezone(VIETNAM).date()
    problems = [*find_stray_files(folder or open_settings().content_dir), *check_library(library, today)]
    if against:
        problems += differences(library, read_national(against), today)
    for problem in problems:
        typer.echo(str(problem), err=True)
    mistakes = sum(not problem.warning for problem in problems)
    if mistakes:
        typer.echo(f"{mistakes} lỗi phải sửa, {len(problems) - mistakes} chỗ nên sửa", err=True)
        raise typer.Exit(1)
    for note in upcoming(library, today):
        typer.echo(f"sắp tới: {note}")
    rest = f", {len(problems)} chỗ nên sửa" if problems else ""
    typer.echo(f"{len(library.procedures)} thủ tục, {len(library.communes)} xã: không có lỗi{rest}")


@app.command()
def draw(
    procedure: Annotated[str, typer.Argument(help="mã thủ tục, ví dụ lop-1")],
    file: Annotated[Path | None, typer.Argument(help="tệp SVG; bỏ trống: in ra màn hình")] = None,
) -> None:
    """Vẽ các đường đi của một thủ tục."""
    library = open_library()
    if procedure not in library.procedures:
        raise fail(f"không có `{procedure}`: dùng {', '.join(library.procedures)}")
    picture = draw_procedure(library.procedures[procedure], _moment("").date())
    if file is None:
        typer.echo(picture)
    else:
        file.write_text(picture, "utf-8")


_SHOWN = 5  # answers that `ask` prints


@app.command()
def status() -> None:
    """In trang docs/content-status.md: mỗi thủ tục chắc đến đâu."""
    typer.echo(report(open_library()), nl=False)


@app.command()
def understand(
    text: Annotated[str, typer.Argument(help="một câu của bà con")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="in một dòng JSON")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='đọc mỗi dòng {"text": …} từ đầu vào, in mỗi dòng một kết quả')
    ] = False,
    why: Annotated[bool, typer.Option("--why", help="in cả khung từ đã quyết định")] = False,
) -> None:
    """Xem máy hiểu một câu thế nào."""
    library = open_library()
    if jsonl:
        for line in filter(str.strip, sys.stdin):
            typer.echo(_as_json(_text_of(line), library, why=why))
    elif as_json:
        typer.echo(_as_json(text, library, why=why))
    else:
        meaning = understand_text(library, text)
        typer.echo(f"{meaning.kind} → {meaning.action}" + (f"  ({meaning.why})" if meaning.why else ""))
        for id_, score in meaning.top:
            typer.echo(f"  {score:.2f}  {id_}")


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="một câu hỏi của bà con")],
    procedure: Annotated[str, typer.Option(help="mã thủ tục; bỏ trống thì máy tự đoán")] = "",
) -> None:
    """Xem máy tìm được câu nào để trả lời một câu hỏi, và vì sao."""
    library = open_library()
    meaning = understand_text(library, text)
    named = procedure or next((id_ for id_, _ in meaning.top if id_ in library.procedures), "")
    if named not in library.procedures:
        raise fail("không rõ câu hỏi về thủ tục nào: thêm --procedure và mã thủ tục")
    found = find_answers(library, library.procedures[named], text, {}, _moment("").date())
    kinds = ", ".join(asked_kinds(library, text)) or "không rõ"
    said = len(choose_answers(found))
    typer.echo(f"{named}; hỏi về: {kinds}; máy nói {said} câu đầu" + (", có chắc" if found[0].score >= SURE else ""))
    for one in found[:_SHOWN]:
        source = (
            f"{one.unit.part.source}, {one.unit.part.certainty}" if one.unit.part.source else one.unit.part.certainty
        )
        typer.echo(f"  {one.score:.2f}  {one.unit.place} ({source}): {one.text}")


def _text_of(line: str) -> str:
    try:
        return str(json.loads(line)["text"])
    except (ValueError, KeyError, TypeError):
        raise fail(f'không đọc được dòng {line[:80]!r}: mỗi dòng phải là {{"text": "…"}}') from None


def _as_json(text: str, library: Library, *, why: bool) -> str:
    meaning = understand_text(library, text)
    top = [{"id": id_, "score": round(score, 3)} for id_, score in meaning.top]
    told: dict[str, object] = {"text": text, "kind": meaning.kind, "top": top, "action": meaning.action}
    told["procedure"] = meaning.id if meaning.kind == "procedure" else meaning.procedure
    if meaning.kind == "event":
        told["errands"] = list(library.life_events[meaning.id].procedures)
    if why:
        told["why"] = meaning.why
    return json.dumps(told, ensure_ascii=False)


@app.command()
def schema(
    kind: Annotated[
        str, typer.Argument(help="procedure, shared, province, commune, talks hoặc questions")
    ] = "procedure",
) -> None:
    """In JSON Schema của một loại tệp nội dung, để trình soạn thảo gợi ý và bắt lỗi."""
    if kind not in _SCHEMAS:
        raise fail(f"không có loại `{kind}`: dùng {', '.join(_SCHEMAS)}")
    typer.echo(json.dumps(_SCHEMAS[kind].model_json_schema(), ensure_ascii=False, indent=2))


@commune_app.command("questions")
def questions(
    commune: Annotated[str, typer.Argument(help="mã xã, ví dụ na-ri")],
    file: Annotated[Path | None, typer.Argument(help="tệp .pdf để in; bỏ trống: in ra màn hình")] = None,
) -> None:
    """Một trang câu hỏi cho xã: mười hai chỗ trống, mỗi chỗ điền xong thì máy nói thêm được gì."""
    library = open_library()
    if commune not in library.communes:
        raise fail(f"không có xã `{commune}`: dùng {', '.join(library.communes)}")
    asked = library.communes[commune]
    if file is None:
        typer.echo(questions_page(library, asked), nl=False)
        return
    if file.suffix.lower() != ".pdf":
        raise fail("tệp để in có đuôi .pdf")
    file.write_bytes(prints.draw_commune_questions(library, asked))
    typer.echo(f"đã ghi {file}")


@catalogue.command("import")
def import_catalogue(
    folder: Annotated[Path, typer.Argument(help="thư mục bản chụp cơ sở dữ liệu thủ tục quốc gia")],
    on: Annotated[str, typer.Option("--date", help="ngày của bản chụp, ví dụ 2026-07-18")],
) -> None:
    """Làm lại content/catalogue.csv từ một bản chụp quốc gia: chỉ lấy số liệu, không chép câu chữ."""
    if not folder.is_dir():
        raise fail(f"không có thư mục {folder}")
    found = read_national(folder)
    if not found:
        raise fail(f"trong {folder} không có thủ tục nào: cần mỗi thủ tục một tệp .txt")
    table = write_catalogue(found.values(), _moment(on).date())
    (open_settings().content_dir / CATALOGUE).write_text(table, "utf-8")
    typer.echo(f"{len(found)} thủ tục trong {CATALOGUE}")
