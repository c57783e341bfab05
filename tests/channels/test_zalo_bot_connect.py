"""`motcua zalo-bot connect`, against the emulator: the webhook is set when it changed, and not once more."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from typer.testing import CliRunner

from bot.cli import app
from tests.emulators.inbox import Inbox
from tests.emulators.server import serve
from tests.emulators.zalo_bot import ZaloBotEmulator


def connect() -> tuple[int, str]:
    result = CliRunner().invoke(app, ["zalo-bot", "connect"])
    return result.exit_code, result.output


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def zalo(inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZaloBotEmulator]:
    hook = Starlette(routes=[Route("/webhook/zalo-bot", inbox.take, methods=["POST"])])
    with serve(hook) as url, ZaloBotEmulator(allow_loopback=True) as zalo:
        monkeypatch.setenv("MOTCUA_DATABASE_URL", f"sqlite:///{tmp_path / 'test.db'}")
        monkeypatch.setenv("MOTCUA_PUBLIC_URL", url)
        monkeypatch.setenv("MOTCUA_ZALO_BOT_TOKEN", zalo.token)
        monkeypatch.setenv("MOTCUA_ZALO_BOT_SECRET", "bi-mat-01")
        monkeypatch.setenv("MOTCUA_ZALO_BOT_API", zalo.base)
        yield zalo


def test_the_webhook_is_set_once(zalo: ZaloBotEmulator, inbox: Inbox) -> None:
    code, out = connect()
    assert (code, "Xong: Zalo Bot gọi về" in out) == (0, True)
    assert zalo.webhook["url"].endswith("/webhook/zalo-bot")
    assert inbox.got[0][0]["x-bot-api-secret-token"] == "bi-mat-01"
    code, out = connect()
    assert (code, "Đã nối từ trước" in out) == (0, True)
    assert len(zalo.called("setWebhook")) == 1


def test_it_is_set_again_when_the_secret_or_the_address_changed(
    zalo: ZaloBotEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect()
    monkeypatch.setenv("MOTCUA_ZALO_BOT_SECRET", "bi-mat-02")
    assert connect()[0] == 0
    assert zalo.webhook["secret_token"] == "bi-mat-02"
    zalo.webhook["url"] = "https://elsewhere.example.vn"
    assert connect()[0] == 0
    assert len(zalo.called("setWebhook")) == 3


def test_a_webhook_that_can_not_be_reached_is_said_with_zalos_hint(zalo: ZaloBotEmulator, inbox: Inbox) -> None:
    inbox.status = 403
    code, out = connect()
    assert code == 1
    assert "gọi thử không được: webhook.http.403 Your server rejected it." in out


def test_what_zalo_does_not_take_is_said_plainly(zalo: ZaloBotEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    zalo.webhooks_a_day = 0
    assert connect() == (1, "Zalo chưa nhận: zalo-bot: 426 Upgrade Required\n")
    monkeypatch.setenv("MOTCUA_ZALO_BOT_TOKEN", "1:wrong")
    code, out = connect()
    assert (code, "401" in out, "1:wrong" in out) == (1, True, False)
    monkeypatch.delenv("MOTCUA_PUBLIC_URL")
    assert "MOTCUA_PUBLIC_URL" in connect()[1]
    monkeypatch.delenv("MOTCUA_ZALO_BOT_SECRET")
    assert "MOTCUA_ZALO_BOT_SECRET" in connect()[1]
