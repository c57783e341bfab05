"""Whom the service may write to unasked: a platform's window, known per person from what they said last."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import conversations
from bot.messages import Inbound
from bot.sender import Access
from bot.service import Service, build_service
from flows.messages import Message
from tests.conftest import MakeSettings

ZALO = {
    "zalo_oa_app_id": "x",
    "zalo_oa_secret_key": "x",
    "zalo_oa_app_secret": "x",
    "zalo_oa_api": "http://127.0.0.1:1",
}


@dataclass
class Town:
    service: Service
    now: datetime
    count: int = 0

    async def happens(self, channel: str = "zalo-oa", text: str = "", **changed: object) -> None:
        self.count += 1
        inbound = Inbound(channel, "hoa", f"m{self.count}", Message(text=text), **changed)  # type: ignore[arg-type]
        await self.service.turns.receive(inbound)

    async def reach(self, channel: str = "zalo-oa", **later: float) -> Access:
        at, sender = self.now + timedelta(**later), self.service.sender
        found = await self.service.database.read(lambda c: conversations.find_conversation(c, channel, "hoa"))
        assert found
        return await self.service.database.read(lambda c: sender.messaging_window(replace(c, now=at), found))


@pytest.fixture
async def town(make_settings: MakeSettings) -> AsyncIterator[Town]:
    made = Town(build_service(make_settings(**ZALO), lambda: made.now), datetime(2026, 11, 23, 2, tzinfo=UTC))
    await made.service.start()
    yield made
    await made.service.stop()


async def test_free_for_two_days_paid_for_seven_then_closed(town: Town) -> None:
    await town.happens(text="làm nhà")
    assert await town.reach(hours=47) == "free"
    assert await town.reach(hours=48) == "paid"
    assert await town.reach(days=6.9) == "paid"
    assert await town.reach(days=7) == "closed"


async def test_only_what_the_citizen_does_opens_it(town: Town) -> None:
    await town.happens(text="làm nhà")
    town.now += timedelta(days=7)
    await town.happens(text="Bác ơi", kind="answered")
    assert await town.reach() == "closed"
    await town.happens(text="vâng")
    assert await town.reach() == "free"


async def test_who_left_or_erased_everything_is_not_written_to(town: Town) -> None:
    await town.happens(text="làm nhà")
    await town.happens(kind="withdrawn")
    assert await town.reach() == "closed"
    await town.happens(text="làm nhà")
    await town.happens(kind="blocked")
    assert await town.reach() == "closed"


async def test_where_there_is_no_window_it_is_never_closed(town: Town) -> None:
    await town.happens("web", "làm nhà")
    assert await town.reach("web", days=100) == "free"
