"""The calls of a minute that Zalo OA allows are used up: one call finds it out, everybody's messages wait for the next minute."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.messages import Inbound
from bot.service import build
from bot.store.migrate import migrate
from bot.store.tables import outbox
from flows.messages import Message
from tests.channels.conftest import zalo_oa_settings
from tests.conftest import MakeSettings
from tests.emulators.zalo_oa import ZaloOAEmulator

CS = "/v3.0/oa/message/cs"


async def test_one_call_too_many_makes_all_wait_a_minute_and_counts_as_no_try(make_settings: MakeSettings) -> None:
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    with ZaloOAEmulator(now=lambda: round(now.timestamp() * 1000)) as oa:
        oa.limit_per_minute = 2
        service = build(make_settings(**zalo_oa_settings(oa)), lambda: now)
        await asyncio.to_thread(migrate, service.database)
        await service.channels["zalo-oa"].start()
        for person in ("5200000000000000001", "5200000000000000002", "5200000000000000003", "5200000000000000004"):
            oa.learn(oa.user(person).text("làm nhà"))
            await service.turns.receive(Inbound("zalo-oa", person, f"m{person}", Message(text="làm nhà")))
            await service.delivery.deliver_due()
        assert (len(oa.sent), len(oa.called(CS))) == (2, 3)
        now += timedelta(seconds=59)
        await service.delivery.deliver_due()
        assert len(oa.called(CS)) == 3
        now += timedelta(seconds=1)
        await service.delivery.deliver_due()
        assert len(oa.sent) == 4
        tried = select(outbox.c.attempts).distinct()
        assert await service.database.read(lambda c: c.execute(tried).scalars().all()) == [0]
        await service.stop()
