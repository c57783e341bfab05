"""Example talks: played whenever the content is checked."""

import pytest

from flows.checks.example_talks import run
from flows.definition.loading import load
from tests.library import files

GOOD = """\
talks:
  - title: Có đất
    talk:
      - em: Bác có đất chưa
      - bac: có rồi
      - em: [làm nhà gì, Nhà gỗ]
      - khong: Nuôi mèo
"""


def problems(talks: str, name: str = "lam-nha") -> list[str]:
    return [str(problem) for problem in run(load({**files(), f"procedures/{name}.talks.yaml": talks}))]


def test_a_talk_that_holds_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "line", "answer"),
    [
        ("[làm nhà gì, Nhà gỗ]", "[làm nhà gì, Nhà tranh]", 6, "chờ thấy “Nhà tranh”, nhưng máy nói: "),
        ("khong: Nuôi mèo", "khong: Nhà gỗ", 7, "không được có “Nhà gỗ”"),
        ("bac: có rồi", "bac: blah", 6, "chờ thấy “làm nhà gì”"),
        ("bac: có rồi", "ong: có rồi", 5, "không biết mục `ong`"),
        ("  - title: Có đất\n    talk", "  - talk", 2, "thiếu `title`"),
    ],
)
def test_a_line_that_does_not_hold_is_named(good: str, bad: str, line: int, answer: str) -> None:
    found = problems(GOOD.replace(good, bad))
    assert found
    assert any(
        problem.startswith(f"procedures/lam-nha.talks.yaml:{line}: ") and answer in problem for problem in found
    ), found


def test_a_talk_of_no_procedure_is_named() -> None:
    assert problems(GOOD, "lam-nuong") == [
        "procedures/lam-nuong.talks.yaml:1: không có thủ tục `lam-nuong`: đặt tên tệp theo id của thủ tục"
    ]
