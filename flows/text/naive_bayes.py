"""Naive Bayes over the bare words and pairs of words of examples: which of many sorts a text is likeliest of.

Examples are counted and nothing is trained, so that an edit of the content counts at once.
"""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from flows.text.language import words
from flows.text.odds import singles_and_pairs

# Set on two thirds of the first messages that were written apart from the content.
_PRIOR = 0.1  # added to every count, so that a word never seen in a sort does not rule it out
_OFTEN = 2  # examples that a word or a pair must stand in
_WIDTH = 3.0  # the larger, the less one sort stands out from the next
_REMEMBERED = 64  # texts
_LEAST = 1e-6  # likelihood of what is out of the question


class _Part(NamedTuple):
    """A word or a pair of words: how rare it is, from 0 to 1; in which sorts it stands, and how much it says for each."""

    rarity: float
    sorts: "array[int]"
    weights: "array[float]"


class NaiveBayes:
    """Sorts of texts by their words.

    Args:
        examples: (sort, text).
        abbreviations: folded short form -> what it stands for.
    """

    def __init__(self, examples: Iterable[tuple[str, str]], abbreviations: Mapping[str, str]) -> None:
        self._abbreviations = abbreviations
        numbers: dict[str, int] = defaultdict(lambda: len(numbers))  # of parts: a number takes less room than a text
        texts = [(sort, array("I", (numbers[part] for part in self._parts(text)))) for sort, text in examples]
        often = Counter(number for _, parts in texts for number in parts)
        self._sorts = sorted({sort for sort, _ in texts})
        places = {sort: place for place, sort in enumerate(self._sorts)}
        counts: dict[int, dict[int, int]] = defaultdict(dict)
        sizes: Counter[int] = Counter()
        for sort, parts in texts:
            place = places[sort]
            known = [number for number in parts if often[number] >= _OFTEN]
            sizes[place] += len(known)
            for number in known:
                counts[number][place] = counts[number].get(place, 0) + 1
        rarest = math.log(len(texts) + 1)
        self._known = {
            part: _Part(
                math.log((len(texts) + 1) / often[number]) / rarest,
                array("H", counts[number]),
                array("f", (math.log((times + _PRIOR) / _PRIOR) for times in counts[number].values())),
            )
            for part, number in numbers.items()
            if number in counts
        }
        unseen = _PRIOR * len(self._known)
        self._unseen = [math.log(_PRIOR / (sizes[place] + unseen)) for place in range(len(self._sorts))]
        self.rank = lru_cache(maxsize=_REMEMBERED)(self._rank)

    def _rank(self, text: str) -> Mapping[str, float]:
        """Return how likely a text is of each sort, from 0 to 1 for the likeliest; {} where none of its words is known."""
        parts = [self._known[part] for part in self._parts(text) if part in self._known]
        if not parts:
            return {}
        whole = sum(part.rarity for part in parts)
        scores = [whole * unseen for unseen in self._unseen]
        for rarity, sorts, weights in parts:
            for sort, weight in zip(sorts, weights, strict=True):
                scores[sort] += rarity * weight
        width = _WIDTH * math.sqrt(len(parts))
        best = max(scores)
        return {sort: math.exp((score - best) / width) for sort, score in zip(self._sorts, scores, strict=True)}

    def lean(self, text: str, sorts: Container[str], against: Container[str] | None = None) -> float:
        """Return how much more a text is of some sorts than of others: 0 where it could be either, or no word is known.

        Args:
            against: the others; None for all.
        """
        ranked = self.rank(text)
        inside = max((likely for sort, likely in ranked.items() if sort in sorts), default=0.0)
        outside = max(
            (likely for sort, likely in ranked.items() if sort not in sorts and (against is None or sort in against)),
            default=0.0,
        )
        return math.log(max(inside, _LEAST) / max(outside, _LEAST))

    def _parts(self, text: str) -> frozenset[str]:
        return frozenset(singles_and_pairs(words(text, self._abbreviations)))
