"""What our content says, held against the national snapshot."""

from datetime import date

import pytest

from flows.checks.national_facts import differences
from flows.definition.national import National, parse
from tests.library import CAT, library

TODAY = date(2026, 11, 23)
SNAPSHOT = """\
Chi tiết thủ tục hành chính
Mã thủ tục: 1.000001
Số quyết định: 12/QĐ-BTP
Tên thủ tục: Đăng ký nuôi mèo
Cấp thực hiện: Cấp Xã
Lĩnh vực: Mèo
Cách thức thực hiện:
  * Hình thức nộp: ONLINE
    Thời hạn giải quyết: 5 WORKING_DAY
    Phí, lệ phí: {fee}
  * Hình thức nộp: DIRECT
    Thời hạn giải quyết: 7 WORKING_DAY
    Phí, lệ phí: {fee}
"""
OURS = (
    CAT.replace("text: Nuôi mèo", "text: Đăng ký nuôi mèo")
    .replace("text: ở nhà", "text: Uỷ ban xã")
    .replace("text: một buổi", "text: 5 đến 7 ngày")
    .replace("{text: không mất tiền, source: so-tay, checked: 2026-11-01}", "{certainty: unconfirmed}")
    .replace("facts:\n", 'facts:\n  code: {text: "1.000001", source: so-tay, checked: 2026-11-01}\n')
)


def snapshot(fee: str = "0 VNĐ (theo quy định)") -> dict[str, National]:
    found = parse(SNAPSHOT.format(fee=fee))
    assert found
    return {found.code: found}


def fields(cat: str, fee: str = "0 VNĐ (theo quy định)") -> list[str]:
    return [problem.text for problem in differences(library(cat=cat), snapshot(fee), TODAY)]


def test_a_snapshot_is_read() -> None:
    found = snapshot()["1.000001"]
    assert (found.name, found.level, found.field, found.decision) == ("Đăng ký nuôi mèo", "Cấp Xã", "Mèo", "12/QĐ-BTP")
    assert found.limits == {"ONLINE": ((5, "WORKING_DAY"),), "DIRECT": ((7, "WORKING_DAY"),)}


@pytest.mark.parametrize(
    ("fee", "amount"),
    [
        ("0 VNĐ (theo quy định)", None),
        ("8000 VNĐ (một bản)", 8000),
        ("20 VNĐ (nghìn)", None),
        ("500000 VNĐ (a) | 400000 VNĐ (b)", None),
        ("Không có thông tin", None),
    ],
)
def test_a_fee_is_a_plain_amount_or_unknown(fee: str, amount: int | None) -> None:
    assert snapshot(fee)["1.000001"].fee == amount


def test_what_agrees_is_no_difference() -> None:
    assert fields(OURS) == []


@pytest.mark.parametrize(
    ("good", "bad", "answer"),
    [
        ("1.000001", "1.000002", "không có trong bản quốc gia"),
        ("Đăng ký nuôi mèo", "Nuôi mèo cảnh", "tên khác"),
        ("5 đến 7 ngày", "5 ngày", "bản quốc gia ghi 7"),
        ("Uỷ ban xã", "Sở", "cấp xã"),
        (
            "fee: {certainty: unconfirmed}",
            "fee: {text: miễn phí, source: so-tay, checked: 2026-11-01}",
            "không ghi số tiền",
        ),
    ],
)
def test_a_difference_is_found_unless_a_reason_is_given(good: str, bad: str, answer: str) -> None:
    wrong = OURS.replace(good, bad)
    assert wrong != OURS
    assert [answer in text for text in fields(wrong)] == [True]
    kind = next(problem for problem in differences(library(cat=wrong), snapshot(), TODAY)).text
    field = {"mã": "code", "tên": "name", "bản quốc gia ghi 7": "time", "bản quốc gia ghi cấp": "where"}
    name = next((value for start, value in field.items() if kind.startswith(start)), "fee")
    reason = f"differs: [{{field: {name}, because: luật mới hơn, source: so-tay}}]\nsteps:"
    assert fields(wrong.replace("steps:", reason)) == []


def test_an_amount_must_be_the_official_one() -> None:
    paid = OURS.replace(
        "fee: {certainty: unconfirmed}", 'fee: {text: "8.000 đồng", source: so-tay, checked: 2026-11-01}'
    )
    assert fields(paid, "8000 VNĐ (một bản)") == []
    assert fields(paid, "9000 VNĐ (một bản)") == ["bản quốc gia ghi 9000 đồng: sửa, hoặc ghi differs vì sao"]


def test_a_reason_without_a_difference_is_to_go() -> None:
    needless = OURS.replace("steps:", "differs: [{field: time, because: x, source: so-tay}]\nsteps:")
    assert fields(needless) == ["differs.time: không còn khác bản quốc gia, bỏ đi"]
