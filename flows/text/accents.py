"""Accents of pairs of words that were typed without: "can bo" is "cán bộ", and no "cắn" beside a "bò"."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from flows.text.language import bare, spelled

_Pair = tuple[str, str]

_BREAK = re.compile(r"[/+.,;:!?()“”\"\n]")
_SURE = 0.8  # share of one spelling among all of a pair
_OFTEN = 3  # times that a pair must be written


class Spellings(NamedTuple):
    """How our own texts write words and pairs of words; plain data, that may be kept."""

    words: dict[str, int]
    pairs: dict[str, str]


def count_spellings(texts: Iterable[str]) -> Spellings:
    """Count how often each word is written, and find the pairs of words that are hardly ever written in any other way.

    Args:
        texts: sentences with accents; pairs never reach across their punctuation.
    """
    written = [spelled(part) for text in texts for part in _BREAK.split(text)]
    pairs: Counter[_Pair] = Counter(chain.from_iterable(map(pairwise, written)))
    spellings: dict[_Pair, Counter[_Pair]] = defaultdict(Counter)
    for pair, times in pairs.items():
        spellings[bare(pair[0]), bare(pair[1])][pair] = times
    found: dict[str, str] = {}
    for plain, ways in spellings.items():
        likeliest, times = ways.most_common(1)[0]
        if times >= _OFTEN and times >= _SURE * ways.total() and likeliest != plain:
            found[" ".join(plain)] = " ".join(likeliest)
    return Spellings(Counter(chain.from_iterable(written)), found)


class AccentBook:
    """Pairs of words as our own texts write them."""

    def __init__(self, spellings: Spellings) -> None:
        self._times = spellings.words
        self._alike: dict[str, int] = defaultdict(int)  # by the bare form
        for word, times in spellings.words.items():
            self._alike[bare(word)] += times
        self._pairs = {_pair(plain): _pair(written) for plain, written in spellings.pairs.items()}

    def restore(self, said: Sequence[str], but: Container[_Pair] = ()) -> tuple[str, ...]:
        """Return words typed without accents with those of the pairs that can hardly be anything else; the others as they are.

        Args:
            but: bare pairs that stay as they are.
        """
        restored = list(said)
        at = 0
        while at + 1 < len(said):
            plain = (said[at], said[at + 1])
            pair = None if plain in but else self._pairs.get(plain)
            if pair:
                restored[at : at + 2] = pair
            at += 2 if pair else 1
        return tuple(restored)

    def share(self, word: str) -> float:
        """Return how often the bare form of a word means this word, from 0 to 1: "can" is "cần", and hardly ever "cắn"."""
        alike = self._alike.get(bare(word))
        return self._times.get(word, 0) / alike if alike else 1.0


def _pair(written: str) -> _Pair:
    first, _, second = written.partition(" ")
    return first, second
