"""Odds that a text is of a sort, learnt by counting the words of examples (naive Bayes): no frame has to foresee its wording."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from flows.text.language import bare, fold, spelled

_PRIOR = 1.0  # added to every count, so that a word never seen on one side decides nothing alone
_REMEMBERED = 256  # texts


class Tally:
    """In how many texts a word or a pair of words stands; each text counts as it is, and typed without its accents."""

    def __init__(self, texts: Iterable[str], abbreviations: Mapping[str, str]) -> None:
        self.texts = 0
        self.counts: Counter[str] = Counter()
        for text in texts:
            for typed in {text, fold(text)}:
                self.counts.update(_parts(typed, abbreviations))
                self.texts += 1

    @classmethod
    def sum(cls, tallies: Iterable["Tally"]) -> "Tally":
        added = cls((), {})
        for tally in tallies:
            added.texts += tally.texts
            added.counts.update(tally.counts)
        return added


class Odds:
    """Odds between two sorts of texts, neither of them empty.

    Args:
        abbreviations: folded short form -> what it stands for.
    """

    def __init__(self, yes: Tally, no: Tally, abbreviations: Mapping[str, str]) -> None:
        self._abbreviations = abbreviations
        rest = _PRIOR * no.texts / yes.texts
        base = math.log(no.texts + 2 * rest) - math.log(yes.texts + 2 * _PRIOR)
        self._weights = {
            part: base + math.log((yes.counts[part] + _PRIOR) / (no.counts[part] + rest))
            for part in {*yes.counts, *no.counts}
        }
        self.score = lru_cache(maxsize=_REMEMBERED)(self._score)

    def weigh(self, text: str) -> list[tuple[str, float]]:
        """Return the known words and pairs of words of a text with their weights, the heaviest first."""
        known = ((part, self._weights[part]) for part in _parts(text, self._abbreviations) if part in self._weights)
        return sorted(known, key=lambda pair: -pair[1])

    def _score(self, text: str) -> float:
        """Return how much more likely a text is of the sort than not, 0 where it could be either; long texts count no more."""
        parts = _parts(text, self._abbreviations)
        return sum(self._weights.get(part, 0.0) for part in parts) / math.sqrt(max(1, len(parts)))


def _parts(text: str, abbreviations: Mapping[str, str]) -> frozenset[str]:
    """Return the words and pairs of words of a text; of one with accents also as they are written."""
    said = spelled(text, abbreviations)
    plain = tuple(map(bare, said))
    parts = {*_singles_and_pairs(plain)}
    if plain != said:
        parts.update("=" + part for part in _singles_and_pairs(said))
    return frozenset(parts)


def _singles_and_pairs(said: tuple[str, ...]) -> Iterator[str]:
    yield from said
    yield from (f"{one} {other}" for one, other in pairwise(said))
