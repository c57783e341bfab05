"""Conditions, and where a citizen stands under given answers."""

from datetime import date
from typing import Any

import pytest

from flows.definition.steps import When
from flows.dialogue.position import holds, walk
from tests.library import library

TODAY = date(2026, 11, 23)
LIVE = {"a": "x", "giay/don": "co", "giay/anh": "chua"}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"a": "x"}, True),
        ({"a": "y"}, False),
        ({"a": ["y", "x"]}, True),
        ({"b": "x"}, False),
        ({"not": {"a": "x"}}, False),
        ({"not": {"b": "x"}}, True),
        ({"any": [{"a": "x"}, {"b": "x"}]}, True),
        ({"any": [{"a": "y"}, {"b": "x"}]}, False),
        ({"all": [{"a": "x"}, {"b": "x"}]}, False),
        ({"all": [{"a": "x"}, {"not": {"b": "x"}}]}, True),
        ({"a": "x", "b": "x"}, False),
        ({"has_paper": "don"}, True),
        ({"has_paper": "anh"}, False),
        ({"has_paper": "so"}, False),
    ],
)
def test_conditions(when: Any, expected: bool) -> None:
    assert holds(When.model_validate(when), LIVE, TODAY) is expected


def test_progress_counts_the_steps_that_are_likely_to_come() -> None:
    procedure = library().procedures["lam-nha"]
    answers: dict[str, str] = {}
    totals = []
    for slot, answer in [("co-dat", "co"), ("loai-nha", "go"), ("tang", "mot"), ("giay-to", "du"), ("nop-don", "tiep")]:
        totals.append(walk(procedure, answers, TODAY).progress)
        answers[slot] = answer
    assert totals == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_progress_takes_what_was_answered_below_for_likely_and_counts_it() -> None:
    """As after the questions for the papers: who builds another kind of house is asked for no floors."""
    procedure = library().procedures["lam-nha"]
    assert walk(procedure, {"loai-nha": "khac"}, TODAY).progress == (2, 4)


def test_answers_to_steps_that_do_not_apply_do_not_count() -> None:
    procedure = library().procedures["lam-nha"]
    found = walk(procedure, {"co-dat": "chua", "loai-nha": "go", "tang": "hai"}, TODAY)
    assert dict(found.live) == {"co-dat": "chua"}
    assert found.here.id == "di-muon"
