"""How often words and pairs of words stand in the examples of each group: what is learnt from examples.

Kept in a few sorted arrays of numbers: dicts of texts took ten times the room, and there are 100,000 words and pairs.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise

_GROUP, _WORD = 16, 20  # bits
_GROUPS = (1 << _GROUP) - 1

Said = tuple[str, ...]
Example = tuple[int, Said, int]  # its group, its words, how many times it counts


class PartCounts:
    """Counts by part, that is by word or by pair of words, then by group. A part counts once for each example.

    Args:
        least: how often a part must be counted, all groups together, to be kept.
    """

    def __init__(self, examples: Iterable[Example], least: int = 1) -> None:
        self._numbers: dict[str, int] = {}
        counts: dict[int, int] = {}
        for group, said, times in examples:
            numbers = [self._numbers.setdefault(word, len(self._numbers)) for word in said]
            for part in {*numbers, *map(_pair, numbers, numbers[1:])}:
                key = part << _GROUP | group
                counts[key] = counts.get(key, 0) + times
        self._parts, self._starts, self._groups, self._times = array("Q"), array("I", [0]), array("H"), array("I")
        for part, keys in groupby(sorted(counts), lambda key: key >> _GROUP):
            start = len(self._groups)
            for key in keys:
                self._groups.append(key & _GROUPS)
                self._times.append(counts[key])
            if least > 1 and sum(self._times[start:]) < least:
                del self._groups[start:], self._times[start:]
            else:
                self._parts.append(part)
                self._starts.append(len(self._groups))

    def __len__(self) -> int:
        return len(self._parts)

    def find(self, said: Said) -> list[int]:
        """Return the place of each part of a text that is known, once."""
        numbers = [self._numbers.get(word) for word in said]
        parts = {number for number in numbers if number is not None}
        pairs = pairwise(numbers)
        parts.update(_pair(one, other) for one, other in pairs if one is not None and other is not None)
        return [place for part in parts if (place := self._place(part)) is not None]

    def place(self, word: str, *follows: str) -> int | None:
        """Return the place of one word or pair; None where it is not known."""
        one, *other = (self._numbers.get(word) for word in (word, *follows))
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

    def column(self, groups: Iterable[int]) -> Sequence[int]:
        """Return by place how often a part stands in some groups together."""
        sums = array("I", bytes(4 * len(self)))
        for group in groups:
            for place, times in zip(*self.by_group[group], strict=True):
                sums[place] += times
        return array("B", sums) if max(sums, default=0) < 256 else sums

    @cached_property
    def by_group(self) -> Mapping[int, tuple[Sequence[int], Sequence[int]]]:
        """Group -> places of the parts that it holds, in order, and how often it holds each."""
        found: dict[int, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))
        for place in range(len(self)):
            for group, times in zip(*self.groups_at(place), strict=True):
                places, often = found[group]
                places.append(place)
                often.append(times)
        return found


def _pair(one: int, other: int) -> int:
    return one + 1 << _WORD | other
