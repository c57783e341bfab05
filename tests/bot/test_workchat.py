"""Members of the team work in their private chat: Hoa asks, Lan and Minh answer, each on the platform they use."""

import asyncio
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import conversations
from bot.handoff import agents, canned
from bot.handoff.agents import NameTaken
from bot.messages import Inbound
from bot.privacy import Redacted
from bot.store.tables import content_feedback
from bot.store.tx import Tx
from flows.dialogue.advance import advance
from flows.messages import Message
from flows.state import State
from tests.bot.conftest import CHANNEL, Office


async def test_a_code_makes_a_chat_a_members_and_is_good_once(office: Office) -> None:
    assert (await office.hire("Lan"))[0].startswith("[welcome] Lan")
    code = await office.service.database.write(lambda c: agents.make_invitation(c, agents.find_by_name(c, "lan")))
    assert (await office.say("lan2", f" {code.lower().replace('-', ' ')} "))[0].startswith("[welcome]")
    assert await office.say("stranger", code) == ["[code_wrong]"]
    assert "TO-" not in await office.transcript(2)


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


async def test_what_is_mended_goes_to_whom_the_first_words_went(office: Office) -> None:
    await office.hire("Lan")
    await office.say("tao", start="ban-moi_lam-nha")
    await office.say("tao", "tiếp tục")
    for contact in ("hoa", "tao"):
        await office.say(contact, "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "nhận 2")
    await office.say("lan", "nói 1")
    await office.say("lan", "Bác Hoa ra xã thứ ba")
    last = office.last["lan"]
    await office.say("lan", "nói 2")
    office.last["lan"] = last
    for contact in ("hoa", "tao"):
        await office.hears(contact)
    assert await office.say("lan", "Bác Hoa ra xã thứ tư", edited=True) == []
    assert await office.hears("hoa") == ["[person_says] [edited_line] Bác Hoa ra xã thứ tư"]
    assert await office.hears("tao") == []


@pytest.mark.parametrize(
    ("first", "then"),
    [("// bác hay quên", "// bác hay quên lắm"), ("// bác hay quên", "bác hay quên"), ("phiếu", "nhận 2")],
)
async def test_a_mended_note_or_command_reaches_no_citizen(office: Office, first: str, then: str) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    await office.say("lan", first)
    await office.say("lan", then, edited=True)
    assert await office.hears("hoa") == []


async def test_words_that_only_look_like_a_command_go_to_the_citizen(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    for text in ("nhận 12 tờ giấy này nhé", "xong bước này bác bấm tiếp", "phiếu hẹn ngày 5"):
        assert await office.say("lan", text) == []
        assert await office.hears("hoa") == [f"[person_says] {text}"]


async def test_who_leaves_the_team_is_a_citizen_again(office: Office) -> None:
    await office.hire("Lan")
    assert await office.say("lan", "rời tổ") == ["[left]"]
    await office.say("hoa", "gặp người")
    assert await office.hears("lan") == []
    assert "[menu]" in (await office.say("lan", "xin chào"))[0]


async def helped(office: Office) -> None:
    """Hoa has asked, Lan has answered and says that it is done."""
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "bác bấm nút xanh")
    await office.say("lan", "xong")


async def test_the_end_is_asked_of_the_citizen_and_rated(office: Office) -> None:
    await helped(office)
    assert (await office.hears("hoa"))[-1].startswith("[person_done]\n\n[helped]\n\n1. <helped>\n2. <not_helped>")
    assert "[rating]" in (await office.say("hoa", "xong rồi"))[0]
    (told,) = await office.say("hoa", "5")
    assert told.startswith("[rated]")
    assert "Bác có đất chưa?" in told
    assert (await office.hears("lan"))[-1] == "[rated] 1 5"


async def test_four_stars_need_no_reason(office: Office) -> None:
    await helped(office)
    await office.say("hoa", "1")
    (told,) = await office.say("hoa", "4")
    assert told.startswith("[rated]")
    assert "[rating_word]" not in told


@pytest.mark.parametrize("stars", [2, 3])
async def test_who_was_helped_badly_says_why(office: Office, stars: int) -> None:
    await helped(office)
    await office.say("hoa", "1")
    assert "[rating_word]" in (await office.say("hoa", str(stars)))[0]
    assert "Bác có đất chưa?" in (await office.say("hoa", "chị ấy bảo làm nhà đi mà"))[0]
    assert (await office.hears("lan"))[-2:] == [f"[rated] 1 {stars}", f"[rated] 1 {stars} chị ấy bảo làm nhà đi mà"]


async def test_a_citizen_who_says_that_it_is_not_done_waits_again(office: Office) -> None:
    await helped(office)
    await office.hears("lan")
    (told,) = await office.say("hoa", "chưa")
    assert told.startswith("[ticket_reopened]")
    assert "Bác có đất chưa?" in told
    assert await office.state() == ("waiting", None)
    assert await office.hears("lan") == ["[reopened] 1 Làm nhà xã Bản Mới"]
    assert (await office.say("lan", "nhận 1"))[0].startswith("[claimed] 1")


async def test_who_only_goes_on_is_not_held_up_by_the_question(office: Office) -> None:
    await helped(office)
    assert "Bác làm nhà gì?" in (await office.say("hoa", "đất có rồi"))[0]
    assert await office.state() == ("resolved", "Lan")


async def test_asking_again_soon_reopens_the_same_ticket_later_opens_another(office: Office) -> None:
    await helped(office)
    await office.say("hoa", "xong rồi")
    office.now += timedelta(hours=71)
    await office.say("hoa", "gặp người")
    assert await office.state() == ("waiting", None)
    await office.say("lan", "nhận 1")
    await office.say("lan", "xong")
    office.now += timedelta(hours=73)
    await office.hears("lan")
    await office.say("hoa", "gặp người")
    assert (await office.hears("lan"))[-1].startswith("[alert] 2")
    assert await office.state() == ("resolved", "Lan")


async def test_an_outcome_is_kept_and_wrong_content_noted_for_the_editors(office: Office) -> None:
    await helped(office)
    assert await office.say("lan", "tại xã 1") == ["[outcome_kept] 1 [outcome in_person]"]
    assert await office.say("lan", "Sai 1 lệ phí giờ là 50 nghìn") == ["[outcome_kept] 1 [outcome wrong]"]
    (note,) = await office.service.database.read(lambda c: c.execute(select(content_feedback)).all())
    assert (note.procedure, note.step, note.text, note.who) == ("lam-nha", "co-dat", "lệ phí giờ là 50 nghìn", "Lan")
    await office.hire("Minh")
    await office.say("tao", "gặp người")
    assert await office.say("minh", "sai 1") == ["[how_outcome]"]
    await office.say("minh", "nhận 2")
    await office.hears("tao")
    assert await office.say("minh", "sai 3 chỗ bác ạ") == []
    assert await office.hears("tao") == ["[person_says] sai 3 chỗ bác ạ"]


async def test_an_old_not_done_cannot_reopen_one_ticket_beside_another(office: Office) -> None:
    await helped(office)
    told = Inbound(CHANNEL, "hoa", "tool-1", Message(text="em đây"), kind="answered")
    office.now += timedelta(hours=100)
    await office.service.turns.receive(told)
    assert (await office.state(2))[0] == "claimed"
    office.now += timedelta(minutes=1)
    await office.say("hoa", "dạ")
    await office.passes(minutes=61)
    assert (await office.state(2))[0] == "waiting"
    assert await office.say("hoa", "chưa") != []
    assert await office.state(1) == ("resolved", "Lan")


async def test_a_note_for_the_editors_holds_no_number_of_a_citizen(office: Office) -> None:
    await helped(office)
    await office.say("lan", "sai 1 bác có căn cước 001099012345")
    (note,) = await office.service.database.read(lambda c: c.execute(select(content_feedback)).all())
    assert "001099012345" not in note.text


async def test_the_agent_hears_that_the_citizen_took_back_their_consent(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.service.turns.receive(Inbound(CHANNEL, "hoa", "w", kind="withdrawn"))
    assert await office.hears("lan") == ["[erased_by_hand] 1"]  # Zalo deletes nothing


async def test_a_ready_answer_is_sent_by_its_number(office: Office) -> None:
    await office.hire("Lan")
    assert "[nobody]" in (await office.say("lan", "câu"))[0]
    for said in ("có rồi", "kiểu khác", "<have_all>", "gặp người"):
        await office.say("hoa", said)
    await office.say("lan", "nhận 1")
    (listed,) = await office.say("lan", "câu")
    first, _, _ = listed.removeprefix("[canned_list] 1 1. ").partition("\n")
    await office.hears("hoa")
    assert first == "Mất mạng"
    assert await office.say("lan", "câu 1") == ["[canned_shown] Bác đợi có mạng. [ticket_line] 1 Làm nhà"]
    assert await office.hears("hoa") == []
    assert await office.say("lan", "gửi") == ["[sent_to] [ticket_line] 1 Làm nhà"]
    assert await office.hears("hoa") == ["[person_says] Bác đợi có mạng."]
    assert (await office.say("lan", "câu 99"))[0].startswith("[canned_list]")


async def test_a_ticket_is_handed_on_by_name(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("hoa", "gặp người")
    assert await office.say("lan", "chuyển 1 Minh") == ["[not_yours] 1"]
    await office.say("lan", "nhận 1")
    assert await office.say("lan", "chuyển 1") == ["[transfer_to] 1 Minh"]
    assert await office.say("lan", "chuyển 1 Tèo") == ["[transfer_to] 1 Minh"]
    await office.hears("minh")
    assert (await office.say("lan", "chuyen 1 minh"))[0].startswith("[group_handed] 1 Lan Minh")
    assert await office.state() == ("claimed", "Minh")
    assert (await office.hears("minh"))[0].startswith("[handed] 1 Lan")


async def test_what_helped_is_kept_for_the_editors(office: Office) -> None:
    await office.hire("Lan")
    await office.hire("Minh")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "xong")
    await office.hears("hoa")
    assert await office.say("lan", "mẹo 1 bảo bác gọi 0912345678 trước") == ["[tip_kept] 1"]
    assert await office.say("minh", "mẹo 1 khác") == ["[not_yours] 1"]
    rows = await office.service.database.read(lambda c: c.execute(select(content_feedback)).all())
    (note,) = [(row.kind, row.procedure, row.step, row.who, row.text) for row in rows]
    assert note == ("tip", "lam-nha", "co-dat", "Lan", "bảo bác gọi [số đã che] trước")
    assert await office.hears("hoa") == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("phá 1", "[how_outcome]"),
        ("sai 1, phí đã đổi", "[how_outcome]"),
        ("tại xã", "[how_outcome]"),
        ("mẹo", "[how_tip]"),
        ("mẹo 1", "[how_tip]"),
        ("chặn", "[how_block]"),
        ("bỏ chặn", "[how_block]"),
        ("chặn 1: chửi", "[leads_only]"),
        ("mẹo 1: bấm nút xanh", "[tip_kept] 1"),
        ("chuyển", "[transfer_to] 1 Minh"),
        ("chuyển Minh", "[group_handed] 1 Lan Minh"),
        ("Chuyển minh.", "[group_handed] 1 Lan Minh"),
        ("chuyển 1, Minh", "[group_handed] 1 Lan Minh"),
        ("xong 1.", "[done] 1"),
        ("Xong!", "[done] 1"),
    ],
)
async def test_a_command_never_reaches_the_citizen(office: Office, typed: str, told: str) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    assert (await office.say("lan", typed))[0].startswith(told)
    assert not any("[person_says]" in said for said in await office.hears("hoa"))


@pytest.mark.parametrize(
    "typed", ["chuyển khoản cho xã nhé", "sai 7 chữ bác ạ", "sai 1.000 đồng", "chuyển Tèo", "tại xã hết giấy"]
)
async def test_what_a_command_begins_like_goes_to_the_citizen(office: Office, typed: str) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    assert await office.say("lan", typed) == []
    assert await office.hears("hoa") == [f"[person_says] {typed}"]


async def test_a_text_that_is_mended_into_a_command_does_nothing_and_says_so(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "xog")
    await office.hears("hoa")
    assert await office.say("lan", "xong", edited=True) == ["[edit_commands_nothing]"]
    assert await office.hears("hoa") == []
    assert await office.state() == ("claimed", "Lan")


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


async def test_a_name_means_whom_it_is_written_for(office: Office) -> None:
    for name in ("Lan", "Thu", "Thư"):
        await office.hire(name)
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    assert await office.say("lan", "chuyển 1 thú") == ["[transfer_to] 1 Thu, Thư"]
    await office.say("lan", "chuyển 1 Thư")
    assert await office.state() == ("claimed", "Thư")


async def test_who_is_handed_a_ticket_reads_its_card_first(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "chuyển 1 Minh")
    (told,) = await office.say("minh", "nói 1")
    assert told.startswith("[claimed] 1")
    assert "Bà con: gặp người" in told
    assert await office.say("minh", "nói 1") == ["[talking] 1"]


async def test_who_leads_hands_anybodys_ticket_on(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.hire("Sếp", "lead")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("lan")
    assert await office.say("minh", "chuyển 1 Sếp") == ["[not_yours] 1"]
    assert (await office.say("sếp", "chuyển 1 Minh"))[0].startswith("[group_handed] 1 Sếp Minh")
    assert await office.hears("lan") == ["[moved] 1 Minh"]
    assert await office.state() == ("claimed", "Minh")


async def test_a_ready_answer_by_number_is_the_one_that_was_listed(office: Office) -> None:
    for name in ("Lan", "Minh"):
        await office.hire(name)
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    assert (await office.say("lan", "câu 1"))[0].startswith("[canned_list] 1 1. Chào")
    minh = await office.service.database.read(lambda c: agents.find_by_name(c, "Minh"))
    await office.service.database.write(lambda c: canned.keep_answer(c, minh, "Câu riêng của Minh"))
    assert (await office.say("lan", "câu 1"))[0].startswith("[canned_shown] Chào bác, Lan đây")
    await office.say("lan", "gửi")
    assert (await office.hears("hoa"))[-1].startswith("[person_says] Chào bác, Lan đây")
    assert (await office.say("lan", "câu 9"))[0].startswith("[canned_list] 1 1. Câu riêng của Minh")
    await office.service.database.write(lambda c: canned.forget_answer(c, minh, 1))
    assert (await office.say("lan", "câu 1"))[0].startswith("[canned_list] 1 1. Chào")
    assert len(await office.hears("hoa")) == 0


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


async def test_wrong_said_again_without_words_makes_one_note(office: Office) -> None:
    await helped(office)
    for said in ("sai 1", "sai 1", "sai 1 phí đã đổi"):
        await office.say("lan", said)
    found = await office.service.database.read(lambda c: c.execute(select(content_feedback.c.text)).scalars().all())
    assert found == ["", "phí đã đổi"]


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
