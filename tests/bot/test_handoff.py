"""A person helps: what the bot still does meanwhile, and how it comes back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import true

from bot import conversations
from bot.handoff import ticket_actions, ticket_lists, tickets
from bot.handoff.acting import Acting
from bot.messages import Inbound
from bot.service import Service, build_service
from flows.messages import Message
from tests.conftest import MakeSettings, look_after


@dataclass
class Counter:
    """One citizen, Hoa, one agent, Lan, and a clock that stands still."""

    service: Service
    now: datetime
    count: int = 0

    async def hears(self, text: str = "", start: str | None = None) -> list[str]:
        """What is said to Hoa after she has said something."""
        before = len(await self.said())
        self.count += 1
        inbound = Inbound("zalo-bot", "hoa", f"m{self.count}", Message(text=text, start=start))
        await self.service.turns.receive(inbound)
        return (await self.said())[before + 1 :]

    async def answers(self, agent: str = "Lan", text: str = "Chào bác") -> str | None:
        sender = self.service.sender
        return await self.service.database.write(
            lambda c: ticket_actions.send_answer(sender, Acting(c, ticket_lists.list_newest(c, true())[0], agent), text)
        )

    async def said(self) -> list[str]:
        lines = await self.service.database.read(lambda c: conversations.read_transcript(c, 1))
        return [f"{line.author}: {line.text}" for line in lines]

    async def state(self) -> str:
        found = await self.service.database.read(lambda c: tickets.get(c, 1))
        return found.state if found else "gone"

    async def passes(self, **time: float) -> list[str]:
        """What is said to Hoa by the time."""
        before = len(await self.said())
        self.now += timedelta(**time)
        await look_after(self.service.turns)
        return (await self.said())[before:]


@pytest.fixture
async def counter(make_settings: MakeSettings) -> AsyncIterator[Counter]:
    """Hoa has asked for a person, and Lan has answered."""
    nowhere = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}
    settings = make_settings(**nowhere, late_answer_hours=10_000)  # nothing arrives here, and nobody minds
    made = Counter(build_service(settings, lambda: made.now), datetime(2026, 11, 23, tzinfo=UTC))
    await made.service.open()
    await made.hears(start="ban-moi_lam-nha")
    await made.hears("tiếp tục")
    await made.hears("gặp người")
    await made.answers()
    yield made
    await made.service.stop()


async def test_danger_gets_its_number_while_a_person_helps(counter: Counter) -> None:
    await counter.answers()
    assert [line.split("\n")[0] for line in await counter.hears("cháy nhà rồi")] == ["bot: [fire] 114"]
    assert await counter.state() == "claimed"


async def test_the_first_answer_tells_how_to_have_the_bot_back(counter: Counter) -> None:
    await counter.answers(text="Bác gửi thêm nhé")
    assert (await counter.said())[-3:] == [
        "Lan: [person_says] Chào bác",
        "bot: [person_came]",
        "Lan: [person_says] Bác gửi thêm nhé",
    ]


@pytest.mark.parametrize("text", ["có rồi", "mất bao lâu", "nuôi mèo", "blah", "😀"])
async def test_the_bot_keeps_quiet_and_nothing_moves(counter: Counter, text: str) -> None:
    assert await counter.hears(text) == []
    assert "Bác có đất chưa?" in (await counter.hears("quay lại bot"))[0]


@pytest.mark.parametrize(
    ("text", "warning"),
    [("mã otp 482913", "sensitive"), ("cccd 001099012345", "sensitive"), ("0912345678", "phone_masked")],
)
async def test_who_sends_a_number_is_warned_all_the_same(counter: Counter, text: str, warning: str) -> None:
    assert await counter.hears(text) == [f"bot: [{warning}]"]
    assert await counter.state() == "claimed"


async def test_ones_data_can_be_seen_and_erased_all_the_same(counter: Counter) -> None:
    assert "[exported]" in (await counter.hears("/dulieucuatoi"))[0]
    assert "[erase]" in (await counter.hears("/xoadulieu"))[0]
    assert await counter.hears("còn việc này nữa") == []
    assert await counter.state() == "claimed"
    await counter.hears("<erase>")
    assert await counter.said() == ["bot: [erased] 14"]
    assert await counter.state() == "gone"


async def test_who_is_left_without_an_answer_gets_the_bot_back(counter: Counter) -> None:
    counter.now += timedelta(hours=1)
    await counter.hears("chị ơi")
    assert await counter.passes(minutes=59) == []
    assert await counter.hears("có rồi") == []
    (told,) = await counter.passes(minutes=2)
    assert told.startswith("bot: [person_away]\n\n")
    assert "Bác có đất chưa?" in told
    assert await counter.state() == "waiting"
    assert await counter.passes(minutes=9) == []
    assert "nhà gì" in (await counter.hears("có rồi"))[0]
    assert await counter.answers("Minh") is None
    assert (await counter.said())[-1] == "bot: [person_came]"


async def test_an_answer_keeps_the_ticket_and_silence_after_it_is_no_neglect(counter: Counter) -> None:
    counter.now += timedelta(hours=1)
    await counter.hears("chị ơi")
    counter.now += timedelta(minutes=50)
    await counter.answers()
    assert await counter.passes(hours=100) == []
    assert await counter.state() == "claimed"
    assert await counter.answers("Minh") == "[taken] Lan 1"
