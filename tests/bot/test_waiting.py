"""While nobody comes: who is called next, what the citizen hears, and when the team sleeps."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.conversations import find_or_begin
from bot.handoff import agents, ticket_lists
from bot.handoff.tickets import Ticket
from bot.messages import Inbound
from bot.outbox import outbox
from bot.store.tables import conversations
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.messages import Message
from flows.state import State
from tests.bot.conftest import CHANNEL, Office
from tests.conftest import look_after, upkeep_of
from tests.library import COMMUNE

TEAM = """team:
  hours: {t2: [7:30-11:30, 13:30-17:00], t3: [7:30-11:30], t4: [], t5: [7:30-11:30], t6: [7:30-11:30]}
  parent: ban-ben
"""
PHONE = "  phone: {text: số của xã, source: so-tay, checked: 2026-11-01}\n"
NEXT_DOOR = COMMUNE.replace("ban-moi", "ban-ben").replace("Bản Mới", "Bản Bên").replace("[Bản Cũ, Bản Xa]", "[]")


@pytest.fixture
def content_dir(content_dir: Path) -> Path:
    """Bản Mới has a team with hours and a parent team."""
    (content_dir / "communes/ban-moi.yaml").write_text(COMMUNE + PHONE + TEAM, "utf-8")
    (content_dir / "communes/ban-ben.yaml").write_text(NEXT_DOOR, "utf-8")
    (content_dir / "holidays.yaml").write_text(
        "le: {title: Lễ, days: [2026-11-27], source: so-tay, checked: 2026-11-01}"
    )
    return content_dir


@pytest.fixture
async def team(office: Office) -> Office:
    """Monday, 9:00: Lan is a member, Tú leads, Bé works next door."""
    await office.hire("Lan", communes=("ban-moi",))
    await office.hire("Tu", "lead", communes=("ban-moi",))
    await office.hire("Be", communes=("ban-ben",))
    return office


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, by Vietnam's clock."""
    return datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)


async def test_the_team_then_its_lead_then_the_next_team_is_called_once_each(team: Office) -> None:
    await team.say("hoa", "gặp người")
    for name in ("hoa", "lan", "tu", "be"):
        await team.hears(name)
    reminder = "[reminder] 1 Làm nhà xã Bản Mới"
    expected: list[tuple[int, list[list[str]]]] = [
        (9, [[], [], [], []]),
        (1, [[f"{reminder} 10"], [f"{reminder} 10"], [], ["[still_waiting 1]"]]),
        (19, [[], [], [], []]),
        (1, [[], [f"{reminder} 30"], [], ["[still_waiting 2]"]]),
        (89, [[], [], [], []]),
    ]
    for minutes, said in expected:
        await team.passes(minutes=minutes)
        await look_after(team.service.turns)
        heard = [await team.hears(name) for name in ("lan", "tu", "be", "hoa")]
        assert heard == said
    assert await team.say("be", "nhận 1") == ["[unknown] 1"]
    await team.passes(minutes=1)
    assert [await team.hears(name) for name in ("lan", "tu", "be")] == [[], [], [f"{reminder} 120"]]
    (told,) = await team.hears("hoa")
    assert told.startswith("[still_waiting 3]\n\n")
    assert "Bác có đất chưa?" in told
    await team.passes(hours=30)
    assert await team.hears("be") == []
    assert (await team.say("be", "nhận 1"))[0].startswith("[claimed] 1")


async def test_whoever_is_called_can_take_it_and_the_calling_ends(team: Office) -> None:
    await team.say("hoa", "gặp người")
    await team.passes(minutes=10)
    await team.say("lan", "nhận 1")
    await team.say("lan", "chào bác")
    await team.hears("tu")
    await team.passes(hours=2)
    assert await team.hears("tu") == []


async def test_nobody_is_called_while_the_team_sleeps(team: Office) -> None:
    team.now = at(23, 16, 55)
    await team.say("hoa", "gặp người")
    await team.hears("lan")
    await team.passes(hours=10)
    assert await team.hears("lan") == []
    team.now = at(24, 7, 34)
    await team.passes()
    assert await team.hears("lan") == []
    await team.passes(minutes=1)
    assert await team.hears("lan") == ["[reminder] 1 Làm nhà xã Bản Mới 10"]


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (at(23, 12), "[team_closed] [opens_today] 13:30"),
        (at(23, 18), "[team_closed] [opens_tomorrow] 7:30"),
        (at(24, 18), "[team_closed] [opens_on] 7:30 26/11"),
        (at(26, 18), "[team_closed] [opens_on] 7:30 30/11"),  # Friday is a day off
    ],
)
async def test_who_asks_out_of_hours_hears_when_the_team_is_back(team: Office, now: datetime, told: str) -> None:
    team.now = now
    assert "[team_closed]" not in (await team.say("hoa", "mất bao lâu"))[-1]
    (said,) = await team.say("hoa", "gặp người")
    assert said.startswith(f"[ticket_opened]\n{told} [hotline] số của xã [callback_hint]\n\n")
    assert "Bác có đất chưa?" in said


async def test_who_asks_hears_their_place_and_the_usual_time(team: Office) -> None:
    (said,) = await team.say("hoa", "gặp người")
    assert said.startswith("[ticket_opened]\n\n")
    for n in range(5):
        await team.say(f"c{n}", start="ban-moi_lam-nha")
        await team.say(f"c{n}", "tiếp tục")
    (said,) = await team.say("c0", "gặp người")
    assert "[queue_place] 1" in said
    for n in range(1, 5):
        await team.say(f"c{n}", "gặp người")
    await team.passes(minutes=7)
    for number in range(1, 6):
        await team.say("lan", f"nhận {number}")
    (said,) = await team.say("late", start="ban-moi_lam-nha")
    (said,) = await team.say("late", "gặp người")
    assert said.startswith("[ticket_opened]\n[queue_place] 1 [queue_usual] 10\n\n")


async def test_a_sentence_that_holds_another_one_stays_whole(team: Office, content_dir: Path) -> None:
    """The queue's place stands beside the sentence that opens a ticket, wherever else those words occur."""
    bot = content_dir / "bot.yaml"
    told = "Em đã báo tổ."
    text = bot.read_text("utf-8").replace("[ticket_opened]", told)
    bot.write_text(text.replace("[ticket_reopened]", f"{told} Lần này có người gọi lại bác."), "utf-8")
    team.service.content.reload_if_edited()
    await team.say("hoa", "gặp người")
    await team.say("lan", "nhận 1")
    await team.say("lan", "xong")
    await team.say("va", start="ban-moi_lam-nha")
    await team.say("va", "gặp người")  # and waits before her when hers is open again
    await team.passes(minutes=1)
    (reopened,) = await team.say("hoa", "<not_helped>")
    assert reopened.startswith(f"{told} Lần này có người gọi lại bác.\n\n")
    await team.say("tao", start="ban-moi_lam-nha")
    (opened,) = await team.say("tao", "gặp người")
    assert opened.startswith(f"{told}\n[queue_place] 2\n\n")


async def test_an_agent_who_keeps_quiet_is_nudged_once_for_each_silence(team: Office) -> None:
    await team.say("hoa", "gặp người")
    await team.say("lan", "nhận 1")
    await team.passes(minutes=1)
    await team.say("hoa", "chị ơi")
    await team.hears("lan")
    await team.passes(minutes=31)
    assert await team.hears("lan") == ["[nudge] 1"]
    await team.passes(minutes=10)
    assert await team.hears("lan") == []
    await team.say("lan", "chị đây")
    await team.passes(minutes=1)
    await team.say("hoa", "vâng")
    await team.hears("lan")
    await team.passes(minutes=31)
    assert await team.hears("lan") == ["[nudge] 1"]
    assert await team.state() == ("claimed", "Lan")


async def test_who_takes_a_ticket_and_says_nothing_is_nudged_then_it_waits_again(team: Office) -> None:
    await team.say("hoa", "gặp người")
    await team.say("lan", "nhận 1")
    await team.hears("hoa")
    await team.passes(minutes=20)
    await team.say("lan", "nhận 1")  # is no answer
    await team.passes(minutes=11)
    assert await team.hears("lan") == ["[nudge] 1"]
    await team.passes(minutes=10)
    assert await team.hears("lan") == []
    await team.passes(minutes=20)
    assert "[taken_back] 1" in await team.hears("lan")
    assert "[person_away]" in (await team.hears("hoa"))[0]
    assert await team.state() == ("waiting", None)


async def test_who_is_handed_a_ticket_has_time_of_their_own_and_no_more(team: Office) -> None:
    await team.hire("Minh", communes=("ban-moi",))
    await team.say("hoa", "gặp người")
    await team.say("lan", "nhận 1")
    await team.say("lan", "chào bác")
    await team.passes(minutes=1)
    await team.say("hoa", "tôi cần hỏi gấp")
    await team.passes(minutes=20)
    await team.say("lan", "chuyển 1 Minh")
    await team.hears("minh")
    await team.passes(minutes=29)
    assert await team.hears("minh") == []
    await team.passes(minutes=2)
    assert await team.hears("minh") == ["[nudge] 1"]
    await team.passes(minutes=30)
    assert await team.state() == ("waiting", None)


async def test_a_channel_that_was_switched_off_stops_nobody_elses_ticket(team: Office) -> None:
    await team.say("hoa", "gặp người")
    await team.say("tao", start="ban-moi_lam-nha")
    await team.say("tao", "tiếp tục")
    await team.say("tao", "gặp người")
    await team.hears("lan")
    moved = conversations.update().where(conversations.c.contact == "hoa").values(channel="gone")
    await team.service.database.write(lambda c: c.execute(moved))
    await team.passes(minutes=10)
    assert len(await team.hears("lan")) == 2
    assert (await team.hears("tao"))[-1] == "[still_waiting 1]"
    assert (await team.say("lan", "nhận 1"))[0].startswith("[claimed] 1")
    assert await team.say("lan", "chào bác") == ["[channel_off]"]


async def test_a_commune_without_members_calls_its_parent_team(office: Office) -> None:
    await office.hire("Be", communes=("ban-ben",))
    await office.say("hoa", "gặp người")
    assert await office.hears("be") == ["[alert] 1 Làm nhà xã Bản Mới [reason asked]"]
    assert (await office.say("be", "nhận"))[0].startswith("[claimed] 1")


async def test_a_long_stop_calls_the_highest_level_only(team: Office) -> None:
    await team.say("hoa", "gặp người")
    for name in ("hoa", "lan", "tu", "be"):
        await team.hears(name)
    await team.passes(hours=2)
    assert [len(await team.hears(name)) for name in ("lan", "tu", "be", "hoa")] == [0, 0, 1, 1]


async def test_a_talk_in_the_platforms_own_tool_is_over_when_it_falls_silent(office: Office) -> None:
    words = office.service.content.library.team
    words.platform[CHANNEL] = "Công cụ"
    told = Inbound(CHANNEL, "hoa", "t1", Message(text="em đây"), kind="answered")
    await office.service.turns.receive(told)
    assert await office.state() == ("claimed", "Công cụ")
    await office.passes(minutes=40)
    await office.say("hoa", "cảm ơn")
    await office.service.turns.receive(replace(told, message_id="t2"))
    await office.hears("hoa")
    await office.passes(minutes=59)
    assert await office.hears("hoa") == []
    await office.passes(minutes=2)
    assert "[helped]" in (await office.hears("hoa"))[0]
    assert await office.state() == ("resolved", "Công cụ")


async def test_a_team_without_a_lead_is_called_itself(office: Office) -> None:
    await office.hire("Lan", communes=("ban-moi",))
    await office.say("hoa", "gặp người")
    await office.hears("lan")
    await office.passes(minutes=30)
    assert await office.hears("lan") == ["[reminder] 1 Làm nhà xã Bản Mới 30"]


async def test_nobody_is_nudged_while_the_team_sleeps(team: Office) -> None:
    await team.say("hoa", "gặp người")
    await team.say("lan", "nhận 1")
    await team.say("lan", "chào bác")
    team.now = at(23, 22)
    await team.say("hoa", "còn một việc")
    await team.hears("lan")
    await team.passes(minutes=31)
    assert await team.hears("lan") == []


async def test_a_procedure_may_be_left_to_another_communes_team(team: Office, content_dir: Path) -> None:
    routed = COMMUNE + PHONE + TEAM + "  procedures: {lam-nha: ban-ben}\n"
    (content_dir / "communes/ban-moi.yaml").write_text(routed, "utf-8")
    team.service.content.reload_if_edited()
    team.now = at(24, 22)  # Bản Mới sleeps, Bản Bên has no hours
    (told,) = await team.say("hoa", "gặp người")
    assert "[team_closed]" not in told
    assert await team.hears("lan") == []
    assert await team.hears("be") == ["[alert] 1 Làm nhà xã Bản Mới [reason asked]"]

    def seen_by(c: Tx) -> dict[str, int]:
        everyone = agents.list_all(c)
        reach = team.service.team.visibility_of
        return {one.name: ticket_lists.count_matching(c, reach(one, everyone).as_condition()) for one in everyone}

    assert await team.service.database.read(seen_by) == {"Be": 1, "Lan": 0, "Tu": 0}
    assert await team.say("lan", "nhận 1") == ["[unknown] 1"]
    assert (await team.say("be", "nhận 1"))[0].startswith("[claimed] 1")


async def test_a_ticket_that_goes_wrong_keeps_no_other_waiting(team: Office) -> None:
    for contact in ("hoa", "tao"):
        await team.say(contact, start="ban-moi_lam-nha")
        await team.say(contact, "tiếp tục")
        await team.say(contact, "gặp người")
    looked_after = set()

    def act(_: object, tx: Tx, ticket: Ticket) -> bool:
        looked_after.add(ticket.id)
        raise ValueError(ticket.id)

    with pytest.raises(ValueError):
        await upkeep_of(team.service.turns)._for_each_ticket(ticket_lists.list_waiting, act)
    assert looked_after == {1, 2}


async def test_who_leads_hears_once_that_a_member_is_not_reached(team: Office) -> None:
    def lost(tx: Tx) -> None:
        there = find_or_begin(tx, CHANNEL, "lan", State())
        outbox.make_dead_letters(tx, there.id, "-230")
        team.service.delivery.on_lost(tx, there.id)

    for _ in range(3):
        await team.say("hoa", "gặp người")
        await team.passes(minutes=1)
        await team.service.database.write(lost)
    assert (await team.hears("tu")).count("[agent_unreached] Lan Zalo Bot") == 1


async def test_what_is_not_for_the_bot_is_for_the_team_while_a_ticket_waits(team: Office) -> None:
    await team.say("hoa", "gặp người")
    (said,) = await team.say("hoa", "blo bli blu")
    assert "[passed_on]" in said
    assert "not_understood" not in said


@pytest.mark.parametrize("said", [["blo bli", "bla blu"], ["bực quá"], ["không vào được vneid"]])
async def test_who_waits_for_a_person_is_offered_no_other(team: Office, said: list[str]) -> None:
    await team.say("hoa", "gặp người")
    for text in said:
        (told,) = await team.say("hoa", text)
        assert "[offer_person" not in told
        assert "[passed_on]" in told or "[ticket_waits]" in told


async def test_without_a_ticket_what_is_not_understood_is_said_to_be_so(team: Office) -> None:
    (said,) = await team.say("hoa", "blo bli blu")
    assert "[not_understood]" in said


@pytest.mark.parametrize("text", ["sao lâu thế", "có ai không", "cho mai", "vẫn chưa thấy ai", "bao giờ có người"])
async def test_who_has_waited_long_hears_that_the_ticket_stands_and_since_when(team: Office, text: str) -> None:
    await team.say("hoa", "gặp người")
    await team.passes(minutes=5)
    (told,) = await team.say("hoa", text)
    assert "[ticket_waits] [opens_today] 9:00" in told
    assert "Bác có đất chưa?" in told
    assert "[ticket_opened]" not in told


async def test_who_asks_for_a_person_again_hears_that_the_ticket_stands(team: Office) -> None:
    await team.say("hoa", "gặp người")
    await team.passes(minutes=5)
    (told,) = await team.say("hoa", "gặp người")
    assert told.startswith("[ticket_waits] [opens_today] 9:00")


async def test_danger_and_answers_come_before_the_wait(team: Office) -> None:
    await team.say("hoa", "gặp người")
    (told,) = await team.say("hoa", "cháy nhà rồi, chờ mãi")
    assert told.startswith("[fire]")
    (told,) = await team.say("hoa", "đất có rồi")
    assert "[ticket_waits]" not in told
