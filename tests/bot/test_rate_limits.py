"""Telegram is never written to faster than it takes, by however many replicas; time is the test's own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot import conversations
from bot.messages import Outgoing
from bot.outbox import outbox, rate_limits
from bot.service import Service, build_service
from bot.store.tables import rate_limits as rate_limit_table
from bot.store.tx import Tx
from flows.state import State
from tests.conftest import MakeSettings
from tests.emulators.telegram import TelegramEmulator

STEP = timedelta(milliseconds=40)


@dataclass
class Town:
    """One Telegram, and replicas that write to it; SQLite takes one only."""

    telegram: TelegramEmulator
    services: Sequence[Service]
    now: datetime = datetime(2026, 11, 23, tzinfo=UTC)

    async def put(self, contact: str, texts: Sequence[str], person: int = 0) -> None:
        self.telegram.learn(self.telegram.user(person or int(contact)).text("Chào"))

        def work(tx: Tx) -> None:
            there = conversations.find_or_begin(tx, "telegram", contact, State())
            calls = [Outgoing(contact, {"call": "say", "text": text, "rows": []}) for text in texts]
            outbox.add_calls(tx, there, calls)

        await self.services[0].database.write(work)

    async def passes(self, **time: float) -> None:
        self.now += timedelta(**time)
        await asyncio.gather(*(service.delivery.deliver_due() for service in self.services))

    async def empty(self, at_most: timedelta, step: timedelta = STEP) -> None:
        """Goes on until nothing waits any more."""
        end = self.now + at_most
        while (await self.services[0].database.read(outbox.count_by_state)).get("pending"):
            assert self.now < end, "slower than Telegram asks for"
            await self.passes(seconds=step.total_seconds())

    def got(self, chat: int) -> list[str]:
        return [sent.text for sent in self.telegram.sent if sent.chat_id == chat]


@pytest.fixture
async def town(make_settings: MakeSettings, database_url: str) -> AsyncIterator[Town]:
    with TelegramEmulator(now=lambda: round(made.now.timestamp() * 1000)) as telegram:
        settings = make_settings(
            telegram_token=telegram.token, telegram_secret="s", telegram_api=telegram.base, team_telegram_chat="-100"
        )
        replicas = 1 if database_url.startswith("sqlite") else 3
        made = Town(telegram, [build_service(settings, lambda: made.now) for _ in range(replicas)])
        yield made
        for service in made.services:
            for channel in service.channels.values():
                await channel.close()
            await asyncio.to_thread(service.database.close)


async def test_all_replicas_together_keep_to_thirty_a_second(town: Town) -> None:
    people = range(700_000_001, 700_000_036)
    for person in people:
        await town.put(str(person), ["một", "hai"])
    await town.empty(at_most=timedelta(seconds=4))
    assert town.telegram.pace.refused == 0
    assert [town.got(person) for person in people] == [["một", "hai"]] * 35


async def test_a_few_messages_to_one_person_come_at_once_and_a_flood_one_each_second(town: Town) -> None:
    texts = [str(number) for number in range(9)]
    await town.put("700000001", texts)
    for _ in range(10):
        await town.passes(seconds=0.04)
    assert town.got(700_000_001) == texts[:4]
    await town.passes(seconds=0.7)
    assert town.got(700_000_001) == texts[:5]
    await town.passes(seconds=0.9)
    assert town.got(700_000_001) == texts[:5]
    await town.empty(at_most=timedelta(seconds=5))
    assert town.got(700_000_001) == texts
    assert town.telegram.pace.refused == 0


async def test_a_group_gets_twenty_a_minute_whichever_tickets_they_are_about(town: Town) -> None:
    town.telegram.learn(town.telegram.user().group_text(town.telegram.group(-100), "Chào"))
    for ticket in range(1, 9):
        await town.put(f"-100#{ticket}", [f"a{ticket}", f"b{ticket}", f"c{ticket}"], person=700_000_001)
    await town.empty(at_most=timedelta(seconds=90), step=timedelta(seconds=1))
    assert town.telegram.pace.refused == 0
    assert sorted(text.split("\n")[-1] for text in town.got(-100)) == sorted(
        f"{c}{n}" for c in "abc" for n in range(1, 9)
    )


async def test_a_person_who_waits_for_the_pace_holds_up_nobody_else(town: Town) -> None:
    await town.put("700000001", [str(number) for number in range(9)])
    for _ in range(10):
        await town.passes(seconds=0.04)
    await town.put("700000002", ["chào"])
    await town.passes(seconds=0.04)
    assert town.got(700_000_002) == ["chào"]


async def test_one_chat_that_must_wait_waits_to_the_second_and_alone(town: Town) -> None:
    town.telegram.too_many(7, only="sendMessage")
    await town.put("700000001", ["a", "b"])
    await town.passes(seconds=0)
    await town.put("700000002", ["x"])
    await town.passes(seconds=6.9)
    assert [sent.text for sent in town.telegram.sent] == ["x"]
    await town.passes(seconds=0.1)
    assert town.got(700_000_001) == ["a"], "who was asked to slow down gets no burst"
    await town.passes(seconds=1)
    assert town.got(700_000_001) == ["a", "b"]


async def test_two_chats_that_must_wait_stop_the_channel(town: Town) -> None:
    """One replica hears both: each sees only what it was told itself."""
    town.telegram.too_many(7, times=2, only="sendMessage")
    await town.put("700000001", ["a"])
    await town.services[0].delivery.deliver_due()
    await town.put("700000002", ["b"])
    await town.services[0].delivery.deliver_due()
    await town.put("700000003", ["c"])
    calls = len(town.telegram.calls)
    await town.passes(seconds=6.9)
    assert len(town.telegram.calls) == calls
    await town.passes(seconds=0.2)
    await town.passes(seconds=0.2)
    assert sorted(sent.text for sent in town.telegram.sent) == ["a", "b", "c"]


async def test_chats_that_were_quiet_are_forgotten(town: Town) -> None:
    await town.put("700000001", ["a"])
    await town.passes(seconds=0)
    await town.services[0].database.write(
        lambda c: rate_limits.forget_quiet(replace(c, now=town.now + timedelta(hours=1)))
    )
    names = await town.services[0].database.read(lambda c: c.execute(select(rate_limit_table.c.name)).scalars().all())
    assert names == [rate_limits.WHOLE]


async def test_a_clock_put_back_holds_up_nobody(town: Town) -> None:
    await town.put("101", ["a", "b"])
    await town.passes()
    town.now -= timedelta(hours=5)
    await town.put("101", ["c"])
    first, rules = town.services[0], {"telegram": town.services[0].channels["telegram"].rate_limits}
    await first.database.write(lambda c: rate_limits.repair_after_clock_jump(c, ()))
    claim = await first.database.write(lambda c: outbox.claim_due(c, 9, rules))
    assert [row.outgoing.payload["text"] for row in claim.rows] == ["c"]
