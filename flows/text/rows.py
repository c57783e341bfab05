"""Rows of small whole numbers by name, in a few blocks: as objects of their own they took twice the room."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        self._starts: Column = array("I", accumulate((len(row) for _, row in rows.values()), initial=0))
        self._numbers: Column = array("b", b"".join(row for _, row in rows.values()))

    def head(self) -> Sequence[str]:
        """Return what is no column."""
        return list(self.places)

    def columns(self) -> Sequence[Column]:
        return self._scales, self._starts, self._numbers

    def restore(self, head: Sequence[str], columns: Sequence[Column]) -> None:
        """Take over rows from their head and columns."""
        self.places = dict(zip(head, count(), strict=False))
        self._scales, self._starts, self._numbers = columns

    def items(self) -> Iterator[tuple[str, float, bytes]]:
        """Yield each name with its scale and its numbers, a byte each."""
        for name, (scale, row) in zip(self.places, self.known(self.places), strict=True):
            yield name, scale, row.tobytes()

    def known(self, names: Iterable[str]) -> list[tuple[float, Column]]:
        """Return of each name that is known its scale and its numbers."""
        starts, scales, numbers = self._starts, self._scales, self._numbers
        places = [place for name in names if (place := self.places.get(name)) is not None]
        return [(scales[place], numbers[starts[place] : starts[place + 1]]) for place in places]

    def scaled(self, name: str) -> Sequence[float]:
        """Return the numbers of a known name by its scale."""
        [(scale, row)] = self.known([name])
        return array("d", [scale * number for number in row])
