"""Numbers of several rounds in one line: the median, and from where to where they went."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """
    Attributes:
        section: which benchmark.
        what: what was measured.
        value: how much it was, with its range.
        ratio: against the baseline of the same run, or "".
        goal: what it should be, or "".
        note: what else is to be known.
    """

    section: str
    what: str
    value: str
    ratio: str = ""
    goal: str = ""
    note: str = ""


def spread(values: Sequence[float], unit: str = "", digits: int = 0) -> str:
    """ "1,204 (1,100-1,310)/s" """
    low, high = min(values), max(values)
    middle = f"{median(values):,.{digits}f}"
    return f"{middle}{unit}" if low == high else f"{middle} ({low:,.{digits}f}–{high:,.{digits}f}){unit}"


def ratio(values: Sequence[float], base: Sequence[float]) -> str:
    """Of the medians; marked where the ranges overlap, because then nobody is known to be faster."""
    overlap = min(values) <= max(base) and min(base) <= max(values)
    return f"{median(values) / median(base):.2f}{' (ranges overlap)' if overlap else ''}"


def show(rows: Sequence[Row]) -> str:
    """The table as Markdown, columns aligned so that a terminal shows it as well."""
    cells = [("", "measured", "ratio", "goal", "note")]
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            cells.append((f"**{section}**", "", "", "", ""))
        cells.append((row.what, row.value, row.ratio, row.goal, row.note))
    widths = [max(len(line[i]) for line in cells) for i in range(4)]
    lines = [" | ".join([*(line[i].ljust(widths[i]) for i in range(4)), line[4]]) for line in cells]
    rule = " | ".join(["-" * max(width, 3) for width in widths] + ["---"])
    return "\n".join(f"| {line} |" for line in (lines[0], rule, *lines[1:]))
