"""The `motcua` command."""

import asyncio
import json
import logging
import sys
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from pydantic import BaseModel
from rich.console import Console
from telegram.error import TelegramError

from bot import clock, settings
from bot.bell import Bell
from bot.channels.telegram import Telegram
from bot.content import load_folder, read_national
from bot.errors import MotcuaError
from bot.service import Service, build
from bot.settings import Settings
from bot.talk import talk
from flows.catalogue import FILE as CATALOGUE
from flows.catalogue import write as write_catalogue
from flows.check import check as check_library
from flows.dialogue import VIETNAM
from flows.document import ContentError
from flows.library import Library
from flows.procedure import Commune, ProcedureFile, SharedFile
from flows.talks import TalksFile
from flows.talks import run as run_talks
from flows.truth import differences
from flows.understanding import understand as understand_text

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Motcua: trợ lý thủ tục hành chính cho bà con.")
telegram = typer.Typer(no_args_is_help=True, help="Kênh Telegram.")
app.add_typer(telegram, name="telegram")
catalogue = typer.Typer(no_args_is_help=True, help="Danh mục các thủ tục chưa có hướng dẫn từng bước.")
app.add_typer(catalogue, name="catalogue")

_GRACE = 3  # seconds that open pages may hold up a stop
_SCHEMAS: dict[str, type[BaseModel]] = {
    "procedure": ProcedureFile,
    "shared": SharedFile,
    "commune": Commune,
    "talks": TalksFile,
}
_out = Console(highlight=False, soft_wrap=True)


def _fail(error: object) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(1)


def _settings() -> Settings:
    try:
        return settings.load()
    except MotcuaError as error:
        raise _fail(error) from None


def _library(folder: Path | None = None) -> Library:
    chosen = _settings()
    try:
        return load_folder(folder or chosen.content_dir, chosen.step_limit)
    except (MotcuaError, ContentError) as error:
        raise _fail(error) from None


@app.command()
def serve() -> None:
    """Chạy dịch vụ: web, và các kênh đã cài đặt."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    from webhook import create_app  # the app is above this file: it is only needed to serve

    chosen = _settings()
    try:
        service = build(chosen)
    except (MotcuaError, ContentError, OSError) as error:
        raise _fail(error) from None
    _say_where(service)
    server = Server(
        uvicorn.Config(
            create_app(service),
            host=chosen.host,
            port=chosen.port,
            log_level="warning",
            timeout_graceful_shutdown=_GRACE,
        )
    )
    server.bell = service.bell
    server.run()
    if not server.started:
        raise typer.Exit(1)


class Server(uvicorn.Server):
    """Open pages hold a stream for hours; the bell sends them home when the service is told to stop."""

    bell: Bell

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.bell.close()
        super().handle_exit(sig, frame)


def _say_where(service: Service) -> None:
    """What is on, and where to click."""
    chosen = service.settings
    _out.print(
        f"\n[bold]Motcua[/bold] · {len(service.content.library.procedures)} thủ tục · {chosen.store_url.split('://')[0]}"
    )
    _out.print(f"  Chat trên web    [link]{chosen.url}[/link]")
    password = "" if chosen.console_password.get_secret_value() else f"   mật khẩu lần này: {chosen.password}"
    _out.print(f"  Trang của tổ     [link]{chosen.url}/console[/link]{password}")
    for name in ("telegram", "zalo-oa", "zalo-bot"):
        on = name in service.channels
        where = f"bật, webhook {chosen.url}/webhook/{name}" if on else "tắt (chưa có cài đặt, xem docs/)"
        _out.print(f"  {name:<16} {where}")
    _out.print("  Dừng: Ctrl+C\n")


@app.command()
def chat(
    procedure: Annotated[str, typer.Option(help="mã thủ tục, ví dụ lop-1")] = "",
    commune: Annotated[str, typer.Option(help="mã xã, ví dụ na-ri")] = "",
    on: Annotated[str, typer.Option("--date", help="coi như hôm nay là ngày này, ví dụ 2027-03-02")] = "",
    repro: Annotated[bool, typer.Option(help="cuối buổi in lại các tin đã gõ, để dán vào một test")] = False,
) -> None:
    """Trò chuyện thử ngay trên màn hình dòng lệnh."""
    library = _library()
    for name, known in ((procedure, library.procedures), (commune, library.communes)):
        if name and name not in known:
            raise _fail(f"không có `{name}`: dùng {', '.join(known)}")
    start = "_".join(name for name in (commune, procedure) if name)
    said = talk(library, start, _moment(on), Console(highlight=False))
    if repro:
        _out.print(json.dumps(said, ensure_ascii=False))


def _moment(on: str) -> datetime:
    if not on:
        return clock.now()
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise _fail(f"“{on}” không phải ngày: viết như 2027-03-02") from None
    return datetime(day.year, day.month, day.day, 9, tzinfo=VIETNAM)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="thư mục nội dung; bỏ trống: nội dung đang dùng")] = None,
    on: Annotated[str, typer.Option("--date", help="kiểm tra như vào ngày này")] = "",
    against: Annotated[Path | None, typer.Option(help="so với bản chụp quốc gia trong thư mục này")] = None,
) -> None:
    """Kiểm tra nội dung: mỗi lỗi một dòng `tệp:dòng: sai gì, sửa thế nào`."""
    for named in (folder, against):
        if named is not None and not named.is_dir():
            raise _fail(f"không có thư mục {named}")
    library = _library(folder)
    today = _moment(on).astimezone(VIETNAM).date()
    problems = [*check_library(library, today), *run_talks(library)]
    if against:
        problems += differences(library, read_national(against), today)
    for problem in problems:
        typer.echo(str(problem), err=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{len(library.procedures)} thủ tục, {len(library.communes)} xã: không có lỗi")


@app.command()
def understand(
    text: Annotated[str, typer.Argument(help="một câu của bà con")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="in một dòng JSON")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='đọc mỗi dòng {"text": …} từ đầu vào, in mỗi dòng một kết quả')
    ] = False,
) -> None:
    """Xem máy hiểu một câu thế nào."""
    library = _library()
    if jsonl:
        for line in filter(str.strip, sys.stdin):
            typer.echo(_as_json(_text_of(line), library))
    elif as_json:
        typer.echo(_as_json(text, library))
    else:
        meaning = understand_text(library, text)
        typer.echo(f"{meaning.kind} → {meaning.action}")
        for id_, score in meaning.top:
            typer.echo(f"  {score:.2f}  {id_}")


def _text_of(line: str) -> str:
    try:
        return str(json.loads(line)["text"])
    except (ValueError, KeyError, TypeError):
        raise _fail(f'không đọc được dòng {line[:80]!r}: mỗi dòng phải là {{"text": "…"}}') from None


def _as_json(text: str, library: Library) -> str:
    meaning = understand_text(library, text)
    top = [{"id": id_, "score": round(score, 3)} for id_, score in meaning.top]
    return json.dumps({"text": text, "kind": meaning.kind, "top": top, "action": meaning.action}, ensure_ascii=False)


@app.command()
def schema(kind: Annotated[str, typer.Argument(help="procedure, shared, commune hoặc talks")] = "procedure") -> None:
    """In JSON Schema của một loại tệp nội dung, để trình soạn thảo gợi ý và bắt lỗi."""
    if kind not in _SCHEMAS:
        raise _fail(f"không có loại `{kind}`: dùng {', '.join(_SCHEMAS)}")
    typer.echo(json.dumps(_SCHEMAS[kind].model_json_schema(), ensure_ascii=False, indent=2))


@catalogue.command("import")
def import_catalogue(
    folder: Annotated[Path, typer.Argument(help="thư mục bản chụp cơ sở dữ liệu thủ tục quốc gia")],
    on: Annotated[str, typer.Option("--date", help="ngày của bản chụp, ví dụ 2026-07-18")],
) -> None:
    """Làm lại content/catalogue.csv từ một bản chụp quốc gia: chỉ lấy số liệu, không chép câu chữ."""
    if not folder.is_dir():
        raise _fail(f"không có thư mục {folder}")
    found = read_national(folder)
    if not found:
        raise _fail(f"trong {folder} không có thủ tục nào: cần mỗi thủ tục một tệp .txt")
    table = write_catalogue(found.values(), _moment(on).date())
    (_settings().content_dir / CATALOGUE).write_text(table, "utf-8")
    typer.echo(f"{len(found)} thủ tục trong {CATALOGUE}")


@telegram.command()
def connect() -> None:
    """Báo cho Telegram địa chỉ webhook, các lệnh và lời giới thiệu."""
    chosen = _settings()
    if not (chosen.telegram_token.get_secret_value() and chosen.telegram_secret.get_secret_value()):
        raise _fail("Cần MOTCUA_TELEGRAM_TOKEN và MOTCUA_TELEGRAM_SECRET: xem docs/telegram.md")
    if not chosen.public_url:
        raise _fail("Cần MOTCUA_PUBLIC_URL, địa chỉ https mà Telegram gọi tới")
    try:
        name = asyncio.run(_connect(Telegram(chosen), f"{chosen.url}/webhook/telegram"))
    except TelegramError as error:
        raise _fail(f"Telegram chưa nhận: {error.message}") from None
    typer.echo(f"Xong: https://t.me/{name} gọi về {chosen.url}/webhook/telegram")


async def _connect(channel: Telegram, hook: str) -> str:
    sentences = _library().sentences
    try:
        return await channel.connect(hook, sentences.telegram_commands, sentences.intro)
    finally:
        await channel.close()
