"""From the outbox to the platform: in order, again and again, never twice."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from bot import conversations
from bot.channels.web import Web
from bot.delivery import Delivery
from bot.errors import Refused, StoreUnavailable, TryAgain, Unreachable, WindowClosed
from bot.live.subscriptions import Subscriptions, wait_for_event
from bot.messages import Outgoing
from bot.metrics import Metrics
from bot.outbox import outbox
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import outbox as table
from bot.store.tx import Tx
from flows.state import State
from tests.conftest import MakeSettings
from tests.patient import SECONDS, until


@dataclass
class Platform(Web):
    """A platform at the end of the line that answers as it is told."""

    name = "platform"
    answers: list[Exception | None] = field(default_factory=list)
    got: list[tuple[str, str]] = field(default_factory=list)
    pause: float = 0.0
    busy: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    deletable = timedelta(hours=48)

    def deletion(self, contact: str, messages: Sequence[str]) -> Outgoing:
        return Outgoing(contact, {"text": f"deleted {','.join(messages)}"})

    def parse_message_id(self, message_id: str) -> tuple[str, str]:
        return "", message_id

    async def send(self, outgoing: Outgoing) -> str:
        self.busy[outgoing.contact] += 1
        assert self.busy[outgoing.contact] == 1, "two messages to one person at once"
        try:
            await asyncio.sleep(self.pause)
        finally:
            self.busy[outgoing.contact] -= 1
        if self.answers and (error := self.answers.pop(0)):
            raise error
        self.got.append((outgoing.contact, str(outgoing.payload["text"])))
        return str(len(self.got))


@dataclass
class Post:
    """An outbox, its delivery and a clock that stands still."""

    settings: Settings
    database: Database
    delivery: Delivery
    platform: Platform
    now: datetime = datetime(2026, 11, 23, tzinfo=UTC)

    async def put(
        self, contact: str, texts: Sequence[str], optional: bool = False, about_id: int | None = None
    ) -> None:
        def work(tx: Tx) -> None:
            conversation = conversations.lock_or_begin(tx, "platform", contact, State())
            calls = [Outgoing(contact, {"text": text}, optional) for text in texts]
            outbox.add_calls(tx, conversation, calls, about_id=about_id)

        await self.database.write(work)

    async def forgets(self, about_id: int) -> None:
        """Somebody erases their data while a call is on its way."""
        while not self.platform.busy["lan"]:
            await asyncio.sleep(0.001)
        await self.database.write(lambda c: c.execute(delete(table).where(table.c.about_id == about_id)))

    async def counts(self) -> dict[str, int]:
        return await self.database.read(outbox.count_by_state)


@pytest.fixture
async def post(make_settings: MakeSettings) -> AsyncIterator[Post]:
    settings = make_settings(send_attempts=4)
    database = Database(settings.store_url, lambda: made.now)
    platform = Platform()
    delivery = Delivery(database, {"platform": platform}, settings, lambda: made.now, Metrics())
    made = Post(settings, database, delivery, platform)
    yield made
    database.close()


async def test_what_tells_of_somebody_who_erased_their_data_meanwhile_is_taken_back(post: Post) -> None:
    post.platform.pause = 0.1
    await post.put("lan", ["[says] 1 tôi tên Sính"], about_id=99)
    await asyncio.gather(post.delivery.deliver_due(), post.forgets(99))
    await post.delivery.deliver_due()
    assert post.platform.got == [("lan", "[says] 1 tôi tên Sính"), ("lan", "deleted 1")]


async def test_replies_to_one_person_leave_in_order(post: Post) -> None:
    for contact in ("hoa", "lan", "minh"):
        await post.put(contact, [str(n) for n in range(8)])
    await post.delivery.deliver_due()
    for contact in ("hoa", "lan", "minh"):
        assert [text for who, text in post.platform.got if who == contact] == [str(n) for n in range(8)]
    assert await post.counts() == {"sent": 24}


async def test_a_message_that_was_not_taken_is_tried_later_and_those_behind_it_wait(post: Post) -> None:
    await post.put("hoa", ["a", "b"])
    post.platform.answers = [TryAgain("busy", after=30)]
    await post.delivery.deliver_due()
    assert post.platform.got == []
    post.now += timedelta(seconds=29)
    await post.delivery.deliver_due()
    assert post.platform.got == []
    post.now += timedelta(seconds=2)
    await post.delivery.deliver_due()
    assert post.platform.got == [("hoa", "a"), ("hoa", "b")]


async def test_one_person_who_waits_holds_up_nobody_else(post: Post) -> None:
    await post.put("hoa", ["a"])
    post.platform.answers = [TryAgain("busy")]
    await post.delivery.deliver_due()
    await post.put("lan", ["x"])
    await post.delivery.deliver_due()
    assert post.platform.got == [("lan", "x")]


async def test_a_refused_message_is_a_dead_letter_and_the_next_one_goes(post: Post) -> None:
    await post.put("hoa", ["a", "b"])
    post.platform.answers = [Refused("bad text")]
    await post.delivery.deliver_due()
    assert post.platform.got == [("hoa", "b")]
    assert await post.counts() == {"dead": 1, "sent": 1}


async def test_a_bug_in_a_channel_is_a_dead_letter_too(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    await post.database.write(lambda c: conversations.lock_or_begin(c, "platform", "hoa", State()))
    await post.database.write(lambda c: outbox.add_calls(c, conversations.by_id(c, 1), [Outgoing("hoa", {})]))
    await post.delivery.deliver_due()
    assert await post.counts() == {"dead": 1}


async def test_a_database_that_is_gone_for_a_moment_costs_no_message(post: Post) -> None:
    await post.put("hoa", ["a"])
    post.platform.answers = [StoreUnavailable("the channel keeps its tokens there")]
    await post.delivery.deliver_due()
    assert await post.counts() == {"pending": 1}
    post.now += timedelta(seconds=2)
    await post.delivery.deliver_due()
    assert post.platform.got == [("hoa", "a")]


async def test_a_platform_that_never_answers_is_given_up_and_asked_again(post: Post) -> None:
    await post.put("hoa", ["a"])
    post.settings.__dict__["send_timeout"] = 0.05
    post.platform.pause = 3600
    await asyncio.wait_for(post.delivery.deliver_due(), SECONDS)
    assert await post.counts() == {"pending": 1}
    post.settings.__dict__["send_timeout"] = SECONDS
    post.platform.pause = 0
    post.now += timedelta(seconds=2)
    await post.delivery.deliver_due()
    assert post.platform.got == [("hoa", "a")]


async def test_an_optional_call_that_is_refused_is_no_loss(post: Post) -> None:
    await post.put("hoa", ["tap"], optional=True)
    post.platform.answers = [Refused("query is too old")]
    await post.delivery.deliver_due()
    assert await post.counts() == {"sent": 1}


async def test_after_enough_tries_a_message_is_a_dead_letter(post: Post) -> None:
    await post.put("hoa", ["a"])
    post.platform.answers = [TryAgain("down")] * 4
    for _ in range(6):
        await post.delivery.deliver_due()
        post.now += timedelta(hours=1)
    assert await post.counts() == {"dead": 1}


async def test_who_blocked_us_is_written_to_no_more(post: Post) -> None:
    await post.put("hoa", ["a", "b", "c"])
    post.platform.answers = [Unreachable("blocked")]
    await post.delivery.deliver_due()
    assert await post.counts() == {"dead": 3}
    found = await post.database.read(lambda c: conversations.find_conversation(c, "platform", "hoa"))
    assert found
    assert found.blocked


async def test_who_kept_silent_too_long_is_not_gone_for_good(post: Post) -> None:
    await post.put("hoa", ["a", "b"])
    post.platform.answers = [WindowClosed("-230")]
    await post.delivery.deliver_due()
    assert await post.counts() == {"dead": 2}
    found = await post.database.read(lambda c: conversations.find_conversation(c, "platform", "hoa"))
    assert found
    assert not found.blocked


async def test_a_claim_of_a_process_that_died_runs_out(post: Post) -> None:
    await post.put("hoa", ["a"])
    await post.database.write(lambda c: outbox.claim_due(c, 10, {"platform": post.platform.rate_limits}))
    await post.delivery.deliver_due()
    assert post.platform.got == []
    post.now += outbox.LEASE + timedelta(seconds=1)
    await post.delivery.deliver_due()
    assert post.platform.got == [("hoa", "a")]


async def test_two_replicas_send_each_message_once(post: Post, make_settings: MakeSettings) -> None:
    other_database = Database(make_settings().store_url, lambda: post.now)
    other = Delivery(other_database, {"platform": post.platform}, make_settings(), lambda: post.now, Metrics())
    for contact in range(10):
        await post.put(str(contact), ["a", "b", "c"])
    for _ in range(10):
        await asyncio.gather(post.delivery.deliver_due(), other.deliver_due())
    assert sorted(post.platform.got) == sorted((str(c), t) for c in range(10) for t in "abc")
    other_database.close()


async def test_the_loop_wakes_at_once_and_stops_when_told(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery._LOOK", 3600.0)  # by itself it would not look again
    loop = asyncio.create_task(post.delivery.run())
    await asyncio.sleep(0.05)
    await post.put("hoa", ["a"])
    post.delivery.wake()
    await until(lambda: post.platform.got)
    assert post.platform.got == [("hoa", "a")]
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)


async def test_a_stop_in_the_moment_of_a_wake_up_is_heard() -> None:
    woken = asyncio.Event()

    async def loop() -> None:
        while True:
            await wait_for_event(woken, 60)
            woken.clear()

    task = asyncio.create_task(loop())
    await asyncio.sleep(0.01)
    woken.set()
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=SECONDS)
    assert done == {task}


def test_only_news_of_ones_own_conversation_wakes_who_subscribes_to_it() -> None:
    subscriptions = Subscriptions()
    subscriptions.notify([1])
    with subscriptions.subscribe(1) as woken:
        subscriptions.notify([2])
        assert not woken.is_set()
        subscriptions.notify([1])
        assert woken.is_set()


async def test_a_clock_put_forward_sends_nothing_twice(post: Post) -> None:
    await post.put("hoa", ["a", "b"])
    post.platform.pause = 0.1
    loop = asyncio.create_task(post.delivery.run())
    await until(lambda: post.platform.busy["hoa"])
    async with asyncio.timeout(SECONDS):
        post.now += timedelta(hours=5)  # every claim ran out by this clock
        post.delivery.wake()
        while await post.counts() != {"sent": 2}:
            await asyncio.sleep(0.01)
    assert post.platform.got == [("hoa", "a"), ("hoa", "b")]
    post.delivery.stop()
    await loop


async def test_a_clock_put_back_holds_up_nobody(post: Post) -> None:
    await post.put("hoa", ["a", "b"])
    await post.database.write(
        lambda c: outbox.claim_due(c, 1, {"platform": post.platform.rate_limits})
    )  # by a process that died
    post.platform.answers = [TryAgain("busy", after=30)]
    await post.put("lan", ["x"])
    await post.delivery.deliver_due()
    post.now -= timedelta(hours=5)
    await post.put("hoa", ["c"])
    await post.database.write(outbox.repair_after_clock_jump)
    post.now += outbox.LEASE + timedelta(seconds=1)
    await post.delivery.deliver_due()
    assert [text for who, text in post.platform.got if who == "hoa"] == ["a", "b", "c"]
    assert ("lan", "x") in post.platform.got


async def test_who_stops_leaves_nothing_claimed(post: Post) -> None:
    for contact in range(40):
        await post.put(str(contact), ["a", "b"])
    post.platform.pause = 0.05
    loop = asyncio.create_task(post.delivery.run())
    await asyncio.sleep(0.1)
    post.delivery.stop()
    await loop
    claimed = select(func.count()).where((table.c.state == "pending") & table.c.claimed_until.is_not(None))
    assert await post.database.read(lambda c: c.execute(claimed).scalar_one()) == 0
    counts = await post.counts()
    assert counts["pending"] + counts["sent"] == 80
    assert len(post.platform.got) == counts["sent"]
