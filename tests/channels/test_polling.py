"""`motcua serve --poll`: without a public address the service asks for what came; the rest is as ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.service import Service, build_service
from bot.settings import Settings
from tests import patient
from tests.bot.test_command import SERVE, process
from tests.conftest import MakeSettings
from tests.emulators.emulator import Json
from tests.emulators.server import free_port, serve, wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from webhook import create_app


@contextmanager
def polling(settings: Settings) -> Iterator[tuple[str, Service]]:
    service = build_service(settings, polls=True)
    with serve(create_app(service)) as url:
        yield url, service


@pytest.fixture
def telegram() -> Iterator[TelegramEmulator]:
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
def zalo() -> Iterator[ZaloBotEmulator]:
    with ZaloBotEmulator() as emulator:
        yield emulator


def without_secret(telegram: TelegramEmulator) -> dict[str, str]:
    return {"telegram_token": telegram.token, "telegram_api": telegram.base}


def heard(zalo: ZaloBotEmulator, event: Json) -> None:
    """Somebody asks most of the time; what comes while nobody does is lost."""
    wait_for(lambda: zalo.offer(event))


def test_telegram_is_asked_and_its_webhook_goes(
    telegram: TelegramEmulator, make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.webhook = {"url": "https://motcua.example.vn/webhook/telegram"}
    hoa = telegram.user()
    telegram.queue(hoa.start("ban-moi_lam-nha"))
    with polling(make_settings(**without_secret(telegram))):
        wait_for(lambda: len(telegram.sent) == 1)
        telegram.queue(hoa.tap(telegram.sent[0], "<walk>"))
        wait_for(lambda: "Bác có đất" in telegram.sent[-1].text)
    assert not telegram.webhook
    assert "the webhook https://motcua.example.vn/webhook/telegram is gone" in caplog.text
    asked = telegram.called("getUpdates")[0].params["allowed_updates"]
    assert asked == '["message", "edited_message", "callback_query", "my_chat_member"]'


def test_what_was_taken_before_a_restart_is_not_answered_again(
    telegram: TelegramEmulator, make_settings: MakeSettings
) -> None:
    hoa = telegram.user()
    first = hoa.start("ban-moi_lam-nha")
    telegram.queue(first)
    with polling(make_settings(**without_secret(telegram))):
        wait_for(lambda: len(telegram.sent) == 1)
    telegram.queue(first)  # as if the process had died before it said that it took it
    telegram.queue(hoa.text("có rồi"))
    with polling(make_settings(**without_secret(telegram))):
        wait_for(lambda: len(telegram.sent) == 2)
    assert "nhà gì" in telegram.sent[1].text


def test_a_platform_that_is_gone_for_a_moment_is_asked_again(
    telegram: TelegramEmulator, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling._AFTER_TROUBLE", 0.01)
    telegram.faults.fail(502, only="getWebhookInfo")
    telegram.faults.fail(502, only="getUpdates", times=2)
    telegram.queue(telegram.user().start("ban-moi_lam-nha"))
    with polling(make_settings(**without_secret(telegram))):
        wait_for(lambda: len(telegram.sent) == 1)


def test_who_asks_without_a_secret_takes_no_posts(
    telegram: TelegramEmulator, zalo: ZaloBotEmulator, make_settings: MakeSettings
) -> None:
    both = {**without_secret(telegram), "zalo_bot_token": zalo.token, "zalo_bot_api": zalo.base}
    with polling(make_settings(**both)) as (url, _):
        for name, header in (("telegram", "X-Telegram-Bot-Api-Secret-Token"), ("zalo-bot", "X-Bot-Api-Secret-Token")):
            event = telegram.user().text("chào") if name == "telegram" else zalo.user().text("chào")
            assert patient.post(f"{url}/webhook/{name}", json=event).status_code == 401
            assert patient.post(f"{url}/webhook/{name}", json=event, headers={header: ""}).status_code == 401


@pytest.mark.parametrize("with_200", [False, True])
def test_zalo_bot_is_asked_one_thing_at_a_time(
    zalo: ZaloBotEmulator, make_settings: MakeSettings, with_200: bool
) -> None:
    zalo.errors_with_200 = with_200
    zalo.webhook = {"url": "https://motcua.example.vn/webhook/zalo-bot", "updated_at": 1}
    idle = {"ok": False, "description": "Request timeout", "error_code": 408}
    zalo.faults.fail(200 if with_200 else 408, idle, times=2, only="getUpdates")
    hoa = zalo.user()
    with polling(make_settings(zalo_bot_token=zalo.token, zalo_bot_api=zalo.base)):
        heard(zalo, hoa.text("làm nhà"))
        wait_for(lambda: len(zalo.sent) == 1)
        heard(zalo, hoa.text("bản mới"))
        wait_for(lambda: len(zalo.sent) == 2)
        heard(zalo, hoa.text("<walk>"))
        wait_for(lambda: len(zalo.sent) == 3)
    assert "Bác có đất" in zalo.sent[2].text
    assert not zalo.webhook


def test_the_command_says_that_it_asks(
    telegram: TelegramEmulator, tmp_path: Path, content_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_TELEGRAM_TOKEN", telegram.token)
    monkeypatch.setenv("MOTCUA_TELEGRAM_API", telegram.base)
    telegram.queue(telegram.user().start())
    with process((*SERVE, "--poll"), tmp_path, content_dir, free_port()) as started:
        wait_for(lambda: telegram.sent)
        started.terminate()
        out = started.communicate(timeout=patient.SECONDS)[0]
    assert "Traceback" not in out
    assert "tự hỏi tin" in out
    assert "motcua telegram connect" in out
