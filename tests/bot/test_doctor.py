"""`motcua doctor` on a healthy and on a sick set-up; set-ups that can't work end in one sentence."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from bot import clock_jumps
from bot.channels.client import Client
from bot.channels.zalo_tokens import ZaloTokens
from bot.cli import app
from bot.cli.environment import nearest_setting, problem_of_address
from bot.clock import now
from bot.errors import SettingsError
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.process_lock import acquire_lock
from tests.emulators.server import free_port
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator

NOBODY = "postgresql+psycopg://a:b@127.0.0.1:1/c"


def run(monkeypatch: pytest.MonkeyPatch, *words: str, **settings: object) -> tuple[int, str]:
    for name, value in settings.items():
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", str(value))
    ended = CliRunner().invoke(app, list(words))
    assert not ended.exception or isinstance(ended.exception, SystemExit)
    return ended.exit_code, ended.output


def test_a_healthy_set_up_is_green(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path) -> None:
    code, said = run(
        monkeypatch, "doctor", data_dir=tmp_path, content_dir=content_dir, public_url="https://xa.example", disk_floor=1
    )
    assert code == 0
    assert "✗" not in said
    assert "✓ Phông chữ để in: Noto Sans" in said


def test_each_sickness_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "motcua.db").write_bytes(b"no database at all" * 100)
    code, said = run(
        monkeypatch,
        "doctor",
        data_dir=tmp_path,
        content_dir=tmp_path / "content",
        public_url="http://xa.example/a?b",
        disk_floor=2**60,
        telegram_token="1:x",
        telegram_secret="x",
        telegram_api="http://127.0.0.1:1",
        telegrm_secret="x",
    )
    assert code == 1
    for sickness in (
        "MOTCUA_TELEGRM_SECRET: không có cài đặt này\n    → viết MOTCUA_TELEGRAM_SECRET",
        "✗ MOTCUA_PUBLIC_URL: “http://xa.example/a?b” không bắt đầu bằng https",
        "Người khác trên máy đọc được",
        "✗ Đĩa còn trống",
        "✗ Nội dung không dùng được: bot.yaml:1",
        "✗ Cơ sở dữ liệu không dùng được",
        "✗ Telegram không trả lời (ConnectError)",
    ):
        assert sickness in said


def test_who_trusts_a_proxy_of_their_own_is_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compose = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text("utf-8"))
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", compose["x-motcua"]["environment"]["FORWARDED_ALLOW_IPS"])
    assert "FORWARDED_ALLOW_IPS" not in run(monkeypatch, "doctor", data_dir=tmp_path)[1]


@pytest.mark.parametrize("kept", ["", "short"])
def test_a_broken_key_is_the_first_thing_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path, kept: str
) -> None:
    (tmp_path / "secret").write_text(kept)
    for command in (("doctor",), ("serve",), ("team", "list")):
        code, said = run(monkeypatch, *command, data_dir=tmp_path, content_dir=content_dir)
        assert code == 1
        assert "put back the one from your backup" in said


def test_what_telegram_sees_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path) -> None:
    with TelegramEmulator() as telegram:
        chosen = {
            "telegram_token": telegram.token,
            "telegram_secret": "x",
            "telegram_api": telegram.base,
            "public_url": "https://xa.example",
        }
        code, said = run(monkeypatch, "doctor", data_dir=tmp_path, content_dir=content_dir, disk_floor=1, **chosen)
    assert code == 1
    assert "Telegram gọi về không đâu cả, không phải https://xa.example/webhook/telegram" in said
    assert "motcua telegram connect" in said


def test_what_zalo_bot_sees_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path) -> None:
    where = {"data_dir": tmp_path, "content_dir": content_dir, "public_url": "https://xa.example", "disk_floor": 1}
    with ZaloBotEmulator() as zalo:
        chosen = {"zalo_bot_token": zalo.token, "zalo_bot_secret": "secret-of-8", "zalo_bot_api": zalo.base}
        _, said = run(monkeypatch, "doctor", **where, **chosen)
        assert "✗ Zalo Bot gọi về không đâu cả" in said
        assert "motcua zalo-bot connect" in said
        _, said = run(monkeypatch, "doctor", **where, **{**chosen, "zalo_bot_token": "1:wrong"})
        assert "✗ Zalo Bot không nhận token" in said
    _, said = run(monkeypatch, "doctor", **where, **{**chosen, "zalo_bot_api": "http://127.0.0.1:1"})
    assert "✗ Zalo Bot không trả lời" in said


async def test_how_old_the_token_of_zalo_oa_is_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path
) -> None:
    grant = {"zalo_oa_access_token": "access", "zalo_oa_refresh_token": "refresh"}
    chosen = {"zalo_oa_app_id": "1", "zalo_oa_secret_key": "k", "zalo_oa_app_secret": "s"}
    settings = Settings(data_dir=tmp_path, content_dir=content_dir, **chosen, **grant)  # type: ignore[arg-type]  # mixed values
    database = Database(settings.store_url, lambda: now() - timedelta(hours=30))
    await asyncio.to_thread(migrate, database)
    await ZaloTokens(settings, database, Client(1), now).start()
    database.close()
    _, said = await asyncio.to_thread(run, monkeypatch, "doctor", data_dir=tmp_path, content_dir=content_dir, **chosen)
    assert "✗ Token Zalo OA đã 30 giờ, quá hạn" in said


async def test_a_clock_that_went_back_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path}/motcua.db", lambda: now() + timedelta(days=1))
    await asyncio.to_thread(migrate, database)
    await database.write(clock_jumps.note_time)
    database.close()
    _, said = await asyncio.to_thread(run, monkeypatch, "doctor", data_dir=tmp_path, content_dir=content_dir)
    assert "✗ Đồng hồ máy đi lùi" in said


@pytest.mark.parametrize(
    "url",
    [
        "xa.example",
        "http://xa.example",
        "https://",
        "https://xa.example/motcua",
        "https://xa.example?x",
        "https://a b.vn",
        "https://xa.example:99999",
        "https://me@xa.example",
        "https://[::1",
        "https://192.168.1.5",
        "https://motcua",
        "https://motcua.local",
    ],
)
def test_an_address_that_can_not_work_is_printed_on_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path, url: str
) -> None:
    assert problem_of_address(url)
    where = {"data_dir": tmp_path, "content_dir": content_dir, "public_url": url}
    code, said = run(monkeypatch, "link", "--commune", "ban-moi", "--source", "Nhóm", **where)
    assert code == 1
    assert "MOTCUA_PUBLIC_URL" in said


@pytest.mark.parametrize(
    "url", ["https://xa.example", "https://xa.example/", "https://xa.example:8443", "http://localhost:8000"]
)
def test_an_address_that_works_is_taken(url: str) -> None:
    assert problem_of_address(url) == ""


def test_a_misspelt_setting_is_known_by_its_neighbour() -> None:
    assert nearest_setting("MOTCUA_PUBLIC_ULR") == "MOTCUA_PUBLIC_URL"
    assert nearest_setting("MOTCUA_SOMETHING_ELSE_ALTOGETHER") == ""


def write(path: Path, content: bytes | str, mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)


def newer(file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE alembic_version (version_num TEXT)")
        made.execute("INSERT INTO alembic_version VALUES ('9999')")
        made.commit()


Prepare = Callable[[Path], object]  # is given the folder that holds .env, data and content

# What ends the service in one sentence: (what is done to a good set-up, settings, a part of the sentence).
REFUSED: dict[str, tuple[Prepare | None, dict[str, str], str]] = {
    "an empty secret": (lambda d: write(d / "data/secret", ""), {}, "put back the one from your backup"),
    "a cut secret": (lambda d: write(d / "data/secret", "abc"), {}, "put back the one from your backup"),
    "a secret of another kind": (
        lambda d: write(d / "data/secret", b"\xff" * 40),
        {},
        "put back the one from your backup",
    ),
    "a secret of one letter": (None, {"secret": "x" * 32}, "MOTCUA_SECRET holds no secret"),
    "days beyond all": (None, {"contact_days": "1e300"}, "MOTCUA_CONTACT_DAYS: Value error, write 36500 or less"),
    "days without end": (None, {"session_days": "inf"}, "MOTCUA_SESSION_DAYS"),
    "a short secret": (None, {"secret": "abc"}, "MOTCUA_SECRET holds no secret of 16"),
    "a port in words": (None, {"port": "tám nghìn"}, "MOTCUA_PORT"),
    "a port beyond all": (None, {"port": "99999"}, "MOTCUA_PORT"),
    "too few days": (None, {"transcript_days": "-1"}, "MOTCUA_TRANSCRIPT_DAYS"),
    "data in a file": (lambda d: write(d / "data", "x"), {}, "File exists"),
    "data where nothing can be": (None, {"data_dir": "/proc/motcua"}, "No such file"),
    "no content": (None, {"content_dir": "/nowhere"}, "bot.yaml:1: thiếu tệp này"),
    "broken content": (lambda d: write(d / "content/bot.yaml", "a: [b"), {}, "bot.yaml:1: thiếu dấu đóng ]"),
    "a database without a kind": (None, {"database_url": "motcua"}, "MOTCUA_DATABASE_URL"),
    "a database of another kind": (None, {"database_url": "mysql://a:b@c/d"}, "write postgresql+psycopg://"),
    "PostgreSQL by its old name": (None, {"database_url": "postgres://a:b@c/d"}, "write postgresql+psycopg://"),
    "PostgreSQL at no port": (None, {"database_url": "postgresql+psycopg://a:b@c:x/d"}, "a port is a number"),
    "a password with an @": (None, {"database_url": "postgresql+psycopg://a:b@b@c/d"}, "write @ as %40"),
    "SQLite without a file": (None, {"database_url": "sqlite:///"}, "it names no database"),
    "PostgreSQL that is not there": (None, {"database_url": NOBODY}, "The database can't be opened"),
    "a database that is none": (lambda d: write(d / "data/motcua.db", b"x" * 9000), {}, "file is not a database"),
    "a database from tomorrow": (lambda d: newer(d / "data/motcua.db"), {}, "of a newer Motcua"),
    "half a token": (None, {"telegram_token": "AAExyz", "telegram_secret": "x"}, "as @BotFather gave it"),
    "a secret with spaces": (None, {"telegram_token": "1:x", "telegram_secret": "mật khẩu"}, "MOTCUA_TELEGRAM_SECRET"),
    "Telegram without its secret": (None, {"telegram_token": "1:x"}, "MOTCUA_TELEGRAM_SECRET is empty"),
    "half of Zalo OA": (None, {"zalo_oa_app_id": "1"}, "MOTCUA_ZALO_OA_SECRET_KEY is empty"),
    "Zalo Bot without its secret": (None, {"zalo_bot_token": "1:x"}, "MOTCUA_ZALO_BOT_SECRET is empty"),
    "a group by its name": (None, {"team_telegram_chat": "Tổ xã"}, "MOTCUA_TEAM_TELEGRAM_CHAT"),
    "an alarm to nowhere": (None, {"alarm_chat": "chị Lan"}, "MOTCUA_ALARM_CHAT"),
    "a token that is guessed": (None, {"metrics_token": "abc"}, "MOTCUA_METRICS_TOKEN"),
    "a platform at no address": (
        None,
        {"telegram_api": "http://[::1"},
        "MOTCUA_TELEGRAM_API: Value error, it is no addr",
    ),
    "a platform without https": (
        None,
        {"zalo_bot_api": "bot-api.example"},
        "MOTCUA_ZALO_BOT_API: Value error, it is no",
    ),
    "a platform that is no name": (None, {"zalo_oa_api": "https://xn--/"}, "MOTCUA_ZALO_OA_API: Value error, it is no"),
    "a platform at no port": (None, {"zalo_oa_oauth": "http://a:b:c"}, "MOTCUA_ZALO_OA_OAUTH: Value error, it is no"),
    "hosts with commas": (None, {"push_services": "a.example,b.example"}, "write hosts with spaces between them"),
    "a host with a path": (None, {"zalo_media": "https://zdn.vn/"}, "write hosts with spaces between them"),
    "a link that runs a script": (None, {"zalo_bot_link": "javascript:alert(1)"}, "MOTCUA_ZALO_BOT_LINK"),
    "one quote": (lambda d: write(d / ".env", '\nMOTCUA_HOST="::1\n'), {}, ".env, line 2 can't be read"),
    "a quote too soon": (lambda d: write(d / ".env", "MOTCUA_HOST='a' b\n"), {}, ".env, line 1 can't be read"),
    "a sentence": (lambda d: write(d / ".env", "the settings of xa\n"), {}, ".env, line 1 can't be read"),
    "a mark of Notepad": (lambda d: write(d / ".env", b"\xef\xbb\xbfMOTCUA_PORT=99999"), {}, "MOTCUA_PORT"),
    "settings in another alphabet": (lambda d: write(d / ".env", b"MOTCUA_HOST=\xff\xfe"), {}, "UTF-8"),
}

# What would start, and do something else than was meant.
TOLD: dict[str, tuple[Prepare | None, dict[str, str], str]] = {
    "a misspelt setting": (None, {"telegrm_token": "1:x"}, "→ viết MOTCUA_TELEGRAM_TOKEN"),
    "an address without https": (None, {"public_url": "http://xa.example"}, "không bắt đầu bằng https"),
    "an address with a path": (None, {"public_url": "https://xa.example/bot"}, "có phần thừa sau tên miền"),
    "a host that is not here": (None, {"host": "203.0.113.9"}, "✗ MOTCUA_HOST: không nghe được ở 203.0.113.9"),
    "a setting without =": (lambda d: write(d / ".env", "MOTCUA_HOST\n"), {}, "! MOTCUA_HOST trong .env không đặt gì"),
    "a setting twice": (
        lambda d: write(d / ".env", "MOTCUA_PORT=1\nMOTCUA_PORT=2\n"),
        {},
        "! MOTCUA_PORT trong .env đặt hai lần",
    ),
    "one secret for all": (
        None,
        {"secret": "a-secret-of-all-doors", "metrics_token": "a-secret-of-all-doors"},
        "! Cùng một bí mật: MOTCUA_METRICS_TOKEN, MOTCUA_SECRET",
    ),
    "an address of a house": (None, {"public_url": "https://192.168.1.5"}, "không ai ở ngoài mạng nhà gọi tới được"),
    "a setting without its beginning": (
        lambda d: write(d / ".env", "TELEGRAM_TOKEN=1:x\n"),
        {},
        "→ viết MOTCUA_TELEGRAM_TOKEN",
    ),
    "alarms to a channel that is off": (None, {"alarm_chat": "telegram:-100"}, "✗ MOTCUA_ALARM_CHAT: kênh telegram"),
    "a group of a channel that is off": (None, {"team_zalo_group": "x"}, "✗ MOTCUA_TEAM_ZALO_GROUP: kênh zalo-bot"),
    "no mail": (None, {"push_email": "abc"}, "! MOTCUA_PUSH_EMAIL không phải hộp thư"),
    "a snapshot that is nowhere": (None, {"national_dir": "/nowhere"}, "! MOTCUA_NATIONAL_DIR: không có thư mục"),
    "a proof copied whole": (None, {"zalo_verification": "zalo_verifierX.html"}, "! MOTCUA_ZALO_VERIFICATION"),
    "a file over all that may come": (None, {"upload_budget": "1000"}, "! MOTCUA_FILE_LIMIT lớn hơn"),
    "a folder for a database": (lambda d: (d / "data/motcua.db").mkdir(parents=True), {}, "✗ Cơ sở dữ liệu"),
    "settings in a folder": (lambda d: (d / ".env").mkdir(), {}, "! .env là thư mục"),
    "anybody's word on an address": (
        lambda d: write(d / ".env", "FORWARDED_ALLOW_IPS=*\n"),
        {},
        "! FORWARDED_ALLOW_IPS=*: ai cũng",
    ),
    "a network of everybody": (
        lambda d: write(d / ".env", "FORWARDED_ALLOW_IPS=10.0.0.1,::/0\n"),
        {},
        "! FORWARDED_ALLOW_IPS=10.0.0.1,::/0: ",
    ),
    "files that all may read": (lambda d: write(d / "data/motcua.db", "", 0o644), {}, "! Người khác trên máy đọc được"),
}


@pytest.fixture
def place(tmp_path: Path, small_library: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good set-up, in which the command is run."""
    for name, content in small_library.items():
        write(tmp_path / "content" / name, content)
    chosen = {"data_dir": "data", "content_dir": "content", "public_url": "https://xa.example", "disk_floor": "1"}
    for name, value in chosen.items():
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", value)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["doctor", "serve"])
@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_work_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, place: Path, name: str, command: str
) -> None:
    prepare, chosen, sentence = REFUSED[name]
    if prepare:
        prepare(place)
    code, said = run(monkeypatch, command, **chosen)
    assert code == 1
    assert sentence in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", TOLD)
def test_what_would_start_and_do_something_else_is_told(
    monkeypatch: pytest.MonkeyPatch, place: Path, name: str
) -> None:
    prepare, chosen, sentence = TOLD[name]
    if prepare:
        prepare(place)
    _, said = run(monkeypatch, "doctor", **chosen)
    assert sentence in said


def test_a_lock_that_can_not_be_written_is_a_sentence(place: Path) -> None:
    (place / "data/motcua.db.lock").mkdir(parents=True)
    with pytest.raises(SettingsError, match="can't be written: Is a directory"):
        acquire_lock(Database(f"sqlite:///{place / 'data/motcua.db'}"))


@pytest.mark.slow
def test_a_second_one_on_the_same_file_says_so_in_a_sentence(place: Path) -> None:
    chosen = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    first = Database(f"sqlite:///{place / 'data/motcua.db'}")
    (place / "data").mkdir(mode=0o700, exist_ok=True)
    migrate(first)
    held = acquire_lock(first)
    second = subprocess.run(
        [sys.executable, "-c", "from bot.cli import app; app()", "serve"],
        env={**chosen, "MOTCUA_PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode != 0
    assert "Another Motcua serves" in second.stderr
    assert "Traceback" not in second.stderr
    assert held
    held.close()
    first.close()
