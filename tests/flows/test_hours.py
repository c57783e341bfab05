"""When a team is there: lunch breaks, days off, swapped days, across any two moments."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.definition.entries import CommuneTeam
from flows.definition.hours import VIETNAM, Days, Hours
from flows.definition.yaml_source import ContentError
from tests.library import COMMUNE, library

OFFICE = CommuneTeam.model_validate(
    {"hours": {day: ["7:30-11:30", "13h30-17h"] for day in ("t2", "t3", "t4", "t5", "t6")}}
).hours
DAYS = Days(
    every=frozenset({(4, 30)}),
    off=frozenset({date(2027, 2, 8)}),
    works={date(2027, 2, 13): "t2"},  # a Saturday that is worked like the Monday before
)
HOURS = Hours(OFFICE, DAYS)


def at(day: int, clock: str, month: int = 11, year: int = 2026) -> datetime:
    return datetime.combine(date(year, month, day), time.fromisoformat(clock), VIETNAM)


@pytest.mark.parametrize(
    ("moment", "open_", "opens"),
    [
        (at(24, "08:00"), True, at(24, "08:00")),
        (at(24, "11:30"), False, at(24, "13:30")),  # lunch
        (at(24, "16:59"), True, at(24, "16:59")),
        (at(24, "17:00"), False, at(25, "07:30")),
        (at(27, "20:00"), False, at(30, "07:30")),  # Friday evening
        (at(30, "09:00", 4, 2027), False, at(3, "07:30", 5, 2027)),  # a Friday off
        (at(8, "09:00", 2, 2027), False, at(9, "07:30", 2, 2027)),
        (at(13, "09:00", 2, 2027), True, at(13, "09:00", 2, 2027)),
        (at(14, "09:00", 2, 2027), False, at(15, "07:30", 2, 2027)),
    ],
)
def test_when_the_team_is_there(moment: datetime, open_: bool, opens: datetime) -> None:
    assert HOURS.is_open(moment) is open_
    assert HOURS.opens_at(moment) == opens


def test_time_is_counted_only_while_the_team_is_there() -> None:
    assert HOURS.worked(at(24, "11:00"), at(24, "14:00")) == timedelta(hours=1)
    assert HOURS.worked(at(27, "16:50"), at(30, "07:40")) == timedelta(minutes=20)
    assert HOURS.worked(at(28, "08:00"), at(29, "20:00")) == timedelta()


def test_a_team_without_hours_is_always_there_and_one_that_never_is_names_no_day() -> None:
    assert Hours().is_open(at(29, "03:00"))
    assert Hours().worked(at(28, "08:00"), at(29, "08:00")) == timedelta(days=1)
    away = Hours(OFFICE, Days(off=frozenset(at(1, "00:00").date() + timedelta(days=n) for n in range(90))))
    assert away.opens_at(at(1, "08:00")) is None


def test_a_team_that_is_away_for_up_to_two_months_names_the_day() -> None:
    def after(days: int) -> datetime | None:
        off = frozenset(date(2026, 11, 1) + timedelta(days=n) for n in range(days))
        return Hours(OFFICE, Days(off=off)).opens_at(at(1, "08:00"))

    assert after(60) == at(31, "07:30", 12)
    assert after(61) is None


MOMENTS = st.integers(0, 200 * 24 * 60).map(lambda minutes: at(1, "00:00") + timedelta(minutes=minutes))


@given(*[MOMENTS] * 3)
def test_time_adds_up_and_never_runs_backwards(a: datetime, b: datetime, c: datetime) -> None:
    first, second, third = sorted((a, b, c))
    parts = HOURS.worked(first, second) + HOURS.worked(second, third)
    assert parts == HOURS.worked(first, third)
    assert timedelta() <= parts <= third - first
    assert HOURS.worked(third, first) == timedelta()


@given(MOMENTS)
def test_it_opens_when_it_says(moment: datetime) -> None:
    opens = HOURS.opens_at(moment)
    assert opens
    assert HOURS.is_open(opens)
    assert HOURS.worked(moment, opens) == timedelta()


@pytest.mark.parametrize(
    ("team", "said"),
    [
        ("{hours: {t2: [11:30-7:30]}}", "giờ bắt đầu phải trước"),
        ("{hours: {t2: [sáng]}}", "7:30-11:30"),
        ("{hours: {t8: []}}", ""),
        ("{parent: xa-la}", "không có xã `xa-la`"),
        ("{parent: ban-moi}", "không có xã `ban-moi` nào khác"),
        ("{procedures: {lam-nha: xa-la}}", "không có xã `xa-la`"),
        ("{procedures: {xa-la: ban-moi}}", "không có thủ tục `xa-la`"),
    ],
)
def test_what_an_editor_gets_wrong_is_said(team: str, said: str) -> None:
    with pytest.raises(ContentError) as raised:
        library(commune=f"{COMMUNE}team: {team}\n")
    assert said in str(raised.value)
