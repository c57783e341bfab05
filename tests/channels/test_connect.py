"""`motcua telegram connect`, against the emulator."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.emulators.telegram import TelegramEmulator


def connect() -> tuple[int, str]:
    result = CliRunner().invoke(app, ["telegram", "connect"])
    return result.exit_code, result.output


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, content_dir: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("MOTCUA_CONTENT_DIR", str(content_dir))
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://motcua.example.vn")
    monkeypatch.setenv("MOTCUA_TELEGRAM_SECRET", "a-secret")
    return monkeypatch


def test_it_sets_the_webhook_the_commands_and_the_descriptions(ready: pytest.MonkeyPatch) -> None:
    with TelegramEmulator() as telegram:
        ready.setenv("MOTCUA_TELEGRAM_TOKEN", telegram.token)
        ready.setenv("MOTCUA_TELEGRAM_API", telegram.base)
        code, out = connect()
        assert (code, "https://t.me/motcua_bot" in out) == (0, True)
        assert telegram.webhook
        assert "https://motcua.example.vn/webhook/telegram" in str(telegram.webhook)
        assert telegram.commands
        assert telegram.descriptions


def test_a_wrong_token_is_said_plainly(ready: pytest.MonkeyPatch) -> None:
    with TelegramEmulator() as telegram:
        ready.setenv("MOTCUA_TELEGRAM_TOKEN", "1:wrong")
        ready.setenv("MOTCUA_TELEGRAM_API", telegram.base)
        code, out = connect()
    assert code == 1
    assert "Telegram chưa nhận" in out
    assert "1:wrong" not in out


@pytest.mark.parametrize("missing", ["MOTCUA_TELEGRAM_SECRET", "MOTCUA_PUBLIC_URL"])
def test_what_is_missing_is_named(ready: pytest.MonkeyPatch, missing: str) -> None:
    ready.setenv("MOTCUA_TELEGRAM_TOKEN", "1:x")
    ready.delenv(missing)
    code, out = connect()
    assert code == 1
    assert missing in out
