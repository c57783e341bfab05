"""Directions of texts: a file of them is read as it was written, and a broken line costs that line only."""

import pytest

from flows.text.part_vectors import PartVectors, nearness, pack, parts_of, read_vectors
from flows.text.rows import Rows
from tests.content import LIBRARY

EAST, NORTH = pack((1.0, 0.0)), pack((0.0, 1.0))
KNOWN = PartVectors(
    Rows({"xe": (1.0, EAST), "xe may": (1.0, EAST), "nuong": (1.0, NORTH)}), Rows({"here/xe-may/viec/mua": (1.0, EAST)})
)


def test_a_text_points_where_its_known_words_point() -> None:
    mua = KNOWN.sort("here/xe-may/viec/mua")
    assert nearness(KNOWN.text(("xe", "may")), mua) == pytest.approx(1.0)
    assert nearness(KNOWN.text(("nuong",)), mua) == pytest.approx(0.0)
    assert nearness(KNOWN.text(("xe", "nuong")), mua) == pytest.approx(0.707, abs=0.01)


def test_what_nobody_said_points_nowhere() -> None:
    assert nearness(KNOWN.text(("la",)), KNOWN.sort("here/xe-may/viec/mua")) == 0.0
    assert nearness(KNOWN.text(("xe",)), KNOWN.sort("here/la/la/la")) == 0.0
    assert nearness(PartVectors(Rows({}), Rows({})).text(("xe",)), ()) == 0.0


def test_parts_are_words_and_their_pairs() -> None:
    assert list(parts_of(("mat", "so", "do"))) == ["mat", "so", "do", "mat so", "so do"]


def test_a_file_is_read_as_it_was_written() -> None:
    read = read_vectors("".join(KNOWN.lines()))
    assert list(read.lines()) == list(KNOWN.lines())


@pytest.mark.parametrize("broken", ["xe\t1.0\n", "xe\tmột\tAAAA\n", "xe\t1.0\tA\n", "\n", "xe máy\n"])
def test_a_broken_line_costs_that_line_only(broken: str) -> None:
    assert list(read_vectors(broken + "".join(KNOWN.lines())).lines()) == list(KNOWN.lines())


def test_the_content_ships_with_directions_of_its_options() -> None:
    assert LIBRARY.vectors.text(("xe", "may"))
    missing = [
        f"here/{procedure.id}/{step.id}/{option.id}"
        for procedure in LIBRARY.procedures.values()
        for step in procedure.steps
        if step.kind == "ask"
        for option in step.options
        if not LIBRARY.vectors.sort(f"here/{procedure.id}/{step.id}/{option.id}")
    ]
    assert missing == []  # `python -m tests.listening.part_vectors` after options, or what people say, were added
