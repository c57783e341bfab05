"""How well a text fits each of many sorts, by the words and pairs of words of their examples; counted, nothing is trained."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Generic

from flows.text.part_counts import Key, PartCounts

_AT_ONCE = 4  # texts that are remembered while they are read
_UNSEEN = 0.1  # added to every count, so that a word never met in a sort does not rule it out
_BESIDE = 5.0  # examples of anything that stand beside those of a sort, so that few examples say little


class Fits(Generic[Key]):
    """Sorts of texts, by the words and pairs of words of their examples: all of them are held against a text at once.

    Args:
        counts: of the words of their examples.

    Attributes:
        numbers: sort -> its place in what `fit` returns.
    """

    def __init__(self, counts: PartCounts[Key]) -> None:
        self._counts, self.numbers, sizes = counts, counts.numbers, counts.sizes
        self._total = sum(sizes)
        unseen = _UNSEEN * len(counts)
        self._unseen = [math.log(_UNSEEN / (one + unseen)) for one in counts.held]
        self._absent = [math.log(_BESIDE / (size + _BESIDE)) for size in sizes]

        self.fit = lru_cache(maxsize=_AT_ONCE)(self._fit)

    def _fit(self, said: tuple[str, ...]) -> tuple[Sequence[tuple[float, float, float]], float]:
        """Return of each sort how likely a text is of it, how alike, and its share of that; and which share any has."""
        places = self._counts.find(said)
        whole = math.log(self._total + 1)
        rarities = [math.log((self._total + 1) / self._counts.often[place]) / whole for place in places]
        together = sum(rarities)
        likely = [together * unseen for unseen in self._unseen]
        alike = [together * absent for absent in self._absent]
        held = [0] * len(likely)
        for place, rarity in zip(places, rarities, strict=True):
            share = self._counts.often[place] / self._total
            worth: dict[int, tuple[float, float]] = {}  # most sorts hold it once or twice
            for n, times in zip(*self._counts.groups_at(place), strict=True):
                if times not in worth:
                    often, beside = (times + _UNSEEN) / _UNSEEN, (times / share + _BESIDE) / _BESIDE
                    worth[times] = rarity * math.log(often), rarity * math.log(beside)
                more_likely, more_alike = worth[times]
                likely[n] += more_likely
                alike[n] += more_alike
                held[n] += 1
        wide, parts = math.sqrt(len(places) or 1), 2 * len(said) or 1
        fits = [(a / wide, b / wide, c / parts) for a, b, c in zip(likely, alike, held, strict=True)]
        return fits, len(places) / parts
