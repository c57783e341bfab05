"""What a citizen finds whose words were forgotten after a while."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Table, func, select

from bot.handoff import tickets
from bot.handoff.tickets import Ticket
from bot.retention import list_ends
from bot.store.tables import bans, content_feedback, conversations, outbox, ticket_notes, transcript, view_log
from bot.store.tables import tickets as ticket_table
from bot.store.tx import Tx
from tests.bot.conftest import Office
from tests.bot.house import House
from tests.conftest import look_after, upkeep_of


def test_who_comes_back_when_all_that_was_said_is_forgotten_is_put_the_question_that_is_still_open(
    house: House,
) -> None:
    hoa = house.citizen("có rồi")
    asyncio.run(house.service.database.write(lambda c: c.execute(transcript.delete())))
    page = hoa.get("/").text
    assert "Bác làm nhà gì?" in page
    assert "[menu]" not in page
    assert "mấy tầng" in hoa.post("/chat", data={"text": "1"}).text


async def rows(office: Office, table: Table) -> int:
    return await office.service.database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


async def test_a_ticket_ends_with_its_notes_half_a_year_after_its_end(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "ghi 1 nhà xa")
    await office.passes(days=181)
    assert await rows(office, ticket_table) == 1  # nobody ended it
    await office.service.database.write(lambda c: tickets.resolve(c, _ticket(c), "Lan"))
    await office.passes(days=179)
    assert await rows(office, ticket_table) == 1
    await office.passes(days=2)
    assert (await rows(office, ticket_table), await rows(office, ticket_notes)) == (0, 0)


async def test_who_is_silent_for_a_year_is_forgotten_but_no_member(office: Office) -> None:
    await office.hire("Lan")
    await office.say("minh", "làm nhà")
    await sent(office)
    await office.passes(days=366)
    left = select(conversations.c.contact)
    assert await office.service.database.read(lambda c: c.execute(left).scalars().all()) == ["lan"]


async def test_bans_notes_and_looks_end(office: Office) -> None:
    await office.hire("Trưởng", "lead")
    await office.say("hoa", "gặp người")
    await office.say("trưởng", "nhận 1")
    await office.say("trưởng", "mẹo 1 chỗ này")
    await office.say("trưởng", "chặn 1 phá")
    assert [await rows(office, table) for table in (bans, content_feedback, view_log)] == [1, 1, 1]
    await office.passes(days=181)
    assert await rows(office, bans) == 0
    await office.passes(days=185)
    assert [await rows(office, table) for table in (content_feedback, view_log)] == [0, 0]


async def test_what_goes_is_counted_in_the_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "motcua.upkeep")
    await office.passes(days=100)
    assert "upkeep: transcripts: 4 rows older than 90 days deleted" in caplog.messages
    await office.passes(minutes=1)
    assert len([line for line in caplog.messages if "transcripts" in line]) == 1


def test_who_opens_no_page_for_two_weeks_has_to_sign_in_again(house: House) -> None:
    lan = house.member("Lan")
    for _ in range(2):
        house.now += timedelta(days=13)
        assert lan.get("/console").url.path == "/console"
        asyncio.run(look_after(house.service.turns))
    house.now += timedelta(days=15)
    asyncio.run(look_after(house.service.turns))
    assert lan.get("/console").url.path == "/console/login"


async def test_a_clock_that_jumps_ahead_deletes_nothing_until_it_stood_for_a_day(office: Office) -> None:
    await office.passes(minutes=1)
    upkeep, said = upkeep_of(office.service.turns), await rows(office, transcript)
    assert said

    async def runs(hours: int) -> int:
        for _ in range(hours):
            office.now += timedelta(hours=1)
            await upkeep.run_once()
        return await rows(office, transcript)

    office.now += timedelta(days=400)
    assert await runs(12) == said
    office.now -= timedelta(days=400)  # somebody mended it: what was right is not deleted either
    assert await runs(12) == said
    office.now += timedelta(days=400)
    assert await runs(24) == said
    assert await runs(2) == 0


async def test_replicas_that_differ_over_the_time_delete_nothing(office: Office) -> None:
    await office.passes(minutes=1)
    upkeep, said = upkeep_of(office.service.turns), await rows(office, transcript)
    for _ in range(30):
        for ahead in (timedelta(days=400), timedelta(hours=1) - timedelta(days=400)):
            office.now += ahead
            await upkeep.run_once()
    assert await rows(office, transcript) == said


def test_a_dry_run_counts_and_deletes_nothing(house: House) -> None:
    house.citizen("có rồi")
    house.now += timedelta(days=100)
    (said,) = [end for end in list_ends(house.service.settings) if end.name == "transcripts"]
    before = asyncio.run(house.service.database.read(said.count_due))
    assert before > 0
    assert asyncio.run(house.service.database.read(said.count_due)) == before


async def sent(office: Office) -> None:
    """Nothing arrives in this office: take all as sent."""
    taken = outbox.update().values(state="sent", done_at=office.now)
    await office.service.database.write(lambda c: c.execute(taken))


def _ticket(tx: Tx) -> Ticket:
    found = tickets.get(tx, 1)
    assert found
    return found
