"""Members of the team work in their private chat: Hoa asks, Lan and Minh answer, each on the platform they use."""

import asyncio
import sys
from datetime import timedelta

import pytest

from bot import conversations
from bot.handoff import agents
from bot.handoff.agents import NameTaken
from bot.messages import Inbound
from bot.privacy import Redacted
from bot.store.tx import Tx
from flows.dialogue.advance import advance
from flows.messages import Message
from flows.state import State
from tests.bot.conftest import CHANNEL, Office


async def test_a_code_makes_a_chat_a_members_and_is_good_once(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert (await office.hire("Lan"))[0].startswith("[welcome] Lan")
    code = await office.service.database.write(lambda c: agents.make_invitation(c, agents.find_by_name(c, "lan")))
    assert (await office.say("lan2", f" {code.lower().replace('-', ' ')} "))[0].startswith("[welcome]")
    assert await office.say("stranger", code) == ["[code_wrong]"]
    assert "TO-" not in await office.transcript(2)
    told = [record.getMessage() for record in caplog.records if record.name == "motcua.team"]
    assert told == [*[f"Lan came in, on {CHANNEL}"] * 2, f"a code on {CHANNEL} that lets nobody in"]
    assert code not in caplog.text


async def test_a_code_dies_with_time_a_newer_one_and_its_member(office: Office) -> None:
    write = office.service.database.write
    await office.hire("Lan")
    first = await write(lambda c: agents.make_invitation(c, agents.find_by_name(c, "Lan")))
    second = await write(lambda c: agents.make_invitation(c, agents.find_by_name(c, "Lan")))
    assert await office.say("x", first) == ["[code_wrong]"]
    office.now += timedelta(days=7, seconds=1)
    assert await office.say("x", second) == ["[code_wrong]"]
    third = await write(lambda c: agents.make_invitation(c, agents.find_by_name(c, "Lan")))
    await write(lambda c: agents.remove_agent(c, agents.find_by_name(c, "Lan")))
    assert await office.say("x", third) == ["[code_wrong]"]
    with pytest.raises(NameTaken):
        await write(lambda c: agents.add_agent(c, "lan", "member", ()))


async def test_from_the_alert_to_the_end(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    assert await office.hears("lan") == ["[alert] 1 Làm nhà xã Bản Mới [reason asked]"]
    (claimed,) = await office.say("lan", "Nhận 1")
    assert claimed.startswith("[claimed] 1")
    assert "Bà con: gặp người" in claimed
    assert await office.hears("hoa") == ["[person_came]"]
    assert await office.say("lan", "Chào bác, em là Lan") == []
    assert await office.hears("hoa") == ["[person_says] Chào bác, em là Lan"]
    assert await office.say("hoa", "chị ơi cái này sao") == []
    assert await office.hears("lan") == ["[says] 1 chị ơi cái này sao"]
    assert (await office.say("lan", "xong"))[0].startswith("[done] 1")
    assert "[person_done]" in (await office.hears("hoa"))[0]
    assert await office.state() == ("resolved", "Lan")
    assert (await office.say("lan", "bác còn đó không"))[0].startswith("[nobody]")
    assert await office.hears("hoa") == []


@pytest.mark.parametrize(("text", "runs"), [("chị ơi cái này sao", False), ("/xoadulieu", True)])
async def test_the_engine_runs_only_for_what_a_person_can_not_do(office: Office, *, text: str, runs: bool) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    entered = set()

    def hear(tx: Tx) -> None:
        said = Inbound(CHANNEL, "hoa", "m99", Message(text), masked=Redacted(text))
        there = conversations.lock_or_begin(tx, CHANNEL, "hoa", State())
        sys.setprofile(lambda frame, *_: entered.add(frame.f_code))
        try:
            office.service.turns.citizens.handle(tx, there, said)
        finally:
            sys.setprofile(None)

    await office.service.database.write(hear)
    assert (advance.__code__ in entered) is runs


async def test_what_an_agent_reads_before_answering(office: Office) -> None:
    await office.hire("Lan")
    for text in ("có rồi", "nhà gỗ", "gặp người"):
        await office.say("hoa", text)
    (told,) = await office.say("lan", "nhận")
    assert "[summary] Làm nhà xã Bản Mới Zalo Bot [reason asked]" in told
    assert "[summary_step] Nhà mấy tầng?" in told
    assert "[summary_answers] Bác có đất chưa? Có rồi; Bác làm nhà gì? Nhà gỗ" in told


async def test_fifty_claims_at_once_have_one_winner(office: Office) -> None:
    names = [f"Nguoi{n}" for n in range(50)]
    for name in names:
        await office.hire(name)
    await office.say("hoa", "gặp người")
    for name in names:
        await office.hears(name.lower())
    posts = [Inbound(CHANNEL, name.lower(), f"c-{name}", Message(text="nhận 1")) for name in names]
    await asyncio.gather(*(office.service.turns.receive(post) for post in posts))
    heard = [(await office.hears(name.lower())) for name in names]
    state, winner = await office.state()
    assert state == "claimed"
    assert sum(said[0].startswith("[claimed] 1") for said in heard) == 1
    assert sum(said == [f"[taken] {winner} 1"] for said in heard) == 49
    assert await office.hears("hoa") != []
    assert (await office.transcript(1)).count("[person_came]") == 1


async def test_two_tickets_at_a_time_never_reach_the_other_citizen(office: Office) -> None:
    await office.hire("Lan")
    await office.say("tao", start="ban-moi_lam-nha")
    await office.say("tao", "tiếp tục")
    for contact in ("hoa", "tao"):
        await office.say(contact, "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "nhận 2")
    await office.hears("hoa")
    await office.say("lan", "chào bác Tảo")
    assert (await office.hears("tao"))[-1] == "[person_says] chào bác Tảo"
    assert await office.hears("hoa") == []
    await office.hears("lan")
    await office.say("hoa", "còn tôi thì sao")
    assert await office.hears("lan") == ["[says_other] 1 còn tôi thì sao"]
    assert await office.say("lan", "nói 1") == ["[talking] 1"]
    await office.say("lan", "em đây")
    assert await office.hears("hoa") == ["[person_says] em đây"]
    assert await office.hears("tao") == []
    assert await office.say("lan", "xong") == ["[done] 1 [talk_next] [ticket_line] 2 Làm nhà"]
    assert (await office.say("lan", "bác Hoa đi nhé"))[0].startswith("[which_ticket]")
    assert await office.hears("tao") == []
    assert await office.say("lan", "nói 2") == ["[talking] 2"]
    await office.say("lan", "bác Tảo ơi")
    assert (await office.hears("tao"))[-1] == "[person_says] bác Tảo ơi"


async def test_who_is_not_in_the_team_can_neither_read_nor_answer(office: Office) -> None:
    await office.hire("Lan")
    await office.hire("Xa", communes=("ban-khac",))
    await office.say("hoa", "gặp người")
    assert await office.hears("xa") == []
    assert await office.say("xa", "nhận 1") == ["[unknown] 1"]
    assert await office.say("xa", "phiếu") == ["[none_waiting]"]
    assert not any("[claimed]" in said for said in await office.say("stranger", "nhận 1"))
    assert await office.state() == ("waiting", None)


async def test_a_member_who_is_removed_is_told_and_reads_no_more(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    team = office.service.team
    await office.service.database.write(lambda c: team.remove_member(c, agents.find_by_name(c, "Lan"), "Trưởng"))
    assert await office.hears("lan") == ["[removed]"]
    assert "[person_away]" in (await office.hears("hoa"))[0]
    assert await office.state() == ("waiting", None)
    await office.say("hoa", "chị Lan ơi")
    assert await office.hears("lan") == []
    assert not any("[claimed]" in said for said in await office.say("lan", "nhận 1"))


async def test_the_agent_hears_that_the_citizen_went_back_to_the_bot(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("hoa", "quay lại bot")
    assert (await office.hears("lan"))[-1] == "[citizen_left] 1"
    assert (await office.say("lan", "bác ơi"))[0].startswith("[nobody]")


async def test_the_agent_hears_that_a_ticket_left_alone_waits_again(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    office.now += timedelta(minutes=1)
    await office.say("hoa", "chị ơi")
    await office.hears("lan")
    await office.passes(hours=5)
    assert await office.hears("lan") == ["[taken_back] 1"]
    assert await office.say("lan", "thả 1") == ["[not_yours] 1"]
    assert (await office.say("lan", "nhận 1"))[0].startswith("[claimed]")
    assert await office.say("lan", "thả") == ["[released] 1"]
    assert await office.state() == ("waiting", None)


@pytest.mark.parametrize("text", ["0912345678", "cccd của bác là 001099012345", "mã otp 482913"])
async def test_numbers_are_masked_before_they_reach_an_agent(office: Office, text: str) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("hoa", text)
    (heard,) = await office.hears("lan")
    assert "[số đã che]" in heard
    assert not any(digits in heard for digits in ("0912345678", "001099012345", "482913"))


async def test_pictures_and_edits_are_named_not_lost(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("hoa", "giấy đây", attachment="photo")
    assert await office.hears("lan") == ["[says] 1 [attachment photo]\ngiấy đây"]
    assert await office.say("lan", attachment="photo") == ["[text_only]"]


async def test_who_leaves_the_team_is_a_citizen_again(office: Office) -> None:
    await office.hire("Lan")
    assert await office.say("lan", "rời tổ") == ["[left]"]
    await office.say("hoa", "gặp người")
    assert await office.hears("lan") == []
    assert "[menu]" in (await office.say("lan", "xin chào"))[0]


async def test_the_agent_hears_that_the_citizen_took_back_their_consent(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.service.turns.receive(Inbound(CHANNEL, "hoa", "w", kind="withdrawn"))
    assert await office.hears("lan") == ["[erased_by_hand] 1"]  # Zalo deletes nothing


async def test_what_is_said_between_people_arrives_whole_with_its_lines(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    long = "Bước một.\nBước hai.\n" + "a " * 1500 + "CUỐI"
    assert await office.say("lan", long) == []
    heard = await office.hears("hoa")
    assert " ".join(" ".join(heard).split()) == " ".join(f"[person_says] {long}".split())
    assert heard[0].startswith("[person_says] Bước một.\nBước hai.")
    await office.say("hoa", "Một.\n" + "b " * 1500 + "HẾT")
    heard = await office.hears("lan")
    assert heard[0].startswith("[says] 1 Một.")
    assert heard[-1].endswith("HẾT")
    assert "HẾT" in await office.transcript(1)
    await office.say("hoa", "Một.\nHai.")
    assert await office.hears("lan") == ["[says] 1 Một.\nHai."]


async def test_a_ticket_that_is_given_back_is_told_to_the_others(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    alert = "[alert] 1 Làm nhà xã Bản Mới [reason asked]"
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("minh")
    assert await office.say("lan", "thả") == ["[released] 1"]
    assert await office.hears("minh") == [alert]
    await office.say("lan", "nhận 1")
    await office.passes(minutes=61)
    assert alert in await office.hears("minh")
    assert alert not in await office.hears("lan")
    await office.say("lan", "nhận 1")
    team = office.service.team
    await office.service.database.write(lambda c: team.remove_member(c, agents.find_by_name(c, "Lan"), "Trưởng"))
    assert await office.hears("minh") == [alert]


async def test_the_card_is_short_and_holds_what_the_team_noted(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("hoa", "gặp người " + "rất dài " * 60)
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "// bác hay quên kính")
    await office.say("lan", "chuyển 1 Minh")
    (told,) = await office.say("minh", "nói 1")
    assert "[summary_notes] Lan: bác hay quên kính" in told
    assert max(len(line) for line in told.splitlines()) < 180
