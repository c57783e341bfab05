"""Many who ask for a person at once: the team is told of them together, of danger always."""

import pytest

from tests.bot.conftest import Office


@pytest.fixture
async def team(office: Office) -> Office:
    await office.hire("Lan", communes=("ban-moi",))
    await office.hire("Tu", "lead", communes=("ban-moi",))
    return office


async def open_many(team: Office, count: int) -> None:
    for n in range(count):
        await team.say(f"khach{n}", start="ban-moi_lam-nha")
        await team.say(f"khach{n}", "gặp người")


async def test_many_who_ask_at_once_are_told_together(team: Office) -> None:
    await team.hears("lan")
    await open_many(team, 30)
    heard = await team.hears("lan")
    assert sum("[alert]" in text for text in heard) == 5
    assert 1 <= sum("[alert_many]" in text for text in heard) <= 3
    assert len(heard) <= 8
    await team.passes(minutes=2)
    await team.say("hoa", "gặp người")
    assert sum("[alert]" in text for text in await team.hears("lan")) == 1
    await team.passes(minutes=9)
    reminded = await team.hears("lan")
    assert sum("[reminder]" in text for text in reminded) <= 6
    assert len(reminded) <= 9


async def test_who_is_helped_already_makes_no_crowd(team: Office) -> None:
    await open_many(team, 5)
    for number in range(1, 6):
        await team.say("lan", f"nhận {number}")
    await team.hears("lan")
    await team.say("hoa", "gặp người")
    assert any(text.startswith("[alert] 6") for text in await team.hears("lan"))


async def test_danger_is_told_however_many_ask(team: Office) -> None:
    await open_many(team, 10)
    await team.hears("lan")
    await team.say("hoa", "cháy nhà")
    assert any("[alert_danger]" in text for text in await team.hears("lan"))


async def test_many_in_danger_at_once_are_told_together_and_hide_nothing(team: Office) -> None:
    for n in range(12):
        await team.say(f"khach{n}", "cháy nhà")
    heard = await team.hears("lan")
    assert sum("[alert_danger]" in text for text in heard) == 5
    assert sum("[alert_many_danger]" in text for text in heard) == 2  # of the sixth and the tenth
    await team.say("hoa", "gặp người")
    assert any("[alert] 13" in text for text in await team.hears("lan"))
