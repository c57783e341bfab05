"""How likely a text is of each kind: a file of weights is read as it was written, and a broken line costs that line only."""

import math

import pytest

from flows.text.kind_weights import EVEN, KINDS, KindWeights, parts_of, read_kind_weights
from flows.text.language import spelled
from flows.text.part_vectors import pack
from flows.text.rows import Rows
from tests.content import LIBRARY


def leaning(kind: str) -> tuple[float, bytes]:
    return 0.05, pack([float(known == kind) for known in KINDS])


KNOWN = KindWeights(Rows({"sao": leaning("question"), "lo\u0301i": leaning("snag"), "loi": leaning("snag")}))


def likeliest(weights: KindWeights, text: str, place: str = "step") -> str:
    chances = weights.chances(spelled(text), place)
    return max(chances, key=lambda kind: chances[kind])


def test_a_text_is_of_the_kind_that_its_known_words_lean_to() -> None:
    assert likeliest(KNOWN, "làm sao") == "question"
    assert likeliest(KNOWN, "báo lỗi mãi") == "snag"


def test_chances_are_those_of_all_kinds_together() -> None:
    chances = KNOWN.chances(("sao",), "step")
    assert sum(map(math.exp, chances.values())) == pytest.approx(1.0, abs=0.01)


def test_what_nobody_said_may_be_of_any_kind() -> None:
    for said in (("xa",), ()):
        assert KNOWN.chances(said, "step") == dict.fromkeys(KINDS, EVEN)


def test_a_text_is_known_by_its_words_its_pairs_its_ends_and_its_place() -> None:
    assert set(parts_of(("mat", "so"), "deed")) == {
        "@deed", "mat_", "_so", "mat", "so", "deed:mat", "deed:so", "mat so",
    }  # fmt: skip


@pytest.mark.parametrize(
    "broken", ["sao\t0.1\n", "sao\tmột\tAAAA\n", "sao\t0.1\tA\n", "sao\t0.1\tAAAA\n", "\n", "sao\n"]
)
def test_a_broken_line_costs_that_line_only(broken: str) -> None:
    assert list(read_kind_weights(broken + "".join(KNOWN.lines())).lines()) == list(KNOWN.lines())


def test_the_content_ships_with_weights_that_tell_kinds_apart() -> None:
    assert likeliest(LIBRARY.kinds, "mất bao nhiêu tiền hả em") == "question"
    assert likeliest(LIBRARY.kinds, "bấm mãi nó cứ báo lỗi", "deed") == "snag"
    assert likeliest(LIBRARY.kinds, "để mai tôi đi", "deed") == "later"
