"""Tells which of a few options a sentence means, by the words that set each apart from its siblings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log
from typing import NamedTuple

from flows.text.denial import DENIED, bare_marked, mark_denied
from flows.text.language import alike, bare, phrase, spelled

_UNKNOWN = 4.0  # weight of a word that no other option of the content uses


class Fit(NamedTuple):
    """How well a sentence fits one option.

    Attributes:
        evidence: weight of its words that set the option apart from its siblings.
        share: how much of the option's best phrase was said, from 0 to 1.
    """

    id: str
    evidence: float
    share: float


class OptionIndex:
    """The options of one screen, by the words that people use for each.

    Args:
        rarity: bare word -> how much it says anywhere in the content.
    """

    def __init__(self, options: Iterable[tuple[str, str]], rarity: Mapping[str, float]) -> None:
        self._rarity = rarity
        # id -> word -> the phrases that hold it, and what part of each it is
        self._parts: dict[str, dict[str, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
        holders: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        ids: set[str] = set()
        for number, (id_, text) in enumerate(options):
            ids.add(id_)
            marked = mark_denied(phrase(text))
            weights = {word: self._rarity.get(word.removesuffix(DENIED), _UNKNOWN) for word in map(bare_marked, marked)}
            total = sum(weights.values())
            for word, weight in weights.items() if total else ():
                self._parts[id_][word].append((number, weight / total))
            for word in marked:
                holders[bare_marked(word)][word].add(id_)
        self._count = len(ids)
        self._holders = holders
        self._weigh = lru_cache(maxsize=256)(self._weight)
        self._fit = lru_cache(maxsize=4)(self._fit_words)

    def fit(self, said: Sequence[str]) -> Sequence[Fit]:
        """Return how well each option fits the spelled words of a sentence, best first; options without any evidence left out."""
        return self._fit(tuple(said))

    def _fit_words(self, said: tuple[str, ...]) -> Sequence[Fit]:
        typed = mark_denied(said)
        matched: dict[str, dict[str, float]] = defaultdict(dict)
        for word in typed:
            for form, ids in self._holders.get(bare_marked(word), {}).items():
                likeness = _likeness(word, form)
                if likeness < 0.9:
                    continue
                for id_ in ids:
                    held = matched[id_]
                    held[bare_marked(word)] = max(held.get(bare_marked(word), 0.0), likeness)
        fits = [
            Fit(id_, sum(self._weigh(word) * likeness for word, likeness in held.items()), self._share(id_, held))
            for id_, held in matched.items()
        ]
        return sorted((fit for fit in fits if fit.evidence > 0), key=lambda fit: (-fit.evidence, fit.id))

    def _weight(self, word: str) -> float:
        """How much a word says of one option: nothing when all siblings share it."""
        holding = {id_ for ids in self._holders[word].values() for id_ in ids}
        apart = log(self._count / len(holding)) / log(self._count) if self._count > 1 else 1.0
        return self._rarity.get(word.removesuffix(DENIED), _UNKNOWN) * apart

    def _share(self, id_: str, held: Iterable[str]) -> float:
        said: dict[int, float] = defaultdict(float)
        for word in held:
            for number, part in self._parts[id_].get(word, ()):
                said[number] += part
        return max(said.values(), default=0.0)


def _likeness(typed: str, meant: str) -> float:
    return alike(typed.removesuffix(DENIED), meant.removesuffix(DENIED))


def weigh_words(options: Iterable[Iterable[str]]) -> Mapping[str, float]:
    """Weigh bare words by the number of options that use them, the rarest highest.

    Args:
        options: the phrases of each option.
    """
    counts: dict[str, int] = defaultdict(int)
    total = 0
    for phrases in options:
        total += 1
        for word in {bare(word) for text in phrases for word in spelled(text)}:
            counts[word] += 1
    return {word: log(1 + total / count) for word, count in counts.items()}
