"""The end of a ticket in a work chat: the citizen is asked and rates, it opens again, what became of it is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.messages import Inbound
from bot.store.tables import content_feedback
from flows.messages import Message
from tests.bot.conftest import CHANNEL, Office


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


async def test_wrong_said_again_without_words_makes_one_note(office: Office) -> None:
    await helped(office)
    for said in ("sai 1", "sai 1", "sai 1 phí đã đổi"):
        await office.say("lan", said)
    found = await office.service.database.read(lambda c: c.execute(select(content_feedback.c.text)).scalars().all())
    assert found == ["", "phí đã đổi"]
