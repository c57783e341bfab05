"""What is learnt from all words of a content, as plain data that may be kept for the next start."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flows.text.accents import Spellings
from flows.text.part_counts import PartCounts

_LENGTH = 8  # bytes, of the length of what is no column


@dataclass
class Learnt:
    """What a library has worked out so far.

    Attributes:
        counts: of the examples that understanding learns from, by what it learns.
        vocabulary: the words of the content, one after the other.
    """

    counts: dict[str, PartCounts[Any]] = field(default_factory=dict)
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
        "counts": {name: counts.head() for name, counts in learnt.counts.items()},
        "spellings": learnt.spellings,
        "vocabulary": learnt.vocabulary,
    }
    written = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    columns = (column.tobytes() for counts in learnt.counts.values() for column in counts.columns())
    return b"".join((len(written).to_bytes(_LENGTH), written, *columns))


def unpack(packed: memoryview) -> Known:
    """Read what `pack` returned: its caller must know that nobody else has written it. Columns stay where they are."""
    end = _LENGTH + int.from_bytes(packed[:_LENGTH])
    head, rest = json.loads(bytes(packed[_LENGTH:end])), packed[end:]
    learnt = Learnt(vocabulary=head["vocabulary"], spellings=head["spellings"] and Spellings(*head["spellings"]))
    for name, known in head["counts"].items():
        counts = learnt.counts[name] = PartCounts[Any](())
        rest = counts.restore(known, rest)
    return Known(head["read"], learnt)
