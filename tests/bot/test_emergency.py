"""Danger reaches the team at once, stands on top of the queue, and nobody is told that the team knows when it does not."""

import pytest
from sqlalchemy import true

from bot.handoff import ticket_lists
from tests.bot.conftest import Office

ALERT = "[alert_danger] {} Làm nhà xã Bản Mới"


@pytest.fixture
async def asked(office: Office) -> Office:
    """Hoa waits for a person; Lan and a lead hear of it."""
    await office.hire("Lan")
    await office.hire("Tu", "lead")
    await office.say("hoa", "gặp người")
    for name in ("lan", "tu", "hoa"):
        await office.hears(name)
    return office


async def test_danger_on_an_open_ticket_is_announced_once(asked: Office) -> None:
    assert "[danger_told]" in (await asked.say("hoa", "cháy nhà rồi"))[0]
    assert [await asked.hears(name) for name in ("lan", "tu")] == [[ALERT.format(1)], [ALERT.format(1)]]
    await asked.say("hoa", "cháy nhà rồi, cháy to lắm")
    assert await asked.hears("tu") == []


async def test_danger_on_a_claimed_ticket_is_announced_to_everybody(asked: Office) -> None:
    await asked.say("lan", "nhận 1")
    await asked.hears("tu")
    await asked.say("hoa", "cháy nhà rồi")
    assert await asked.hears("tu") == [ALERT.format(1)]
    assert [said for said in await asked.hears("lan") if "alert" in said] == [ALERT.format(1)]
    assert await asked.state() == ("claimed", "Lan")


async def test_who_is_in_danger_stands_on_top_until_it_is_over(asked: Office) -> None:
    await asked.passes(minutes=5)
    await asked.say("nga", "cháy nhà rồi")
    await asked.say("nga", "gặp người")
    read = asked.service.database.read
    listed = await read(lambda c: ticket_lists.list_newest(c, true()))
    assert [ticket.contact for ticket in listed] == ["nga", "hoa"]
    assert [ticket.contact for ticket in await read(ticket_lists.list_waiting)] == ["nga", "hoa"]


async def test_who_is_barred_gets_the_number_and_no_promise(asked: Office) -> None:
    await asked.say("tu", "chặn 1 phá")
    (said,) = await asked.say("hoa", "cháy nhà rồi")
    assert "[fire] 114" in said
    assert "[danger_alone]" in said
    assert "[danger_told]" not in said
    assert await asked.hears("lan") == []
