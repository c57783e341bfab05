"""`motcua doctor`: what is well, what soon will not be, what is broken; and the cure of each."""

import asyncio
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import alarms, backup, settings
from bot.channels.hook_watch import Hook
from bot.clock import now
from bot.connections import MOST, raise_descriptors
from bot.content import load_folder
from bot.errors import MotcuaError
from bot.outbox import backlog
from bot.service import require_secrets
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import check_database
from flows.definition.yaml_source import ContentError

app = typer.Typer()

Level = Literal["green", "yellow", "red"]
_SIGNS: dict[Level, str] = {"green": "✓", "yellow": "!", "red": "✗"}
_PATIENCE = 5.0  # seconds for a platform's answer
_WAITING = 20  # updates that Telegram holds back before it is worth a word
_TIGHT = 2  # times the floor of free disk
_CURE_OF_HOOK = "địa chỉ sai thì chạy motcua telegram connect; gọi không được thì mở địa chỉ ấy từ ngoài xem"


@dataclass(frozen=True)
class Finding:
    """`cure`: what to do; "" when all is well."""

    level: Level
    what: str
    cure: str = ""


@app.command()
def doctor() -> None:
    """Khám máy: cài đặt, cơ sở dữ liệu, đĩa, nội dung, kênh. Đỏ là hỏng, vàng là sắp hỏng, kèm cách chữa."""
    found = list(examine())
    for finding in found:
        typer.echo(f"{typer.style(_SIGNS[finding.level], fg=finding.level)} {finding.what}")
        if finding.cure:
            typer.echo(f"    → {finding.cure}")
    if any(finding.level == "red" for finding in found):
        raise typer.Exit(1)


def examine() -> Iterator[Finding]:
    """Look at everything; one part that can't be looked at keeps no other from it."""
    try:
        yield from _names()
        chosen = settings.load_settings()
        _ = chosen.signing_key
        require_secrets(chosen)
    except (MotcuaError, UnicodeDecodeError) as error:
        what = ".env không phải chữ UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        yield Finding("red", "Cài đặt không dùng được", what)
        return
    yield Finding("green", "Cài đặt đọc được, khoá ký đủ dài")
    for part in (_address, _host, _modes, _disk, _descriptors, _content, _database, _telegram):
        yield from _safely(part, chosen)


def _names() -> Iterator[Finding]:
    """Find what is written and sets nothing."""
    for name in settings.unknown_settings():
        near = settings.nearest_setting(name)
        yield Finding(
            "yellow", f"{name}: không có cài đặt này", f"viết {near}" if near else "xoá đi, hoặc xem docs/cai-dat.md"
        )
    for name in settings.settings_without_value():
        yield Finding("yellow", f"{name} trong .env không đặt gì cả", f"viết {name}=…, hoặc xoá dòng ấy")
    if Path(".env").is_dir():
        yield Finding("yellow", ".env là thư mục, nên không cài đặt nào được đọc", "xoá thư mục ấy, tạo tệp .env")


def _safely(part: Callable[[Settings], Iterator[Finding]], chosen: Settings) -> Iterator[Finding]:
    try:
        yield from part(chosen)
    except (OSError, MotcuaError) as error:
        yield Finding("red", f"Không khám được phần này ({part.__name__.strip('_')})", str(error))


def _address(chosen: Settings) -> Iterator[Finding]:
    if not chosen.public_url:
        yield Finding("yellow", "Chưa có MOTCUA_PUBLIC_URL: chỉ dùng được trên máy này", "đặt https://tên-miền của xã")
    elif problem := settings.problem_of_address(chosen.public_url):
        yield Finding("red", f"MOTCUA_PUBLIC_URL: {problem}", "viết như https://motcua.xa.vn, không thêm gì phía sau")
    else:
        yield Finding("green", f"Địa chỉ {chosen.url}")


def _host(chosen: Settings) -> Iterator[Finding]:
    """Check whether there is such an address on this machine."""
    try:
        found = socket.getaddrinfo(chosen.host, 0, type=socket.SOCK_STREAM)
        with socket.socket(found[0][0], socket.SOCK_STREAM) as tried:
            tried.bind(found[0][4])
    except OSError as error:
        reason = f"MOTCUA_HOST: không nghe được ở {chosen.host} ({error.strerror})"
        yield Finding("red", reason, "viết 127.0.0.1; sau một máy khác thì 0.0.0.0")


def _modes(chosen: Settings) -> Iterator[Finding]:
    """Check whether others on this machine may read what is kept."""
    files = [file for file in (chosen.data_dir.glob("*") if chosen.data_dir.is_dir() else ()) if file.is_file()]
    files += [file for file in (Path(".env"),) if file.is_file()]
    opened = [str(file) for file in files if file.stat().st_mode & 0o077]
    if opened:
        yield Finding(
            "yellow",
            f"Người khác trên máy đọc được: {', '.join(sorted(opened))}",
            f"chmod 600 {' '.join(sorted(opened))}",
        )
    else:
        yield Finding("green", "Tệp chỉ mình dịch vụ đọc được")


def _disk(chosen: Settings) -> Iterator[Finding]:
    folder = next(each for each in (chosen.data_dir, *chosen.data_dir.absolute().parents) if each.exists())
    free = shutil.disk_usage(folder).free
    level: Level = "red" if free < chosen.disk_floor else "yellow" if free < _TIGHT * chosen.disk_floor else "green"
    cure = "" if level == "green" else "dọn đĩa: docs/van-hanh.md, mục “Đĩa đầy”"
    yield Finding(level, f"Đĩa còn trống {free / 1e9:.1f} GB", cure)


def _descriptors(_chosen: Settings) -> Iterator[Finding]:
    carried = raise_descriptors()
    enough = carried >= MOST // 4
    cure = "" if enough else "thêm LimitNOFILE=8192 vào [Service] của motcua.service"
    yield Finding("green" if enough else "yellow", f"Nhận được {carried} kết nối một lúc", cure)


def _content(chosen: Settings) -> Iterator[Finding]:
    try:
        library = load_folder(chosen.content_dir, chosen.step_limit)
    except ContentError as error:
        first = str(error).splitlines()[0]
        yield Finding("red", f"Nội dung không dùng được: {first}", "chạy motcua check, sửa dòng nó chỉ")
    else:
        yield Finding("green", f"Nội dung: {len(library.procedures)} thủ tục, {len(library.communes)} xã")


def _database(chosen: Settings) -> Iterator[Finding]:
    url = chosen.store_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        yield Finding("yellow", "Chưa có cơ sở dữ liệu", "chạy motcua serve: nó tự tạo lần đầu")
        return
    database = Database(url)
    try:
        check_database(database)
        standing = asyncio.run(database.read(alarms.list_standing))
        lines = asyncio.run(database.read(backlog.list_channels))
        made = asyncio.run(database.read(backup.last))
    except (MotcuaError, SQLAlchemyError) as error:
        yield Finding("red", f"Cơ sở dữ liệu không dùng được ({error.__class__.__name__})", str(error).splitlines()[0])
        return
    finally:
        database.close()
    yield Finding("green", "Cơ sở dữ liệu trả lời")
    yield _backup(chosen, made)
    for alarm in standing:
        yield Finding("red", f"Báo động {alarm.name}: {alarm.detail}", "cách chữa: docs/van-hanh.md")
    dead = sum(line.dead for line in lines)
    if dead:
        yield Finding("yellow", f"{dead} tin không tới nơi", "xem vì sao: motcua outbox dead")


def _backup(chosen: Settings, made: datetime | None) -> Finding:
    cure = "đặt lịch motcua backup mỗi đêm: docs/van-hanh.md, mục “Sao lưu”"
    if made is None:
        return Finding(
            "yellow" if chosen.backup_hours else "green", "Chưa sao lưu lần nào", cure if chosen.backup_hours else ""
        )
    hours = (now() - made) / timedelta(hours=1)
    old = 0 < chosen.backup_hours < hours
    return Finding("yellow" if old else "green", f"Sao lưu lần cuối {hours:.0f} giờ trước", cure if old else "")


def _telegram(chosen: Settings) -> Iterator[Finding]:
    """As Telegram sees us."""
    token = chosen.telegram_token.get_secret_value()
    if not token:
        return
    try:
        answer = httpx.get(f"{chosen.telegram_api}/bot{token}/getWebhookInfo", timeout=_PATIENCE).json()
    except (httpx.HTTPError, ValueError) as error:
        yield Finding(
            "red", f"Telegram không trả lời ({error.__class__.__name__})", "xem máy chủ có ra mạng được không"
        )
        return
    if not answer.get("ok"):
        yield Finding(
            "red",
            f"Telegram không nhận token: {answer.get('description', '')}",
            "lấy lại token ở @BotFather, đặt MOTCUA_TELEGRAM_TOKEN",
        )
        return
    info = answer["result"]
    hook = Hook(
        info.get("url", ""),
        info.get("pending_update_count", 0),
        info.get("last_error_message", ""),
        datetime.fromtimestamp(info.get("last_error_date", 0), UTC),
    )
    if problem := hook.problem(f"{chosen.url}/webhook/telegram", now()):
        yield Finding("red", f"Telegram {problem}", _CURE_OF_HOOK)
    elif hook.waiting > _WAITING:
        yield Finding("yellow", f"Telegram còn giữ {hook.waiting} tin", "xem dịch vụ có chạy kịp không: /readyz")
    else:
        yield Finding("green", f"Telegram gọi về {urlsplit(chosen.url).netloc}")
