"""How like the examples of a sort a text is, by its words and pairs of words; examples are counted and nothing is trained."""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from flows.text.denial import bare_with_denials
from flows.text.language import Abbreviations, spelled
from flows.text.part_counts import Example, Key, PartCounts

_PRIOR = 5.0  # examples of anything that stand beside those of a sort, so that few examples say little
_SEARCHES = 3  # sorts that are run through in the time in which one is looked for

Sort = tuple[str, ...]
Parts = Sequence[tuple[int, float]]  # (place of a word or a pair, how rare it is from 0 to 1)


def read_said(examples: Iterable[tuple[Key, str]], abbreviations: Abbreviations) -> Iterator[Example[Key]]:
    """Yield the examples of (sort, text) as they are counted; a word that is denied is another word."""
    read = lru_cache(maxsize=1)(lambda text: bare_with_denials(spelled(text, abbreviations)))
    # Many stand under several sorts, one after the other.
    yield from ((sort, read(text), 1) for sort, text in examples)


class Likeness:
    """Sorts of texts by their examples.

    Args:
        counts: of `read_said`.
    """

    def __init__(self, counts: PartCounts[Sort]) -> None:
        self._counts, self._numbers, sizes = counts, counts.numbers, counts.sizes
        self._total, self._often = sum(sizes), counts.often
        whole = math.log(self._total + 1)
        self._rarity = array("d", (math.log((self._total + 1) / times) / whole for times in counts.often))
        # by number of the sort: what a part says against it that stands in none of its examples
        self._absent = array("d", (math.log(_PRIOR / (size + _PRIOR)) for size in sizes))

    def parts_of(self, said: Sequence[str]) -> Parts:
        """Return the known words and pairs of some spelled words; a word that is denied is another word."""
        return [(place, self._rarity[place]) for place in self._counts.find(bare_with_denials(said))]

    def score(self, sort: Sort, parts: Parts) -> float:
        """Return how much more like a sort than like anything else a text is; 0 for a sort without examples."""
        return self.scores((sort,), parts)[sort]

    def scores(self, sorts: Iterable[Sort], parts: Parts) -> Mapping[Sort, float]:
        """Return the score of several sorts."""
        numbers = {sort: self._numbers.get(sort) for sort in sorts}
        found = dict.fromkeys(sorted({number for number in numbers.values() if number is not None}), 0.0)
        first, last = (min(found), max(found)) if found else (0, 0)
        for place, rarity in parts if found else ():
            groups, times = self._counts.groups_between(place, first, last)
            if not groups:  # as of most parts: what is asked for together was counted together
                continue
            unit = self._total / (_PRIOR * self._often[place])
            if len(groups) < _SEARCHES * len(found):
                for number, often in zip(groups, times, strict=True):
                    if number in found:
                        found[number] += rarity * math.log1p(often * unit)
            else:
                for number in found:
                    at = bisect_left(groups, number)
                    if at < len(groups) and groups[at] == number:
                        found[number] += rarity * math.log1p(times[at] * unit)
        rare, width = sum(rarity for _, rarity in parts), math.sqrt(max(1, len(parts)))
        scores = {number: (gained + self._absent[number] * rare) / width for number, gained in found.items()}
        return {sort: 0.0 if number is None else scores[number] for sort, number in numbers.items()}
