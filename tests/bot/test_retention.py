"""What a citizen finds whose words were forgotten after a while."""

import asyncio
from datetime import timedelta

from bot import retention
from tests.bot.house import House


def test_who_comes_back_when_all_that_was_said_is_forgotten_is_put_the_question_that_is_still_open(
    house: House,
) -> None:
    hoa = house.citizen("có rồi")
    asyncio.run(house.service.database.write(lambda c: retention.expire_said(c, house.now + timedelta(1), 1000)))
    page = hoa.get("/").text
    assert "Bác làm nhà gì?" in page
    assert "[menu]" not in page
    assert "mấy tầng" in hoa.post("/chat", data={"text": "1"}).text
