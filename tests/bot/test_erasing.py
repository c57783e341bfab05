"""Who erases their data: what stays of them afterwards, and for how long."""

from sqlalchemy import select

from bot.store.tables import content_feedback, conversations, inbound, outbox
from tests.bot.conftest import CHANNEL, Office


async def erase(office: Office) -> list[str]:
    await office.say("hoa", "xoadulieu")
    return await office.say("hoa", "<erase>")


async def contacts(office: Office) -> list[str]:
    query = select(conversations.c.contact).where(conversations.c.channel == CHANNEL).order_by(conversations.c.id)
    return list(await office.service.database.read(lambda c: c.execute(query).scalars().all()))


async def test_it_is_said_how_long_backups_are_kept(office: Office) -> None:
    assert await erase(office) == ["[erased] 14"]


async def test_an_hour_later_not_even_the_contact_is_left(office: Office) -> None:
    await erase(office)
    await sent(office)
    assert await contacts(office) == ["hoa"]
    await office.passes(hours=2)
    assert await contacts(office) == []
    left = select(outbox.c.id).where(outbox.c.contact == "hoa")
    assert await office.service.database.read(lambda c: c.execute(left).all()) == []


async def test_ids_of_messages_that_hold_the_contact_go_as_well(office: Office) -> None:
    await office.service.database.write(
        lambda c: c.execute(
            inbound.insert(), [_came(office, "hoa:1"), _came(office, "hoang:2"), _came(office, "hoa_:3")]
        )
    )
    await erase(office)
    await sent(office)
    await office.passes(hours=2)
    ids = select(inbound.c.message_id).where(inbound.c.message_id.contains(":"))
    assert set(await office.service.database.read(lambda c: c.execute(ids).scalars().all())) == {"hoang:2", "hoa_:3"}


async def test_of_who_is_barred_a_hash_stays_and_they_stay_barred(office: Office) -> None:
    await office.hire("Trưởng", "lead")
    await office.say("hoa", "gặp người")
    await office.say("trưởng", "chặn 1 phá")
    await erase(office)
    await sent(office)
    await office.passes(hours=2)
    (stays,) = [contact for contact in await contacts(office) if contact != "trưởng"]
    assert stays.startswith("~")
    assert "hoa" not in stays
    assert any("[barred]" in said for said in await office.say("hoa", "gặp người"))
    assert sorted(await contacts(office)) == ["hoa", "trưởng"]


async def test_who_writes_again_is_not_forgotten(office: Office) -> None:
    await erase(office)
    await office.say("hoa", "làm nhà")
    await sent(office)
    await office.passes(hours=2)
    assert await contacts(office) == ["hoa"]


async def test_what_an_office_sent_back_goes_but_a_members_tip_stays_without_the_minute(office: Office) -> None:
    await office.hire("Lan")
    await office.say("hoa", "gặp người")
    await office.say("lan", "nhận 1")
    await office.say("lan", "mẹo 1 vào bằng VNeID")
    await office.service.database.write(
        lambda c: c.execute(
            content_feedback.insert().values(kind="returned", text="giấy mờ", who="x", at=office.now, about_id=1)
        )
    )
    await erase(office)
    (note,) = await office.service.database.read(lambda c: c.execute(select(content_feedback)).all())
    assert (note.kind, note.at.minute, note.about_id) == ("tip", 0, None)


async def sent(office: Office) -> None:
    """Nothing arrives in this office: take all as sent."""
    taken = outbox.update().values(state="sent", done_at=office.now)
    await office.service.database.write(lambda c: c.execute(taken))


def _came(office: Office, message_id: str) -> dict[str, object]:
    return {"channel": CHANNEL, "message_id": message_id, "received_at": office.now}
