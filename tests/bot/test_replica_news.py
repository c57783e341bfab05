"""Who looks at an open page sees at once what another replica took."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import pytest
from sqlalchemy import create_engine, text

from bot import conversations
from bot.messages import Inbound
from bot.service import Service, build_service
from flows.messages import Message
from tests.conftest import MakeSettings

pytestmark = pytest.mark.slow

_NUMBERS = count()
LONG = 12.0  # seconds in which news must have come; pages look by themselves after fifteen


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has one replica."""
    return postgres_url


@pytest.fixture
async def replicas(make_settings: MakeSettings) -> AsyncIterator[list[Service]]:
    made = [build_service(make_settings()) for _ in range(2)]
    for service in made:
        await service.start()
    await made[0].turns.receive(Inbound("web", "hoa", "first", Message(text="xin chào")))
    yield made
    for service in made:
        await service.stop()


async def test_a_page_hears_at_once_what_another_replica_took(replicas: list[Service]) -> None:
    here, there = replicas
    with there.subscriptions.subscribe(await _hoa(here)) as hoas, there.subscriptions.subscribe(10**6) as others:
        await _until_heard(here, hoas)
        assert not others.is_set()


async def test_replicas_hear_of_each_other_again_after_the_database_was_gone(
    replicas: list[Service], postgres_url: str
) -> None:
    here, there = replicas
    with there.subscriptions.subscribe(await _hoa(here)) as hoas:
        await _until_heard(here, hoas)
        _cut_off(postgres_url)
        hoas.clear()
        await _until_heard(here, hoas)
    assert here.alive
    assert there.alive


async def _until_heard(here: Service, rung: asyncio.Event) -> None:
    """Somebody goes on talking to one replica until the other one hears of it: it listens a moment after it has started."""
    async with asyncio.timeout(LONG):
        while not rung.is_set():
            await here.turns.receive(Inbound("web", "hoa", f"m{next(_NUMBERS)}", Message(text="xin chào")))
            await asyncio.sleep(0.1)


async def _hoa(service: Service) -> int:
    found = await service.database.read(lambda c: conversations.find_conversation(c, "web", "hoa"))
    assert found
    return found.id


def _cut_off(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    engine.dispose()
