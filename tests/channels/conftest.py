"""The service behind a real server, and each platform's emulator at the other end of real HTTP."""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.handoff import tickets
from bot.handoff.agents import Role
from bot.service import Service
from bot.settings import Settings
from tests.conftest import MakeSettings, invited, running
from tests.emulators.emulator import Json
from tests.emulators.server import wait_for
from tests.emulators.telegram import Sent, TelegramEmulator
from tests.emulators.telegram_user import Group, TelegramUser
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
        """Posts an event and waits for `more` messages; gives the last of them."""
        before = len(self.sent)
        assert self.post(event).status_code == 200
        wait_for(lambda: len(self.sent) >= before + more)
        return self.sent[before + more - 1]

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


@dataclass
class Team:
    """The group on Telegram, and a citizen on Zalo OA."""

    telegram: Platform
    oa: Platform
    group: Group
    count: int = 0

    @property
    def service(self) -> Service:
        return self.telegram.service

    def member(self, name: str, role: Role = "member") -> TelegramUser:
        self.count += 1
        user: TelegramUser = self.telegram.emulator.user(700_000_100 + self.count, name)
        self.telegram.hears(user.text(invited(self.service, name, role)))
        return user

    def citizen(self) -> Any:
        self.count += 1
        hoa = self.oa.emulator.user(f"74927474853890{self.count:04}")
        self.oa.hears(hoa.text("làm nhà"))
        self.oa.hears(hoa.text("bản mới"))
        self.oa.hears(hoa.text("gặp người"))
        return hoa

    def in_group(self) -> list[Sent]:
        return [sent for sent in self.telegram.sent if sent.chat_id == self.group.id]

    def card(self, count: int = 1) -> Sent:
        wait_for(lambda: len([s for s in self.in_group() if "[alert] " in s.text or "[reopened]" in s.text]) >= count)
        return [s for s in self.in_group() if "[alert] " in s.text or "[reopened]" in s.text][-1]

    def post(self, update: Json) -> None:
        assert self.telegram.post(update).status_code == 200

    def types(self, who: TelegramUser, text: str, card: Sent) -> None:
        self.post(who.group_text(self.group, text, thread=card.thread_id))

    def heard(self, text: str) -> None:
        """The citizen hears this, on Zalo."""
        wait_for(lambda: any(text in sent.text for sent in self.oa.sent))

    def said(self, text: str) -> Sent:
        """The group reads this."""
        wait_for(lambda: any(text in sent.text for sent in self.in_group()))
        return next(sent for sent in reversed(self.in_group()) if text in sent.text)

    def state(self, ticket_id: int = 1) -> tuple[str, str | None]:
        found = asyncio.run(self.service.database.read(lambda c: tickets.get(c, ticket_id)))
        assert found
        return found.state, found.agent


def open_team(make_settings: MakeSettings, stack: ExitStack, *, forum: bool = True, shared: bool = True) -> Team:
    """`shared`: the group is that of all communes."""
    telegram, oa = stack.enter_context(TelegramEmulator()), stack.enter_context(ZaloOAEmulator())
    group = telegram.group(forum=forum)
    chosen = {**telegram_settings(telegram), **zalo_oa_settings(oa)}
    chosen |= {"team_telegram_chat": str(group.id)} if shared else {}
    url, service = stack.enter_context(running(make_settings(public_url="https://xa.example", **chosen)))
    oa.webhook_url = f"{url}/webhook/zalo-oa"
    telegram.learn(telegram.user().adds_bot(group))
    return Team(Platform(url, service, telegram, TELEGRAM_SECRET), Platform(url, service, oa), group)


@pytest.fixture
def team(make_settings: MakeSettings) -> Iterator[Team]:
    with ExitStack() as stack:
        yield open_team(make_settings, stack)


@pytest.fixture
def plain(make_settings: MakeSettings) -> Iterator[Team]:
    """A group without topics."""
    with ExitStack() as stack:
        yield open_team(make_settings, stack, forum=False)
