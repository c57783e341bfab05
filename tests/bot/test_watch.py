"""What an operator must mend is found by itself, and no more than that: each alarm comes, and goes when it is mended."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, update

from bot import alarms, backup, watch
from bot.outbox import outbox, rate_limits
from bot.service import build_service
from bot.store.tables import conversations, inbound
from bot.store.tables import outbox as table
from bot.store.tx import Tx
from tests.bot.conftest import CHANNEL, Office
from tests.conftest import MakeSettings

MORNING = datetime(2026, 11, 24, 3, tzinfo=UTC)  # ten o'clock in Vietnam, a Tuesday


@pytest.fixture
async def served(make_settings: MakeSettings) -> AsyncIterator[Office]:
    """A service that people use, on which no message is ever taken by the platform."""
    zalo = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}
    settings = make_settings(**zalo, public_url="https://xa.example", disk_floor=0, late_answer_hours=10_000)
    made = Office(build_service(settings, lambda: made.now), MORNING)
    await made.service.start()
    await made.say("hoa", start="ban-moi_lam-nha")
    yield made
    await made.service.stop()


async def stand(office: Office, **time: float) -> dict[str, str]:
    await office.passes(**time)
    return {alarm.name: alarm.detail for alarm in await office.service.database.read(alarms.list_standing)}


async def test_messages_that_wait_too_long_are_an_alarm_until_they_go(served: Office) -> None:
    assert await stand(served, minutes=4) == {}
    found = await stand(served, minutes=2)
    assert found == {f"outbox:{CHANNEL}": f"{CHANNEL}: 1, 6 phút"}
    await served.service.database.write(lambda c: outbox.make_dead_letters(c, 1, "gone"))
    assert await stand(served, minutes=1) == {}


async def test_a_channel_that_is_shut_has_its_own_alarm(served: Office) -> None:
    until = served.now + timedelta(days=3)
    await served.service.database.write(lambda c: rate_limits.pause_until(c, CHANNEL, [rate_limits.WHOLE], until))
    assert not [name for name in await stand(served, minutes=10) if name.startswith("outbox")]


async def test_refusals_are_an_alarm_but_not_of_people_who_left(served: Office) -> None:
    for contact in ("an", "ba"):
        await served.say(contact, start="ban-moi_lam-nha")
    database = served.service.database
    await database.write(lambda c: c.execute(update(table).values(state=outbox.DEAD, done_at=served.now, error="400")))
    found = await stand(served, minutes=1)
    assert [*found] == ["dead"]
    assert found["dead"].startswith("3; ")
    await database.write(
        lambda c: c.execute(update(conversations).where(conversations.c.contact == "an").values(blocked=True))
    )
    assert await stand(served, minutes=1) == {}


@pytest.mark.parametrize(
    ("usual_days", "last", "now", "found"),
    [
        (7, 121, MORNING, {CHANNEL: f"{CHANNEL}: 2 giờ"}),
        (6, 121, MORNING, {CHANNEL: f"{CHANNEL}: 2 giờ"}),
        (5, 121, MORNING, {}),  # few write here
        (7, 119, MORNING, {}),
        (7, 121, MORNING.replace(hour=16), {}),  # at night
        (7, 121, MORNING.replace(hour=1), {}),  # eight o'clock: it was night
    ],
)
async def test_a_platform_that_is_silent_when_it_never_is_is_an_alarm(
    served: Office, usual_days: int, last: int, now: datetime, found: dict[str, str]
) -> None:
    """`last`: minutes since the last message."""
    rows = [
        {"channel": CHANNEL, "message_id": f"{day}-{number}", "received_at": now - timedelta(days=day, minutes=30)}
        for day in range(1, usual_days + 1)
        for number in range(3)
    ]
    rows.append({"channel": CHANNEL, "message_id": "last", "received_at": now - timedelta(minutes=last)})

    def work(tx: Tx) -> watch.Found:
        tx.execute(delete(inbound))
        tx.execute(insert(inbound), rows)
        return watch.find_silent(tx, [CHANNEL, "web"], served.service.settings)

    assert await served.service.database.write(work) == found


async def test_a_backup_that_is_too_old_or_was_never_made_is_an_alarm(served: Office) -> None:
    await served.service.database.write(lambda c: outbox.make_dead_letters(c, 1, "gone"))
    assert await stand(served, hours=47) == {}
    assert await stand(served, hours=2) == {"backup": "chưa có bản nào"}
    await served.service.database.write(backup.note)
    assert await stand(served, hours=47) == {}
    assert await stand(served, hours=2) == {"backup": "49 giờ"}


async def test_a_full_disk_is_an_alarm_of_the_machine(served: Office) -> None:
    settings = served.service.settings
    assert watch.disk_full(settings) == {}
    tight = settings.model_copy(update={"disk_floor": 2**60, "data_dir": settings.data_dir / "not" / "there"})
    assert list(watch.disk_full(tight)) == [watch.HOST]
