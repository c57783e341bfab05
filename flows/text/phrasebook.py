"""Phrase matching: which of many phrases a text says, in any order, with typos and with or without accents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from flows.text.language import AT_ONCE, Abbreviations, alike, bare, phrase, same, spelled, without_telex

_NONE: Mapping[str, str] = {}
REMEMBERED = 2048  # typed words cached by each index; all caches of words take 13 MB after 9,540 sentences
_SPARE = 1e-9  # for how numbers are rounded
_ALIKE = 0.75  # least similarity of a typo: one in a word of four letters; shorter words must be exact


class Reader:
    """Tokenizer: the words of a text that carry meaning.

    Args:
        abbreviations: folded short form -> long form.
        synonyms: variant -> the one form that stands for all of them.
        fillers: phrases to leave out: "dạ", "cho em hỏi".
        keep_last: whether a filler stays when nothing else would be left.
    """

    def __init__(
        self,
        abbreviations: Abbreviations,
        synonyms: Mapping[str, str] = _NONE,
        fillers: Iterable[str] = (),
        keep_last: bool = True,
    ) -> None:
        self._keep_last = keep_last
        self._abbreviations = abbreviations
        self._synonyms = _by_last_word((phrase(said), spelled(meant)) for said, meant in synonyms.items())
        self._fillers = _by_last_word((phrase(filler), ()) for filler in fillers)
        self.words = lru_cache(maxsize=AT_ONCE)(self._words)
        self.phrase = lru_cache(maxsize=16_384)(self._phrase)

    def _words(self, text: str) -> tuple[str, ...]:
        """Return the spelled words of a typed text."""
        return self._read(spelled(text, self._abbreviations))

    def _phrase(self, text: str) -> tuple[str, ...]:
        """Return the spelled words of a content phrase; in a larger cache, as the number of phrases is fixed."""
        return self._read(phrase(text, self._abbreviations))

    def _read(self, said: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            _replaced(_replaced(list(said), self._synonyms, keep_last=False), self._fillers, keep_last=self._keep_last)
        )


class Known(NamedTuple):
    """Known words that a typed word may stand for.

    Attributes:
        near: (known bare word, likeness from 0 to 1), the likeliest first.
        forms: (known bare word, likeness, indices of the phrases that hold this form), one for each accented form.
        weight: inverse frequency, more than 0: how much the word says; None for a word that is in no phrase.
        often: in how many phrases they stand.
    """

    near: Sequence[tuple[str, float]]
    forms: Sequence[tuple[str, float, Sequence[int]]]
    weight: float | None
    often: int


class Index:
    """Index of phrases by their words; look-ups tolerate typos, Telex keystrokes and missing accents.

    Args:
        remembers: number of typed words whose look-up is cached.
    """

    def __init__(self, phrases: Iterable[tuple[str, str]], reader: Reader, remembers: int = REMEMBERED) -> None:
        read = {(id_, reader.phrase(text)) for id_, text in phrases}
        self.phrases = sorted((id_, meant) for id_, meant in read if meant)
        self.holders: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for index, (_, meant) in enumerate(self.phrases):
            for word in dict.fromkeys(meant):
                self.holders[bare(word)][word].append(index)
        count = len({id_ for id_, _ in self.phrases})
        self.weights = {
            word: log(1 + count / len({self.phrases[index][0] for held in forms.values() for index in held}))
            for word, forms in self.holders.items()
        }
        self.unknown = sum(self.weights.values()) / len(self.weights) if self.weights else 1.0
        self._totals = [sum(self.weights[bare(word)] for word in set(meant)) for _, meant in self.phrases]
        self._ids = [id_ for id_, _ in self.phrases]
        self._names = [*dict.fromkeys(self._ids)]
        numbers = {id_: number for number, id_ in enumerate(self._names)}
        self._owners = [numbers[id_] for id_ in self._ids]  # by phrase: whose it is
        self.known = lru_cache(maxsize=remembers)(self._look_up)

    def _look_up(self, word: str) -> Known:
        """Return the known words that a typed word may stand for; an accent that differs lowers the likeness."""
        plain = bare(word)
        near = self._near(plain)
        forms = [
            (match, likeness * (alike(word, meant) if match == plain else 1.0), held)
            for match, likeness in near
            for meant, held in self.holders[match].items()
        ]
        weight = max((self.weights[match] for match, _ in near), default=None)
        return Known(near, forms, weight, sum(len(held) for _, _, held in forms))

    def _near(self, word: str) -> Sequence[tuple[str, float]]:
        """Return the known words for a bare word, likeliest first: itself, without Telex, with a typo."""
        if word in self.weights:
            return [(word, 1.0)]
        if (plain := without_telex(word)) in self.weights:
            return [(plain, 1.0)]
        if len(word) < 4:
            return []
        known = self.weights.keys()
        near = process.extract(
            word, known, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_ALIKE, limit=3
        )
        return [(match, likeness) for match, likeness, _ in near]

    def weigh(self, words: Iterable[str], unknown: float) -> dict[str, float]:
        """Return the weight of each word; a word that is in no phrase weighs `unknown`."""
        return {word: self.known(word).weight or unknown for word in words}

    def overlaps(self, weights: Mapping[str, float], least: float) -> list[tuple[str, float, float]]:
        """Return (id, share of the phrase that was said, share of the text that it explains) of each overlapping phrase; of those
        that explain less than `least` only some."""
        total, ids, totals = sum(weights.values()), self._ids, self._totals
        held, said, used = self._gains(weights, self._explaining(weights, least))
        return [
            (
                ids[index],
                share if (share := said[index] / totals[index]) < 1.0 else 1.0,
                part if (part := (said[index] + used.get(index, 0.0)) / total) < 1.0 else 1.0,
            )
            for index in held
        ]

    def closest(self, weights: Mapping[str, float], whole: float, least: float = 0.0) -> dict[str, float]:
        """Return the score of each id's best phrase: much of the phrase said, little besides. `whole`, `least`: see
        `Phrasebook`."""
        total, owners, totals = sum(weights.values()), self._owners, self._totals
        held, said, used = self._gains(weights, self._explaining(weights, 1 - (1 - least) / whole))
        best = [0.0] * len(self._names)
        for index in held:
            share, owner = said[index] / totals[index], owners[index]
            if share <= best[owner]:  # no phrase scores higher than its share: most of them end here
                continue
            if share > 1.0:
                share = 1.0
            part = (said[index] + used[index] if index in used else said[index]) / total
            if (score := share * (1 - whole * (1 - (part if part < 1.0 else 1.0)))) > best[owner]:
                best[owner] = score
        return {name: score for name, score in zip(self._names, best, strict=True) if score}

    def _explaining(self, weights: Mapping[str, float], least: float) -> set[int] | None:
        """Return the phrases that may explain at least that share of a text: those that hold one of its rarest words, without
        which none does; None for all."""
        if least <= 0:
            return None
        found, left = set[int](), (1 - least) * sum(weights.values()) + _SPARE  # to do without
        for word in sorted(weights, key=lambda word: self.known(word).often):
            for _, _, held in self.known(word).forms:
                found.update(held)
            left -= weights[word]
            if left < 0:
                break
        return found

    def _gains(
        self, weights: Mapping[str, float], among: set[int] | None = None
    ) -> tuple[Iterable[int], Sequence[float], Mapping[int, float]]:
        """Return the phrases that hold a word, by phrase the weight that was said of it, and what a mistyped word explains of the
        text beyond that; the latter may be negative."""
        found, said = set[int](), [0.0] * len(self._ids)
        used: dict[int, float] = defaultdict(float)
        for word, weight in weights.items():
            for match, likeness, held in self.known(word).forms:
                phrases = held if among is None else among.intersection(held)
                known = self.weights[match]
                gain, beyond = known * likeness, (weight - known) * likeness
                found.update(phrases)
                for index in phrases:
                    said[index] += gain
                if beyond:
                    for index in phrases:
                        used[index] += beyond
        return found, said, used


class Phrasebook:
    """Phrases by id, ranked by how well a text says them.

    Args:
        phrases: (id, phrase) pairs; an id may have many.
        reader: tokenizer of texts and phrases.
        whole: penalty for the rest of the text, from 0 (a long story may hold the phrase) to 1 (say that and no more).
        remembers: as of an `Index`.
    """

    def __init__(
        self, phrases: Iterable[tuple[str, str]], reader: Reader, *, whole: float, remembers: int = REMEMBERED
    ) -> None:
        self.words, self.phrase = reader.words, reader.phrase
        self._whole = whole
        self._index = Index(phrases, reader, remembers)

    def overlaps(self, text: str, least: float) -> list[tuple[str, float, float]]:
        """Return (id, share of the phrase that was said, share of the text that it explains) of each overlapping phrase; of those
        that explain less than `least` only some."""
        return self._index.overlaps(self._index.weigh(self.words(text), self._index.unknown), least)

    def rank(self, text: str, least: float = 0.0) -> list[tuple[str, float]]:
        """Return (id, score from 0 to 1) of every id that shares a word with the text, best first; of those below `least`, which
        takes most of the time, only some."""
        weights = self._index.weigh(self.words(text), self._index.unknown)
        return _first(self._index.closest(weights, self._whole, least))


def best(scored: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return each id once, with the highest of its scores, best first."""
    found: dict[str, float] = {}
    for id_, score in scored:
        found[id_] = max(score, found.get(id_, score))
    return _first(found)


def _first(found: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


_Runs = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]


def _by_last_word(runs: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> _Runs:
    """Group (words, replacement) by the last word, the longest first: "cho em hỏi" goes before "em hỏi"."""
    found: _Runs = defaultdict(list)
    for words, instead in sorted(runs, key=lambda run: len(run[0]), reverse=True):
        if words:
            found[bare(words[-1])].append((words, instead))
    return found


def _replaced(said: list[str], runs: _Runs, *, keep_last: bool = True) -> list[str]:
    """Replace each known run of words in `said`, in place."""
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
