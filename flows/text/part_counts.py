"""How often words and pairs of words stand in the examples of each group: what is learnt from examples.

Kept in a few sorted arrays of numbers: dicts of texts took ten times the room, and there are 100,000 words and pairs.
"""

import json
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, chain, count, pairwise, repeat
from operator import sub
from typing import Any, Generic, TypeVar

_GROUP, _WORD = 16, 20  # bits
_GROUPS = (1 << _GROUP) - 1

Said = tuple[str, ...]
Key = TypeVar("Key", bound=Hashable)  # of a group
Example = tuple[Key, Said, int]  # its group, its words, how many times it counts


class PartCounts(Generic[Key]):
    """Counts by part, that is by word or by pair of words, then by group. A part counts once for each example.

    Args:
        least: how often a part must be counted, all groups together, to be kept.

    Attributes:
        numbers: group -> its number.
        sizes: by number of the group: how many examples it has.
    """

    def __init__(self, examples: Iterable[Example[Key]], least: int = 1) -> None:
        words: dict[str, int] = defaultdict(count().__next__)
        self.numbers: dict[Key, int] = {}
        self.sizes = array("I")
        counts: dict[int, int] = {}

        @lru_cache(maxsize=1)  # many stand under several groups, one after the other
        def parts_of(said: Said) -> Sequence[int]:
            numbers = [words[word] for word in said]
            return [part << _GROUP for part in {*numbers, *map(_pair, numbers, numbers[1:])}]

        for group, said, times in examples:
            number = self.numbers.setdefault(group, len(self.numbers))
            if number == len(self.sizes):
                self.sizes.append(0)
            self.sizes[number] += 1
            for part in parts_of(said):
                key = part | number
                counts[key] = counts.get(key, 0) + times
        self._words = dict(words)
        if least > 1:
            often: dict[int, int] = defaultdict(int)
            for key, times in counts.items():
                often[key >> _GROUP] += times
            counts = {key: times for key, times in counts.items() if often[key >> _GROUP] >= least}
        keys = sorted(counts)
        spans = Counter([key >> _GROUP for key in keys])
        self._parts, self._starts = array("Q", spans), array("I", accumulate(spans.values(), initial=0))
        self._groups, self._times = (
            array("H", [key & _GROUPS for key in keys]),
            array("I", map(counts.__getitem__, keys)),
        )

    def head(self) -> Mapping[str, Any]:
        """Return what is no column, and how long the columns are."""
        return {"groups": list(self.numbers), "words": list(self._words), "lengths": list(map(len, self.columns()))}

    def columns(self) -> "tuple[array[int], ...]":
        return self.sizes, self._parts, self._starts, self._groups, self._times

    def restore(self, head: Mapping[str, Any], columns: memoryview) -> memoryview:
        """Take over counts from their head and columns; return the columns that follow."""
        groups: Iterable[Any] = (tuple(group) if isinstance(group, list) else group for group in head["groups"])
        self.numbers = {group: number for number, group in enumerate(groups)}
        self._words = {word: number for number, word in enumerate(head["words"])}
        for column, length in zip(self.columns(), head["lengths"], strict=True):
            del column[:]
            column.frombytes(columns[: (end := length * column.itemsize)])
            columns = columns[end:]
        return columns

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

    def groups_between(self, place: int, first: int, last: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return those from one group to another, as `groups_at` does."""
        start, end = self._starts[place], self._starts[place + 1]
        start = bisect_left(self._groups, first, start, end)
        end = bisect_right(self._groups, last, start, end)
        return self._groups[start:end], self._times[start:end]

    def column(self, groups: Iterable[int]) -> Sequence[int]:
        """Return by place how often a part stands in some groups together."""
        sums = [0] * len(self)
        for group in groups:
            for place, times in zip(*self.by_group[group], strict=True):
                sums[place] += times
        return compact(sums)

    @cached_property
    def by_group(self) -> Mapping[int, tuple[Sequence[int], Sequence[int]]]:
        """Group -> places of the parts that it holds, in order, and how often it holds each."""
        found: dict[int, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))
        spans = enumerate(map(sub, self._starts[1:], self._starts))
        places_of_all = chain.from_iterable(repeat(place, held) for place, held in spans)
        for place, group, times in zip(places_of_all, self._groups, self._times, strict=True):
            places, often = found[group]
            places.append(place)
            often.append(times)
        return found


def compact(numbers: Sequence[int]) -> "array[int]":
    """Return whole numbers in the least room that holds the largest."""
    most = max(numbers, default=0)
    return array("B" if most < 1 << 8 else "H" if most < 1 << 16 else "I", numbers)


def pack(tables: Mapping[str, PartCounts[Any]]) -> bytes:
    """Return counts as bytes, for `unpack` of the same version on the same machine."""
    head = {name: table.head() for name, table in tables.items()}
    columns = (column.tobytes() for table in tables.values() for column in table.columns())
    return b"".join((json.dumps(head, ensure_ascii=False).encode(), b"\n", *columns))


def unpack(packed: bytes) -> dict[str, PartCounts[Any]]:
    """Read what `pack` returned: its caller must know that nobody else has written it."""
    end = packed.index(b"\n")
    found, rest = {}, memoryview(packed)[end + 1 :]
    for name, head in json.loads(packed[:end]).items():
        table = found[name] = PartCounts[Any](())
        rest = table.restore(head, rest)
    return found


def _pair(one: int, other: int) -> int:
    return one + 1 << _WORD | other
