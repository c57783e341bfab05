"""Accents of pairs of words that were typed without: "can bo" is "cán bộ", and no "cắn" beside a "bò"."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from itertools import chain, pairwise

from flows.text.language import bare, spelled

_Pair = tuple[str, str]

_BREAK = re.compile(r"[/+.,;:!?()“”\"\n]")
_SURE = 0.8  # share of one spelling among all of a pair
_OFTEN = 3  # times that a pair must be written


class AccentBook:
    """Pairs of words as our own texts write them.

    Args:
        texts: sentences with accents; pairs never reach across their punctuation.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        written = [spelled(part) for text in texts for part in _BREAK.split(text)]
        said = Counter(chain.from_iterable(written))
        pairs: Counter[_Pair] = Counter(chain.from_iterable(map(pairwise, written)))
        self._words: dict[str, Counter[str]] = defaultdict(Counter)
        for word, times in said.items():
            self._words[bare(word)][word] = times
        spellings: dict[_Pair, Counter[_Pair]] = defaultdict(Counter)
        for pair, times in pairs.items():
            spellings[bare(pair[0]), bare(pair[1])][pair] = times
        self._pairs: dict[_Pair, _Pair] = {}
        for plain, found in spellings.items():
            likeliest, times = found.most_common(1)[0]
            if times >= _OFTEN and times >= _SURE * found.total() and likeliest != plain:
                self._pairs[plain] = likeliest

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
        written = self._words.get(bare(word))
        return written[word] / written.total() if written else 1.0
