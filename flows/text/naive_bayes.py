"""Naive Bayes over the bare words and pairs of words of examples: which of many sorts a text is likeliest of.

Examples are counted and nothing is trained, so that an edit of the content counts at once.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from flows.text.language import words

# Set on two thirds of the first messages that were written apart from the content.
_PRIOR = 0.1  # added to every count, so that a word never seen in a sort does not rule it out
_OFTEN = 2  # examples that a word or a pair must stand in
_WIDTH = 3.0  # the larger, the less one sort stands out from the next
_REMEMBERED = 64  # texts
_LEAST = 1e-6  # likelihood of what is out of the question


class NaiveBayes:
    """Sorts of texts by their words.

    Args:
        examples: (sort, text).
        abbreviations: folded short form -> what it stands for.
    """

    def __init__(self, examples: Iterable[tuple[str, str]], abbreviations: Mapping[str, str]) -> None:
        self._abbreviations = abbreviations
        counted = [(sort, self._parts(text)) for sort, text in examples]
        often = Counter(part for _, parts in counted for part in parts)
        known = {part: times for part, times in often.items() if times >= _OFTEN}
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        sizes: Counter[str] = Counter()
        for sort, parts in counted:
            for part in parts:
                if part in known:
                    counts[part][sort] += 1
                    sizes[sort] += 1
        rarest = math.log(len(counted) + 1)
        self._rarity = {part: math.log((len(counted) + 1) / times) / rarest for part, times in known.items()}
        self._unseen = {sort: math.log(_PRIOR / (size + _PRIOR * len(known))) for sort, size in sizes.items()}
        self._more = {
            part: {sort: math.log((times + _PRIOR) / _PRIOR) for sort, times in sorts.items()}
            for part, sorts in counts.items()
        }
        self.rank = lru_cache(maxsize=_REMEMBERED)(self._rank)

    def _rank(self, text: str) -> Mapping[str, float]:
        """Return how likely a text is of each sort, from 0 to 1 for the likeliest; {} where none of its words is known."""
        parts = [part for part in self._parts(text) if part in self._rarity]
        if not parts:
            return {}
        whole = sum(self._rarity[part] for part in parts)
        scores = {sort: whole * unseen for sort, unseen in self._unseen.items()}
        for part in parts:
            rarity = self._rarity[part]
            for sort, more in self._more[part].items():
                scores[sort] += rarity * more
        width = _WIDTH * math.sqrt(len(parts))
        best = max(scores.values())
        return {sort: math.exp((score - best) / width) for sort, score in scores.items()}

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
        plain = words(text, self._abbreviations)
        return frozenset(plain) | {f"{one} {other}" for one, other in pairwise(plain)}
