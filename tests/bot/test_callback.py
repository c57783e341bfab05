"""A citizen asks to be called: with a yes first, the number on the ticket only, and gone some days later."""

import re

import pytest
from sqlalchemy import text

from bot.handoff import ticket_lists, tickets
from tests.bot.conftest import Office

NUMBER = "0912345678"


async def phone(office: Office, ticket_id: int = 1) -> str | None:
    found = await office.service.database.read(lambda c: tickets.get(c, ticket_id))
    assert found
    return found.phone


async def everywhere(office: Office) -> str:
    """All that is kept but the tickets and what is on its way to the team."""
    tables = ("transcript", "conversations", "misses", "ticket_events", "ticket_notes", "content_notes", "inbound")

    def dump(c: object) -> str:
        return "\n".join(str(row) for t in tables for row in c.execute(text(f"SELECT * FROM {t}")))  # type: ignore[attr-defined]

    return await office.service.database.read(dump)


@pytest.fixture
async def asked(office: Office) -> Office:
    await office.hire("Lan")
    await office.hire("Minh")
    (told,) = await office.say("hoa", "gọi lại")
    assert told.startswith("[callback]")
    return office


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "+84912345678",
        "84 912.345.678",
        "số của bác là 0912-345-678 nhé",
        "０９１２３４５６７８",
    ],
)
async def test_who_agrees_is_called_by_whoever_takes_the_ticket(asked: Office, typed: str) -> None:
    assert (await asked.say("hoa", "<callback_yes>"))[0].startswith("[which_phone]")
    (told,) = await asked.say("hoa", typed)
    assert told.startswith("[phone_kept]")
    assert "Bác có đất chưa?" in told
    assert await phone(asked) == NUMBER
    heard = await asked.hears("lan")
    assert "[reason callback]" in heard[0]
    assert not any("912" in said for said in heard)
    (card,) = await asked.say("lan", "nhận 1")
    assert f"[summary_phone] {NUMBER}" in card
    assert not any("912" in said for said in await asked.hears("minh"))
    kept = re.sub(r"'[0-9a-f]{16}'", "", await everywhere(asked))  # a fingerprint may hold any digits
    assert "912" not in kept.replace(".", "").replace(" ", "").replace("-", "")


async def test_without_a_yes_no_number_is_kept(asked: Office) -> None:
    await asked.say("hoa", NUMBER)
    await asked.say("hoa", "<callback_no>")
    await asked.say("hoa", NUMBER)
    await asked.say("hoa", "gặp người")
    await asked.say("hoa", NUMBER)
    assert await phone(asked) is None
    assert "912345" not in await everywhere(asked)


@pytest.mark.parametrize(
    "odd", ["mai gọi nhé", "12", "001099012345", "mã OTP 123456", "9" * 500, "\x00", "<callback_no>"]
)
async def test_what_is_no_number_is_no_number(asked: Office, odd: str) -> None:
    await asked.say("hoa", "<callback_yes>")
    assert await asked.say("hoa", odd)
    assert await asked.service.database.read(ticket_lists.list_waiting) == []


async def test_they_take_it_back(asked: Office) -> None:
    await asked.say("hoa", "<callback_yes>")
    await asked.say("hoa", NUMBER)
    await asked.say("lan", "nhận 1")
    (told,) = await asked.say("hoa", "đừng gọi nữa")
    assert told.startswith("[phone_dropped]")
    assert await phone(asked) is None
    assert (await asked.hears("lan"))[-1] == "[phone_dropped] 1"
    assert await asked.state() == ("claimed", "Lan")


async def test_it_is_told_to_who_helps_already(asked: Office) -> None:
    await asked.say("hoa", "<callback_no>")
    await asked.say("hoa", "gặp người")
    await asked.say("lan", "nhận 1")
    await asked.say("hoa", "gọi lại")
    await asked.say("hoa", "<callback_yes>")
    await asked.hears("lan")
    await asked.say("hoa", NUMBER)
    heard = await asked.hears("lan")
    assert f"[phone_given] 1 {NUMBER}" in heard
    assert not any(NUMBER in said for said in await asked.hears("minh"))
    assert await asked.state() == ("claimed", "Lan")


async def test_it_is_gone_a_week_after_the_end(asked: Office) -> None:
    await asked.say("hoa", "<callback_yes>")
    await asked.say("hoa", NUMBER)
    await asked.say("lan", "nhận 1")
    await asked.say("lan", "xong")
    await asked.passes(days=6, hours=23)
    assert await phone(asked) == NUMBER
    await asked.passes(hours=2)
    assert await phone(asked) is None


async def told(office: Office) -> str:
    """What lies in the outbox for the team."""
    query = text("SELECT payload FROM outbox WHERE contact IN ('lan', 'minh')")
    return await office.service.database.read(lambda c: "\n".join(row.payload for row in c.execute(query)))


async def sent(office: Office) -> None:
    """Everything is on its way."""
    await office.service.database.write(lambda c: c.execute(text("UPDATE outbox SET state = 'sent'")))


async def test_where_the_team_was_told_it_is_gone_too(asked: Office) -> None:
    for said in ("<callback_yes>", NUMBER):
        await asked.say("hoa", said)
    await asked.say("lan", "nhận 1")
    assert NUMBER in await told(asked)
    await sent(asked)
    await asked.say("hoa", "đừng gọi nữa")
    assert NUMBER not in await told(asked)
    for said in ("gọi lại", "<callback_yes>", NUMBER):
        await asked.say("hoa", said)
    await asked.say("lan", "xong")
    await sent(asked)
    await asked.passes(days=6)
    assert NUMBER in await told(asked)
    await asked.passes(days=1, hours=1)
    assert NUMBER not in await told(asked)


async def test_who_erases_their_data_is_in_no_letter_to_the_team(asked: Office) -> None:
    await asked.say("hoa", "gặp người")
    await asked.say("lan", "nhận 1")
    await asked.say("hoa", "lời rất riêng của tôi")
    assert "rất riêng" in await told(asked)
    await asked.say("hoa", "xoadulieu")
    await asked.say("hoa", "<erase>")
    kept = await told(asked)
    assert "rất riêng" not in kept
    assert "gặp người" not in kept
    assert await asked.hears("lan") == ["[erased_by_hand] 1"]


async def test_a_question_about_calling_that_is_open_when_a_person_comes_is_dropped(asked: Office) -> None:
    await asked.say("hoa", "<callback_no>")
    await asked.say("hoa", "gặp người")
    await asked.say("hoa", "gọi lại")
    await asked.say("lan", "nhận 1")
    await asked.hears("hoa")
    assert await asked.say("hoa", "rồi") == []
    assert (await asked.hears("lan"))[-1] == "[says] 1 rồi"


async def test_what_is_no_number_is_said_to_the_person_who_helps(asked: Office) -> None:
    await asked.say("hoa", "<callback_no>")
    await asked.say("hoa", "gặp người")
    await asked.say("lan", "nhận 1")
    assert (await asked.say("hoa", "gọi lại"))[0].startswith("[callback]")
    assert await asked.say("hoa", "cái nút nằm ở đâu") == []
    assert (await asked.say("hoa", "<callback_yes>"))[0].startswith("[which_phone]")
    assert await asked.say("hoa", "chị đợi chút") == []
    assert (await asked.say("hoa", NUMBER))[0].startswith("[phone_kept]")
