"""Finds which of many phrases a text says, in any order, with typos and without accents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import log

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from flows.language import without_telex, words

_ALIKE = 0.75  # one typo in a word of four letters; shorter words must be exact


class Phrasebook:
    """Phrases by id, each word weighted by how few phrases hold it.

    Args:
        phrases: (id, phrase) pairs; an id may have many.
        abbreviations: folded short form -> what it stands for.
        whole: how much the rest of the text counts, from 0 (a long story may hold the phrase) to 1 (say that and no more).
    """

    def __init__(
        self,
        phrases: Iterable[tuple[str, str]],
        abbreviations: Mapping[str, str],
        fillers: Iterable[str] = (),
        *,
        whole: float,
    ) -> None:
        self._abbreviations = abbreviations
        self._fillers = sorted((words(filler) for filler in fillers), key=len, reverse=True)
        self._whole = whole
        said = {(id_, self.words(phrase) or words(phrase)) for id_, phrase in phrases}
        self._phrases = sorted((id_, phrase) for id_, phrase in said if phrase)
        self._holders: dict[str, list[int]] = defaultdict(list)
        for index, (_, phrase) in enumerate(self._phrases):
            for word in set(phrase):
                self._holders[word].append(index)
        count = len(self._phrases)
        self._weights = {word: log(1 + count / len(holders)) for word, holders in self._holders.items()}
        self._unknown = sum(self._weights.values()) / len(self._weights) if self._weights else 1.0
        self._totals = [sum(self._weights[word] for word in set(phrase)) for _, phrase in self._phrases]

    def words(self, text: str) -> tuple[str, ...]:
        """The words that carry meaning: abbreviations written out, "dạ", "cho em hỏi" and the like left out."""
        found = list(words(text, self._abbreviations))
        for filler in self._fillers:
            _cut(found, filler)
        return tuple(found)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """(id, score from 0 to 1) of every id that shares a word with the text, best first."""
        said = set(self.words(text))
        alike = {word: self._known(word) for word in said}
        total = sum(self._weight(word, known) for word, known in alike.items())
        covered: dict[int, dict[str, float]] = defaultdict(dict)
        used: dict[int, float] = defaultdict(float)
        for word, known in alike.items():
            for match, likeness in known:
                for index in self._holders[match]:
                    covered[index][match] = max(likeness, covered[index].get(match, 0.0))
            for index in {index for match, _ in known for index in self._holders[match]}:
                used[index] += self._weight(word, known)
        best: dict[str, float] = {}
        for index, matches in covered.items():
            recall = sum(self._weights[word] * likeness for word, likeness in matches.items()) / self._totals[index]
            score = (1 - self._whole) * recall + self._whole * (used[index] / total) * recall
            id_ = self._phrases[index][0]
            best[id_] = max(score, best.get(id_, 0.0))
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))

    def _known(self, word: str) -> list[tuple[str, float]]:
        """The words of the book that this word may stand for."""
        if word in self._weights:
            return [(word, 1.0)]
        if (plain := without_telex(word)) in self._weights:
            return [(plain, 1.0)]
        if len(word) < 4:
            return []
        near = process.extract(
            word, self._weights.keys(), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_ALIKE, limit=3
        )
        return [(match, likeness) for match, likeness, _ in near]

    def _weight(self, word: str, known: list[tuple[str, float]]) -> float:
        return max((self._weights[match] for match, _ in known), default=self._unknown)


def _cut(found: list[str], filler: tuple[str, ...]) -> None:
    """Takes a run of words out, unless nothing else would be left."""
    size = len(filler)
    for start in range(len(found) - size, -1, -1):
        if tuple(found[start : start + size]) == filler and len(found) > size:
            del found[start : start + size]
