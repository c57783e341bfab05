"""What the portal's screens say follows from the procedure: the bare code to type, and whom to pick."""

from pathlib import Path

import pytest

from flows.definition.library import Library
from tests.flows.chat import started
from tests.library import HOUSE, PROVINCE, SHARED, library

SCREEN = SHARED.replace("text: Bác nộp đơn.", 'text: "{procedure.search} / {procedure.agency}"')
CODE = "code: {text: '1.000001. Nhà gạch: 1.000002', source: so-tay, checked: 2026-11-01}"
CODES = """\
search_code:
  - {code: "1.000002", when: {loai-nha: gach}}
  - {code: "1.000001", when: {loai-nha: go}}
"""


def made(head: str = "", code: str = CODE, at: str = "police") -> Library:
    house = HOUSE.replace("facts:\n", f"file_at: {at}\n{head}facts:\n  {code}\n")
    return library(house=house, shared=SCREEN)


def screen(known: Library, kind: str) -> str:
    return started(known).tap("Có rồi", kind, *([] if kind == "Kiểu khác" else ["Một tầng"]), "<have_all>")


@pytest.mark.parametrize(("kind", "code"), [("Nhà gạch", "1.000002"), ("Nhà gỗ", "1.000001")])
def test_the_search_box_takes_the_bare_code_of_the_branch(kind: str, code: str) -> None:
    said = screen(made(CODES), kind)
    assert f"[search_by_code] {code} /" in said


def test_without_a_code_for_the_branch_the_name_is_typed() -> None:
    assert "[search_by_name] Dựng nhà /" in screen(made(CODES), "Kiểu khác")


def test_one_code_for_everybody_stands_alone() -> None:
    assert "[search_by_code] 1.000001 /" in screen(made('search_code: "1.000001"\n'), "Kiểu khác")


@pytest.mark.parametrize("at", ["commune", "police", "province", "insurance", "school"])
def test_whom_to_pick_follows_from_where_it_is_filed(at: str) -> None:
    assert f"/ [agency {at}]" in screen(made(at=at), "Kiểu khác")


def test_a_province_may_name_its_agencies_otherwise() -> None:
    own = PROVINCE + "agencies: {police: 'Bác chọn công an {commune.province}, {commune.name}.'}\n"
    house = HOUSE.replace("facts:\n", "file_at: police\nfacts:\n")
    said = screen(library(house=house, shared=SCREEN, province=own), "Kiểu khác")
    assert "/ Bác chọn công an tỉnh Thử, xã Bản Mới." in said


def test_what_a_commune_leaves_open_its_province_may_tell() -> None:
    own = PROVINCE + "values:\n  phone: {text: số của tỉnh, source: so-tay, checked: 2026-11-01}\n"
    own += "  address: {text: ở tỉnh, source: so-tay, checked: 2026-11-01}\n"
    chat = started(library(province=own))
    assert chat.say("số điện thoại của xã").startswith("Số của tỉnh")
    assert chat.say("địa chỉ của xã").startswith("Nhà sàn giữa bản")


def test_an_unknown_place_to_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="file_at"):
        made(at="huyen")


def test_whom_to_ask_is_named_where_nobody_could_confirm() -> None:
    assert "[fact_unsure] fee xã Bản Mới ông trưởng bản" in started(library()).say("tốn bao nhiêu tiền")
