"""Conditions in their three values."""

from datetime import date
from typing import Any

import pytest

from flows.position import holds, walk
from flows.procedure import When
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
        ({"later": "x"}, None),
        ({"not": {"a": "x"}}, False),
        ({"not": {"later": "x"}}, None),
        ({"any": [{"a": "y"}, {"later": "x"}]}, None),
        ({"any": [{"a": "x"}, {"later": "x"}]}, True),
        ({"any": [{"a": "y"}, {"b": "x"}]}, False),
        ({"all": [{"a": "x"}, {"later": "x"}]}, None),
        ({"all": [{"a": "y"}, {"later": "x"}]}, False),
        ({"a": "x", "b": "x"}, False),
        ({"has_paper": "don"}, True),
        ({"has_paper": "anh"}, False),
        ({"has_paper": "so"}, None),
    ],
)
def test_conditions(when: Any, expected: bool | None) -> None:
    assert holds(When.model_validate(when), LIVE, {"later"}, TODAY) is expected


def test_progress_counts_what_may_still_come_and_never_grows() -> None:
    procedure = library().procedures["lam-nha"]
    answers: dict[str, str] = {}
    totals = []
    for slot, answer in [("co-dat", "co"), ("loai-nha", "go"), ("tang", "mot"), ("giay-to", "du"), ("nop-don", "tiep")]:
        totals.append(walk(procedure, answers, TODAY).progress)
        answers[slot] = answer
    assert totals == [(1, 8), (2, 7), (3, 7), (4, 7), (5, 6)]


def test_answers_to_steps_that_do_not_apply_do_not_count() -> None:
    procedure = library().procedures["lam-nha"]
    found = walk(procedure, {"co-dat": "chua", "loai-nha": "go", "tang": "hai"}, TODAY)
    assert dict(found.live) == {"co-dat": "chua"}
    assert found.here.id == "di-muon"
