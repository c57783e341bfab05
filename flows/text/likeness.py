"""How like the examples of a sort a text is, by its words and pairs of words; examples are counted and nothing is trained."""

import math
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from flows.text.odds import singles_and_pairs
from flows.text.option_index import bare_with_denials

_PRIOR = 5.0  # examples of anything that stand beside those of a sort, so that few examples say little

Parts = Sequence[tuple[int, float]]  # (number of a word or a pair, how rare it is from 0 to 1)


class _Sort(NamedTuple):
    """Numbers of the parts that stand in its examples, in order; what each says for it, and what any other says against it."""

    numbers: "array[int]"
    weights: "array[float]"
    absent: float


class Likeness:
    """Sorts of texts by their examples.

    Args:
        examples: (sort, spelled words), the same words perhaps under several sorts.
    """

    def __init__(self, examples: Iterable[tuple[Hashable, Sequence[str]]]) -> None:
        numbers: dict[str, int] = defaultdict(lambda: len(numbers))
        often: Counter[int] = Counter()
        counts: dict[Hashable, Counter[int]] = defaultdict(Counter)
        sizes: Counter[Hashable] = Counter()
        for sort, said in examples:
            parts = {numbers[part] for part in _parts(said)}
            often.update(parts)
            counts[sort].update(parts)
            sizes[sort] += 1
        total = sizes.total()
        whole = math.log(total + 1)
        self._rarity: Mapping[str, tuple[int, float]] = {
            part: (number, math.log((total + 1) / often[number]) / whole) for part, number in numbers.items()
        }
        self._sorts = {
            sort: _sort(held, sizes[sort], {number: often[number] / total for number in held})
            for sort, held in counts.items()
        }

    def parts_of(self, said: Sequence[str]) -> Parts:
        """Return the known words and pairs of some spelled words."""
        return [self._rarity[part] for part in _parts(said) if part in self._rarity]

    def score(self, sort: Hashable, parts: Parts) -> float:
        """Return how much more like a sort than like anything else a text is; 0 for a sort without examples."""
        known = self._sorts.get(sort)
        if known is None or not parts:
            return 0.0
        numbers, weights, absent = known
        found = 0.0
        for number, rarity in parts:
            at = bisect_left(numbers, number)
            held = at < len(numbers) and numbers[at] == number
            found += rarity * (weights[at] if held else absent)
        return found / math.sqrt(len(parts))


def _sort(held: Mapping[int, int], size: int, anywhere: Mapping[int, float]) -> _Sort:
    numbers = array("I", sorted(held))
    weights = (math.log((held[one] / anywhere[one] + _PRIOR) / (size + _PRIOR)) for one in numbers)
    return _Sort(numbers, array("f", weights), math.log(_PRIOR / (size + _PRIOR)))


def _parts(said: Sequence[str]) -> frozenset[str]:
    """Return the bare words and pairs of a text; a word that is denied is another word."""
    return frozenset(singles_and_pairs(bare_with_denials(said)))
