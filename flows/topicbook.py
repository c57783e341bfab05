"""Tells which of many topics a text is about, from the phrases that people use for each.

Three things speak for a topic, each from 0 to 1: the one phrase that is closest to the text; how much the words of the text
belong to this topic rather than to the others; and the same of pairs of words that follow each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log

from flows.language import alike, bare
from flows.phrasebook import Reader

# What each of the three counts, set on tests/utterances: any two without the third are worse.
_PHRASE, _WORDS, _PAIRS = 0.4, 0.4, 0.2
_REST = 0.4  # how much the words that the closest phrase does not hold count against it
_STRANGE = 0.7  # what a word that no topic knows counts, against one that they do
_DOUBT = 0.02  # belongs to no topic: keeps a word that was met once from deciding


class Topicbook:
    """Phrases by topic, read with a `Reader`."""

    def __init__(self, phrases: Iterable[tuple[str, str]], reader: Reader) -> None:
        self._reader = reader
        read = {(id_, reader.phrase(said)) for id_, said in phrases}
        self._phrases = sorted((id_, words) for id_, words in read if words)
        self._holders: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._pairs: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._shares: dict[str, float] = {}
        for id_, _ in self._phrases:
            self._shares[id_] = self._shares.get(id_, 0) + 1
        self._shares = {id_: 1 / count for id_, count in self._shares.items()}
        users: dict[str, set[str]] = defaultdict(set)
        for index, (id_, words) in enumerate(self._phrases):
            plain = [bare(word) for word in words]
            for word in dict.fromkeys(words):
                self._holders[bare(word)].append((index, word))
                users[bare(word)].add(id_)
            for pair in set(pairwise(plain)):
                self._pairs[pair][id_] += self._shares[id_]
        self._weights = {word: log(1 + len(self._shares) / len(ids)) for word, ids in users.items()}
        self._unknown = _STRANGE * sum(self._weights.values()) / len(self._weights) if self._weights else 1.0
        self._totals = [sum(self._weights[bare(word)] for word in set(words)) for _, words in self._phrases]
        self._near = reader.matcher(self._weights)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """(topic, score from 0 to 1), best first."""
        return self.rank_words(self._reader.words(text))

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text that may tell what it is about."""
        return self._reader.words(text)

    def rank_words(self, said: Sequence[str]) -> list[tuple[str, float]]:
        if not said:
            return []
        near = {word: self._near(bare(word)) for word in said}
        weights = {word: max((self._weights[match] for match, _ in near[word]), default=self._unknown) for word in near}
        total = sum(weights.values())
        scores: dict[str, float] = defaultdict(float)
        for id_, score in self._closest(near, weights, total).items():
            scores[id_] += _PHRASE * score
        for id_, score in self._words_of(near, weights).items():
            scores[id_] += _WORDS * score / total
        for id_, score in self._pairs_of(said, near).items():
            scores[id_] += _PAIRS * score
        return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))

    def strange(self, id_: str, text: str) -> tuple[str, ...]:
        """The words of a text that no phrase of a topic holds."""
        return tuple(word for word in self._reader.words(text) if not self._holds(id_, word))

    def _holds(self, id_: str, word: str) -> bool:
        return any(self._phrases[i][0] == id_ for match, _ in self._near(bare(word)) for i, _ in self._holders[match])

    def _closest(self, near: "_Near", weights: Mapping[str, float], total: float) -> dict[str, float]:
        """Of each topic, the phrase that says most of the text with least besides."""
        covered: dict[int, dict[str, float]] = defaultdict(dict)
        used: dict[int, float] = defaultdict(float)
        for word, matches in near.items():
            touched: dict[int, float] = {}
            for match, likeness in matches:
                for index, meant in self._holders[match]:
                    score = likeness * _accents(word, meant)
                    covered[index][match] = max(score, covered[index].get(match, 0.0))
                    touched[index] = max(score, touched.get(index, 0.0))
            for index, score in touched.items():
                used[index] += weights[word] * score
        best: dict[str, float] = {}
        for index, found in covered.items():
            recall = sum(self._weights[word] * likeness for word, likeness in found.items()) / self._totals[index]
            id_ = self._phrases[index][0]
            best[id_] = max(recall * (1 - _REST * (1 - used[index] / total)), best.get(id_, 0.0))
        return best

    def _words_of(self, near: "_Near", weights: Mapping[str, float]) -> dict[str, float]:
        """How much of the text's weight is in words of each topic; a word of many topics is shared among them."""
        scores: dict[str, float] = defaultdict(float)
        for word, matches in near.items():
            if not matches:
                continue
            match, likeness = matches[0]
            shares: dict[str, float] = defaultdict(float)
            for index, meant in self._holders[match]:
                id_ = self._phrases[index][0]
                shares[id_] += _accents(word, meant) * self._shares[id_]
            _share(scores, shares, weights[word] * likeness)
        return scores

    def _pairs_of(self, said: Sequence[str], near: "_Near") -> dict[str, float]:
        plain = [near[word][0][0] if near[word] else bare(word) for word in said]
        pairs = list(pairwise(plain))
        scores: dict[str, float] = defaultdict(float)
        for pair in pairs:
            _share(scores, self._pairs.get(pair, {}), 1 / len(pairs))
        return scores


_Near = Mapping[str, Sequence[tuple[str, float]]]


def _accents(typed: str, meant: str) -> float:
    return alike(typed, meant) if bare(typed) == bare(meant) else 1.0


def _share(scores: dict[str, float], shares: Mapping[str, float], weight: float) -> None:
    whole = sum(shares.values()) + _DOUBT
    for id_, share in shares.items():
        scores[id_] += weight * share / whole
