"""A helper of neighbours on a channel of numbers: each is kept apart, and all are erased together."""

from sqlalchemy import select

from bot.store.tables import conversations
from tests.bot.conftest import Office


async def states(office: Office) -> str:
    """What is kept of everybody's talk."""
    rows = await office.service.database.read(lambda c: c.execute(select(conversations.c.state)).scalars().all())
    return "\n".join(rows)


async def test_two_neighbours_and_oneself_by_words_and_numbers(office: Office) -> None:
    await office.say("hoa", "có rồi")
    (asked,) = await office.say("hoa", "làm hộ bà Lan 0912345678")
    assert asked.startswith("[helping_begin] bà Lan\n")
    await office.say("hoa", "1")
    for text in ("nuôi mèo", "tiếp tục"):
        await office.say("hoa", text)
    (menu,) = await office.say("hoa", "giờ làm cho ông cậu")
    assert "1. <help_oneself>" in menu
    assert "2. <help_person> bà Lan" in menu
    (back,) = await office.say("hoa", "2")
    assert back.startswith("[helping_resumed] bà Lan Nuôi mèo")
    (own,) = await office.say("hoa", "giờ làm cho tôi")
    assert "Bác làm nhà gì?" in own
    assert "bà Lan" not in own
    assert "0912345678" not in await states(office)


async def test_erasing_leaves_nothing_of_anybody(office: Office) -> None:
    await office.say("hoa", "giờ làm cho bà Lan")
    await office.say("hoa", "nuôi mèo")
    await office.say("hoa", "giờ làm cho ông cậu")
    assert "bà Lan" in await states(office)
    await office.say("hoa", "xoá dữ liệu")
    await office.say("hoa", "<erase>")
    kept = await states(office)
    assert not any(word in kept for word in ("bà Lan", "ông cậu", "nuoi-meo"))
