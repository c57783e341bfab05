"""The answer units of one procedure, each weighed as the answer to a question, and beside them that none of them is.

Each has features (how like it is what people ask who are told it, whether it is of the kind that is asked for, …); their weights
stand in flows/understanding/answer_weights.py.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from flows.definition.answer_units import Unit, labels_of, options_of
from flows.definition.learning import asked_of
from flows.definition.library import Library
from flows.definition.procedure import Asked, Procedure, When
from flows.text.denial import bare_with_denials
from flows.text.fits import Fits
from flows.text.language import bare, same, spelled
from flows.text.part_counts import PartCounts
from flows.text.topic_index import Topicbook
from flows.understanding.answer_weights import WEIGHTS

Features = Mapping[str, float]
Key = TypeVar("Key")

_NONE = -1  # in the place of a unit: nothing answers
_AT_ONCE = 4  # questions that are remembered while they are answered
_NARROW = 3  # answers for which a unit holds, up to which their words tell what it is about
_NUMBERS = ("fee", "days", "deadline", "benefit")
_FACTS = frozenset({"fee", "time", "where", "who", "benefit", "result"})
_WIDTH = 3.0  # the larger, the less one unit stands out from the next
# Of the words that a unit holds itself; set on two thirds of 916 questions written from the official texts.
_AROUND = 0.4  # how much a word of the surroundings counts beside one of the sentence
_PAIR = 1.7  # how much more a word counts beside its neighbour
_UNKNOWN = 0.7  # weight of a word that stands nowhere in the procedure
_SLACK = 0.5  # added to a question's weight, so that a single word is not all of it
_LENGTH = 0.01  # by which each word of a sentence makes it count less
_REST = 0.4  # how much the other sentences of a unit count beside its best
_KIND = 0.4  # for being what was asked for
_SECOND = 0.2  # for being what may have been asked for
_SIGN = 0.2  # for words that answer what was asked for
_MISSING = 0.2  # for having no number where one was asked for
_ELSE = 0.2  # for being said to answer something else than what was asked for
_LAW = 0.5  # against the list of laws, where none is asked for
_SHARED = 0.3  # against sentences that stand in many procedures
_SAME = 1.0  # for the very words in which they ask for it
_SOME = 0.2  # how near to them a question must come
_TOLD = 0.5  # part of all that people ask and are told of it
_EXPECTED = 0.5  # what the weighed features count beside that
_SENTENCES = 12  # bits of the number of a sentence


@dataclass(frozen=True)
class Weighed:
    """A unit that may answer a question.

    Attributes:
        labels: the answers for which it holds, where its condition names them plainly.
        order: its sentences, that which answers best first.
        score: what it holds of the question, and how likely it is to answer.
        nothing: how likely nothing in that procedure answers.
        known: which share of the question is said of anything there.
    """

    unit: Unit
    labels: tuple[str, ...]
    order: Sequence[int]
    score: float
    nothing: float
    known: float


class UnitIndex:
    """The answer units of one procedure by their words."""

    def __init__(self, library: Library, procedure: Procedure, units: Sequence[Unit]) -> None:
        self._library = library
        self._units = units
        options = [options_of(unit.when, procedure.steps) for unit in units]
        self._labels = [labels_of(unit.when, procedure.steps) for unit in units]
        narrow = [[said for o in one for said in (o.label, *o.says)] if len(one) <= _NARROW else () for one in options]
        shared = {
            step
            for (id_, step), (document, _) in library.origins.items()
            if id_ == procedure.id and document.file.startswith("shared/")
        }
        numbers = library.asked_words.numbers
        self._sorts = [[numbers.get(sort) for sort in asked_of(unit.place, unit.kinds)] for unit in units]
        self._constant: list[Features] = [
            {
                "shared": float(unit.place.partition("/")[0] in shared),
                "unasked": float(not unit.asks),
                "fact": float(unit.place in _FACTS),
            }
            for unit in units
        ]
        self._sentences = [[self._words(sentence) for sentence in unit.sentences] for unit in units]
        self._telling = [_find_telling(unit) for unit in units]
        # Bare word -> (unit, sentence) in one number; and what units are about: bare word -> word -> units.
        self._within: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._about: dict[str, dict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("H")))
        for n, unit in enumerate(units):
            for at, sentence in enumerate(self._sentences[n]):
                for plain in dict.fromkeys(map(bare, sentence)):
                    self._within[plain].append(n << _SENTENCES | at)
            for word in dict.fromkeys(self._words(" ".join((unit.about, *narrow[n])))):
                self._about[bare(word)][word].append(n)
        known = {**self._within, **self._about}
        self._rarity = {word: math.log(1 + len(units) / len(self._holding(word))) for word in known}
        self._asks = Topicbook([(str(n), ask) for n, unit in enumerate(units) for ask in unit.asks], library.reader)
        told = [(*unit.asks, *unit.sentences, unit.about, *said) for unit, said in zip(units, narrow, strict=True)]
        said = ((n, self._words(text)) for n, texts in enumerate(told) for text in texts if text)
        self._examples = Fits(PartCounts((n, bare_with_denials(text), 1) for n, text in said))
        name = {bare(word) for phrase in (procedure.title, *procedure.says[:3]) for word in self._words(phrase)}
        self._idle = name | library.question_words
        self._ask = lru_cache(maxsize=_AT_ONCE)(self._read)
        self._weigh_all = lru_cache(maxsize=_AT_ONCE)(self._weigh_units)

    def find(self, text: str, kinds: Sequence[Asked], answers: Mapping[str, str]) -> list[Weighed]:
        """Return what may answer a question, the best first; what can't hold is left out."""
        asked, (weights, worth) = self._ask(text, kinds), self._weigh_all(text, kinds)
        holding = [n for n, unit in enumerate(self._units) if _may_hold(unit.when, answers)]
        if not holding:
            return []
        likely = _share({n: weights[n] for n in (*holding, _NONE)})
        likeliest = max(told for told, _, _ in asked.fits)
        words = {n: worth[n] for n in holding}
        top = max(words.values())
        found = []
        for n, score in words.items():
            told = math.exp((asked.fits[n][0] - likeliest) / _WIDTH)
            score = (1 - _TOLD) * score + _TOLD * top * told + _EXPECTED * likely[n]
            order = asked.held[n][0]
            found.append(Weighed(self._units[n], self._labels[n], order, score, likely[_NONE], asked.known))
        return sorted(found, key=lambda one: -one.score)

    def read(self, text: str, kinds: Sequence[Asked]) -> Mapping[str, Features]:
        """Return the features of what may answer a question by its place, and under "" those of nothing there."""
        asked = self._ask(text, kinds)
        found = {unit.place: self._features(n, asked) for n, unit in enumerate(self._units)}
        return {**found, "": self._none(asked)}

    def _read(self, text: str, kinds: Sequence[Asked]) -> "_Asked":
        said = self._words(text)
        near = {int(n): score for n, score in self._asks.nearest(text).items()}
        plain = bare_with_denials(said)
        fits, known = self._examples.fit(plain)
        like, _ = self._library.asked_words.fit(plain)
        return _Asked(kinds, near, fits, known, like, self._held(said, kinds[0] if kinds else None))

    def _weigh_units(self, text: str, kinds: Sequence[Asked]) -> tuple[Mapping[int, float], Sequence[float]]:
        """Weigh the features of each unit and of none, and what each has for its words: the same whatever was answered, so that
        who decides is found without weighing all again."""
        asked, units = self._ask(text, kinds), range(len(self._units))
        weights = {n: _weigh(self._features(n, asked), WEIGHTS) for n in units} | {
            _NONE: _weigh(self._none(asked), WEIGHTS)
        }
        return weights, [asked.held[n][1] + self._bonus(n, asked) for n in units]

    def _features(self, n: int, asked: "_Asked") -> Features:
        unit = self._units[n]
        told, alike, held = asked.fits[n]
        *kinds, place = (0.0 if sort is None else asked.like[sort][1] for sort in self._sorts[n])
        first, second = (*asked.kinds, None, None)[:2]
        return {
            **self._constant[n],
            "likely": told,
            "alike": alike,
            "held": held,
            "near": asked.near.get(n, 0.0),
            "kind": float(first in unit.kinds),
            "second": float(second in unit.kinds),
            "sign": float(first in unit.signs and first not in unit.kinds),
            "missing": float(first in _NUMBERS and first not in unit.kinds and first not in unit.signs),
            "kind like": max(kinds, default=0.0),
            "place like": place,
        }

    def _none(self, asked: "_Asked") -> Features:
        return {
            "none": 1.0,
            "none known": asked.known,
            "none near": max(asked.near.values(), default=0.0),
            "none likely": max((told for told, _, _ in asked.fits), default=0.0),
            "none alike": max((alike for _, alike, _ in asked.fits), default=0.0),
            "none decides": float("decides" in asked.kinds),
        }

    def _bonus(self, n: int, asked: "_Asked") -> float:
        """Return what a unit has for being of the kind that is asked for, and asked for in these words."""
        unit, kinds = self._units[n], asked.kinds
        bonus = _SAME * max(0.0, asked.near.get(n, 0.0) - _SOME) / (1 - _SOME) - _SHARED * self._constant[n]["shared"]
        for kind, stated, told in zip(kinds, (_KIND, _SECOND), (_SIGN, _SIGN / 2), strict=False):
            bonus += stated if kind in unit.kinds else told * (kind in unit.signs)
        if kinds and kinds[0] in _NUMBERS and kinds[0] not in (*unit.kinds, *unit.signs):
            bonus -= _MISSING
        if kinds and unit.kinds and not set(unit.kinds).intersection(kinds):
            bonus -= _ELSE
        return bonus - _LAW * (unit.kinds == ("law",) and "law" not in kinds)

    def _held(self, said: Sequence[str], asked: Asked | None) -> list[tuple[Sequence[int], float]]:
        """Return of each unit its sentences, that which answers first, and which share of a question's telling words it holds.

        That is the sentence which holds most of them, of those that tell days where these are asked for.
        """
        follows = {bare(one): bare(other) for one, other in pairwise(said)}
        telling = [word for word in dict.fromkeys(said) if bare(word) not in self._idle]
        weight = sum(map(self._weigh, telling)) + _SLACK
        own = [[0.0] * len(unit.sentences) for unit in self._units]
        for word in telling:
            plain, weighs = bare(word), self._weigh(word)
            within = {
                place: weighs * (_PAIR if beside else 1.0)
                for place, beside in self._sentences_with(word, follows.get(plain))
            }
            about = {n for form, units in self._about.get(plain, {}).items() if same((word,), (form,)) for n in units}
            for n in about:
                for at in range(len(own[n])):
                    if (n, at) not in within:
                        own[n][at] += weighs * _AROUND
            for (n, at), worth in within.items():
                own[n][at] += worth
        found: list[tuple[Sequence[int], float]] = []
        for scores, sentences, tells in zip(own, self._sentences, self._telling, strict=True):
            if not any(scores):
                found.append((range(len(scores)), 0.0))
                continue
            scores = [score / (1 + _LENGTH * len(sentence)) for score, sentence in zip(scores, sentences, strict=True)]
            telling_it = tells.get(asked, ()) if asked else ()
            best = max((asked == "days" and telling_it) or range(len(scores)), key=scores.__getitem__)
            order = sorted(
                range(len(scores)),
                key=lambda at: (at != best, at not in telling_it, at != 0, -scores[at], abs(at - best)),
            )
            found.append((order, (max(scores) + _REST * (sum(scores) - max(scores))) / weight))
        return found

    def _sentences_with(self, word: str, follows: str | None) -> Iterator[tuple[tuple[int, int], bool]]:
        """Yield the sentences that hold a word, as (unit, sentence), and whether it stands beside its neighbour there."""
        plain = bare(word)
        for place in self._within.get(plain, ()):
            index, at = place >> _SENTENCES, place & (1 << _SENTENCES) - 1
            sentence = self._sentences[index][at]
            standing = [n for n, one in enumerate(sentence) if bare(one) == plain and same((word,), (one,))]
            if standing:
                yield (index, at), any(bare(one) == follows for n in standing for one in sentence[n + 1 : n + 2])

    def _holding(self, plain: str) -> set[int]:
        """Return the units that hold a bare word."""
        units = {unit for held in self._about.get(plain, {}).values() for unit in held}
        return units | {place >> _SENTENCES for place in self._within.get(plain, ())}

    def _weigh(self, word: str) -> float:
        return self._rarity.get(bare(word), _UNKNOWN)

    def _words(self, text: str) -> tuple[str, ...]:
        return spelled(text, self._library.words.abbreviations)


def share_out(features: Mapping[Key, Features], weights: Mapping[str, float]) -> Mapping[Key, float]:
    """Return how likely each is by its features, from 0 to 1, 1 for all together."""
    return _share({n: _weigh(one, weights) for n, one in features.items()})


def _weigh(features: Features, weights: Mapping[str, float]) -> float:
    return sum([weights[name] * value for name, value in features.items()])


def _share(sums: Mapping[Key, float]) -> Mapping[Key, float]:
    most = max(sums.values())
    shares = {n: math.exp(weight - most) for n, weight in sums.items()}
    whole = sum(shares.values())
    return {n: share / whole for n, share in shares.items()}


@dataclass(frozen=True)
class _Asked:
    """A question, and what all units share of it.

    Attributes:
        held: of each unit its sentences, that which holds most of it first, and which share of it is held.
        near: unit -> how near to its words in which people ask for it.
        fits: of each unit how likely it is said of it, how alike, and which share of it is.
        known: which share is said of any unit.
        like: the same of all that is asked for anywhere.
    """

    kinds: Sequence[Asked]
    near: Mapping[int, float]
    fits: Sequence[tuple[float, float, float]]
    known: float
    like: Sequence[tuple[float, float, float]]
    held: Sequence[tuple[Sequence[int], float]]


def _find_telling(unit: Unit) -> Mapping[Asked, Sequence[int]]:
    """Return which of its sentences tell a number of each kind."""
    signs = [replace(unit, sentences=(one,)).signs for one in unit.sentences]
    return {kind: [at for at, own in enumerate(signs) if kind in own] for kind in _NUMBERS if kind in unit.signs}


def _may_hold(when: When | None, answers: Mapping[str, str]) -> bool:
    """Whether nothing that was answered speaks against a condition as far as it is plain."""
    if when is None:
        return True
    fits = all(answers[step] in values for step, values in when.equals.items() if step in answers)
    return fits and all(_may_hold(part, answers) for part in when.all)
