"""The token pair of Zalo OA: exchanged in time and once, sealed, never lost by us. Against Zalo's OAuth over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text, update

from bot import alarms
from bot.channels.zalo_oa import ZaloOA
from bot.encryption import Encryption
from bot.errors import TryAgain
from bot.messages import Outgoing
from bot.service import Service, build_service
from bot.store.tables import key_values, leases
from tests.channels.conftest import zalo_oa_settings
from tests.conftest import SECRETS, MakeSettings
from tests.emulators.emulator import Clock
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.patient import SECONDS, until

OAUTH = "/v4/oa/access_token"


@dataclass
class Replicas:
    """Services that share a database, an Official Account and the time."""

    make_settings: MakeSettings
    oa: ZaloOAEmulator
    clock: Clock
    running: list[Service] = field(default_factory=list)

    def build(self, **changed: object) -> Service:
        settings = self.make_settings(**{**zalo_oa_settings(self.oa), **self.given, **changed})
        made = build_service(settings, lambda: self.now)
        self.running.append(made)
        return made

    async def start(self, **changed: object) -> ZaloOA:
        made = self.build(**changed)
        channel = made.channels["zalo-oa"]
        assert isinstance(channel, ZaloOA)
        await channel.start()
        return channel

    @property
    def given(self) -> dict[str, str]:
        """What the operator once copied into the settings."""
        return {"zalo_oa_access_token": "AT_demo_0001", "zalo_oa_refresh_token": "RT_demo_0001"}

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock() / 1000, UTC)

    @property
    def exchanges(self) -> int:
        return len(self.oa.called(OAUTH))

    async def kept(self) -> str:
        found = await self.running[0].database.read(lambda c: c.execute(select(key_values.c.value)).scalars().all())
        return "\n".join(found)

    async def alarms(self) -> list[str]:
        return [alarm.key for alarm in await self.running[0].database.read(alarms.list_standing)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def oa(clock: Clock) -> Iterator[ZaloOAEmulator]:
    with ZaloOAEmulator(now=clock) as emulator:
        emulator.learn(emulator.user().text("Chào"))
        yield emulator


@pytest.fixture
async def replicas(make_settings: MakeSettings, oa: ZaloOAEmulator, clock: Clock) -> AsyncIterator[Replicas]:
    made = Replicas(make_settings, oa, clock)
    yield made
    for service in made.running:
        for channel in service.channels.values():
            await channel.close()
        service.database.close()


def hello(oa: ZaloOAEmulator) -> Outgoing:
    return Outgoing(oa.user().id, {"text": "Chào bác"})


async def test_ten_replicas_at_once_exchange_the_pair_once_and_all_have_the_new_one(replicas: Replicas) -> None:
    channels = [await replicas.start() for _ in range(10)]
    replicas.clock.forward(hours=20)
    await asyncio.gather(*(channel.every_minute() for channel in channels))
    assert replicas.exchanges == 1
    await asyncio.gather(*(channel.every_minute() for channel in channels))
    assert {channel.tokens.access for channel in channels} == {replicas.oa.grants.access} == {"AT_demo_0002"}
    assert replicas.exchanges == 1
    assert await replicas.alarms() == []


async def test_ten_replicas_that_meet_a_dead_token_at_once_exchange_it_once(replicas: Replicas) -> None:
    channels = [await replicas.start() for _ in range(10)]
    replicas.clock.forward(hours=25)

    async def send(channel: ZaloOA) -> None:
        async with asyncio.timeout(SECONDS):
            while True:
                with suppress(TryAgain):
                    await channel.send(hello(replicas.oa))
                    return
                await asyncio.sleep(0.05)

    await asyncio.gather(*(send(channel) for channel in channels))
    assert len(replicas.oa.sent) == 10
    assert replicas.exchanges == 1


async def test_a_pair_is_exchanged_when_it_is_twenty_hours_old(replicas: Replicas) -> None:
    channel = await replicas.start()
    replicas.clock.forward(hours=19.9)
    await channel.every_minute()
    assert replicas.exchanges == 0
    replicas.clock.forward(hours=0.2)
    for _ in range(3):
        await channel.every_minute()
    assert replicas.exchanges == 1
    await channel.send(hello(replicas.oa))
    assert replicas.oa.sent


async def test_who_starts_later_takes_the_pair_that_is_kept(replicas: Replicas) -> None:
    first = await replicas.start()
    replicas.clock.forward(hours=21)
    await first.every_minute()
    second = await replicas.start()
    assert second.tokens.access == replicas.oa.grants.access
    replicas.clock.forward(hours=19)
    await second.every_minute()
    assert replicas.exchanges == 1


async def test_a_copy_of_the_database_gives_no_token_away(replicas: Replicas) -> None:
    channel = await replicas.start()
    assert "demo" not in await replicas.kept()
    replicas.clock.forward(hours=21)
    await channel.every_minute()
    assert await replicas.kept()
    assert "demo" not in await replicas.kept()


async def test_a_pair_from_before_they_were_sealed_is_read_and_sealed(replicas: Replicas) -> None:
    database = replicas.build().database
    replicas.oa.grants.access, replicas.oa.grants.refresh = "AT_demo_old", "RT_demo_old"
    old = json.dumps({"access": "AT_demo_old", "refresh": "RT_demo_old", "given": "RT_demo_0001"})
    await database.write(lambda c: c.execute(insert(key_values).values(key="zalo-oa", value=old)).rowcount)
    channel = await replicas.start()
    assert channel.tokens.access == "AT_demo_old"
    assert "demo" not in await replicas.kept()
    replicas.clock.forward(hours=20)
    await channel.every_minute()
    assert channel.tokens.access == replicas.oa.grants.access == "AT_demo_0002"


async def test_a_newer_pair_in_the_settings_is_taken(replicas: Replicas) -> None:
    await replicas.start()
    channel = await replicas.start(zalo_oa_access_token="AT-new", zalo_oa_refresh_token="RT-new")
    assert channel.tokens.access == "AT-new"


async def test_with_another_secret_nothing_is_overwritten_and_an_alarm_stands(replicas: Replicas) -> None:
    first = await replicas.start()
    stranger = await replicas.start(secret="another-secret-for-tests")
    assert stranger.tokens.access == ""
    assert await replicas.alarms() == ["zalo_grant"]
    await first.every_minute()
    assert first.tokens.access == replicas.oa.grants.access


async def test_a_lost_answer_loses_the_grant_and_is_an_alarm(replicas: Replicas) -> None:
    channel = await replicas.start()
    replicas.clock.forward(hours=20)
    replicas.oa.faults.drop(only=OAUTH)
    await channel.every_minute()
    assert await replicas.alarms() == []
    for _ in range(5):
        await channel.every_minute()
    assert await replicas.alarms() == ["zalo_grant"]
    assert replicas.exchanges == 2, "what Zalo refused is not asked again at once"
    with pytest.raises(TryAgain, match="the grant is lost"):
        await channel.send(hello(replicas.oa))


@pytest.mark.parametrize("face", ["number", "name", "http"])
async def test_every_face_of_a_refusal_is_a_lost_grant(replicas: Replicas, face: str) -> None:
    channel = await replicas.start()
    replicas.oa.grants.revoke()
    replicas.oa.oauth_failure = face  # type: ignore[assignment]  # parameters are plain texts, this is a Literal
    replicas.clock.forward(hours=20)
    await channel.every_minute()
    found = await replicas.running[0].database.read(alarms.list_standing)
    assert [(alarm.key, "RT_" in alarm.detail) for alarm in found] == [("zalo_grant", False)]
    assert channel.tokens.access == "AT_demo_0001", "a good pair is not overwritten"


@pytest.mark.parametrize(
    ("status", "body"), [(502, {}), (200, {"error": -32, "message": "reached limit"}), (200, "<html>")]
)
async def test_trouble_that_lasts_is_an_alarm_and_passes(replicas: Replicas, status: int, body: object) -> None:
    channel = await replicas.start()
    replicas.clock.forward(hours=20)
    replicas.oa.faults.fail(status, body, times=2, only=OAUTH)
    await channel.every_minute()
    assert await replicas.alarms() == []
    replicas.clock.forward(hours=2)
    await channel.every_minute()
    assert await replicas.alarms() == ["zalo_refresh"]
    await channel.every_minute()
    assert await replicas.alarms() == []
    assert channel.tokens.access == replicas.oa.grants.access


async def test_a_token_that_is_dead_already_and_not_exchanged_is_an_alarm_at_once(replicas: Replicas) -> None:
    channel = await replicas.start()
    replicas.oa.grants.access = "AT-another"
    replicas.oa.faults.fail(502, {}, only=OAUTH)
    with pytest.raises(TryAgain):
        await channel.send(hello(replicas.oa))
    assert await replicas.alarms() == ["zalo_refresh"]


async def test_who_gives_up_waiting_loses_no_pair(replicas: Replicas) -> None:
    """A call has a time limit, and a service is stopped: what was asked of Zalo is saved all the same."""
    channel = await replicas.start()
    replicas.clock.forward(hours=25)
    replicas.oa.faults.slow(0.3, only=OAUTH)
    sending = asyncio.create_task(channel.send(hello(replicas.oa)))
    await until(lambda: replicas.exchanges)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await channel.close()
    assert (await replicas.start()).tokens.access == replicas.oa.grants.access == "AT_demo_0002"


# On PostgreSQL a table that is gone is our own mistake, and no trouble of the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_pair_that_the_database_does_not_take_is_saved_when_it_does(
    replicas: Replicas, caplog: pytest.LogCaptureFixture
) -> None:
    channel = await replicas.start()
    database = replicas.running[0].database
    replicas.clock.forward(hours=20)
    replicas.oa.faults.slow(0.2, only=OAUTH)
    work = asyncio.create_task(channel.every_minute())
    await until(lambda: replicas.exchanges)
    await database.write(lambda c: c.execute(text("ALTER TABLE keep RENAME TO gone")).rowcount)
    await until(lambda: "waits to be saved" in caplog.text)
    assert channel.tokens.access == "AT_demo_0001", "saved before it is used"
    await database.write(lambda c: c.execute(text("ALTER TABLE gone RENAME TO keep")).rowcount)
    await work
    assert channel.tokens.access == "AT_demo_0002"
    assert (await replicas.start()).tokens.access == "AT_demo_0002"


async def test_a_replica_that_died_over_an_exchange_holds_up_nobody_for_long(replicas: Replicas) -> None:
    channel = await replicas.start()
    replicas.clock.forward(hours=20)
    ends = replicas.now + timedelta(seconds=40)
    database = replicas.running[0].database
    await database.write(lambda c: c.execute(insert(leases).values(key="zalo-oa", until=ends)).rowcount)
    await channel.every_minute()
    assert replicas.exchanges == 0
    replicas.clock.forward(seconds=41)
    await channel.every_minute()
    assert replicas.exchanges == 1


async def test_a_newer_grant_is_not_overwritten_by_an_older_exchange(replicas: Replicas) -> None:
    """Another replica's lease ran out, and an admin consented anew, before the slow answer came."""
    channel, other = await replicas.start(), await replicas.start()
    replicas.clock.forward(hours=20)
    replicas.oa.faults.slow(0.3, only=OAUTH)
    work = asyncio.create_task(channel.every_minute())
    await until(lambda: replicas.exchanges)
    pair = {"access": "AT-newer", "refresh": "RT-newer", "given": "RT_demo_0001", "issued": replicas.now.isoformat()}
    newer = Encryption(SECRETS["secret"], "zalo-oa").encrypt(pair)
    await replicas.running[0].database.write(
        lambda c: c.execute(update(key_values).where(key_values.c.key == "zalo-oa").values(value=newer)).rowcount
    )
    await work
    await other.every_minute()
    assert channel.tokens.access == other.tokens.access == "AT-newer"
