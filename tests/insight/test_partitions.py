"""A month of events comes and goes on PostgreSQL while people talk, and whatever else holds the events."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from bot.errors import StoreUnavailable
from bot.insight import partitions
from bot.insight.events import Source, record_events
from bot.store.tx import Tx
from flows.messages import AnalyticsEvent
from tests.emulators.server import wait_for
from tests.insight.month import Month

HERE, FINISHED = Source(1, "web", "ban-moi"), [AnalyticsEvent("finished")]


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has one table, and does one thing after the other."""
    return postgres_url


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a lock here is let through by the test, however slow the machine is."""
    monkeypatch.setattr(partitions, "PATIENCE", "60s")


@pytest.mark.usefixtures("patient")
async def test_what_somebody_writes_while_a_partition_is_made_is_not_in_its_way(month: Month) -> None:
    await month.say("hoa")
    database, now = month.service.database, month.clock.now
    with database.engine.connect() as other, other.begin():
        record_events(Tx(other, now), HERE, FINISHED)
        made = asyncio.create_task(database.write(lambda c: partitions.keep_partitions(c, 12)))
        await asyncio.to_thread(wait_for, lambda: _waits(database.engine), 10)
    await made
    kinds = await database.read(lambda c: c.execute(text("SELECT kind FROM events_2026_10")).scalars().all())
    assert "finished" in kinds


@pytest.mark.usefixtures("patient")
async def test_a_turn_and_the_end_of_a_month_do_not_wait_for_each_other(month: Month) -> None:
    await month.say("hoa")
    database, now = month.service.database, month.clock.now
    await database.write(lambda c: partitions.keep_partitions(c, 1))
    later = now + timedelta(days=62)  # one month goes, others come
    with database.engine.connect() as other, other.begin():
        other.execute(text("LOCK TABLE ONLY events IN ROW EXCLUSIVE MODE"))  # as an INSERT begins
        kept = asyncio.create_task(asyncio.to_thread(_once, database.engine, later))
        await asyncio.to_thread(wait_for, lambda: _waits(database.engine), 10)
        await asyncio.to_thread(record_events, Tx(other, later), HERE, FINISHED)
    await kept


async def test_who_holds_the_events_for_long_puts_the_end_of_a_month_off(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup reads them for minutes: no turn may wait that long behind a partition that waits for it."""
    database = month.service.database
    monkeypatch.setattr(partitions, "PATIENCE", "10ms")
    with database.engine.connect() as other, other.begin():
        other.execute(text("SELECT count(*) FROM events_rest"))
        with pytest.raises(StoreUnavailable):
            await database.write(lambda c: partitions.keep_partitions(c, 1))
    await database.write(lambda c: partitions.keep_partitions(c, 1))


def _once(engine: Engine, now: datetime) -> None:
    """Without the second try that whoever loses to another transaction has."""
    with engine.begin() as connection:
        partitions.keep_partitions(Tx(connection, now), 1)


def _waits(engine: Engine) -> bool:
    """Whether somebody waits for what somebody else holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with engine.connect() as looking:
        return bool(looking.execute(text(waiting)).scalar())
