"""Called as they are: a message in, and what the citizen, the page and the team read after it."""

from tests.bot.conftest import Office
from tests.bot.house import House


async def test_the_very_answer_calls_them_so_and_all_later_ones_do(office: Office) -> None:
    assert "Chị có đất chưa?" in (await office.say("hoa", "em ơi cho chị hỏi"))[-1]
    assert "Chị làm nhà gì?" in (await office.say("hoa", "có rồi"))[-1]
    await office.say("kim", "cho em hỏi")
    await office.say("kim", start="ban-moi_lam-nha")
    assert "Bạn có đất chưa?" in (await office.say("kim", "tiếp tục"))[-1]


async def test_what_comes_unasked_calls_them_so_too(office: Office) -> None:
    await office.say("hoa", "gọi tôi là ông")
    await office.say("hoa", "gặp người")
    for _ in range(3):
        await office.passes(minutes=40)
    assert "Ông có đất chưa?" in (await office.hears("hoa"))[-1]


async def test_a_persons_own_words_stay_as_they_wrote_them(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gọi tôi là chị")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.hears("hoa")
    await office.say("lan", "Bác ơi, bác đợi em nhé")
    assert "Bác ơi, bác đợi em nhé" in (await office.hears("hoa"))[-1]


def test_the_page_says_what_the_stream_says(house: House) -> None:
    hoa = house.citizen("gọi tôi là cô")
    page = hoa.get("/").text
    assert "Cô có đất chưa?" in page
    hoa.post("/chat", data={"text": "xoá dữ liệu"})
    hoa.post("/chat", data={"text": "đồng ý"})
    hoa.post("/chat", data={"start": "ban-moi_lam-nha"})
    hoa.post("/chat", data={"text": "tiếp tục"})
    assert "Bác có đất chưa?" in hoa.get("/").text


def test_ready_answers_and_steps_of_the_content_call_them_so_and_a_members_own_do_not(house: House) -> None:
    hoa, lan = house.citizen("gọi tôi là chị", "có rồi", "kiểu khác", "<have_all>", "gặp người"), house.member("Lan")
    lan.post("/console/1/keep", data={"text": "Bác gọi giúp em nhé"})
    page = lan.get("/console/1").text
    assert 'data-text="Chị đợi có mạng."' in page
    assert 'data-text="Bác gọi giúp em nhé"' in page
    lan.post("/console/1/step", data={"step": "co-dat"})
    assert "[person_says] Chị có đất chưa?" in hoa.get("/").text
