"""How often words and pairs of words stand in the examples of each group: what is learnt from examples.

Kept in a few sorted arrays of numbers: dicts of texts took ten times the room, and there are 300,000 words and pairs. They may
as well lie in a file that is mapped into memory: then only what is looked up takes any.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, chain, count, pairwise, repeat
from operator import sub
from typing import Any, Generic, TypeAlias, TypeVar

_GROUP, _WORD = 16, 20  # bits
_GROUPS = (1 << _GROUP) - 1
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}  # of arrays, by the bytes of a number

Said = tuple[str, ...]
Key = TypeVar("Key", bound=Hashable)  # of a group
Example = tuple[Key, Said, int]  # its group, its words, how many times it counts
Column: TypeAlias = "array[Any] | memoryview"


class PartCounts(Generic[Key]):
    """Counts by part, that is by word or by pair of words, then by group. A part counts once for each example.

    Args:
        least: how often a part must be counted, all groups together, to be kept.

    Attributes:
        numbers: group -> its number.
        sizes: by number of the group: how many examples it has.
        held: by number of the group: how often all parts together stand in it.
        often: by place: how often a part stands in all groups together.
        most: how often any part stands in any group.
    """

    def __init__(self, examples: Iterable[Example[Key]], least: int = 1) -> None:
        words: dict[str, int] = defaultdict(count().__next__)
        self.numbers: dict[Key, int] = {}
        sizes = array("I")
        counts: dict[int, int] = {}

        @lru_cache(maxsize=1)  # many stand under several groups, one after the other
        def parts_of(said: Said) -> Sequence[int]:
            numbers = [words[word] for word in said]
            return [part << _GROUP for part in {*numbers, *map(_pair, numbers, numbers[1:])}]

        for group, said, times in examples:
            number = self.numbers.setdefault(group, len(self.numbers))
            if number == len(sizes):
                sizes.append(0)
            sizes[number] += 1
            for part in parts_of(said):
                key = part | number
                counts[key] = counts.get(key, 0) + times
        self.sizes: Column = sizes
        self._words = dict(words)
        if least > 1:
            often: dict[int, int] = defaultdict(int)
            for key, times in counts.items():
                often[key >> _GROUP] += times
            counts = {key: times for key, times in counts.items() if often[key >> _GROUP] >= least}
        keys = sorted(counts)
        spans = Counter([key >> _GROUP for key in keys])
        self._parts: Column = array("Q", spans)
        self._starts: Column = array("I", accumulate(spans.values(), initial=0))
        self._groups: Column = compact([key & _GROUPS for key in keys])
        self._times: Column = compact([counts[key] for key in keys])
        self.often: Column = compact([sum(self._times[start:end]) for start, end in pairwise(self._starts)])
        self.held = [0] * len(self.sizes)
        for number, times in zip(self._groups, self._times, strict=True):
            self.held[number] += times
        self.most = max(self._times, default=0)
        self._sums: dict[tuple[tuple[int, int], ...], Column] = {}

    def head(self) -> Mapping[str, Any]:
        """Return what is no column."""
        groups, words, sums = list(self.numbers), list(self._words), list(self._sums)
        return {"groups": groups, "words": words, "held": self.held, "most": self.most, "sums": sums}

    def columns(self) -> Sequence[Column]:
        own = (self.sizes, self._parts, self._starts, self._groups, self._times, self.often)
        return (*own, *self._sums.values())

    def restore(self, head: Mapping[str, Any], columns: Sequence[Column]) -> None:
        """Take over counts from their head and columns."""
        groups: Iterable[Any] = (tuple(group) if isinstance(group, list) else group for group in head["groups"])
        self.numbers = {group: number for number, group in enumerate(groups)}
        self._words = {word: number for number, word in enumerate(head["words"])}
        self.held, self.most = head["held"], head["most"]
        self.sizes, self._parts, self._starts, self._groups, self._times, self.often, *sums = columns
        self._sums = {tuple(map(tuple, of)): column for of, column in zip(head["sums"], sums, strict=True)}

    def __len__(self) -> int:
        return len(self._parts)

    def find(self, said: Said) -> list[int]:
        """Return the place of each part of a text that is known, once."""
        numbers = [self._words.get(word) for word in said]
        parts = {number for number in numbers if number is not None}
        pairs = pairwise(numbers)
        parts.update(_pair(one, other) for one, other in pairs if one is not None and other is not None)
        return [place for part in parts if (place := self._place(part)) is not None]

    def place(self, word: str, *follows: str) -> int | None:
        """Return the place of one word or pair; None where it is not known."""
        one, *other = (self._words.get(word) for word in (word, *follows))
        if one is None or None in other:
            return None
        return self._place(_pair(one, other[0]) if other and other[0] is not None else one)

    def _place(self, part: int) -> int | None:
        place = bisect_left(self._parts, part)
        return place if place < len(self._parts) and self._parts[place] == part else None

    def groups_at(self, place: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return the groups that hold a part, and how often each does."""
        start, end = self._starts[place], self._starts[place + 1]
        return self._groups[start:end], self._times[start:end]

    def spread(self) -> Iterator[int]:
        """Yield by place how many groups hold a part."""
        return map(sub, self._starts[1:], self._starts)

    def groups_between(self, place: int, first: int, last: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return those from one group to another, as `groups_at` does."""
        start, end = self._starts[place], self._starts[place + 1]
        start = bisect_left(self._groups, first, start, end)
        end = bisect_right(self._groups, last, start, end)
        return self._groups[start:end], self._times[start:end]

    def column(self, weights: Mapping[int, int]) -> Sequence[int]:
        """Return by place how often a part stands in some groups together.

        Args:
            weights: group -> how many times it counts.
        """
        of = tuple(sorted(weights.items()))
        if of not in self._sums:
            sums = [0] * len(self)
            for group, weight in of:
                for place, times in zip(*self.by_group[group], strict=True):
                    sums[place] += weight * times
            self._sums[of] = compact(sums)
        return self._sums[of]

    @cached_property
    def by_group(self) -> Mapping[int, tuple[Sequence[int], Sequence[int]]]:
        """Group -> places of the parts that it holds, in order, and how often it holds each."""
        found: dict[int, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))
        spans = enumerate(self.spread())
        places_of_all = chain.from_iterable(repeat(place, held) for place, held in spans)
        for place, group, times in zip(places_of_all, self._groups, self._times, strict=True):
            places, often = found[group]
            places.append(place)
            often.append(times)
        return found


def compact(numbers: Sequence[int]) -> "array[int]":
    """Return whole numbers in the least room that holds the largest."""
    most = max(numbers, default=0)
    return array(next(code for size, code in _CODES.items() if most < 1 << 8 * size), numbers)


def _pair(one: int, other: int) -> int:
    return one + 1 << _WORD | other
