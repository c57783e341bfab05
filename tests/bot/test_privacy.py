"""What is masked, and what must stay readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import MASK, redact, redact_answer


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("số cccd của tôi là 001099012345", "id"),
        ("001 099 012 345", "id"),
        ("cmnd 123456789", "id"),
        ("gọi em 0912345678 nhé", "phone"),
        ("0912.345.678", "phone"),
        ("0912 345 678", "phone"),
        ("+84 912 345 678", "phone"),
        ("84912345678", "phone"),
        ("thẻ 9704 1234 5678 9012", "card"),
        ("mã otp là 123456", "otp"),
        ("OTP: 12 34 56", "otp"),
        ("ma xac nhan 4821", "otp"),
        ("482193", "otp"),
        ("mật khẩu của em 12345678", "otp"),
        ("mật khẩu là 1990", "otp"),
        ("０９１２３４５６７８", "phone"),
        ("0912\u200b345\u200b678", "phone"),
        ("٠٩١٢٣٤٥٦٧٨", "phone"),
        ("số:001099012345.", "id"),
        ("sđt0912345678", "phone"),
        ("cccd001234567890", "id"),
        ("0912345678nhé", "phone"),
        ("0912345678ạ", "phone"),
        ("001234567890_x", "id"),
        ("0912 - 345 - 678", "phone"),
        ("0912. 345. 678", "phone"),
        ("0912,345,678", "phone"),
        ("(091) 234 5678", "phone"),
        ("0912/345/678", "phone"),
        ("0912  345  678", "phone"),
        ("0 9 1 2 3 4 5 6 7 8", "phone"),
        ("+84 (0) 912 345 678", "phone"),
        ("00 10 99 01 23 45", "id"),
        ("12345678901234567890123", "card"),
        ("GD4012345678901", "card"),
        ("số tài khoản 1903 1234 567", "card"),
        ("OTP482913", "otp"),
        ("mã là 482913", "otp"),
        ("nó nhắn mã sáu số bảo đọc, 771 204", "otp"),
        ("cvv mặt sau 381", "card"),
        ("ly.may[at]xa.example", "address"),
        ("ly.may (a còng) xa.example", "address"),
    ],
)
def test_what_nobody_may_keep_is_masked(text: str, kind: str) -> None:
    masked = redact(text)
    assert masked.kind == kind
    assert MASK in masked.text
    assert sum(ch.isdigit() for ch in masked.text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "cháu sinh 12/05/2021",
        "sinh ngày 2021-05-12",
        "2021",
        "cái thứ 2",
        "17 ngày làm việc",
        "thủ tục 1.013978",
        "năm học 2027-2028",
        "nộp 50.000 đồng",
        "lô 12 tờ 34",
        "15.000.000 đồng",
        "150000000 đồng",
        "150.000 - 200.000",
        "100 000 000",
        "100, 200, 300",
        "2019 2020 2021",
        "01012020",
        "từ 01/01/2020 - 05/05/2021",
        "quên mật khẩu từ năm 2023",
        "quên mật khẩu mất 50.000 đồng",
        "H50.12-241125-0001",
        "000.00.12.H50-241123-0001",
        "thửa 123 45 1200 m2",
        "thửa 123 456 1200 m2",
        "gọi 1900 123456",
    ],
)
def test_what_people_need_stays(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("0912345678 12 giờ", f"{MASK} 12 giờ"),
        ("thửa 12 001 099 012 345", f"thửa 12 {MASK}"),
        ("123 45 1200 001099012345", f"123 45 {MASK}"),
        ("sinh 12/05/2021 0912345678", f"sinh 12/05/2021 {MASK}"),
        ("0912345678 12/05/2021", f"{MASK} 12/05/2021"),
        ("A:O000 000 000 000A:O", f"A:O{MASK}A:O"),
        ("một hai ba bốn 0912 345 678a", f"một hai ba bốn {MASK}a"),
        ("0912345678/0987654321", f"{MASK}/{MASK}"),
        ("otp 482913 cho H50.12-241125-0001", f"otp {MASK} cho H50.12-241125-0001"),
    ],
)
def test_a_number_is_found_beside_others(text: str, left: str) -> None:
    assert redact(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        "gọi 0209 388 4444 hoặc 0912 345 678, 12 giờ nhé",
        "0209 388 4444 - 0912 345 678",
        "tổng 15.000.000 đồng, tài khoản 123456789",
        "mã 482913, thửa 123 45 1200 m2",
        "hồ sơ H50.12-241125-0001, 000.00.12.H50-241123-0001",
        "18001090, 1022",
    ],
)
def test_the_team_may_tell_numbers(text: str) -> None:
    assert redact_answer(text) == text


@pytest.mark.parametrize("text", ["cccd001099012345", "001 099 012 345", "9704 1234 5678 9012", "9704123456789012"])
def test_the_team_too_tells_no_id_and_no_bank_card(text: str) -> None:
    assert not any(ch.isdigit() for ch in redact_answer(text))


@given(st.text(max_size=60), st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", ".", "-"]))
def test_a_phone_number_never_survives(around: str, phone: str, gap: str) -> None:
    spaced = gap.join((phone[:4], phone[4:7], phone[7:]))
    masked = redact(f"{around} {spaced} {around}").text
    assert phone not in "".join(ch for ch in masked if ch.isalnum())


@given(
    st.text(st.characters(exclude_categories=["N"]), max_size=20),
    st.from_regex(r"0[0-9]{11}", fullmatch=True),
    st.sampled_from(["", " ", ". ", " - ", "  ", "_"]),
)
def test_an_id_number_leaves_no_digit(around: str, number: str, gap: str) -> None:
    spaced = gap.join((number[:3], number[3:6], number[6:9], number[9:]))
    assert not any(ch.isdigit() for ch in redact(f"{around}{spaced}{around}").text)
