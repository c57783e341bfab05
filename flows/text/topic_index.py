"""Tells which of many topics a text is about, from the phrases that people use for each.

Three things speak for a topic, each from 0 to 1: the one phrase that is closest to the text; how much the words of the text
belong to this topic rather than to the others; and the same of pairs of words that follow each other.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from flows.text.language import bare
from flows.text.phrasebook import REMEMBERED, Index, Reader, closest

# What each of the three counts, set on tests/utterances: any two without the third are worse.
_PHRASE, _WORDS, _PAIRS = 0.4, 0.4, 0.2
_REST = 0.4  # how much the words that the closest phrase does not hold count against it
_STRANGE = 0.7  # what a word that no topic knows counts, against one that they do
_DOUBT = 0.02  # belongs to no topic: keeps a word that was met once from deciding


class Topicbook:
    """Phrases by topic, read with a `Reader`."""

    def __init__(self, phrases: Iterable[tuple[str, str]], reader: Reader) -> None:
        self._reader = reader
        self._index = Index(phrases, reader)
        counts = Counter(id_ for id_, _ in self._index.phrases)
        self._shares = {id_: 1 / count for id_, count in counts.items()}
        self._topics_of = lru_cache(maxsize=REMEMBERED)(self._topics_with)
        self._pairs: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for id_, words in self._index.phrases:
            for pair in set(pairwise(map(bare, words))):
                self._pairs[pair][id_] += self._shares[id_]

    def rank(self, text: str) -> list[tuple[str, float]]:
        """(topic, score from 0 to 1), best first."""
        return self.rank_words(self._reader.words(text))

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text that may tell what it is about."""
        return self._reader.words(text)

    def rank_words(self, said: Sequence[str]) -> list[tuple[str, float]]:
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

    def strange(self, id_: str, text: str) -> tuple[str, ...]:
        """The words of a text that no phrase of a topic holds."""
        return tuple(word for word in self._reader.words(text) if not self._holds(id_, word))

    def _holds(self, id_: str, word: str) -> bool:
        return any(
            self._index.phrases[index][0] == id_ for _, _, held in self._index.known(word).forms for index in held
        )

    def _closest(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Of each topic, the phrase that says most of the text with least besides."""
        return closest(self._index.overlaps(weights), _REST)

    def _words_of(self, weights: Mapping[str, float]) -> dict[str, float]:
        """How much of the text's weight is in words of each topic."""
        total = sum(weights.values())
        scores: dict[str, float] = defaultdict(float)
        for word, weight in weights.items():
            for id_, part in self._topics_of(word):
                scores[id_] += weight / total * part
        return scores

    def _topics_with(self, word: str) -> Sequence[tuple[str, float]]:
        """(topic, share of the word, from 0 to 1): a word of many topics is shared among them."""
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
    """Of the whole that all have together, and somebody unknown."""
    whole = sum(shares.values()) + _DOUBT
    return ((id_, share / whole) for id_, share in shares.items())
