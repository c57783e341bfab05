"""Naive Bayes over the bare words and pairs of words of examples: which of many sorts a text is likeliest of.

Examples are counted and nothing is trained, so that an edit of the content counts at once. A word that stands in one example
only tells nothing.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache

from flows.text.language import Abbreviations, words
from flows.text.part_counts import Example, PartCounts

# Set on two thirds of the first messages that were written apart from the content.
OFTEN = 2  # examples that a word or a pair must stand in
_PRIOR = 0.1  # added to every count, so that a word never seen in a sort does not rule it out
_WIDTH = 3.0  # the larger, the less one sort stands out from the next
_REMEMBERED = 64  # texts
_AGAIN = 1024  # examples, while they are counted: many stand under several sorts
_MANY = 40  # sorts that hold a word or a pair: a few hundred are held by so many
_GROUPS = 32  # of sorts that are held against others
_LEAST = 1e-6  # likelihood of what is out of the question


def read_bare(examples: Iterable[tuple[str, str]], abbreviations: Abbreviations) -> Iterator[Example[str]]:
    """Yield the examples of (sort, text) as they are counted."""
    read = lru_cache(maxsize=_AGAIN)(words)
    yield from ((sort, read(text, abbreviations), 1) for sort, text in examples)


class NaiveBayes:
    """Sorts of texts by their words.

    Args:
        counts: of `read_bare`, of what stands in `OFTEN` examples.
        abbreviations: folded short form -> what it stands for.

    Attributes:
        sorts: those of the examples.
    """

    def __init__(self, counts: PartCounts[str], abbreviations: Abbreviations) -> None:
        self._abbreviations = abbreviations
        self._counts, self._numbers, self._texts = counts, counts.numbers, sum(counts.sizes)
        self.sorts, self._sorts = counts.numbers.keys(), sorted(self._numbers.items())
        rarest = math.log(self._texts + 1)
        self._rarity = array("d", (math.log((self._texts + 1) / often) / rarest for often in counts.often))  # by part
        self._common = {
            part for part, sorts in enumerate(counts.spread()) if sorts >= _MANY
        }  # parts that many sorts hold
        unseen = _PRIOR * len(counts)
        self._unseen = [math.log(_PRIOR / (size + unseen)) for size in counts.held]
        self._says = array("f", (math.log((times + _PRIOR) / _PRIOR) for times in range(counts.most + 1)))  # by times
        self.rank = lru_cache(maxsize=_REMEMBERED)(self._rank)
        self._scores = lru_cache(maxsize=_REMEMBERED)(self._score)
        self._column = cache(self._make_column)
        self._among = lru_cache(maxsize=_GROUPS)(self._group)

    def _score(self, text: str) -> tuple[Sequence[float], float] | None:
        """Return how much a text says for each sort, and the width of what that is worth; None where no word is known."""
        known = self._counts.find(words(text, self._abbreviations))
        if not known:
            return None
        whole = sum([self._rarity[part] for part in known])
        unseen = [whole * one for one in self._unseen]
        # What many sorts hold is added up by columns, in C: most of what a text says, in half the time.
        columns = [self._column(part) for part in known if part in self._common]
        scores: list[float] = [*map(sum, zip(unseen, *columns, strict=True))]
        for part in known:
            if part not in self._common:
                rarity = self._rarity[part]
                for sort, times in zip(*self._counts.groups_at(part), strict=True):
                    scores[sort] += rarity * self._says[times]
        return scores, _WIDTH * math.sqrt(len(known))

    def _make_column(self, part: int) -> Sequence[float]:
        """Return how much a part says for each sort, by its number."""
        column, rarity = [0.0] * len(self._unseen), self._rarity[part]
        for sort, times in zip(*self._counts.groups_at(part), strict=True):
            column[sort] = rarity * self._says[times]
        return column

    def _rank(self, text: str) -> Mapping[str, float]:
        """Return how likely a text is of each sort, from 0 to 1 for the likeliest; {} where none of its words is known."""
        if (scored := self._scores(text)) is None:
            return {}
        scores, width = scored
        best = max(scores)
        return {sort: math.exp((scores[number] - best) / width) for sort, number in self._sorts}

    def lean(self, text: str, sorts: AbstractSet[str], against: AbstractSet[str] | None = None) -> float:
        """Return how much more a text is of some sorts than of others: 0 where it could be either, or no word is known.

        Args:
            against: the others; None for all.
        """
        if (scored := self._scores(text)) is None:
            return 0.0
        scores, width = scored
        best = max(scores)
        inside, outside = (
            math.exp((max(map(scores.__getitem__, places)) - best) / width) if places else 0.0
            for places in self._among(sorts, against)
        )
        return math.log(max(inside, _LEAST) / max(outside, _LEAST))

    def _group(self, sorts: AbstractSet[str], against: AbstractSet[str] | None) -> tuple[Sequence[int], Sequence[int]]:
        """Return the places of some sorts, and of the others that they are held against."""
        inside = [number for sort, number in self._numbers.items() if sort in sorts]
        others = ((sort, number) for sort, number in self._numbers.items() if sort not in sorts)
        return inside, [number for sort, number in others if against is None or sort in against]
