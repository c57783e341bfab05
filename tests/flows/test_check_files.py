"""What one file says of another: communes of one name, a file that fails, defaults of a file."""

import pytest

from flows.definition.loading import load
from flows.definition.yaml_source import ContentError
from tests.library import ASKED, CAT, COMMUNE, HOUSE, files, library

OTHER = COMMUNE.replace("id: ban-moi", "id: ban-khac").replace("[Bản Cũ, Bản Xa]", "[]")


def load_problems(**more: str) -> list[str]:
    """Problems of the small library with these files changed or added: `communes_x` is communes/x.yaml."""
    changed = {name.replace("_", "/", 1).replace("_", "-") + ".yaml": text for name, text in more.items()}
    try:
        load(files() | changed)
    except ContentError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_a_commune_in_a_file_of_another_name_is_told_alone() -> None:
    assert load_problems(communes_ban_khac=COMMUNE) == [
        "communes/ban-khac.yaml:1: id là `ban-moi`, tên tệp phải là communes/ban-moi.yaml: sửa id, hoặc đổi tên tệp"
    ]


def test_two_communes_of_one_name_are_refused_within_a_province() -> None:
    refused = load_problems(communes_ban_khac=OTHER)
    assert refused == [
        "communes/ban-moi.yaml:2: tên “xã Bản Mới” cũng là của communes/ban-khac.yaml: sửa tên, hoặc bỏ một tệp"
    ]
    there = {
        "provinces_xa": "id: xa\nname: tỉnh Xa\n",
        "communes_ban_khac": OTHER.replace("province: thu", "province: xa"),
    }
    assert load_problems(**there) == []


def test_communes_of_one_name_are_told_apart_by_their_provinces() -> None:
    more = {"provinces/xa.yaml": "id: xa\nname: tỉnh Xa\n"}
    made = load(files() | more | {"communes/ban-khac.yaml": OTHER.replace("province: thu", "province: xa")})
    assert {made.commune_title(id_) for id_ in made.communes} == {"xã Bản Mới, tỉnh Thử", "xã Bản Mới, tỉnh Xa"}


def test_a_commune_of_no_province_is_told_which_there_are() -> None:
    (refused,) = load_problems(communes_ban_moi=COMMUNE.replace("province: thu", "province: thử nghiệm"))
    assert "chữ thường không dấu" in refused
    (refused,) = load_problems(communes_ban_moi=COMMUNE.replace("province: thu", "province: xa"))
    assert refused.endswith("không có provinces/xa.yaml: thêm tệp ấy, hoặc dùng một trong thu")


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        ("sources.yaml", "so-tay: {title: Một, date: 2026-10-01}\nso-tay: {title: Hai, date: 2026-10-01}\n"),
        ("sources.yaml", "so-tay: {title: Một, date: 32/10/2026}\n"),
        ("procedures/lam-nha.yaml", "id: lam-nha\n\ttitle: Làm nhà\n"),
        ("procedures/lam-nha.yaml", "id: lam-nha\n"),
        ("shared/nop.yaml", "id: nop\ntitle: [Nộp\n"),
        ("provinces/thu.yaml", "id: thu\n"),
        ("communes/ban-moi.yaml", "id: ban-moi\n"),
    ],
)
def test_a_file_that_fails_never_blames_another(broken: str, text: str) -> None:
    own = COMMUNE.replace("id: ban-moi", "id: ban-khac").replace("xã Bản Mới", "xã Bản Khác")
    own += "team: {parent: ban-moi, procedures: {lam-nha: ban-moi}}\n"
    with pytest.raises(ContentError) as refused:
        load(files() | {"communes/ban-khac.yaml": own, broken: text})
    assert {problem.file for problem in refused.value.problems} == {broken}


def test_a_file_says_once_what_holds_for_all_its_statements() -> None:
    short = CAT.replace(", source: so-tay, checked: 2026-11-01", "").replace(
        "{text: ở nhà}", "{text: ở nhà, source: so-cai}"
    )
    head = "defaults: {source: so-tay, checked: 2026-11-01, review_by: 2027-01-01}\n"
    made = library(cat=head + short, sources="so-cai: {title: Sổ cái, date: 2026-09-01}\n").procedures["nuoi-meo"]
    told = {kind: values[0] for kind, values in made.facts.items()}
    assert {value.source for kind, value in told.items() if kind != "where"} == {"so-tay"}
    assert (told["where"].source, str(told["where"].checked)) == ("so-cai", "2026-11-01")
    assert {str(value.review_by) for value in told.values()} == {"2027-01-01"}
    assert made.step("cho-an").source is None  # type: ignore[union-attr]  # what claims nothing needs no source


def test_what_a_statement_says_itself_goes_before_the_file() -> None:
    head = "defaults: {source: so-cai, checked: 2026-10-31}\n"
    made = library(house=head + HOUSE, sources="so-cai: {title: Sổ cái, date: 2026-09-01}\n").procedures["lam-nha"]
    fee, name = made.facts["fee"][0], made.facts["name"][0]
    assert (name.source, str(name.checked)) == ("so-tay", "2026-11-01")
    assert (fee.source, fee.certainty) == (None, "unconfirmed")


def test_defaults_of_questions_are_no_question() -> None:
    made = library(
        asked="defaults: {source: so-tay, checked: 2026-11-01}\n" + ASKED.replace("place: time", "text: mười hôm")
    )
    assert made.questions["lam-nha"]["procedures/lam-nha/mat-bao-lau"].source == "so-tay"
    assert len(made.questions["lam-nha"]) == 2
