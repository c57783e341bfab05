"""A question that the bot can't answer: with the team it becomes an answer to the citizen, and one for the whole commune."""

from sqlalchemy import select

from bot.store.tables import content_feedback, tickets
from tests.bot.conftest import Office
from tests.bot.house import House


async def ask(office: Office, who: str, question: str) -> None:
    """Ask, and have the team find it out."""
    await office.say(who, question)
    await office.say(who, "<ask_team>")


async def test_the_question_stands_on_the_card_and_its_answer_reaches_the_citizen(office: Office) -> None:
    await office.hire("Lan")
    await ask(office, "hoa", "mượn thợ ở đâu ạ 0912345678")
    assert (await office.hears("lan"))[-1].endswith("[reason question]")
    (claimed,) = await office.say("lan", "nhận 1")
    assert "[summary_question] mượn thợ ở đâu" in claimed
    assert "0912345678" not in claimed
    await office.hears("hoa")
    await office.say("lan", "Bác hỏi hội thợ nhé")
    assert await office.hears("hoa") == ["[person_says] Bác hỏi hội thợ nhé"]


async def test_a_second_question_stands_below_the_first_until_it_is_answered(office: Office) -> None:
    await ask(office, "hoa", "mượn thợ ở đâu")
    await office.say("hoa", "tốn bao nhiêu tiền")
    await office.say("hoa", "<ask_team>")
    await office.say("hoa", "gặp người")
    (kept,) = await office.service.database.read(lambda c: c.execute(select(tickets.c.question)).scalars().all())
    assert kept == "mượn thợ ở đâu\ntốn bao nhiêu tiền"


async def test_the_answer_is_kept_for_the_commune(office: Office) -> None:
    await office.hire("Lan")
    await ask(office, "hoa", "mượn thợ ở đâu")
    await office.say("lan", "nhận 1")
    await office.say("lan", "xong")
    assert await office.say("lan", "mẹo 1 Mượn thợ thì hỏi hội thợ, số 0912345678") == ["[tip_kept] 1"]
    (note,) = await office.service.database.read(lambda c: c.execute(select(content_feedback)).all())
    assert (note.kind, note.commune, note.procedure) == ("answer", "ban-moi", "lam-nha")
    assert note.text.startswith("Mượn thợ thì hỏi hội thợ")


async def test_nothing_of_the_question_outlives_an_erasure(office: Office) -> None:
    await ask(office, "hoa", "mượn thợ ở đâu")
    await office.say("hoa", "xoá dữ liệu")
    await office.say("hoa", "<erase>")
    assert await office.service.database.read(lambda c: c.execute(select(tickets)).all()) == []


def test_on_the_page_the_answer_is_ready_to_be_kept(house: House) -> None:
    hoa, lan = house.citizen("mượn thợ ở đâu", "<ask_team>"), house.member("Lan", "lead")
    lan.post("/console/1/answer", data={"text": "Bác hỏi hội thợ <nhé>"})
    assert "Bác hỏi hội thợ" in hoa.get("/").text
    page = lan.get("/console/1").text
    assert "Nhờ hỏi giúp:</b> “mượn thợ ở đâu”" in page
    assert ">Hỏi: mượn thợ ở đâu\nĐáp: [person_says] Bác hỏi hội thợ &lt;nhé&gt;</textarea>" in page
    lan.post("/console/1/tip", data={"text": "Hỏi: mượn thợ ở đâu\nĐáp: hội thợ"})
    words = lan.get("/insight/words").text
    assert "Hỏi: mượn thợ ở đâu\nĐáp: hội thợ" in words
    assert "xã Bản Mới · Làm nhà" in words
