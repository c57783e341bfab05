"""Numbers as people write and dictate them."""

from datetime import date

import pytest

from flows.text.quantities import read_bare_number, read_quantities

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("said", "ages"),
    [
        ("mẹ tôi 76 tuổi", {76}),
        ("bảy hai tuổi", {72}),
        ("bay lam tuoi", {75}),
        ("bảy mươi hai tuổi", {72}),
        ("20t", {20}),
        ("cháu năm tuổi", {5}),
        ("mế bảy tám tuổi rồi", {78, 7, 8}),  # a child of seven or eight is said so as well: it is asked back
        ("nộp 20 triệu", set()),
    ],
)
def test_ages_are_read_as_they_are_said(said: str, ages: set[int]) -> None:
    assert {number for measure, number in read_quantities(said, TODAY) if measure == "age"} == ages


@pytest.mark.parametrize(
    ("said", "number"), [("76", 76), ("dạ 76", 76), ("20 ạ", 20), ("3", None), ("tôi sinh ở bản 76 đấy", None)]
)
def test_a_bare_number_is_one_in_a_few_words(said: str, number: int | None) -> None:
    assert read_bare_number(said) == number
