"""How well a text fits each of many sorts, by the words and pairs of words of their examples; counted, nothing is trained."""

import math
from array import array
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
        self._total, self._often = sum(sizes), counts.often
        unseen, whole = _UNSEEN * len(counts), math.log(self._total + 1)
        self._rarity = array("d", (math.log((self._total + 1) / often) / whole for often in counts.often))
        self._unseen = [math.log(_UNSEEN / (one + unseen)) for one in counts.held]
        self._absent = [math.log(_BESIDE / (size + _BESIDE)) for size in sizes]

        self.fit = lru_cache(maxsize=_AT_ONCE)(self._fit)
        self.alike = lru_cache(maxsize=_AT_ONCE)(self._weigh_alike)

    def _fit(self, said: tuple[str, ...]) -> tuple[Sequence[tuple[float, float, float]], float]:
        """Return of each sort how likely a text is of it, how alike, and its share of that; and which share any has."""
        places = self._counts.find(said)
        rarities = [self._rarity[place] for place in places]
        together = sum(rarities)
        likely = [together * unseen for unseen in self._unseen]
        alike = [together * absent for absent in self._absent]
        held = [0] * len(likely)
        for place, rarity in zip(places, rarities, strict=True):
            share = self._often[place] / self._total
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

    def _weigh_alike(self, said: tuple[str, ...]) -> Sequence[float]:
        """Return of each sort how alike a text is, as `fit` does: for a third of the time, where nothing else is asked for."""
        places = self._counts.find(said)
        together, wide = sum([self._rarity[place] for place in places]), math.sqrt(len(places) or 1)
        alike = [together * absent for absent in self._absent]
        for place in places:
            rarity, share = self._rarity[place], self._often[place] / self._total
            groups, often = self._counts.groups_at(place)
            worth = {times: rarity * math.log((times / share + _BESIDE) / _BESIDE) for times in {*often}}
            for n, times in zip(groups, often, strict=True):
                alike[n] += worth[times]
        return [one / wide for one in alike]
