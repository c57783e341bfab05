"""How likely a text at a step is a question, a snag, an answer …: logistic regression over its words.

`python -m tests.listening.kinds` sets its weights.
"""

import math
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from operator import mul

from flows.text.language import bare
from flows.text.rows import Rows

FILE = "kind-weights.tsv"  # of the content: learnt from what stands in the other files
# "none": only sounds like a call; "elsewhere": none of our business.
KINDS = (
    "answer",
    "command",
    "correction",
    "danger",
    "elsewhere",
    "errand",
    "later",
    "none",
    "person",
    "question",
    "snag",
    "unclear",
)

EVEN = -math.log(len(KINDS))  # how likely each kind is of which nothing tells

_TABS = 2  # in a line
_LEAST = math.log(1e-3)  # below which it makes no odds how unlikely a kind is
_REMEMBERED = 64  # texts


class KindWeights:
    """
    Args:
        parts: what may be in a text, with a weight for each of `KINDS`.
    """

    def __init__(self, parts: Rows) -> None:
        self.parts = parts
        self.chances = lru_cache(maxsize=_REMEMBERED)(self._chances)

    @property
    def learnt(self) -> bool:
        """Whether anything was learnt."""
        return bool(self.parts.places)

    def _chances(self, said: tuple[str, ...], place: str) -> Mapping[str, float]:
        """Return the logarithm of each kind's probability: all the same where nothing is known of a text.

        Args:
            place: the sort of step at which it is said, or the menu.
        """
        known = self.parts.known(parts_of(said, place))
        if not known:
            return dict.fromkeys(KINDS, EVEN)
        scales, width = [scale for scale, _ in known], math.sqrt(len(known))
        columns = zip(*(weights for _, weights in known), strict=True)
        scores = [sum(map(mul, scales, column)) / width for column in columns]
        best = max(scores)
        whole = best + math.log(sum(math.exp(score - best) for score in scores))
        return {kind: max(score - whole, _LEAST) for kind, score in zip(KINDS, scores, strict=True)}

    def lines(self) -> Iterator[str]:
        """Yield the lines of a file that `read_kind_weights` reads."""
        for part, scale, weights in self.parts.items():
            yield f"{part}\t{scale:.5g}\t{b64encode(weights).decode()}\n"


def read_kind_weights(text: str) -> KindWeights:
    """Read what `KindWeights.lines` wrote; what is not of that form is left out, and only less is understood."""
    parts = {}
    for part, scale, packed in (line.split("\t") for line in text.splitlines() if line.count("\t") == _TABS):
        with suppress(ValueError):
            weights = b64decode(packed)
            if len(weights) == len(KINDS):
                parts[part] = (float(scale), weights)
    return KindWeights(Rows(parts))


def parts_of(said: Sequence[str], place: str) -> Iterator[str]:
    """Yield, each once, what a text is known by: where it is said, its words bare and as they are written, pairs, both ends."""
    plain = tuple(map(bare, said))
    if not plain:
        return
    yield f"@{place}"
    yield f"{plain[0]}_"
    yield f"_{plain[-1]}"
    for word in dict.fromkeys(plain):
        yield word
        yield f"{place}:{word}"
    yield from dict.fromkeys(map(" ".join, pairwise(plain)))
    yield from dict.fromkeys(f"={word}" for word in said if word != bare(word))
