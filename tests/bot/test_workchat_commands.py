"""Commands in a work chat: which words are one, what is mended into one, handing on, ready answers."""

import pytest

from bot.handoff import agents, canned
from tests.bot.conftest import Office


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
