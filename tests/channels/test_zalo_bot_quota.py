"""The month's messages of Zalo Bot are used up: one call finds it out, the rest waits for the next month or the operator."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot import alarms
from bot.messages import Inbound
from bot.outbox import rate_limits
from bot.service import Service, build_service
from flows.messages import Message
from tests.channels.conftest import zalo_bot_settings
from tests.conftest import MakeSettings, look_after
from tests.emulators.zalo_bot import ZaloBotEmulator


@dataclass
class Month:
    zalo: ZaloBotEmulator
    service: Service
    now: datetime = datetime(2026, 11, 23, 2, tzinfo=UTC)
    count: int = 0

    async def says(self, person: str) -> None:
        self.zalo.learn(self.zalo.user(person).text("làm nhà"))
        self.count += 1
        await self.service.turns.receive(Inbound("zalo-bot", person, f"m{self.count}", Message(text="làm nhà")))
        await self.looks()

    async def looks(self) -> None:
        await self.service.delivery.deliver_due()
        await look_after(self.service.turns)

    async def until(self, now: datetime) -> None:
        self.now = now
        await self.looks()

    @property
    def calls(self) -> int:
        return len(self.zalo.called("sendMessage"))

    async def alarms(self) -> list[str]:
        return [alarm.key for alarm in await self.service.database.read(alarms.list_standing)]


@pytest.fixture
async def month(make_settings: MakeSettings) -> AsyncIterator[Month]:
    with ZaloBotEmulator(now=lambda: round(made.now.timestamp() * 1000)) as zalo:
        settings = make_settings(**zalo_bot_settings(zalo), late_answer_hours=10_000)
        made = Month(zalo, build_service(settings, lambda: made.now))
        zalo.monthly_quota = 1
        await made.says("hoa")
        await made.says("lan")
        assert (len(zalo.sent), made.calls, await made.alarms()) == (1, 2, ["zalo_bot_quota"])
        yield made
        await made.service.stop()


async def test_nobody_is_called_until_the_month_turns_in_vietnam(month: Month) -> None:
    for person in ("minh", "an", "hoa"):
        await month.says(person)
    await month.until(datetime(2026, 11, 30, 16, 59, tzinfo=UTC))
    assert (month.calls, await month.alarms()) == (2, ["zalo_bot_quota"])
    month.zalo.monthly_quota = 3000
    await month.until(datetime(2026, 11, 30, 17, 0, tzinfo=UTC))
    assert len(month.zalo.sent) == 5
    assert await month.alarms() == []


async def test_a_month_that_turned_in_vain_is_found_out_by_a_few_calls_and_told_again(month: Month) -> None:
    await month.until(datetime(2026, 11, 30, 17, 0, tzinfo=UTC))
    assert (month.calls, await month.alarms()) == (3, ["zalo_bot_quota"])
    await month.until(datetime(2026, 12, 31, 16, 59, tzinfo=UTC))
    assert month.calls == 3
    await month.until(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))
    assert len(month.zalo.sent) == 2


async def test_the_operator_lets_it_go_on_sooner(month: Month) -> None:
    month.zalo.monthly_quota = 3000
    await month.service.database.write(lambda c: rate_limits.resume_channel(c, "zalo-bot"))
    await month.looks()
    assert len(month.zalo.sent) == 2
    assert await month.alarms() == []
