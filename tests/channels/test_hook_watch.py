"""While the service runs somebody hears within minutes that a platform can't reach us, and it ends by itself."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import alarms
from bot.service import Service, build_service
from tests.conftest import MakeSettings, look_after
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator

HERE = "https://xa.example"


@dataclass
class Watched:
    service: Service
    now: datetime

    async def stands(self, **time: float) -> dict[str, str]:
        self.now += timedelta(**time)
        await look_after(self.service.turns)
        found = await self.service.database.read(alarms.list_standing)
        return {alarm.name: alarm.detail for alarm in found if alarm.key in ("webhook", "token")}


@pytest.fixture
def telegram() -> Iterator[TelegramEmulator]:
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
def zalo() -> Iterator[ZaloBotEmulator]:
    with ZaloBotEmulator() as emulator:
        yield emulator


@pytest.fixture
async def watched(
    make_settings: MakeSettings, telegram: TelegramEmulator, zalo: ZaloBotEmulator
) -> AsyncIterator[Watched]:
    telegram.webhook = {"url": f"{HERE}/webhook/telegram"}
    zalo.webhook = {"url": f"{HERE}/webhook/zalo-bot", "updated_at": 0}
    tokens: dict[str, Any] = {"telegram_token": telegram.token, "telegram_secret": "a-secret"}
    tokens |= {"zalo_bot_token": zalo.token, "zalo_bot_secret": "secret-of-8"}
    places = {"telegram_api": telegram.base, "zalo_bot_api": zalo.base}
    settings = make_settings(**tokens, **places, public_url=HERE)
    made = Watched(build_service(settings, lambda: made.now), datetime(2026, 11, 24, 2, tzinfo=UTC))
    await made.service.start()
    yield made
    await made.service.stop()


async def test_a_webhook_that_points_elsewhere_is_an_alarm_until_it_points_here(
    watched: Watched, telegram: TelegramEmulator, zalo: ZaloBotEmulator
) -> None:
    assert await watched.stands() == {}
    telegram.webhook["url"], zalo.webhook = "https://old.example/webhook/telegram", {}
    assert await watched.stands(minutes=4) == {}, "it is asked every five minutes"
    assert await watched.stands(minutes=1) == {
        "webhook:telegram": f"telegram: gọi về https://old.example/webhook/telegram, không phải {HERE}/webhook/telegram",
        "webhook:zalo-bot": f"zalo-bot: gọi về không đâu cả, không phải {HERE}/webhook/zalo-bot",
    }
    telegram.webhook["url"], zalo.webhook = (
        f"{HERE}/webhook/telegram/",
        {"url": f"{HERE}/webhook/zalo-bot", "updated_at": 0},
    )
    assert await watched.stands(minutes=1) == {}


async def test_posts_that_fail_are_an_alarm_with_what_telegram_says(
    watched: Watched, telegram: TelegramEmulator
) -> None:
    failed = {"last_error_date": watched.now.timestamp(), "last_error_message": "Wrong response: 401 Unauthorized"}
    telegram._trouble, telegram._pending = failed, [{"update_id": 1}]
    (detail,) = (await watched.stands(minutes=6)).values()
    assert detail == "telegram: gọi không được: Wrong response: 401 Unauthorized; 1 tin đang đợi"
    telegram._pending = []
    assert await watched.stands(minutes=1) == {}


async def test_a_token_that_is_refused_is_an_alarm(
    watched: Watched, telegram: TelegramEmulator, zalo: ZaloBotEmulator
) -> None:
    telegram.token, zalo.token = "1:another", "2:another"
    found = await watched.stands(minutes=6)
    assert found.keys() == {"token:telegram", "token:zalo-bot"}
    assert "another" not in str(found)


async def test_a_platform_that_does_not_answer_is_no_alarm_of_its_webhook(
    watched: Watched, telegram: TelegramEmulator, zalo: ZaloBotEmulator
) -> None:
    telegram.faults.fail(502, only="getWebhookInfo")
    zalo.faults.fail(502, only="getWebhookInfo")
    assert await watched.stands(minutes=6) == {}
