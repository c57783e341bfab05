"""Everything that runs during a simulation: the service behind a real server, the emulators at the other end, one clock."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from sqlalchemy import select

from bot.channels.web import Web
from bot.service import Service, build_service
from bot.settings import Settings
from bot.store.tables import conversations, outbox
from tests.emulators.emulator import Emulator
from tests.emulators.inbox import post
from tests.emulators.server import serve, wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.simulation.clock import SkippingClock
from tests.simulation.phones import ChatPhone, Phone, WebPhone
from webhook import create_app

CHANNELS = ("web", "telegram", "zalo-oa", "zalo-bot")
TELEGRAM_SECRET = "simulated-telegram-secret"
ZALO_BOT_SECRET = "simulated-zalo-bot-secret"
PULSE = 0.05  # seconds between two looks for posts that are due again


class Isolated(Settings):
    """Settings of this run alone: neither the environment nor a .env file reaches it."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


@dataclass
class Town:
    """
    Attributes:
        emulators: the platform of each channel; the web needs none.
    """

    service: Service
    url: str
    clock: SkippingClock
    emulators: dict[str, Any]
    _web: list[WebPhone] = field(default_factory=list)

    def phone(self, channel: str, number: int, name: str = "Hoa") -> Phone:
        """The phone of one more person, whom nobody has seen there."""
        begin = self.service.content.library.sentences.page["begin"]
        if channel == "web":
            web = self.service.channels["web"]
            assert isinstance(web, Web)
            self._web.append(WebPhone(self.url, begin, web.read_cookie))
            return self._web[-1]
        emulator = self.emulators[channel]
        ids = {"telegram": 700_000_000 + number, "zalo-oa": f"52{number:017}", "zalo-bot": f"{number:020x}"}
        return ChatPhone(channel, emulator, emulator.user(ids[channel], name), begin)

    def settle(self, phone: Phone, before: int, patience: float) -> bool:
        """Waits until more was heard than `before`, and nothing more is on its way. False when nothing came in time."""
        try:
            wait_for(lambda: len(phone.heard()) > before and not self._on_its_way(phone), patience)
        except AssertionError:
            return False
        return True

    def _on_its_way(self, phone: Phone) -> bool:
        mine = (conversations.c.channel == phone.channel) & (conversations.c.contact == phone.contact)
        query = (
            select(outbox.c.id)
            .join(conversations, conversations.c.id == outbox.c.conversation_id)
            .where(mine & (outbox.c.state == "pending"))
            .limit(1)
        )
        with self.service.database.engine.connect() as connection:
            return connection.execute(query).first() is not None

    def rest(self, patience: float) -> None:
        """Waits until nothing is on its way to anybody, on either side; what still is then, the judge finds."""
        query = select(outbox.c.id).where(outbox.c.state == "pending").limit(1)

        def quiet() -> bool:
            with self.service.database.engine.connect() as connection:
                waiting = connection.execute(query).first() is not None
            return not waiting and not any(one.redelivery.pending for one in self.emulators.values())

        with suppress(AssertionError):
            wait_for(quiet, patience)

    def close(self) -> None:
        for phone in self._web:
            phone.close()


@contextmanager
def town(folder: Path, channels: Sequence[str]) -> Iterator[Town]:
    """A fresh service on SQLite in `folder`, with these channels on."""
    clock = SkippingClock()
    with ExitStack() as stack:
        emulators = {name: stack.enter_context(_EMULATORS[name](clock)) for name in channels if name != "web"}
        chosen: dict[str, Any] = {"data_dir": folder, "public_url": "", "content_poll": 3600}
        chosen["person_burst"] = 10_000  # they read and write faster than anybody
        for name, emulator in emulators.items():
            chosen |= _SETTINGS[name](emulator)
        service = build_service(Isolated(**chosen), clock)
        url = stack.enter_context(serve(create_app(service)))
        for name, emulator in emulators.items():
            _connect(name, emulator, f"{url}/webhook/{name}")
        stack.enter_context(_pulse(emulators.values()))
        made = Town(service, url, clock, emulators)
        stack.callback(made.close)
        yield made


def write(service: Service, work: Callable[[Any], Any]) -> Any:
    return asyncio.run(service.database.write(work))


@contextmanager
def _pulse(emulators: Any) -> Iterator[None]:
    """The platforms' own time: what is due again is posted again."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(PULSE):
            for emulator in emulators:
                emulator.redelivery.deliver()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(5)


def _telegram(clock: SkippingClock) -> Emulator:
    """Nobody waits for its pace: these citizens answer in no time."""
    emulator = TelegramEmulator(allow_loopback=True, now=clock.ms)
    emulator.pace.on = False
    return emulator


def _zalo_oa(clock: SkippingClock) -> Emulator:
    emulator = ZaloOAEmulator(now=clock.ms)
    emulator.retry_on = "any failure"
    return emulator


def _zalo_bot(clock: SkippingClock) -> Emulator:
    """As many people and messages as a larger plan has."""
    emulator = ZaloBotEmulator(allow_loopback=True, now=clock.ms)
    emulator.max_users = emulator.monthly_quota = 1_000_000
    return emulator


def _connect(name: str, emulator: Any, hook: str) -> None:
    if name == "zalo-oa":
        emulator.webhook_url = hook
        return
    secret = TELEGRAM_SECRET if name == "telegram" else ZALO_BOT_SECRET
    answer = post(f"{emulator.base}/bot{emulator.token}/setWebhook", json={"url": hook, "secret_token": secret})
    assert answer.json()["ok"], answer.text


def _telegram_settings(emulator: TelegramEmulator) -> dict[str, str]:
    given = {"telegram_token": emulator.token, "telegram_secret": TELEGRAM_SECRET, "telegram_api": emulator.base}
    return {**given, "telegram_paced": "false"}


def _zalo_bot_settings(emulator: ZaloBotEmulator) -> dict[str, str]:
    return {"zalo_bot_token": emulator.token, "zalo_bot_secret": ZALO_BOT_SECRET, "zalo_bot_api": emulator.base}


def _zalo_oa_settings(emulator: ZaloOAEmulator) -> dict[str, str]:
    secrets = {"zalo_oa_app_secret": emulator.app_secret, "zalo_oa_secret_key": emulator.oa_secret}
    ids = {"zalo_oa_app_id": emulator.app_id, "zalo_oa_id": emulator.oa_id}
    tokens = {"zalo_oa_access_token": emulator.grants.access, "zalo_oa_refresh_token": emulator.grants.refresh}
    return {**secrets, **ids, **tokens, "zalo_oa_api": emulator.base, "zalo_oa_oauth": emulator.base}


_EMULATORS: dict[str, Callable[[SkippingClock], Any]] = {
    "telegram": _telegram,
    "zalo-oa": _zalo_oa,
    "zalo-bot": _zalo_bot,
}
_SETTINGS: dict[str, Callable[[Any], dict[str, str]]] = {
    "telegram": _telegram_settings,
    "zalo-oa": _zalo_oa_settings,
    "zalo-bot": _zalo_bot_settings,
}
