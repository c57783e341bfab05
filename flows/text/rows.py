"""Rows of small whole numbers by name, in a few blocks: as objects of their own they took twice the room."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, count

from flows.text.part_counts import Column


class Rows:
    """Rows by name.

    Args:
        rows: name -> (its scale, its numbers, a byte each).

    Attributes:
        places: name -> where its row stands.
    """

    def __init__(self, rows: Mapping[str, tuple[float, bytes]]) -> None:
        self.places = dict(zip(rows, count(), strict=False))
        self._scales: Column = array("d", (scale for scale, _ in rows.values()))
        self._ends: Column = array("I", accumulate(len(row) for _, row in rows.values()))
        self._numbers: Column = array("b", b"".join(row for _, row in rows.values()))

    def head(self) -> Sequence[str]:
        """Return what is no column."""
        return list(self.places)

    def columns(self) -> Sequence[Column]:
        return self._scales, self._ends, self._numbers

    def restore(self, head: Sequence[str], columns: Sequence[Column]) -> None:
        """Take over rows from their head and columns."""
        self.places = dict(zip(head, count(), strict=False))
        self._scales, self._ends, self._numbers = columns

    def items(self) -> Iterator[tuple[str, float, bytes]]:
        """Yield each name with its scale and its numbers, a byte each."""
        for name, place in self.places.items():
            yield name, self._scales[place], self._row(place).tobytes()

    def scaled(self, name: str) -> Sequence[float]:
        """Return the numbers of a known name by its scale."""
        place = self.places[name]
        scale = self._scales[place]
        return array("d", [scale * number for number in self._row(place)])

    def numbers(self, name: str) -> Sequence[int]:
        """Return the numbers of a name as they are; none for an unknown one."""
        place = self.places.get(name)
        return () if place is None else self._row(place)

    def _row(self, place: int) -> Column:
        return self._numbers[self._ends[place - 1] if place else 0 : self._ends[place]]
