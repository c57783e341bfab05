"""Disclosure control: small counts are hidden, others rounded.

A number under five could be a person somebody knows, so it is hidden. Larger ones are rounded to fives: else a total, another
filter or another table would give the hidden one away by subtraction. Whatever is worked out from counts (totals, shares,
averages) is worked out from the shown numbers, so that it tells no more than they do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Cell = str | int | None  # None: hidden

FEWEST = 5
_ROUND = 5
_BASE = 20  # minimum base of a share or an average: the rounding would move one of fewer too much
HIDDEN = "< 5"


@dataclass(frozen=True)
class Table:
    """One table of a page, of the CSV and of the JSON.

    Attributes:
        name: in addresses.
        note: what its readers must know.
        chart: how it is drawn; `drawn`: which columns are.
        names: how many columns, from the left, tell what a row is about.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""
    chart: Literal["bars", "lines"] | None = None
    drawn: tuple[int, ...] = (1,)
    names: int = 1


def hide_small(count: int) -> int | None:
    """Round a count to what may be seen; None for one that is hidden."""
    return None if count < FEWEST else round(count / _ROUND) * _ROUND


def sum_shown(cells: Iterable[int | None]) -> int | None:
    """Sum what is shown; None where nothing is."""
    return sum(cell or 0 for cell in cells) or None


def count_lost(before: int | None, after: int | None) -> int | None:
    """Count those before who did not come after, as far as the shown numbers tell."""
    gone = (before or 0) - (after or 0)
    return gone if gone >= FEWEST else None


def percent_of(part: int | None, whole: int | None) -> int | None:
    """Divide in whole percents; None of too few, or where the part is hidden."""
    return None if part is None or whole is None or whole < _BASE else round(100 * part / whole)


def with_percent_sign(cell: int | None) -> Cell:
    return "…" if cell is None else f"{cell} %"


def cell_text(cell: Cell) -> str:
    return HIDDEN if cell is None else f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell
