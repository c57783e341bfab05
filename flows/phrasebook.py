"""Finds which of many phrases a text says, in any order, with typos and with or without accents."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from math import log

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from flows.language import alike, bare, phrase, same, spelled, without_telex

_NONE: Mapping[str, str] = {}
_ALIKE = 0.75  # one typo in a word of four letters; shorter words must be exact


class Reader:
    """Takes the words that carry meaning out of a text.

    Args:
        abbreviations: folded short form -> what it stands for.
        synonyms: how else it is said -> the one way that stands for all of them.
        fillers: what is left out: "dạ", "cho em hỏi".
        keep_last: whether a filler stays when nothing else would be left.
    """

    def __init__(
        self,
        abbreviations: Mapping[str, str],
        synonyms: Mapping[str, str] = _NONE,
        fillers: Iterable[str] = (),
        keep_last: bool = True,
    ) -> None:
        self._keep_last = keep_last
        self._abbreviations = abbreviations
        self._synonyms = _by_last_word((phrase(said), spelled(meant)) for said, meant in synonyms.items())
        self._fillers = _by_last_word((phrase(filler), ()) for filler in fillers)

    def words(self, text: str) -> tuple[str, ...]:
        """The spelled words of what somebody typed."""
        return self._read(spelled(text, self._abbreviations))

    def phrase(self, text: str) -> tuple[str, ...]:
        """The same of a phrase of the content."""
        return self._read(phrase(text, self._abbreviations))

    def _read(self, said: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            _replaced(_replaced(list(said), self._synonyms, keep_last=False), self._fillers, keep_last=self._keep_last)
        )

    @staticmethod
    def matcher(known: Mapping[str, object]) -> Callable[[str], Sequence[tuple[str, float]]]:
        """Finds the known words that a bare word may stand for, likeliest first: itself, without Telex, with a typo."""

        def look_up(word: str) -> Sequence[tuple[str, float]]:
            if word in known:
                return [(word, 1.0)]
            if (plain := without_telex(word)) in known:
                return [(plain, 1.0)]
            if len(word) < 4:
                return []
            near = process.extract(
                word, known.keys(), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_ALIKE, limit=3
            )
            return [(match, likeness) for match, likeness, _ in near]

        return lru_cache(maxsize=4096)(look_up)


class Phrasebook:
    """Phrases by id, each word weighted by how few ids use it.

    Args:
        phrases: (id, phrase) pairs; an id may have many.
        reader: takes the words that count out of a text.
        whole: how much the rest of the text counts, from 0 (a long story may hold the phrase) to 1 (say that and no more).
        part: whether saying a part of a phrase will do, as with long official names.
    """

    def __init__(
        self,
        phrases: Iterable[tuple[str, str]],
        reader: Reader,
        *,
        whole: float,
        part: bool = False,
    ) -> None:
        self.words, self.phrase = reader.words, reader.phrase
        self._whole = whole
        self._part = part
        said = {(id_, self.phrase(text)) for id_, text in phrases}
        self._phrases = sorted((id_, meant) for id_, meant in said if meant)
        self._holders: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for index, (_, meant) in enumerate(self._phrases):
            for word in dict.fromkeys(meant):
                self._holders[bare(word)].append((index, word))
        users = {word: {self._phrases[index][0] for index, _ in holders} for word, holders in self._holders.items()}
        count = len({id_ for id_, _ in self._phrases})
        self._weights = {word: log(1 + count / len(ids)) for word, ids in users.items()}
        self._unknown = sum(self._weights.values()) / len(self._weights) if self._weights else 1.0
        self._totals = [sum(self._weights[bare(word)] for word in set(meant)) for _, meant in self._phrases]
        self._known = reader.matcher(self._weights)

    def rank(self, text: str) -> list[tuple[str, float]]:
        """(id, score from 0 to 1) of every id that shares a word with the text, best first."""
        said = dict.fromkeys(self.words(text))
        known = {word: self._known(bare(word)) for word in said}
        weight = {word: self._weight(known[word]) for word in said}
        total = sum(weight.values())
        covered: dict[int, dict[str, float]] = defaultdict(dict)
        used: dict[int, float] = defaultdict(float)
        for word in said:
            touched: dict[int, float] = {}
            for match, likeness in known[word]:
                for index, meant in self._holders[match]:
                    score = likeness * (alike(word, meant) if match == bare(word) else 1.0)
                    covered[index][meant] = max(score, covered[index].get(meant, 0.0))
                    touched[index] = max(score, touched.get(index, 0.0))
            for index, score in touched.items():
                used[index] += weight[word] * score
        best: dict[str, float] = {}
        for index, matches in covered.items():
            recall = sum(self._weights[bare(word)] * likeness for word, likeness in matches.items())
            recall /= self._totals[index]
            said_of_it = recall**0.25 if self._part else recall
            score = said_of_it * (1 - self._whole * (1 - used[index] / total))
            id_ = self._phrases[index][0]
            best[id_] = max(score, best.get(id_, 0.0))
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))

    def _weight(self, known: Sequence[tuple[str, float]]) -> float:
        return max((self._weights[match] for match, _ in known), default=self._unknown)


_Runs = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]


def _by_last_word(runs: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> _Runs:
    """(words, what stands for them) by the last word; the longest first, so that "cho em hỏi" goes before "em hỏi"."""
    found: _Runs = defaultdict(list)
    for words, instead in sorted(runs, key=lambda run: len(run[0]), reverse=True):
        if words:
            found[bare(words[-1])].append((words, instead))
    return found


def _replaced(said: list[str], runs: _Runs, *, keep_last: bool = True) -> list[str]:
    """Each run of words gives way to what stands for it."""
    end = len(said)
    while end > 0:
        for words, instead in runs.get(bare(said[end - 1]), ()):
            start = end - len(words)
            if start >= 0 and (len(said) > len(words) or not keep_last) and same(said[start:end], words):
                said[start:end] = instead
                end = start + 1
                break
        end -= 1
    return said
