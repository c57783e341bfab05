"""Directions of words and pairs of words: near each other where people use them for the same, also in sentences unlike any known.

Latent semantic analysis over what people say, by what they mean: `python -m tests.listening.part_vectors` sets them.
"""

import math
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from itertools import pairwise
from operator import mul

from flows.text.rows import Rows

FILE = "part-vectors.tsv"  # of the content: learnt from what stands in the other files

Vector = Sequence[float]

_TABS = 2  # in a line
_STEPS = 127  # of a number, up to the largest of its vector
_REMEMBERED = 256  # texts
_COMMON = 2048  # words and pairs that are met again and again, in 2 MB


class PartVectors:
    """Vectors of parts and of sorts of texts, all as long as each other.

    Args:
        parts: the vector of each part, as long as it says much.
        sorts: the direction of the texts of each sort.
    """

    def __init__(self, parts: Rows, sorts: Rows) -> None:
        self.parts, self.sorts = parts, sorts
        self._known = parts.places
        self.sort = cache(self._sort)  # there are no more of them than options and troubles in the content
        self._part = lru_cache(maxsize=_COMMON)(parts.scaled)
        self.text = lru_cache(maxsize=_REMEMBERED)(self._text)

    def _text(self, words: tuple[str, ...]) -> Vector:
        """Return the direction of a text of these bare words; () where none of its parts is known."""
        known = [part for part in parts_of(words) if part in self._known]
        return to_unit([*map(sum, zip(*map(self._part, known), strict=True))]) if known else ()

    def _sort(self, sort: str) -> Vector:
        """Return the direction of a sort, empty for an unknown one: an array, as thousands of them stay."""
        return array("f", next((to_unit(row) for _, row in self.sorts.known([sort])), ()))

    def lines(self) -> Iterator[str]:
        """Yield the lines of a file that `read_vectors` reads."""
        for part, weight, packed in self.parts.items():
            yield f"{part}\t{weight:.5g}\t{b64encode(packed).decode()}\n"
        for sort, _, packed in self.sorts.items():
            yield f"{sort}\t\t{b64encode(packed).decode()}\n"


def read_vectors(text: str) -> PartVectors:
    """Read what `PartVectors.lines` wrote; what is not of that form is left out, and only less is understood."""
    parts, sorts = {}, {}
    for name, weight, packed in (line.split("\t") for line in text.splitlines() if line.count("\t") == _TABS):
        with suppress(ValueError):
            if weight:
                parts[name] = (float(weight), b64decode(packed))
            else:
                sorts[name] = (1.0, b64decode(packed))
    return PartVectors(Rows(parts), Rows(sorts))


def parts_of(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of a text and its pairs of words."""
    yield from words
    yield from map(" ".join, pairwise(words))


def nearness(one: Vector, other: Vector) -> float:
    """Return how near two directions are, from -1 to 1; 0 where one is unknown."""
    return float(sum(map(mul, one, other)))


def to_unit(vector: Sequence[float]) -> Vector:
    length = math.sqrt(sum(map(mul, vector, vector)))
    return tuple(number / length for number in vector) if length else ()


def pack(vector: Sequence[float]) -> bytes:
    """Return a direction in whole numbers, as small as a byte each."""
    largest = max(map(abs, vector), default=0.0) or 1.0
    return array("b", (round(number / largest * _STEPS) for number in vector)).tobytes()
