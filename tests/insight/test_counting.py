"""Events are counted by day, once, whenever they come; months of them come and go."""

import json
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, insert, inspect, select
from typer.testing import CliRunner

from bot.cli import app
from bot.insight import partitions, people, rollups
from bot.insight.events import Source, record_events
from bot.insight.scope import Scope
from bot.insight.waits import percentile
from bot.store.tables import event_counts, events
from flows.messages import AnalyticsEvent
from tests.insight.month import Month


def note(month: Month, at: datetime, *kinds: str) -> Awaitable[None]:
    happened = [AnalyticsEvent(kind) for kind in kinds]  # type: ignore[arg-type]
    return month.service.database.write(
        lambda c: record_events(replace(c, now=at), Source(1, "web", "ban-moi"), happened, here=True)
    )


async def counted(month: Month) -> dict[tuple[date, str], tuple[int, int]]:
    rows = await month.service.database.read(lambda c: c.execute(select(event_counts)).all())
    return {(row.day, row.kind): (row.events, row.people) for row in rows}


async def test_a_day_is_counted_again_only_when_something_came(month: Month) -> None:
    await month.say("hoa")
    now = month.clock.now
    await note(month, now, "finished")
    assert await month.service.database.write(rollups.roll_up) == [date(2026, 10, 1)]
    assert await month.service.database.write(rollups.roll_up) == []
    await note(month, now, "finished")
    assert await month.service.database.write(rollups.roll_up) == [date(2026, 10, 1)]
    assert (await counted(month))[date(2026, 10, 1), "finished"] == (2, 1)


async def test_what_is_committed_just_after_midnight_is_counted_yesterday(month: Month) -> None:
    await month.say("hoa")
    late = datetime(2026, 10, 1, 16, 59, tzinfo=UTC)  # a minute before midnight in Vietnam
    midnight = late + timedelta(minutes=2)
    await month.service.database.write(lambda c: rollups.roll_up(replace(c, now=midnight)))
    await note(month, late, "chosen")
    await month.service.database.write(lambda c: rollups.roll_up(replace(c, now=midnight + timedelta(minutes=1))))
    assert (await counted(month))[date(2026, 10, 1), "chosen"] == (1, 1)


async def test_days_that_upkeep_slept_through_are_made_up(month: Month) -> None:
    await month.say("hoa")
    for days in (0, 3, 9):
        await note(month, month.clock.now + timedelta(days=days), "chosen")
    await month.service.database.write(lambda c: rollups.roll_up(replace(c, now=month.clock.now + timedelta(days=12))))
    assert (await counted(month))[date(2026, 10, 1), "chosen"] == (3, 1)


async def test_a_day_that_is_over_goes_into_its_month_once(month: Month) -> None:
    await month.say("hoa")
    begin = month.clock.now
    for days in (0, 1, 2, 31):
        at = begin + timedelta(days=days)
        await note(month, at, "chosen")
        for minutes in (0, 1):
            month.clock.now = at + timedelta(minutes=minutes)
            await month.service.database.write(rollups.roll_up)
    rows = await month.service.database.read(lambda c: c.execute(select(event_counts)).all())
    spans = {(row.span, row.day): row.events for row in rows if row.kind == "chosen"}
    assert spans == {("month", date(2026, 10, 1)): 3, ("day", date(2026, 11, 1)): 1}


async def test_a_month_has_its_partition_before_it_comes_and_old_ones_go(month: Month) -> None:
    """On SQLite there is one table, from which old months go."""
    await month.say("hoa")
    months, now = month.service.settings.event_months, month.clock.now
    await month.service.database.write(lambda c: partitions.keep_partitions(c, months))
    there = set(inspect(month.service.database.engine).get_table_names())
    if not month.service.database.is_sqlite:
        assert {"events_2026_10", "events_2026_11", "events_2026_12", "events_rest"} <= there
    later = now + timedelta(days=31 * (months + 1))
    await month.service.database.write(lambda c: partitions.keep_partitions(replace(c, now=later), months))
    count = select(func.count()).select_from(events)
    assert await month.service.database.read(lambda c: c.execute(count).scalar()) == 0
    assert "events_2026_10" not in inspect(month.service.database.engine).get_table_names()


async def test_what_came_before_its_partition_moves_over(month: Month) -> None:
    await month.say("hoa")
    before = await month.service.database.read(lambda c: c.execute(select(func.count()).select_from(events)).scalar())
    for _ in range(2):
        await month.service.database.write(lambda c: partitions.keep_partitions(c, 12))
    after = await month.service.database.read(lambda c: c.execute(select(func.count()).select_from(events)).scalar())
    assert before == after


@pytest.mark.parametrize(("part", "minutes"), [(0.5, 2), (0.9, 9), (1.0, 30)])
def test_waits_are_told_as_people_would_count_them(part: float, minutes: int) -> None:
    assert percentile({1: 4, 2: 2, 9: 3, 30: 1}, part) == minutes


async def test_communes_of_like_size_are_compared_by_a_thousand_people(month: Month) -> None:
    library = month.service.content.library
    sizes = {"ban-moi": 2000, "ban-cu": 3000}
    communes = {id_: commune.model_copy(update={"population": sizes[id_]}) for id_, commune in library.communes.items()}
    rows = [
        {"day": date(2026, 10, 5), "span": "day", "kind": "placed", "commune": id_, "events": n, "people": n}
        for id_, n in (("ban-moi", 40), ("ban-cu", 30))
    ]
    await month.service.database.write(lambda c: c.execute(insert(event_counts), rows))
    scope = Scope(replace(library, communes=communes), date(2026, 10, 1), date(2026, 10, 1))
    table = (await month.service.database.read(lambda c: people.people_tables(c, scope)))[0]
    assert table.rows == [
        ("xã Bản Mới", 40, None, "20,0", "10,0"),
        ("xã Bản Cũ", 30, None, "10,0", "20,0"),
    ]


def test_the_command_prints_the_same_for_scripts(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = month.service.settings
    for name in ("database_url", "data_dir", "content_dir"):
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", str(getattr(settings, name)))
    ran = CliRunner().invoke(
        app, ["insight", "--json", "--commune", "ban-moi", "--since", "2026-10", "--until", "2026-10"]
    )
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert (told["since"], told["communes"]) == ("2026-10", ["ban-moi"])
    assert {"communes", "troubles", "outcomes", "teams", "ratings", "words"} <= set(told["tables"])
    wrong = CliRunner().invoke(app, ["insight", "--commune", "khong-co"])
    assert wrong.exit_code == 1
    assert "ban-moi" in wrong.output
