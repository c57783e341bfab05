"""One person can't use up what a platform carries for everybody in a month."""

from datetime import timedelta

from tests.bot.conftest import Office

SHARE = 150  # of the 3000 messages that Zalo Bot sends in a month


async def use_up(office: Office) -> list[str]:
    """Somebody writes every minute for three hours; what they heard."""
    object.__setattr__(office.service.settings, "person_burst", 30)  # tests are let say more in a row
    heard: list[str] = []
    for number in range(SHARE + 30):
        office.now += timedelta(minutes=1)
        heard += await office.say("hoa", f"bla {number}")
    return heard


async def test_who_has_had_their_share_is_told_so_once_and_the_others_are_answered(office: Office) -> None:
    heard = await use_up(office)
    assert sum(text.startswith("[too_many]") for text in heard) == 1
    assert heard[-1].startswith("[too_many]")
    assert len(heard) <= SHARE + 1, "and what tells them so"
    assert await office.say("lan", "làm nhà")


async def test_danger_is_heard_from_them_all_the_same(office: Office) -> None:
    await use_up(office)
    assert "[fire] 114" in (await office.say("hoa", "cháy nhà"))[0]


async def test_the_next_day_they_are_heard_again(office: Office) -> None:
    await use_up(office)
    office.now += timedelta(days=1, hours=5)
    (answer,) = await office.say("hoa", "làm nhà")
    assert not answer.startswith("[too_many]")


async def test_what_they_say_to_a_person_stands_in_the_ticket(office: Office) -> None:
    await use_up(office)
    office.now += timedelta(days=1, hours=5)
    await office.hire("Minh")
    await office.say("hoa", "gặp người")
    await office.say("minh", "nhận 1")
    for _ in range(8):
        await office.say("hoa", "vẫn chưa được")
    await office.say("hoa", "dòng cuối cùng")
    assert "dòng cuối cùng" in await office.transcript(1)
