from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from tests.emulators.emulator import Clock
from tests.emulators.inbox import Inbox
from tests.emulators.server import serve
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def hook(inbox: Inbox) -> Iterator[str]:
    with serve(Starlette(routes=[Route("/hook", inbox.take, methods=["POST"])])) as base:
        yield f"{base}/hook"


@pytest.fixture
def telegram() -> Iterator[TelegramEmulator]:
    with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def oa(clock: Clock) -> Iterator[ZaloOAEmulator]:
    with ZaloOAEmulator(now=clock) as emulator:
        yield emulator


@pytest.fixture
def bot() -> Iterator[ZaloBotEmulator]:
    with ZaloBotEmulator(allow_loopback=True) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def strict_telegram() -> Iterator[TelegramEmulator]:
    """Shared by the tables of refusals, which leave nothing behind."""
    with TelegramEmulator() as emulator:
        emulator.learn(emulator.user().text("Chào"))
        yield emulator


@pytest.fixture(scope="module")
def strict_oa() -> Iterator[ZaloOAEmulator]:
    with ZaloOAEmulator() as emulator:
        emulator.learn(emulator.user().text("Chào"))
        yield emulator


@pytest.fixture(scope="module")
def strict_bot() -> Iterator[ZaloBotEmulator]:
    with ZaloBotEmulator(allow_loopback=True) as emulator:
        emulator.learn(emulator.user("hoa").text("Chào"))
        yield emulator
