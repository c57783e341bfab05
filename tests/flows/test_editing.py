"""What an editor has yet to do: warnings that stop nobody, and mistakes that would mislead people."""

from datetime import date

import pytest

from flows.checks.check import check
from flows.definition.loading import load
from flows.definition.yaml_source import Problem
from tests.library import CAT, files, team_yaml

TODAY = date(2026, 11, 23)
LAND = CAT.replace("id: nuoi-meo", "id: dat-meo").replace(
    "checked: 2026-11-01}", "checked: 2026-11-01, certainty: single}"
)


def found(**changed: str) -> list[Problem]:
    """Problems of the small library with these files changed: `procedures_x` is procedures/x.yaml."""
    named = {name.replace("_", "/", 1).replace("_", "-") + ".yaml": text for name, text in changed.items()}
    return check(load(files() | named), TODAY)


def test_what_is_yet_to_do_is_a_warning_at_its_line() -> None:
    own = [str(problem) for problem in found() if problem.file == "procedures/nuoi-meo.yaml"]
    assert [line.partition(",")[0].partition("yaml:")[2] for line in own] == [
        "1: nên sửa: mới có 0 chuyện mẫu",
        "5: nên sửa: mới có 2 cách nói",
        "14: nên sửa: bước `cho-an` chưa có chỗ vướng nào: ghi troubles",
    ]
    assert all(problem.warning for problem in found())


def test_a_sentence_for_the_team_names_its_ticket() -> None:
    """Five of them once ended where YAML saw a comment begin: "Em không thấy phiếu"."""
    cut = team_yaml().replace("{id}", "")
    assert {problem.file for problem in found(team=cut) if not problem.warning} == {"team.yaml"}


def test_two_citizens_of_practice_tickets_begin_differently() -> None:
    alike = team_yaml().replace("Làm ăn kiểu gì thế?", "Tôi vướng.")
    (told,) = [problem for problem in found(team=alike) if not problem.warning]
    assert "cùng mở đầu “Tôi vướng.”" in told.text


def test_who_pays_must_be_told_that_nobody_asks_for_money_by_chat() -> None:
    costly = found(procedures_nuoi_meo=CAT.replace("không mất tiền", "10.000 đồng"))
    assert ["- use: canh-bao-tien" in problem.text for problem in costly if not problem.warning] == [True]


@pytest.mark.parametrize(
    ("good", "bad", "answer"),
    [
        ("Bác cho mèo ăn", "Bác viết đơn mẫu số 18", "“mẫu số 18” không còn là mẫu chung"),
        ("Bác cho mèo ăn", "Nộp trên mạng thì 10 ngày", "không tuỳ cách nộp"),
        ("{text: ở nhà, source: so-tay, checked: 2026-11-01, certainty: single}", "{text: ở nhà, source: so-tay, checked: 2026-11-01}", "facts.where của đất"),
        ("text: một buổi,", 'text: một buổi, short: "Trên mạng 7 ngày, tận nơi 15 ngày",', "không tuỳ cách nộp"),
    ],
)  # fmt: skip
def test_land_is_told_as_the_province_sets_it(good: str, bad: str, answer: str) -> None:
    assert good in LAND
    told = found(procedures_dat_meo=LAND.replace(good, bad))
    assert [problem.file for problem in told if answer in problem.text] == ["procedures/dat-meo.yaml"]
    assert [problem for problem in found(procedures_dat_meo=LAND) if answer in problem.text] == []


def test_a_form_for_land_is_had_at_the_counter() -> None:
    form = "{id: don, name: Đơn đăng ký, source: so-tay, checked: 2026-11-01}"
    papers = f"steps:\n  - {{id: giay, kind: papers, text: Bác cần, papers: [{form}]}}\n"
    told = found(procedures_dat_meo=LAND.replace("steps:\n", papers))
    assert [problem.line for problem in told if "bác xin mẫu ở quầy" in problem.text] == [14]
