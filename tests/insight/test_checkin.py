"""Some days later the bot asks how it went: once, in daytime, where the platform lets it, until told or told to stop."""

import json
from datetime import timedelta

from sqlalchemy import select

from bot import conversations
from bot.handoff import tickets
from bot.store.tables import content_feedback, outbox
from tests.conftest import look_after
from tests.insight.month import Month


async def hears(month: Month) -> str:
    """The last thing that was sent to hoa."""
    query = select(outbox.c.payload).where(outbox.c.contact == "hoa").order_by(outbox.c.id.desc()).limit(1)
    payload = await month.service.database.read(lambda c: c.execute(query).scalar())
    return str(json.loads(payload or "{}").get("text", ""))


async def passes(month: Month, **time: float) -> None:
    month.clock.now += timedelta(**time)
    await look_after(month.service.turns)


async def half_way(month: Month) -> None:
    await month.say("hoa", start="ban-moi_lam-nha")
    await month.say("hoa", "tiếp tục")
    await month.say("hoa", "có rồi")


async def test_who_fell_silent_is_asked_once_after_some_days(month: Month) -> None:
    await half_way(month)
    await passes(month, days=6)
    assert "[checkin]" not in await hears(month)
    await passes(month, days=1)
    assert "[checkin] Làm nhà" in await hears(month)
    await month.say("hoa", "chào em")
    assert "[checkin]" in await hears(month)  # a greeting is no answer
    await month.say("hoa", "1")
    await passes(month, days=30)
    assert "[checkin]" not in await hears(month)


async def test_nobody_is_asked_at_night(month: Month) -> None:
    await half_way(month)
    await passes(month, days=7, hours=13)  # nine in the evening
    assert "[checkin]" not in await hears(month)
    await passes(month, hours=11)
    assert "[checkin]" in await hears(month)


async def test_who_told_at_the_end_is_not_asked(month: Month) -> None:
    await month.say("hoa", start="ban-moi_nuoi-meo")
    await month.say("hoa", "tiếp tục")
    await month.say("hoa", "xong rồi")
    await month.say("hoa", "1")
    assert "[filed_kept]" in await hears(month)
    await passes(month, days=8)
    assert "[checkin]" not in await hears(month)


async def test_who_wants_no_questions_gets_none(month: Month) -> None:
    await half_way(month)
    await passes(month, days=7)
    await month.say("hoa", "6")
    assert "[checkins_off]" in await hears(month)
    await month.say("hoa", "nhà gỗ")
    await passes(month, days=8)
    assert "[checkin]" not in await hears(month)


async def test_who_is_stuck_gets_a_person_and_a_ticket(month: Month) -> None:
    await half_way(month)
    await passes(month, days=7)
    await month.say("hoa", "4")
    await month.say("hoa", "1")
    assert "[ticket_opened]" in await hears(month)
    ticket = await month.service.database.read(lambda c: tickets.current_of(c, 1))
    assert ticket
    assert (ticket.reason, ticket.procedure, ticket.tried) == ("checkin", "lam-nha", "het-don")
    await passes(month, days=8)
    assert "[checkin]" not in await hears(month)  # a person has it


async def test_why_it_was_returned_is_told_to_the_editors_masked(month: Month) -> None:
    await half_way(month)
    await passes(month, days=7)
    for text in ("3", "1", "họ bảo số 0912345678 viết sai"):
        await month.say("hoa", text)
    note = (await month.service.database.read(lambda c: c.execute(select(content_feedback)).one()))._mapping
    assert (note["kind"], note["procedure"], note["who"]) == ("returned", "lam-nha", "Bà con")
    assert note["text"] == "<ly-do-khac>: họ bảo số [số đã che] viết sai"


async def test_what_is_erased_is_not_asked_about(month: Month) -> None:
    await half_way(month)
    await month.say("hoa", "xoá dữ liệu")
    await month.say("hoa", "1")
    await passes(month, days=8)
    assert "[checkin]" not in await hears(month)


async def test_who_left_is_not_asked(month: Month) -> None:
    await half_way(month)
    await month.service.database.write(lambda c: conversations.set_blocked(c, 1, True))
    await passes(month, days=8)
    assert "[checkin]" not in await hears(month)


async def test_a_helper_is_reminded_of_somebody_by_the_name_alone(month: Month) -> None:
    for text in ("giờ làm cho bà Lan", "nuôi mèo", "tiếp tục", "<later>", "<tomorrow>", "giờ làm cho ông cậu"):
        await month.say("hoa", text)
    await passes(month, days=1)
    told = await hears(month)
    assert told.startswith("[reminded_for] bà Lan")
    assert "[helping_now] ông cậu" in told
    assert "mèo ăn" not in told
    await passes(month, days=1)
    assert await hears(month) == told  # once


async def test_a_helper_is_asked_about_nobodys_filing(month: Month) -> None:
    await half_way(month)
    for text in ("giờ làm cho bà Lan", "làm nhà", "tiếp tục", "có rồi", "giờ làm cho ông cậu"):
        await month.say("hoa", text)
    await passes(month, days=8)
    assert "[checkin]" not in await hears(month)
