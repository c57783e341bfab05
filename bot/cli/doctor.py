"""`motcua doctor`: what is well, what soon will not be, what is broken; and the cure of each."""

import asyncio
import ctypes
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import alarms, backup, clock_jumps, typesetting
from bot.channels.client import Client
from bot.channels.hook_watch import Hook
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_tokens import ZaloTokens
from bot.cli import environment
from bot.clock import now
from bot.connection_limits import MOST, raise_descriptors
from bot.content import load_folder, read_files, version_of
from bot.errors import MotcuaError, Refused, SendError
from bot.outbox import backlog
from bot.service import require_secrets
from bot.settings import Settings, load_settings
from bot.store.database import Database
from bot.store.migrate import check_database
from flows.definition.yaml_source import ContentError

app = typer.Typer()

Level = Literal["green", "yellow", "red"]
_SIGNS: dict[Level, str] = {"green": "✓", "yellow": "!", "red": "✗"}
_PATIENCE = 5.0  # seconds for a platform's answer
_WAITING = 20  # updates that Telegram holds back before it is worth a word
_TIGHT = 2  # times the floor of free disk
_CURE_OF_HOOK = "địa chỉ sai thì chạy motcua {} connect; gọi không được thì mở địa chỉ ấy từ ngoài xem"
_NETWORK = "xem máy chủ có ra mạng được không"
_SET_CLOCK = "timedatectl set-ntp true"
_WRONG = timedelta(minutes=2)  # by which a clock is wrong: codes of second factors and Zalo's signatures fail
_UNSYNCHRONIZED = 5  # what Linux answers for a clock that nobody sets
_TIMEX = 512  # bytes: more than its structure has
_RENEWED = timedelta(hours=25)  # the life of Zalo's token; while the service runs it is renewed before


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
        chosen = load_settings()
        _ = chosen.signing_key
        require_secrets(chosen)
    except (MotcuaError, UnicodeDecodeError) as error:
        what = ".env không phải chữ UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        yield Finding("red", "Cài đặt không dùng được", what)
        return
    yield Finding("green", "Cài đặt đọc được, khoá ký đủ dài")
    if shared := environment.secrets_shared(chosen):
        yield Finding("yellow", f"Cùng một bí mật: {', '.join(shared)}", "đặt mỗi cái một khác: openssl rand -hex 32")
    parts = (
        *(_address, _host, _proxies, _pointless, _modes, _disk, _descriptors, _clock, _fonts, _content, _database),
        *(_telegram, _zalo_bot, _zalo_oa),
    )
    for part in parts:
        yield from _safely(part, chosen)


def _names() -> Iterator[Finding]:
    """Find what is written and sets nothing."""
    for name in environment.unknown_settings():
        near = environment.nearest_setting(name)
        yield Finding(
            "yellow", f"{name}: không có cài đặt này", f"viết {near}" if near else "xoá đi, hoặc xem docs/cai-dat.md"
        )
    for name in environment.settings_without_prefix():
        yield Finding("yellow", f"{name} trong .env không đặt gì cả", f"viết MOTCUA_{name.upper()}")
    for name in environment.settings_without_value():
        yield Finding("yellow", f"{name} trong .env không đặt gì cả", f"viết {name}=…, hoặc xoá dòng ấy")
    for name in environment.settings_set_twice():
        yield Finding("yellow", f"{name} trong .env đặt hai lần, chỉ lần sau có tác dụng", "xoá dòng không dùng")
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
    elif problem := environment.problem_of_address(chosen.public_url):
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


def _proxies(_chosen: Settings) -> Iterator[Finding]:
    """Check whether anybody may say that they are somebody else: limits by address would hold nobody."""
    trusted = environment.proxies_trusted() or ""
    if any(one.strip() == "*" or one.strip().endswith("/0") for one in trusted.split(",")):
        yield Finding(
            "yellow",
            f"FORWARDED_ALLOW_IPS={trusted}: ai cũng tự khai được địa chỉ của mình, giới hạn theo địa chỉ không còn tác dụng",
            "ghi địa chỉ của máy chủ web đứng trước; cùng máy thì xoá dòng ấy",
        )


def _pointless(chosen: Settings) -> Iterator[Finding]:
    """Find what is set, and does nothing as the rest is set."""
    channels = {
        "telegram": chosen.telegram_token.get_secret_value(),
        "zalo-bot": chosen.zalo_bot_token.get_secret_value(),
        "zalo-oa": chosen.zalo_oa_app_id,
    }
    groups = {
        "MOTCUA_TEAM_TELEGRAM_CHAT": chosen.team_telegram_chat and "telegram",
        "MOTCUA_TEAM_ZALO_GROUP": chosen.team_zalo_group and "zalo-bot",
        "MOTCUA_ALARM_CHAT": chosen.alarm_chat.partition(":")[0],
    }
    for name, channel in groups.items():
        if channel and not channels.get(channel):
            yield Finding(
                "red", f"{name}: kênh {channel} đang tắt, không tin nào tới nhóm ấy", "bật kênh ấy, hoặc xoá dòng ấy"
            )
    if chosen.push_email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", chosen.push_email):
        yield Finding("yellow", "MOTCUA_PUSH_EMAIL không phải hộp thư", "viết như truc@xa.vn")
    if chosen.national_dir and not chosen.national_dir.is_dir():
        yield Finding("yellow", f"MOTCUA_NATIONAL_DIR: không có thư mục {chosen.national_dir}", "sửa, hoặc xoá dòng ấy")
    if chosen.zalo_verification.endswith(".html"):
        cure = "chỉ chép phần giữa zalo_verifier và .html"
        yield Finding("yellow", "MOTCUA_ZALO_VERIFICATION chép thừa, Zalo sẽ không thấy trang", cure)
    if chosen.upload_budget < chosen.file_limit:
        cure = "đặt MOTCUA_UPLOAD_BUDGET lớn hơn"
        yield Finding("yellow", "MOTCUA_FILE_LIMIT lớn hơn cả MOTCUA_UPLOAD_BUDGET: tệp to không gửi được", cure)


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


def _clock(_chosen: Settings) -> Iterator[Finding]:
    """Ask the system whether anything sets its clock."""
    ask = getattr(ctypes.CDLL(None), "adjtimex", None)
    if ask is None:
        return
    alone = ask(ctypes.create_string_buffer(_TIMEX)) == _UNSYNCHRONIZED
    if alone:
        yield Finding("yellow", "Đồng hồ máy không tự chỉnh theo mạng", _SET_CLOCK)
    else:
        yield Finding("green", "Đồng hồ máy tự chỉnh theo mạng")


def _fonts(_chosen: Settings) -> Iterator[Finding]:
    if families := typesetting.font_families():
        yield Finding("green", f"Phông chữ để in: {', '.join(families)}")
    else:
        yield Finding(
            "red", "Thiếu phông chữ để in áp phích, tờ hướng dẫn", "cài lại Motcua: tệp phông đi kèm mã nguồn"
        )


def _content(chosen: Settings) -> Iterator[Finding]:
    try:
        library = load_folder(chosen.content_dir, chosen.step_limit)
    except ContentError as error:
        first = str(error).splitlines()[0]
        yield Finding("red", f"Nội dung không dùng được: {first}", "chạy motcua check, sửa dòng nó chỉ")
    else:
        counts = f"{len(library.procedures)} thủ tục, {len(library.communes)} xã"
        yield Finding("green", f"Nội dung: {counts}, bản {version_of(read_files(chosen.content_dir))}")


def _database(chosen: Settings) -> Iterator[Finding]:
    url = chosen.store_url
    if not _is_there(url):
        yield Finding("yellow", "Chưa có cơ sở dữ liệu", "chạy motcua serve: nó tự tạo lần đầu")
        return
    database = Database(url)
    try:
        check_database(database)
        standing = asyncio.run(database.read(alarms.list_standing))
        lines = asyncio.run(database.read(backlog.list_channels))
        made = asyncio.run(database.read(backup.last))
        seen = asyncio.run(database.read(clock_jumps.last_seen))
    except (MotcuaError, SQLAlchemyError) as error:
        yield Finding("red", f"Cơ sở dữ liệu không dùng được ({error.__class__.__name__})", str(error).splitlines()[0])
        return
    finally:
        database.close()
    yield Finding("green", "Cơ sở dữ liệu trả lời")
    yield _backup(chosen, made)
    if seen and seen - now() > _WRONG:
        yield Finding("red", f"Đồng hồ máy đi lùi: dịch vụ đã thấy {seen:%d/%m/%Y %H:%M} (UTC)", _SET_CLOCK)
    for alarm in standing:
        yield Finding("red", f"Báo động {alarm.name}: {alarm.detail}", "cách chữa: docs/van-hanh.md")
    dead = sum(line.dead for line in lines)
    if dead:
        yield Finding("yellow", f"{dead} tin không tới nơi", "xem vì sao: motcua outbox dead")


def _is_there(url: str) -> bool:
    """Tell whether looking at a database would not make one."""
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).exists()


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
        told = httpx.get(f"{chosen.telegram_api}/bot{token}/getWebhookInfo", timeout=_PATIENCE)
        answer = told.json()
    except (httpx.HTTPError, ValueError) as error:
        yield Finding("red", f"Telegram không trả lời ({error.__class__.__name__})", _NETWORK)
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
    yield _hook("Telegram", hook, chosen, "telegram")
    if theirs := told.headers.get("date"):
        wrong = now() - parsedate_to_datetime(theirs)
        if abs(wrong) > _WRONG:
            yield Finding(
                "red", f"Đồng hồ máy lệch {abs(wrong) // timedelta(minutes=1)} phút so với Telegram", _SET_CLOCK
            )


def _hook(platform: str, hook: Hook, chosen: Settings, channel: str) -> Finding:
    if problem := hook.problem(f"{chosen.url}/webhook/{channel}", now()):
        return Finding("red", f"{platform} {problem}", _CURE_OF_HOOK.format(channel))
    if hook.waiting > _WAITING:
        return Finding("yellow", f"{platform} còn giữ {hook.waiting} tin", "xem dịch vụ có chạy kịp không: /readyz")
    return Finding("green", f"{platform} gọi về {urlsplit(chosen.url).netloc}")


def _zalo_bot(chosen: Settings) -> Iterator[Finding]:
    """As Zalo Bot sees us."""
    if not chosen.zalo_bot_token.get_secret_value():
        return

    async def ask() -> Hook:
        channel = ZaloBot(chosen)
        try:
            return await channel.fetch_webhook()
        finally:
            await channel.close()

    try:
        yield _hook("Zalo Bot", asyncio.run(ask()), chosen, "zalo-bot")
    except Refused as error:
        yield Finding(
            "red", f"Zalo Bot không nhận token: {error}", "lấy token ở Zalo Bot Manager, đặt MOTCUA_ZALO_BOT_TOKEN"
        )
    except SendError as error:
        yield Finding("red", f"Zalo Bot không trả lời ({error})", _NETWORK)


def _zalo_oa(chosen: Settings) -> Iterator[Finding]:
    """How old the token is that Zalo gave for the OA."""
    if not chosen.zalo_oa_app_id or not _is_there(chosen.store_url):
        return
    database = Database(chosen.store_url)

    async def find_issued() -> datetime | None:
        tokens = ZaloTokens(chosen, database, Client(_PATIENCE), now)
        await tokens.reload()
        return tokens.issued

    try:
        issued = asyncio.run(find_issued())
    except SQLAlchemyError:  # what is wrong with the database was said
        return
    finally:
        database.close()
    if issued is None:
        yield Finding("red", "Zalo OA chưa cấp quyền", "chạy motcua zalo authorize: docs/zalo.md")
        return
    hours = (now() - issued) // timedelta(hours=1)
    if now() - issued > _RENEWED:
        yield Finding(
            "red", f"Token Zalo OA đã {hours} giờ, quá hạn", "để dịch vụ chạy; vẫn đỏ thì cấp quyền lại: docs/zalo.md"
        )
    else:
        yield Finding("green", f"Token Zalo OA mới đổi {hours} giờ trước")
