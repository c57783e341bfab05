"""How often somebody may guess, whichever replica they ask."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.console import tries
from bot.store.database import Database
from bot.store.migrate import migrate

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def replicas(empty_database_url: str, clock: Clock) -> AsyncIterator[list[Database]]:
    made = [Database(empty_database_url, clock) for _ in range(2)]
    migrate(made[0])
    yield made
    for database in made:
        database.close()


async def take(database: Database, key: str) -> bool:
    return await database.write(lambda c: tries.take(c, key))


async def test_of_many_guesses_at_once_on_two_replicas_six_are_looked_at(replicas: list[Database]) -> None:
    key = tries.key("a secret", 1, "9.9.9.9")
    assert sum(await asyncio.gather(*(take(replicas[n % 2], key) for n in range(40)))) == tries.MOST
    assert await take(replicas[0], tries.key("a secret", 1, "8.8.8.8"))
    assert await take(replicas[0], tries.key("a secret", 2, "9.9.9.9"))


async def test_they_are_forgotten_when_one_is_right_and_after_a_while(replicas: list[Database], clock: Clock) -> None:
    here, there = replicas
    for _ in range(tries.MOST):
        assert await take(here, "k")
    assert not await take(there, "k")
    await there.write(lambda c: tries.forget(c, "k"))
    for _ in range(tries.MOST):
        assert await take(here, "k")
    clock.now += tries.WITHIN
    assert not await take(there, "k")
    clock.now += timedelta(seconds=1)
    assert await take(there, "k")
