"""Topic ranking: which of many topics a text is about, from the phrases that people use for each.

A topic has three scores, each from 0 to 1: the one phrase that is closest to the text; how much the words of the text
belong to this topic rather than to the others; and the same of pairs of words that follow each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from flows.text.language import bare
from flows.text.phrasebook import REMEMBERED, Index, Reader

# Weights of the three scores, set on tests/utterances: any two without the third are worse.
_PHRASE, _WORDS, _PAIRS = 0.4, 0.4, 0.2
_REST = 0.4  # penalty for words that the closest phrase does not hold
_STRANGE = 0.7  # weight of a word that no topic knows, against the average word
_AT_ONCE = 32  # texts that are being understood
_DOUBT = 0.02  # share of no topic: keeps a word that was met once from deciding


class Topicbook:
    """Topics, ranked by how well their phrases fit a text."""

    def __init__(self, phrases: Iterable[tuple[str, str]], reader: Reader) -> None:
        self._reader = reader
        self._index = Index(phrases, reader)
        counts = Counter(id_ for id_, _ in self._index.phrases)
        self._shares = {id_: 1 / count for id_, count in counts.items()}
        self._ranked = lru_cache(maxsize=_AT_ONCE)(self._rank)
        self._topics_of = lru_cache(maxsize=REMEMBERED)(self._topics_with)

    @cached_property
    def _pairs(self) -> Mapping[tuple[str, str], Mapping[str, float]]:
        """Pair of words -> share of each topic's phrases that hold it; `nearest` alone does without."""
        pairs: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for id_, words in self._index.phrases:
            for pair in set(pairwise(map(bare, words))):
                pairs[pair][id_] += self._shares[id_]
        return pairs

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        """Return (topic, score from 0 to 1), best first."""
        return self.rank_words(self._reader.words(text))

    def words(self, text: str) -> tuple[str, ...]:
        """Return the words of a text that may tell its topic."""
        return self._reader.words(text)

    def rank_words(self, said: Sequence[str]) -> Sequence[tuple[str, float]]:
        """Rank the topics for some of the `words` of a text; one text is asked for several times."""
        return self._ranked(tuple(said))

    def _rank(self, said: tuple[str, ...]) -> Sequence[tuple[str, float]]:
        if not said:
            return []
        weights = self._index.weigh(said, _STRANGE * self._index.unknown)
        scores: dict[str, float] = defaultdict(float)
        for part, found in (
            (_PHRASE, self._closest(weights)),
            (_WORDS, self._words_of(weights)),
            (_PAIRS, self._pairs_of(said)),
        ):
            for id_, score in found.items():
                scores[id_] += part * score
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))

    def nearest(self, text: str) -> dict[str, float]:
        """Return the score from 0 to 1 of each topic's closest phrase."""
        said = self._reader.words(text)
        return self._closest(self._index.weigh(said, _STRANGE * self._index.unknown)) if said else {}

    def strange(self, id_: str, text: str) -> tuple[str, ...]:
        """Return the words of a text that no phrase of the topic holds."""
        return tuple(word for word in self._reader.words(text) if not self._holds(id_, word))

    def _holds(self, id_: str, word: str) -> bool:
        return any(
            self._index.phrases[index][0] == id_ for _, _, held in self._index.known(word).forms for index in held
        )

    def _closest(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Score each topic by its closest phrase."""
        return self._index.closest(weights, _REST)

    def _words_of(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Score each topic by the share of the text's weight that is in its words."""
        total = sum(weights.values())
        scores: dict[str, float] = defaultdict(float)
        for word, weight in weights.items():
            for id_, part in self._topics_of(word):
                scores[id_] += weight / total * part
        return scores

    def _topics_with(self, word: str) -> Sequence[tuple[str, float]]:
        """Return (topic, share of the word, from 0 to 1): a word of many topics is shared among them."""
        known = self._index.known(word)
        if not known.near:
            return ()
        likeliest, likeness = known.near[0]
        shares: dict[str, float] = defaultdict(float)
        for match, alike, held in known.forms:
            if match == likeliest:
                for index in held:
                    id_ = self._index.phrases[index][0]
                    shares[id_] += alike / likeness * self._shares[id_]
        return [(id_, likeness * part) for id_, part in _parts(shares)]

    def _pairs_of(self, said: Sequence[str]) -> dict[str, float]:
        plain = [known.near[0][0] if (known := self._index.known(word)).near else bare(word) for word in said]
        pairs = list(pairwise(plain))
        scores: dict[str, float] = defaultdict(float)
        for pair in pairs:
            for id_, part in _parts(self._pairs.get(pair, {})):
                scores[id_] += part / len(pairs)
        return scores


def _parts(shares: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield each share as a part of their sum; `_DOUBT` of the sum belongs to no topic."""
    whole = sum(shares.values()) + _DOUBT
    return ((id_, share / whole) for id_, share in shares.items())
