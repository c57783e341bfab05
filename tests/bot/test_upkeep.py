"""What runs beside fails alone: the others are done, monitors see which one it was."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot import alarms
from bot.handoff import tickets
from bot.messages import Inbound, Outgoing
from bot.store.database import Database
from bot.store.tables import event_counts, misses, transcript
from bot.upkeep import Upkeep
from flows.messages import Message, Reply
from tests import patient
from tests.bot.conftest import CHANNEL, Office
from tests.bot.test_delivery import Platform
from tests.conftest import MakeSettings, let_clock_stand, running, upkeep_of
from tests.emulators.server import wait_for

NUMBER = "0912345678"


@dataclass
class Faulty(Platform):
    """A channel that goes wrong as long as it has something to raise.

    Attributes:
        first: what happens when it is looked after, before anything else.
        hangs: what it waits for then.
    """

    error: Exception | None = field(default_factory=lambda: KeyError("a token"))
    first: Callable[[], None] = lambda: None
    hangs: asyncio.Event | None = None
    looked: int = 0

    async def every_minute(self) -> None:
        self.looked += 1
        self.first()
        if self.hangs:
            await self.hangs.wait()
        self._go_wrong()

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        self._go_wrong()
        return []

    def _go_wrong(self) -> None:
        if self.error:
            raise self.error


@dataclass
class Rounds:
    """An office whose upkeep goes round when the test says so. `broken` stands before all other channels, `sound` after them."""

    office: Office
    broken: Faulty
    sound: Faulty
    upkeep: Upkeep

    async def pass_(self, **time: float) -> None:
        self.office.now += timedelta(**time)
        await self.upkeep.run_once()

    @property
    def failing(self) -> dict[str, int]:
        return {name: health.failures for name, health in self.upkeep.health.items() if health.failures}


@pytest.fixture
async def rounds(office: Office) -> Rounds:
    channels = office.service.channels
    assert isinstance(channels, dict)
    broken, sound = Faulty(), Faulty(error=None)
    others = dict(channels)
    channels.clear()
    channels.update({"broken": broken, **others, "sound": sound})
    return Rounds(office, broken, sound, upkeep_of(office.service.turns))


async def everything_is_due(office: Office) -> None:
    """A number that was left, words that were said, an alarm, a question how it went, events: all of it long ago."""
    await office.hire("Lan", "admin")
    for said in ("gọi lại", "<callback_yes>", NUMBER):
        await office.say("hoa", said)
    for said in ("nhận 1", "xong"):
        await office.say("lan", said)
    await office.say("be", start="ban-moi_lam-nha")
    await office.say("be", "tiếp tục")
    await office.say("be", "có rồi")
    await office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "x"))
    for contact in ("lan", "be"):
        await office.hears(contact)
    assert await phone(office) == NUMBER
    office.now += timedelta(days=91)
    await let_clock_stand(office.service.database)


async def phone(office: Office) -> str | None:
    found = await office.service.database.read(lambda c: tickets.get(c, 1))
    assert found
    return found.phone


async def lines(office: Office) -> int:
    """How many lines are kept that are older than what upkeep itself says."""
    old = select(func.count()).select_from(transcript).where(transcript.c.at < office.now)
    return await office.service.database.read(lambda c: c.execute(old).scalar_one())


async def all_is_done(office: Office) -> None:
    assert await phone(office) is None
    assert await lines(office) == 0
    assert "[alarm zalo_grant] x" in await office.hears("lan")
    assert any("[checkin] Làm nhà" in said for said in await office.hears("be"))
    counted = select(func.count()).select_from(event_counts)
    assert await office.service.database.read(lambda c: c.execute(counted).scalar_one()) > 0


async def test_a_channel_that_goes_wrong_keeps_nothing_else_from_being_done(rounds: Rounds) -> None:
    await everything_is_due(rounds.office)
    await rounds.pass_()
    await all_is_done(rounds.office)
    assert rounds.sound.looked == 1
    assert rounds.failing == {"channel broken": 1}


async def test_what_fails_is_counted_until_it_goes_well(rounds: Rounds) -> None:
    for _ in range(2):
        await rounds.pass_(minutes=1)
    health = rounds.upkeep.health
    assert (health["channel broken"].last_success, health["channel broken"].failures) == (None, 2)
    assert health["channel sound"].last_success == rounds.office.now
    rounds.broken.error = None
    await rounds.pass_(minutes=1)
    assert (health["channel broken"].last_success, health["channel broken"].failures) == (rounds.office.now, 0)


async def spoil(database: Database, table: str) -> None:
    """Lets the database fail wherever something is deleted from this table, as on a disk that is full."""
    if database.is_sqlite:
        await database.write(lambda c: c.execute(text(f"ALTER TABLE {table} RENAME TO spoilt")))
        return
    raising = "BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END"
    function = f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS '{raising.replace(chr(39), chr(39) * 2)}'"
    await database.write(lambda c: c.execute(text(function)))
    trigger = f"CREATE TRIGGER spoil BEFORE DELETE ON {table} EXECUTE FUNCTION spoil()"
    await database.write(lambda c: c.execute(text(trigger)))


async def test_a_duty_that_the_database_does_not_take_is_the_only_one_that_fails(
    rounds: Rounds, caplog: pytest.LogCaptureFixture
) -> None:
    rounds.broken.error = None
    old = {"conversation_id": 1, "text": "gì đó", "at": rounds.office.now}
    await rounds.office.service.database.write(lambda c: c.execute(misses.insert().values(old)))
    await everything_is_due(rounds.office)
    await spoil(rounds.office.service.database, "misses")
    caplog.clear()
    await rounds.pass_()
    await all_is_done(rounds.office)
    assert rounds.failing == {"misses": 1}
    (line,) = [record for record in caplog.records if record.name == "motcua.upkeep" and "misses" in record.message]
    assert not line.exc_info, "without the database they would all fail: one line each is enough"


def test_readyz_tells_how_each_duty_fares_and_stays_200(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.upkeep._PAUSE", 0.05)
    with running(make_settings()) as (url, service):
        service.channels["broken"] = Faulty()  # type: ignore[index]

        def failures() -> int:
            duty = patient.get(f"{url}/readyz").json()["upkeep"].get("channel broken", {})
            return int(duty.get("failures", 0))

        wait_for(lambda: failures() > 3)
        answer = patient.get(f"{url}/readyz")
        assert (answer.status_code, answer.json()["loops"]) == (200, True)
        found = answer.json()["upkeep"]
        assert found["channel broken"]["last_success"] is None
        assert found["phones"]["failures"] == 0
        assert found["phones"]["last_success"].startswith(f"{service.clock():%Y-}")


async def standing(office: Office) -> list[str]:
    return [alarm.name for alarm in await office.service.database.read(alarms.list_standing)]


async def test_three_failures_in_a_row_are_an_alarm_that_is_told_once_and_ends(rounds: Rounds) -> None:
    office = rounds.office
    await office.hire("Lan", "admin")
    await office.hears("lan")
    for _ in range(2):
        await rounds.pass_(minutes=1)
    assert (await standing(office), await office.hears("lan")) == ([], [])
    await rounds.pass_(minutes=1)
    assert await standing(office) == ["upkeep:channel broken"]
    assert await office.hears("lan") == ["[alarm upkeep] channel broken: KeyError"]
    for _ in range(3):
        await rounds.pass_(minutes=1)
    assert (await standing(office), await office.hears("lan")) == (["upkeep:channel broken"], [])
    rounds.broken.error = None
    await rounds.pass_(minutes=1)
    assert (await standing(office), await office.hears("lan")) == ([], [])
    office.now += timedelta(minutes=30)
    rounds.broken.error = ValueError("x")
    for _ in range(3):
        await rounds.pass_(minutes=1)
    assert await office.hears("lan") == ["[alarm upkeep] channel broken: ValueError"]


async def test_two_failures_and_a_success_are_none(rounds: Rounds) -> None:
    for error in (KeyError("x"), KeyError("x"), None, KeyError("x"), KeyError("x")):
        rounds.broken.error = error
        await rounds.pass_(minutes=1)
    assert await standing(rounds.office) == []


async def test_each_duty_has_an_alarm_of_its_own(rounds: Rounds) -> None:
    office = rounds.office
    await office.hire("Lan", "admin")
    for _ in range(3):
        await rounds.pass_(minutes=1)
    await office.hears("lan")
    rounds.sound.error = KeyError("x")
    for _ in range(3):
        await rounds.pass_(minutes=1)
    assert await office.hears("lan") == ["[alarm upkeep] channel sound: KeyError"]
    rounds.broken.error = None
    await rounds.pass_(minutes=1)
    assert await standing(office) == ["upkeep:channel sound"]


async def test_the_alarm_stands_though_nobody_can_be_told(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written is not undone by what goes wrong beside it."""
    rounds.broken.error = None
    monkeypatch.delitem(rounds.office.service.content.library.team.alarms, "zalo_grant")
    await rounds.office.service.database.write(lambda c: alarms.set_off(c, "zalo_grant", "x"))
    for _ in range(4):
        await rounds.pass_(minutes=1)
    assert rounds.failing == {"telling": 4}
    assert await standing(rounds.office) == ["zalo_grant", "upkeep:telling"]


async def test_replicas_do_not_undo_each_others_alarms(rounds: Rounds) -> None:
    office, broken = rounds.office, rounds.broken
    await office.hire("Lan", "admin")
    await office.hears("lan")
    other = upkeep_of(office.service.turns)
    error = broken.error
    for _ in range(6):
        broken.error = error
        await rounds.pass_(minutes=1)
        broken.error = None
        await other.run_once()
    assert await standing(office) == ["upkeep:channel broken"]
    assert len(await office.hears("lan")) == 1


async def test_what_a_process_left_behind_ends_with_the_next_one(rounds: Rounds) -> None:
    """Even when its duty is none any more: the channel was turned off."""
    office = rounds.office
    for _ in range(3):
        await rounds.pass_(minutes=1)
    del office.service.channels["broken"]  # type: ignore[attr-defined]
    await upkeep_of(office.service.turns).run_once()
    assert await standing(office) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_that_was_away_is_no_alarm_of_every_duty(rounds: Rounds, tmp_path: Path) -> None:
    """It comes back in the middle of a round, when the first of the duties have failed once more."""
    database, file, away = rounds.office.service.database, tmp_path / "test.db", tmp_path / "away.db"
    rounds.broken.error = None
    await rounds.pass_()
    database.engine.dispose()
    file.rename(away)
    file.mkdir()
    for _ in range(3):
        await rounds.pass_(minutes=1)
    assert len(rounds.failing) > 15

    def back() -> None:
        file.rmdir()
        away.rename(file)

    rounds.broken.first = back
    await rounds.pass_(minutes=1)
    assert rounds.failing["clock"] == 4
    assert "phones" not in rounds.failing
    rounds.broken.first = lambda: None
    assert await standing(rounds.office) == []
    await rounds.pass_(minutes=1)
    assert (rounds.failing, await standing(rounds.office)) == ({}, [])


@pytest.mark.slow
async def test_a_duty_that_does_not_come_back_is_left_alone_until_it_does(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.upkeep._LIMIT", 10.0)  # 91 days are counted in less, also on a busy machine
    rounds.broken.hangs = asyncio.Event()
    await everything_is_due(rounds.office)
    await rounds.pass_()
    await all_is_done(rounds.office)
    for _ in range(2):
        await rounds.pass_(minutes=1)
    assert (rounds.broken.looked, rounds.sound.looked) == (1, 3)
    assert rounds.failing == {"channel broken": 3}
    assert (await rounds.office.hears("lan"))[-1] == "[alarm upkeep] channel broken: TimeoutError"
    rounds.broken.error = None
    rounds.broken.hangs.set()
    await asyncio.sleep(0)
    for looked in (1, 2):
        await rounds.pass_(minutes=1)
        assert (rounds.broken.looked, rounds.failing) == (looked, {})
    stand = await standing(rounds.office)
    assert [name for name in stand if not name.startswith("review")] == ["zalo_grant"]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_transaction_that_takes_too_long_is_not_cut_off(
    rounds: Rounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.upkeep._LIMIT", 10.0)  # 91 days are counted in less, also on a busy machine
    rounds.broken.error = None
    await everything_is_due(rounds.office)
    with rounds.office.service.database.engine.begin() as holder:
        holder.execute(text("LOCK TABLE tickets IN SHARE MODE"))
        for _ in range(2):
            await rounds.pass_()
        assert rounds.failing == {"phones": 2}
        assert await lines(rounds.office) == 0
    async with asyncio.timeout(patient.SECONDS):
        while await phone(rounds.office):
            await asyncio.sleep(0.05)
    await rounds.pass_()
    assert rounds.failing == {}


async def test_what_is_under_way_ends_with_the_service(rounds: Rounds) -> None:
    rounds.broken.hangs = asyncio.Event()
    going = asyncio.create_task(rounds.upkeep.run())
    await patient.until(lambda: rounds.broken.looked)
    going.cancel()
    await asyncio.wait([going], timeout=patient.SECONDS)
    assert going.cancelled()
    assert [task for task in asyncio.all_tasks() if "look_after" in repr(task.get_coro())] == []


async def test_one_who_can_not_be_asked_keeps_nobody_else_from_being_asked(rounds: Rounds) -> None:
    office, broken = rounds.office, rounds.broken
    error, broken.error = broken.error, None
    for channel, contact in (("broken", "be"), (CHANNEL, "tao")):
        for message in (Message(start="ban-moi_lam-nha"), Message(text="tiếp tục"), Message(text="có rồi")):
            await office.service.turns.receive(Inbound(channel, contact, repr(message), message))
        office.now += timedelta(minutes=1)
    await office.hears("tao")
    broken.error = error
    for _ in range(2):
        await rounds.pass_(days=4)
    assert rounds.failing == {"channel broken": 2, "checkins": 1}
    assert "[checkin] Làm nhà" in (await office.hears("tao"))[0]


async def test_admins_are_warned_before_what_is_said_must_be_looked_at_again(rounds: Rounds) -> None:
    """30, 7 and 0 days before, once each; what the small library says of its result is to be looked at by 20 February."""
    office = rounds.office
    rounds.broken.error = None
    await office.hire("Lan", "admin")
    office.now = datetime(2027, 1, 20, 2, tzinfo=UTC)
    told: list[int] = []
    for days in (0, 1, 22, 1, 7, 1):  # to 20 and 21 January, to 12, 13, 20 and 21 February
        await rounds.pass_(days=days)
        told.append((await office.hears("lan")).count("[alarm review] 20/02/2027: 1 (lam-nha)"))
    assert told == [0, 1, 0, 1, 1, 0]
    assert await standing(office) == ["review:2027-02-20, 0"]
