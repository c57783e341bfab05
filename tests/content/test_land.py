"""Land, since Decree 49/2026: the province sets forms, codes and deciders; time limits hang on the commune, not on the way of filing."""

import re
from datetime import date

import pytest

from flows.definition.procedure import Paper, parts_of, value_on
from tests.content import LIBRARY

TODAY = date(2026, 11, 30)
LAND = sorted(id_ for id_ in LIBRARY.procedures if id_.startswith("dat-"))
ASK_AT_THE_COUNTER = "tỉnh vừa đặt mẫu mới, bác xin mẫu ở quầy"


def texts(procedure: str) -> list[str]:
    """What citizens read of a procedure, but for the official names."""
    document = LIBRARY.documents[f"procedures/{procedure}.yaml"]
    return [
        text
        for path, text in document.leaves()
        if path[-1] in ("text", "note", "cure", "name", "label", "why", "title")
    ]


@pytest.mark.parametrize("procedure", LAND)
def test_no_form_has_a_number(procedure: str) -> None:
    assert [text for text in texts(procedure) if re.search(r"[Mm]ẫu (số )?\d", text)] == []


@pytest.mark.parametrize("procedure", LAND)
def test_a_time_limit_is_not_of_a_way_of_filing(procedure: str) -> None:
    by_way = re.compile(r"(trên mạng|bưu điện|tận nơi|mang đến nộp)[^.\n]{0,20}\d+ ngày", re.IGNORECASE)
    assert [text for text in texts(procedure) if by_way.search(text)] == []


@pytest.mark.parametrize("procedure", LAND)
def test_whom_to_ask_is_named(procedure: str) -> None:
    nobody = re.compile(r"(hỏi|xin ở) (lại )?(xã|nơi nộp|nơi nhận|nơi chứng thực)\b(?! (khi|đất))")
    assert [text for text in texts(procedure) if nobody.search(text)] == []


@pytest.mark.parametrize("procedure", LAND)
def test_what_the_province_sets_is_of_one_source_until_its_decision_is_had(procedure: str) -> None:
    facts = LIBRARY.procedures[procedure].facts
    stated = {kind: value_on(facts[kind], TODAY) for kind in ("code", "where", "time")}
    assert {kind for kind, value in stated.items() if value and value.certainty == "confirmed"} == set()


@pytest.mark.parametrize("procedure", LAND)
def test_the_form_of_an_application_is_had_at_the_counter(procedure: str) -> None:
    parts = [part for step in LIBRARY.procedures[procedure].steps for part in parts_of(step)]
    forms = [part for part in parts if isinstance(part, Paper) and part.name.startswith("Đơn đăng ký")]
    assert [form.id for form in forms if form.note != ASK_AT_THE_COUNTER] == []
    assert procedure == "dat-hoa-giai" or any(ASK_AT_THE_COUNTER in text for text in texts(procedure))
