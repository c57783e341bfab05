"""The outbox as its operator sees it: what waits, what is lost, what goes again, what is given up or deleted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from bot import conversations
from bot.cli import app
from bot.errors import Refused, TryAgain
from bot.messages import Inbound, Outgoing
from bot.outbox import backlog, outbox, rate_limits
from bot.outbox.backlog import Letter, Line
from bot.outbox.outbox import RowKind
from bot.service import Service, build_service
from bot.sharing import links
from bot.store.tables import arrivals, inbound, misses, transcript
from bot.store.tables import outbox as rows
from bot.store.tx import Tx
from flows.messages import Message
from flows.state import State
from tests.bot.test_delivery import Platform
from tests.conftest import MakeSettings, look_after


@dataclass
class Desk:
    service: Service
    platform: Platform
    now: datetime = datetime(2026, 11, 23, tzinfo=UTC)

    async def put(self, contact: str, *texts: str, kind: RowKind = outbox.ANSWER, optional: bool = False) -> None:
        def work(tx: Tx) -> None:
            there = conversations.find_or_begin(tx, "platform", contact, State())
            calls = [Outgoing(contact, {"text": text}, optional) for text in texts]
            outbox.add_calls(tx, there, calls, kind)

        await self.service.database.write(work)

    async def sends(self, *answers: Exception | None) -> None:
        self.platform.answers = list(answers)
        await self.service.delivery.deliver_due()

    async def lines(self) -> list[Line]:
        return list(await self.service.database.read(backlog.list_channels))

    async def letters(self) -> list[Letter]:
        return list(await self.service.database.read(lambda c: backlog.list_letters(c, 10)))

    async def resend(self, *ids: int) -> int:
        return await self.service.database.write(lambda c: backlog.resend(c, ids or None))

    async def count(self, table: Any) -> int:
        return await self.service.database.read(
            lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
        )


@pytest.fixture
async def desk(make_settings: MakeSettings) -> AsyncIterator[Desk]:
    settings = make_settings(late_answer_hours=24, late_note_hours=12, late_call_minutes=10, send_attempts=3)
    service, platform = build_service(settings, lambda: made.now), Platform()
    service.channels["platform"] = platform  # type: ignore[index]
    made = Desk(service, platform)
    yield made
    await service.stop()


async def test_an_empty_outbox_has_nothing_to_show(desk: Desk) -> None:
    await desk.put("hoa", "a")
    await desk.sends()
    assert await desk.lines() == []
    assert await desk.letters() == []


async def test_each_channel_shows_what_waits_and_what_was_lost(desk: Desk) -> None:
    await desk.put("hoa", "a")
    await desk.sends(Refused("too long"))
    await desk.put("lan", "b", "c")
    await desk.sends(TryAgain("busy", after=60))
    began, desk.now = desk.now, desk.now + timedelta(hours=1)
    await desk.service.database.write(
        lambda c: rate_limits.pause_until(c, "platform", [rate_limits.WHOLE], desk.now + timedelta(1))
    )
    line = Line("platform", pending=2, retrying=1, dead=1, oldest=began, paused=desk.now + timedelta(1))
    assert await desk.lines() == [line]


async def test_a_dead_letter_tells_why_and_goes_once_more_when_told(desk: Desk) -> None:
    await desk.put("hoa", "chuyện riêng")
    await desk.sends(Refused("too long"))
    (letter,) = await desk.letters()
    assert letter == Letter(letter.id, "platform", "dead", desk.now, "too long")
    desk.now += timedelta(days=3)
    assert await desk.resend(letter.id) == 1
    assert await desk.resend(letter.id) == 0, "it waits already"
    await desk.sends()
    assert desk.platform.got == [("hoa", "chuyện riêng")]
    assert await desk.letters() == []


async def test_all_dead_letters_go_again_in_their_order_but_not_what_came_too_late(desk: Desk) -> None:
    await desk.put("lan", "muộn")
    await desk.sends(TryAgain("busy", after=60))
    desk.now += timedelta(hours=25)
    await desk.sends()
    await desk.put("hoa", "a", "b")
    await desk.sends(Refused("x"), Refused("x"))
    assert await desk.resend() == 2
    await desk.sends()
    assert desk.platform.got == [("hoa", "a"), ("hoa", "b")]
    (late,) = await desk.letters()
    assert (late.state, late.reason) == ("late", "too late to make sense")
    assert await desk.resend(late.id) == 1


@pytest.mark.parametrize(
    ("kind", "optional", "life"),
    [
        (outbox.ANSWER, False, timedelta(hours=24)),
        (outbox.NOTE, False, timedelta(hours=12)),
        (outbox.CALL, True, timedelta(minutes=10)),
    ],
)
async def test_each_kind_of_message_has_a_time_after_which_it_is_not_sent(
    desk: Desk, kind: RowKind, optional: bool, life: timedelta
) -> None:
    await desk.put("hoa", "in time", kind=kind, optional=optional)
    desk.now += life
    await desk.sends()
    await desk.put("lan", "too late", kind=kind, optional=optional)
    desk.now += life + timedelta(seconds=1)
    await desk.put("lan", "the next one")
    await desk.sends()
    assert desk.platform.got == [("hoa", "in time"), ("lan", "the next one")]
    assert (await desk.lines())[0].late == 1


async def test_what_waits_behind_a_shut_channel_is_given_up_in_its_time_too(desk: Desk) -> None:
    await desk.put("hoa", "a", "b")
    later = desk.now + timedelta(days=20)
    await desk.service.database.write(lambda c: rate_limits.pause_until(c, "platform", [rate_limits.WHOLE], later))
    lost: list[int] = []
    desk.service.delivery.on_lost = lambda tx, conversation_id: lost.append(conversation_id)
    desk.now += timedelta(hours=23)
    await look_after(desk.service.turns)
    assert lost == []
    desk.now += timedelta(hours=2)
    await look_after(desk.service.turns)
    assert len(lost) == 1, "whoever helps must hear once that it did not arrive"
    assert (await desk.lines())[0].late == 2


async def test_what_is_over_is_deleted_after_some_days_and_dead_letters_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.upkeep._PIECE", 2)
    await desk.service.turns.receive(Inbound("web", "hoa", "m1", Message(text="a")))
    for number in range(5):
        await desk.put(str(number), "a")
    await desk.put("lan", "b")
    await desk.sends(None, None, None, None, None, Refused("x"))
    found = []
    for days in (6, 2, 21, 3):
        desk.now += timedelta(days=days)
        await look_after(desk.service.turns)
        found.append((await desk.count(rows), await desk.count(inbound)))
    assert found == [(6, 1), (1, 1), (1, 1), (0, 0)]


async def test_what_stands_behind_a_message_that_is_tried_again_waits_with_it(desk: Desk) -> None:
    await desk.put("hoa", "a", "b", "c")
    await desk.sends(TryAgain("slow down", 100.0))
    due = await desk.service.database.read(lambda c: c.execute(select(rows.c.next_at)).scalars().all())
    assert set(due) == {desk.now + timedelta(seconds=100)}
    desk.now += timedelta(seconds=101)
    await desk.sends()
    assert desk.platform.got == [("hoa", text) for text in "abc"]


async def test_an_answer_does_not_wait_for_a_call_that_was_given_up(desk: Desk) -> None:
    await desk.put("hoa", "buttons away", optional=True)
    await desk.put("hoa", "the answer")
    await desk.sends(TryAgain("down", 1800.0))
    desk.now += timedelta(minutes=11)
    await look_after(desk.service.turns)
    await desk.sends()
    assert desk.platform.got == [("hoa", "the answer")]


async def test_what_was_said_is_forgotten_after_ninety_days_and_how_somebody_came_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.upkeep._PIECE", 2)
    turns = desk.service.turns
    link = await turns.database.write(lambda c: links.make_link(c, "na-ri", "lop-1", "loa xã", "Lan"))
    for number, text in enumerate((link.code, "qwzx qwzx", "cảm ơn")):
        await turns.receive(Inbound("web", "hoa", f"m{number}", Message(text=text)))
    desk.now += timedelta(days=60)
    await turns.receive(Inbound("web", "minh", "m9", Message(text="xin chào")))
    kept = (transcript, misses, arrivals)
    before = [await desk.count(table) for table in kept]
    desk.now += timedelta(days=31)
    await look_after(turns)
    after = [await desk.count(table) for table in kept]
    assert before[0] > 6
    assert before[1:] == [1, 1]
    assert after == [2, 0, 0], "only what was said to Minh is younger than that"


def test_the_operator_reads_and_mends_it_with_one_command(
    make_settings: MakeSettings, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", database_url)
    assert motcua("outbox") == (0, "Không có tin nào chờ gửi, không có tin nào hỏng.\n")
    service = build_service(make_settings())

    def work(tx: Tx) -> None:
        there = conversations.find_or_begin(tx, "zalo-bot", "hoa", State())
        outbox.add_calls(tx, there, [Outgoing("hoa", {"text": "chuyện riêng"})] * 2)
        (first,) = outbox.claim_due(tx, 1, {"zalo-bot": lambda _: {}}).rows
        outbox.make_dead_letter(tx, first, "zalo-bot: 400 Bad request")
        rate_limits.pause_until(tx, "zalo-bot", [rate_limits.WHOLE], datetime(2999, 12, 31, 17, tzinfo=UTC))

    with service.database.engine.begin() as connection:
        work(Tx(connection, service.clock()))
    code, out = motcua("outbox")
    assert code == 0
    assert "zalo-bot  1    0        1          0" in out
    assert "ngừng gửi tới 00:00 01/01/3000" in out
    code, out = motcua("outbox", "dead")
    assert "1 · zalo-bot · " in out
    assert "400 Bad request" in out
    assert "chuyện riêng" not in out
    assert motcua("outbox", "resend")[0] == 1
    assert motcua("outbox", "resend", "1", "9") == (
        1,
        "1 tin được gửi lại.\nCó số không phải của tin nào không tới: xem `motcua outbox dead`.\n",
    )
    assert motcua("outbox", "resend", "--all") == (0, "0 tin được gửi lại.\n")
    assert motcua("outbox", "resume", "zalo-bot") == (0, "Kênh zalo-bot gửi tiếp.\n")
    assert motcua("outbox", "resume", "zalo-bot")[0] == 1
    service.database.close()


def motcua(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output
