"""Odds that a text is of a sort, learnt by counting the words of examples (naive Bayes): no frame has to foresee its wording."""

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from flows.text.language import bare
from flows.text.part_counts import Example, PartCounts, Said
from flows.text.phrasebook import Reader

_PRIOR = 1.0  # added to every count, so that a word never seen on one side decides nothing alone
_OFTENER = 8  # times that what is near counts
_REMEMBERED = 256  # texts
_ACCENTED = "="  # before a word as it was written, to tell it from its bare form

Sort = tuple[str, str]  # where it is said, or the set of lines that it stands in; and its kind


def read_twice(texts: Iterable[tuple[Sort, str]], reader: Reader) -> Iterator[Example[Sort]]:
    """Yield the texts as they are counted: each as it is, and typed without accents."""
    for sort, text in texts:
        plain, accented = _read(reader, text)
        yield sort, plain, 2 if accented else 1
        if accented:
            yield sort, accented, 1


def _read(reader: Reader, text: str) -> tuple[Said, Said]:
    """Return the words bare, and as they are written where that is another thing."""
    said = reader.words(text)
    plain = tuple(map(bare, said))
    return plain, tuple(_ACCENTED + word for word in said) if plain != said else ()


class Tallies:
    """In how many texts of each sort a word or a pair of words stands; each text counts as it is, and typed without accents.

    Args:
        counts: of `read_twice`.
        reader: how they are read; what it leaves out speaks for nothing.
    """

    def __init__(self, counts: PartCounts[Sort], reader: Reader) -> None:
        self._counts, self._reader = counts, reader
        self.find = lru_cache(maxsize=_REMEMBERED)(self._find)

    def __iter__(self) -> Iterator[Sort]:
        return iter(self._counts.numbers)

    def __contains__(self, sort: object) -> bool:
        return sort in self._counts.numbers

    def size(self, sorts: Collection[Sort]) -> int:
        """Return how many texts were counted of some sorts."""
        return sum(self._counts.sizes[self._counts.numbers[sort]] for sort in sorts)

    def column(self, sorts: Collection[Sort], near: Collection[Sort] = ()) -> Sequence[int]:
        """Return in how many texts of some sorts each known part stands; those of `near` count for more."""
        return self._counts.column({self._counts.numbers[sort]: _OFTENER if sort in near else 1 for sort in sorts})

    def _find(self, text: str) -> tuple[Sequence[int], int]:
        """Return the places of the known parts of a text, and how many parts it has."""
        read = _read(self._reader, text)
        return [place for said in read for place in self._counts.find(said)], sum(map(_size, read))

    def named(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield the known parts of a text as they are written, each with its place."""
        for said in _read(self._reader, text):
            for part in dict.fromkeys([*((word,) for word in said), *pairwise(said)]):
                if (place := self._counts.place(*part)) is not None:
                    yield " ".join(word.removeprefix(_ACCENTED) for word in part), place


def _size(said: Said) -> int:
    return len({*said}) + len({*pairwise(said)})


class Odds:
    """Odds that a text is of some sorts and not of the others.

    Args:
        yes: the sorts.
        all_: all sorts, those of `yes` among them; it must have others.
        near: sorts among the others that people come with oftener than there are examples of them.
    """

    def __init__(
        self, tallies: Tallies, yes: Collection[Sort], all_: Collection[Sort], near: Collection[Sort] = ()
    ) -> None:
        self._tallies = tallies
        self._yes, self._all = tallies.column(yes), tallies.column(all_, near)
        texts = tallies.size(yes)
        others = tallies.size(all_) - texts + (_OFTENER - 1) * tallies.size(near)
        self._rest = _PRIOR * others / texts
        self._base = math.log(others + 2 * self._rest) - math.log(texts + 2 * _PRIOR)
        self.score = lru_cache(maxsize=_REMEMBERED)(self._score)

    def weigh(self, text: str) -> list[tuple[str, float]]:
        """Return the known words and pairs of words of a text with their weights, the heaviest first."""
        known = ((part, self._weight(place)) for part, place in self._tallies.named(text) if self._all[place])
        return sorted(known, key=lambda pair: (-pair[1], pair[0]))

    def _score(self, text: str) -> float:
        """Return how much more likely a text is of the sort than not, 0 where it could be either; long texts count no more."""
        places, parts = self._tallies.find(text)
        yes, every, base, rest = self._yes, self._all, self._base, self._rest
        # `_weight`, written out: for each of the odds half a hundred places are weighed in every text
        told = [
            base + math.log((yes[place] + _PRIOR) / (every[place] - yes[place] + rest))
            for place in places
            if every[place]
        ]
        return sum(told) / math.sqrt(max(1, parts))

    def _weight(self, place: int) -> float:
        yes = self._yes[place]
        return self._base + math.log((yes + _PRIOR) / (self._all[place] - yes + self._rest))
