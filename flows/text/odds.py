"""Odds that a text is of a sort, learnt by counting the words of examples (naive Bayes): no frame has to foresee its wording."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from flows.text.language import bare, spelled

_PRIOR = 1.0  # added to every count, so that a word never seen on one side decides nothing alone
_REMEMBERED = 256  # texts


class Tally:
    """In how many texts a word or a pair of words stands; each text counts as it is, and typed without its accents."""

    def __init__(self, texts: Iterable[str], abbreviations: Mapping[str, str]) -> None:
        self.texts = 0
        self.counts: Counter[str] = Counter()
        for text in texts:
            plain, accented = _parts(text, abbreviations)
            self.counts.update(plain)
            self.texts += 1
            if accented:
                self.counts.update(plain)
                self.counts.update(accented)
                self.texts += 1

    @classmethod
    def sum(cls, tallies: Iterable["Tally"]) -> "Tally":
        added = cls((), {})
        for tally in tallies:
            added.texts += tally.texts
            added.counts.update(tally.counts)
        return added


class Odds:
    """Odds that a text is of one sort and not of the others.

    Args:
        yes: texts of the sort.
        all_: texts of all sorts, those of `yes` among them; it must have others.
        abbreviations: folded short form -> what it stands for.
    """

    def __init__(self, yes: Tally, all_: Tally, abbreviations: Mapping[str, str]) -> None:
        self._yes, self._all = yes.counts, all_.counts
        self._abbreviations = abbreviations
        others = all_.texts - yes.texts
        self._rest = _PRIOR * others / yes.texts
        self._base = math.log(others + 2 * self._rest) - math.log(yes.texts + 2 * _PRIOR)
        self.score = lru_cache(maxsize=_REMEMBERED)(self._score)

    def weigh(self, text: str) -> list[tuple[str, float]]:
        """Return the known words and pairs of words of a text with their weights, the heaviest first."""
        return sorted(((part, self._weight(part)) for part in self._known(text)), key=lambda pair: -pair[1])

    def _score(self, text: str) -> float:
        """Return how much more likely a text is of the sort than not, 0 where it could be either; long texts count no more."""
        plain, accented = _parts(text, self._abbreviations)
        parts = len(plain) + len(accented)
        return sum(map(self._weight, self._known(text))) / math.sqrt(max(1, parts))

    def _known(self, text: str) -> list[str]:
        return [part for parts in _parts(text, self._abbreviations) for part in parts if part in self._all]

    def _weight(self, part: str) -> float:
        yes = self._yes.get(part, 0)
        return self._base + math.log((yes + _PRIOR) / (self._all[part] - yes + self._rest))


@lru_cache(maxsize=_REMEMBERED)
def _parts_of(said: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words and pairs of words, bare, and as they are written where that is another thing."""
    plain = tuple(map(bare, said))
    accented = said if plain != said else ()
    return frozenset(singles_and_pairs(plain)), frozenset("=" + part for part in singles_and_pairs(accented))


def _parts(text: str, abbreviations: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    return _parts_of(spelled(text, abbreviations))


def singles_and_pairs(said: tuple[str, ...]) -> Iterator[str]:
    """Yield the words and the pairs of words."""
    yield from said
    yield from (f"{one} {other}" for one, other in pairwise(said))
