"""A platform is away for ten minutes, and the clock of this machine is put right meanwhile: everybody gets everything, once, in order."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Inbound
from bot.outbox import outbox
from bot.service import Service, build_service
from flows.messages import Message
from tests.channels.conftest import telegram_settings
from tests.conftest import MakeSettings, look_after
from tests.emulators.telegram import TelegramEmulator

pytestmark = pytest.mark.slow

PEOPLE, AWAY, STEP = 12, 600, 20  # seconds of a clock that the test moves


@dataclass
class World:
    telegram: TelegramEmulator
    service: Service
    now: datetime
    chance: random.Random
    said: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    async def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        await self.service.delivery.deliver_due()

    async def somebody_writes(self) -> None:
        user = self.telegram.user(700_000_001 + self.chance.randrange(PEOPLE))
        self.said[user.id] += 1
        self.telegram.learn(user.text("blah"))
        message = Message(text=f"blah {self.said[user.id]}")
        await self.service.turns.receive(Inbound("telegram", str(user.id), f"{user.id}:{self.said[user.id]}", message))

    def heard(self, user_id: int) -> list[str]:
        return [sent.text for sent in self.telegram.sent if sent.chat_id == user_id]


@pytest.fixture
async def world(make_settings: MakeSettings) -> AsyncIterator[World]:
    with TelegramEmulator() as telegram:
        settings = make_settings(**telegram_settings(telegram))
        service = build_service(settings, lambda: made.now)
        made = World(telegram, service, datetime(2026, 11, 23, 2, tzinfo=UTC), random.Random(7))
        await service.start()
        service.delivery.stop()  # the test says when
        await asyncio.sleep(0)
        yield made
        await service.stop()


@pytest.mark.parametrize("jump", [0, -7200, 7200], ids=["", "back", "forward"])
async def test_everybody_gets_everything_once_and_in_order(world: World, jump: int) -> None:
    world.telegram.faults.fail(502, "<html>Bad Gateway</html>", times=10**6, only="sendMessage")
    for second in range(0, AWAY, STEP):
        await world.somebody_writes()
        if second == AWAY // 2:
            world.now += timedelta(seconds=jump)
            await look_after(world.service.turns)
        await world.passes(STEP)
    assert not world.telegram.sent
    assert world.telegram.called("sendMessage")
    world.telegram.faults.waiting.clear()
    for _ in range(60):  # who was tried for ten minutes waits for fifteen more at most
        await world.somebody_writes()
        await world.passes(30)
    assert await world.service.database.read(outbox.count_by_state) == {"sent": sum(world.said.values())}
    for user_id, count in world.said.items():
        heard = world.heard(user_id)
        assert len(heard) == count
        misses = [text for text in heard if "[not_understood" in text]
        again = ["[not_understood_again]" in text for text in misses]
        assert again == [n % 2 == 1 for n in range(len(misses))], "the first and the second miss take turns"
