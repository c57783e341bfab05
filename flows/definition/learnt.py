"""What is learnt from all words of a content, as plain data that may be kept for the next start."""

import json
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flows.text.accents import Spellings
from flows.text.part_counts import Column, PartCounts
from flows.text.rows import Rows

_LENGTH = 8  # bytes, of the length of what is no column


@dataclass
class Learnt:
    """What a library has worked out so far.

    Attributes:
        counts: of the examples that understanding learns from, by what it learns.
        rows: of the files that hold what was learnt before, by what they hold.
        vocabulary: the words of the content, one after the other.
    """

    counts: dict[str, PartCounts[Any]] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    spellings: Spellings | None = None
    vocabulary: str | None = None


class Known(NamedTuple):
    """All that a start needs of a content that was read before.

    Attributes:
        read: file -> its plain data.
    """

    read: Mapping[str, Any]
    learnt: Learnt


def pack(known: Known) -> bytes:
    """Return it as bytes, for `unpack` by the same code on the same machine."""
    learnt = known.learnt
    head = {
        "read": known.read,
        "counts": {name: _describe(counts) for name, counts in learnt.counts.items()},
        "rows": {name: _describe(rows) for name, rows in learnt.rows.items()},
        "spellings": learnt.spellings,
        "vocabulary": learnt.vocabulary,
    }
    written = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    tables: Iterable[PartCounts[Any] | Rows] = (*learnt.counts.values(), *learnt.rows.values())
    columns = (column for table in tables for column in table.columns())
    return b"".join((len(written).to_bytes(_LENGTH), written, *columns))


def unpack(packed: memoryview) -> Known:
    """Read what `pack` returned: its caller must know that nobody else has written it. Columns stay where they are."""
    end = _LENGTH + int.from_bytes(packed[:_LENGTH])
    head, rest = json.loads(bytes(packed[_LENGTH:end])), packed[end:]
    learnt = Learnt(vocabulary=head["vocabulary"], spellings=head["spellings"] and Spellings(*head["spellings"]))
    for name, told in head["counts"].items():
        counts = learnt.counts[name] = PartCounts[Any](())
        rest = _restore(counts, told, rest)
    for name, told in head["rows"].items():
        rows = learnt.rows[name] = Rows({})
        rest = _restore(rows, told, rest)
    return Known(head["read"], learnt)


def _describe(table: PartCounts[Any] | Rows) -> Any:
    kinds = (column.format if isinstance(column, memoryview) else column.typecode for column in table.columns())
    return table.head(), [*zip(kinds, map(len, table.columns()), strict=True)]


def _restore(table: PartCounts[Any] | Rows, told: Any, rest: memoryview) -> memoryview:
    """Restore a table from what `_describe` told and from its columns; return the columns that follow."""
    head, kinds = told
    columns: list[Column] = []
    for kind, length in kinds:
        size = length * array(kind).itemsize
        columns.append(rest[:size].cast(kind))
        rest = rest[size:]
    table.restore(head, columns)
    return rest
