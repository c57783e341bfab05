"""What is masked, and what must stay readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import MASK, redact


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
        ("mật khẩu của em 12345678", "id"),
        ("０９１２３４５６７８", "phone"),
        ("0912\u200b345\u200b678", "phone"),
        ("٠٩١٢٣٤٥٦٧٨", "phone"),
        ("số:001099012345.", "id"),
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
    ],
)
def test_what_people_need_stays(text: str) -> None:
    assert redact(text).text == text


def test_the_team_may_tell_a_phone_number_but_no_other() -> None:
    assert redact("gọi 0209 388 4444 nhé", keep_phones=True).text == "gọi 0209 388 4444 nhé"
    assert MASK in redact("cccd 001099012345", keep_phones=True).text


@given(st.text(max_size=60), st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), st.sampled_from(["", " ", ".", "-"]))
def test_a_phone_number_never_survives(around: str, phone: str, gap: str) -> None:
    spaced = gap.join((phone[:4], phone[4:7], phone[7:]))
    masked = redact(f"{around} {spaced} {around}").text
    assert phone not in "".join(ch for ch in masked if ch.isalnum())
