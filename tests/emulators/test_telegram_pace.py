"""The Bot API refuses what comes too fast, and says how long to wait."""

from collections.abc import Iterator

import pytest

from tests.emulators.emulator import Clock, Json
from tests.emulators.inbox import post
from tests.emulators.telegram import TelegramEmulator

HOA, GROUP = 700_000_001, -100


@pytest.fixture
def telegram(clock: Clock) -> Iterator[TelegramEmulator]:
    with TelegramEmulator(now=clock) as emulator:
        for person in range(40):
            emulator.learn(emulator.user(HOA + person).text("Chào"))
        emulator.learn(emulator.user().group_text(emulator.group(GROUP), "Chào"))
        yield emulator


def say(telegram: TelegramEmulator, chat: int) -> int:
    """0 when it is taken, else the seconds to wait."""
    answer: Json = post(f"{telegram.base}/bot{telegram.token}/sendMessage", json={"chat_id": chat, "text": "a"}).json()
    return 0 if answer["ok"] else int(answer["parameters"]["retry_after"])


def test_thirty_a_second_in_all(telegram: TelegramEmulator, clock: Clock) -> None:
    assert [say(telegram, HOA + person) for person in range(31)] == [0] * 30 + [1]
    clock.forward(seconds=0.9)
    assert say(telegram, HOA + 31) == 1
    clock.forward(seconds=0.1)
    assert say(telegram, HOA + 31) == 0
    assert telegram.pace.refused == 2


def test_twenty_a_minute_to_a_group(telegram: TelegramEmulator, clock: Clock) -> None:
    assert [say(telegram, GROUP) for _ in range(21)] == [0] * 20 + [60]
    clock.forward(seconds=50)
    assert say(telegram, GROUP) == 10
    clock.forward(seconds=10)
    assert say(telegram, GROUP) == 0


def test_one_a_second_to_a_person_after_a_short_burst(telegram: TelegramEmulator, clock: Clock) -> None:
    assert [say(telegram, HOA) for _ in range(6)] == [0] * 5 + [1]
    assert say(telegram, HOA + 1) == 0
    clock.forward(seconds=1)
    assert [say(telegram, HOA), say(telegram, HOA)] == [0, 1]
    clock.forward(seconds=60)
    assert [say(telegram, HOA) for _ in range(6)] == [0] * 5 + [1]


def test_what_is_refused_for_another_reason_does_not_count(telegram: TelegramEmulator) -> None:
    for _ in range(40):
        post(f"{telegram.base}/bot{telegram.token}/sendMessage", json={"chat_id": HOA, "text": ""})
    assert say(telegram, HOA) == 0
