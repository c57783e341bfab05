"""Each rule against a table."""

from datetime import date

import pytest

from flows.definition.rules import CONDITIONS, OLDER, OPTIONS, READS, VALUES, YOUNGER, intake_year


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 11, 23), 2027), (date(2027, 1, 1), 2027), (date(2027, 9, 30), 2027), (date(2027, 10, 1), 2028)],
)
def test_the_intake_that_people_ask_about(today: date, year: int) -> None:
    assert intake_year(today) == year


@pytest.mark.parametrize(
    ("born", "rule"),
    [
        ("2021", "lop-1-dung-tuoi"),
        ("2020", "lop-1-hoc-muon"),
        ("2019", "lop-1-hoc-muon"),
        (OLDER, "lop-1-hoc-muon"),
        ("2022", "lop-1-chua-den-tuoi"),
        (YOUNGER, "lop-1-chua-den-tuoi"),
    ],
)
def test_each_birth_year_fits_one_rule(born: str, rule: str) -> None:
    fitting = [name for name, holds in CONDITIONS.items() if holds({"nam-sinh": born}, date(2026, 11, 23))]
    assert fitting == [rule]


def test_an_open_question_fits_no_rule() -> None:
    assert not any(holds({}, date(2026, 11, 23)) for holds in CONDITIONS.values())


def test_birth_years_on_the_buttons_follow_the_calendar() -> None:
    labels = [option.label for option in OPTIONS["nam-sinh-lop-1"](date(2026, 11, 23))]
    assert labels == ["Năm 2021", "Năm 2020", "Năm 2019", "Sau năm 2021", "Trước năm 2019"]
    assert OPTIONS["nam-sinh-lop-1"](date(2027, 10, 1))[0].label == "Năm 2022"


def test_every_year_of_a_child_is_on_one_button() -> None:
    options = OPTIONS["nam-sinh-lop-1"](date(2026, 11, 23))
    for year in range(2012, 2027):
        assert len([option for option in options if str(year) in option.says]) == 1, year


def test_the_school_year_is_named() -> None:
    assert VALUES["nam-hoc-lop-1"](date(2026, 11, 23)) == "2027-2028"


def test_every_condition_says_what_it_reads() -> None:
    assert READS.keys() == CONDITIONS.keys()
