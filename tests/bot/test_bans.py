"""Who abuses the help of people opens no tickets until it is lifted; the bot goes on with them."""

from datetime import timedelta

import pytest

from bot.handoff import ticket_actions, ticket_lists, tickets
from bot.handoff.acting import Acting
from bot.store.tx import Tx
from tests.bot.conftest import Office


@pytest.fixture
async def asked(office: Office) -> Office:
    await office.hire("Lan")
    await office.hire("Trưởng", "lead")
    await office.say("hoa", "gặp người")
    for name in ("lan", "trưởng"):
        await office.hears(name)
    return office


async def test_a_lead_bars_and_lifts(asked: Office) -> None:
    assert await asked.say("trưởng", "chặn 1 chửi bới, số 0912345678") == ["[barred] 1"]
    (told,) = await asked.hears("hoa")
    assert told.startswith("[barred]")
    assert "Bác có đất chưa?" in told
    found = await asked.service.database.read(lambda c: tickets.get(c, 1))
    assert found
    assert (found.state, found.outcome) == ("resolved", "spam")
    (again,) = await asked.say("hoa", "gặp người")
    assert again.startswith("[barred]")
    assert await asked.hears("lan") == []
    assert "Bác làm nhà gì?" in (await asked.say("hoa", "có rồi"))[0]
    assert await asked.say("trưởng", "chặn 1") == ["[how_block]"]
    assert await asked.say("trưởng", "chặn 1 vẫn thế") == ["[barred_already] 1"]
    assert await asked.say("trưởng", "bỏ chặn 1") == ["[lifted] 1"]
    assert await asked.say("trưởng", "bỏ chặn 1") == ["[not_barred] 1"]
    assert "[ticket_opened]" in (await asked.say("hoa", "gặp người"))[0]
    assert any("1" in said for said in await asked.hears("lan"))


async def test_only_who_leads_may(asked: Office) -> None:
    assert await asked.say("lan", "chặn 1 phá") == ["[leads_only]"]
    assert await asked.state() == ("waiting", None)
    await asked.hire("Xa", "lead", ("ban-khac",))
    assert await asked.say("xa", "chặn 1 phá") == ["[unknown] 1"]


async def test_erasing_ones_data_lifts_nothing(asked: Office) -> None:
    await asked.say("trưởng", "chặn 1 phá")
    await asked.say("hoa", "xoadulieu")
    await asked.say("hoa", "1")
    assert any("[barred]" in said for said in await asked.say("hoa", "gặp người"))
    assert await asked.service.database.read(ticket_lists.list_waiting) == []


async def test_it_is_lifted_by_its_number_though_the_ticket_is_erased(asked: Office) -> None:
    await asked.say("trưởng", "chặn 1 phá")
    await asked.say("hoa", "xoadulieu")
    await asked.say("hoa", "1")
    assert await asked.say("lan", "bỏ chặn 1") == ["[leads_only]"]
    assert await asked.say("trưởng", "bỏ chặn 1") == ["[lifted] 1"]
    assert "[ticket_opened]" in (await asked.say("hoa", "gặp người"))[0]


async def test_whoever_helps_hears_that_the_citizen_is_barred(asked: Office) -> None:
    await asked.say("lan", "nhận 1")
    await asked.say("trưởng", "chặn 1 chửi bới")
    assert await asked.hears("lan") == ["[barred] 1"]


async def test_who_is_barred_does_not_hear_that_the_ticket_is_open_again(asked: Office) -> None:
    await asked.say("lan", "nhận 1")
    await asked.say("lan", "xong")
    await asked.say("trưởng", "chặn 1 chửi bới")
    (told,) = await asked.say("hoa", "<not_helped>")
    assert told.startswith("[barred]")
    assert await asked.state() == ("resolved", "Lan")


async def test_a_flood_is_ended_at_once_but_no_danger_and_nothing_taken(asked: Office) -> None:
    await asked.say("lan", "nhận 1")
    for name in ("đùa", "phá"):
        await asked.say(name, "gặp người")
    await asked.passes(minutes=20)
    await asked.say("mai", "gặp người")
    await asked.say("sáu", "cháy nhà rồi")
    await asked.say("sáu", "gặp người")
    channel = (await asked.service.database.read(ticket_lists.list_waiting))[0].channel

    def end(tx: Tx) -> list[int]:
        found = ticket_lists.list_flood(tx, channel, timedelta(minutes=10))
        for ticket in found:
            ticket_actions.end_as_spam(asked.service.sender, Acting(tx, ticket, "motcua"))
        return [ticket.id for ticket in found]

    assert await asked.service.database.write(end) == [4]
    (told,) = await asked.hears("mai")
    assert told.startswith("[barred]")
    left = [ticket.id for ticket in await asked.service.database.read(ticket_lists.list_waiting)]
    assert sorted(left) == [2, 3, 5]
    assert "[ticket_opened]" in (await asked.say("mai", "gặp người"))[0]  # it was no ban
