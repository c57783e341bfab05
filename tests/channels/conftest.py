"""The service behind a real server, and each platform's emulator at the other end of real HTTP."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.service import Service
from bot.settings import Settings
from tests.conftest import running
from tests.emulators.emulator import Json
from tests.emulators.server import wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.strangers.readers import Readers

TELEGRAM_SECRET = "telegram-secret"
ZALO_BOT_SECRET = "zalo-bot-secret"


@dataclass
class Platform:
    """One channel end to end: the running service, and the emulator that it talks to."""

    url: str
    service: Service
    emulator: Any
    secret: str = ""

    def post(self, event: Json) -> httpx.Response:
        hook = f"{self.url}/webhook/{self.channel}"
        answer: httpx.Response
        answer = self.emulator.post(event, hook, self.secret) if self.secret else self.emulator.post(event, hook)
        return answer

    @property
    def channel(self) -> str:
        return {TelegramEmulator: "telegram", ZaloOAEmulator: "zalo-oa", ZaloBotEmulator: "zalo-bot"}[
            type(self.emulator)
        ]

    @property
    def sent(self) -> list[Any]:
        """What citizens and groups were sent; changes to earlier messages are not among it."""
        return [sent for sent in self.emulator.sent if not sent.method.startswith("edit")]

    def hears(self, event: Json, more: int = 1) -> Any:
        """Posts an event and waits for `more` messages; gives the last one."""
        before = len(self.sent)
        assert self.post(event).status_code == 200
        wait_for(lambda: len(self.sent) >= before + more)
        return self.sent[-1]

    def stays_silent(self, event: Json, then: Json) -> Any:
        """Posts an event that is answered by nothing: the next one's answer is the first to come."""
        before = len(self.sent)
        assert self.post(event).status_code == 200
        self.hears(then)
        assert len(self.sent) == before + 1
        return self.sent[-1]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine is enough here: what differs between them is tested in tests/bot."""
    return sqlite_url


def telegram_settings(emulator: TelegramEmulator) -> dict[str, str]:
    """Nobody here waits for the pace that Telegram sets; test_rate_limits.py is about that."""
    emulator.pace.on = False
    given = {"telegram_token": emulator.token, "telegram_secret": TELEGRAM_SECRET, "telegram_api": emulator.base}
    return {**given, "telegram_paced": "false"}


def zalo_oa_settings(emulator: ZaloOAEmulator) -> dict[str, str]:
    return {
        "zalo_oa_app_id": emulator.app_id,
        "zalo_oa_id": emulator.oa_id,
        "zalo_oa_app_secret": emulator.app_secret,
        "zalo_oa_secret_key": emulator.oa_secret,
        "zalo_oa_access_token": emulator.grants.access,
        "zalo_oa_refresh_token": emulator.grants.refresh,
        "zalo_oa_api": emulator.base,
        "zalo_oa_oauth": emulator.base,
    }


def zalo_bot_settings(emulator: ZaloBotEmulator) -> dict[str, str]:
    return {"zalo_bot_token": emulator.token, "zalo_bot_secret": ZALO_BOT_SECRET, "zalo_bot_api": emulator.base}


@pytest.fixture(autouse=True)
def read_by_strangers(readers: Readers | None) -> Iterator[None]:
    """Whatever passes between us and any Telegram of a test is held against other people's reading of the Bot API."""
    opened: list[TelegramEmulator] = []
    TelegramEmulator.watchers.append(opened.append)
    yield
    TelegramEmulator.watchers.clear()
    assert [problem for each in opened for problem in (readers.problems(each) if readers else ())] == []


@pytest.fixture
def telegram(make_settings: Any) -> Iterator[Platform]:
    with TelegramEmulator() as emulator, _run(make_settings(**telegram_settings(emulator))) as (url, service):
        yield Platform(url, service, emulator, TELEGRAM_SECRET)


@pytest.fixture
def zalo_oa(make_settings: Any) -> Iterator[Platform]:
    with ZaloOAEmulator() as emulator, _run(make_settings(**zalo_oa_settings(emulator))) as (url, service):
        emulator.webhook_url = f"{url}/webhook/zalo-oa"
        yield Platform(url, service, emulator)


@pytest.fixture
def zalo_bot(make_settings: Any) -> Iterator[Platform]:
    with ZaloBotEmulator() as emulator, _run(make_settings(**zalo_bot_settings(emulator))) as (url, service):
        yield Platform(url, service, emulator, ZALO_BOT_SECRET)


def _run(settings: Settings) -> AbstractContextManager[tuple[str, Service]]:
    return running(settings)
