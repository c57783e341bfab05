"""How like the examples of a sort a text is, by its words and pairs of words; examples are counted and nothing is trained."""

import math
from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from flows.text.denial import bare_with_denials
from flows.text.part_counts import Example, PartCounts

_PRIOR = 5.0  # examples of anything that stand beside those of a sort, so that few examples say little

Parts = Sequence[tuple[int, float]]  # (place of a word or a pair, how rare it is from 0 to 1)


class _Sort(NamedTuple):
    """Places of the parts that stand in its examples, in order; what each says for it, and what any other says against it."""

    places: Sequence[int]
    weights: "array[float]"
    absent: float


class Likeness:
    """Sorts of texts by their examples.

    Args:
        examples: (sort, spelled words), the same words perhaps under several sorts.
    """

    def __init__(self, examples: Iterable[tuple[Hashable, Sequence[str]]]) -> None:
        numbers: dict[Hashable, int] = {}
        sizes: list[int] = []
        self._counts = PartCounts(_numbered(examples, numbers, sizes))
        total = sum(sizes)
        whole = math.log(total + 1)
        often = self._counts.column(numbers.values())
        self._rarity = array("d", (math.log((total + 1) / times) / whole for times in often))
        held = self._counts.by_group
        self._sorts = {
            sort: _sort(*held[number], sizes[number], [often[place] / total for place in held[number][0]])
            for sort, number in numbers.items()
        }

    def parts_of(self, said: Sequence[str]) -> Parts:
        """Return the known words and pairs of some spelled words; a word that is denied is another word."""
        return [(place, self._rarity[place]) for place in self._counts.find(bare_with_denials(said))]

    def score(self, sort: Hashable, parts: Parts) -> float:
        """Return how much more like a sort than like anything else a text is; 0 for a sort without examples."""
        known = self._sorts.get(sort)
        if known is None or not parts:
            return 0.0
        places, weights, absent = known
        found = 0.0
        for place, rarity in parts:
            at = bisect_left(places, place)
            held = at < len(places) and places[at] == place
            found += rarity * (weights[at] if held else absent)
        return found / math.sqrt(len(parts))


def _numbered(
    examples: Iterable[tuple[Hashable, Sequence[str]]], numbers: dict[Hashable, int], sizes: list[int]
) -> Iterator[Example]:
    """Yield the examples with the numbers of their sorts, and count how many each has."""
    for sort, said in examples:
        if sort not in numbers:
            numbers[sort] = len(numbers)
            sizes.append(0)
        sizes[numbers[sort]] += 1
        yield numbers[sort], bare_with_denials(said), 1


def _sort(places: Sequence[int], often: Sequence[int], size: int, anywhere: Sequence[float]) -> _Sort:
    weights = (
        math.log((times / share + _PRIOR) / (size + _PRIOR)) for times, share in zip(often, anywhere, strict=True)
    )
    return _Sort(places, array("f", weights), math.log(_PRIOR / (size + _PRIOR)))
