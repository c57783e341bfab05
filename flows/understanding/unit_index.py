"""The answer units of one procedure, each weighed as the answer to a question, and beside them that none of them is.

Each has features (how like it is what people ask who are told it, whether it is of the kind that is asked for, …); their weights
stand in flows/understanding/answer_weights.py.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from operator import mul, truediv
from typing import NamedTuple, TypeVar

from flows.definition.answer_units import Unit, labels_of, options_of
from flows.definition.facts import Asked
from flows.definition.learning import asked_of
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.definition.steps import When
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
_MEASURED = ("likely", "alike", "held", "near", "place like")
_WEIGHTS_MEASURED = [WEIGHTS[name] for name in _MEASURED]
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


class Weighed(NamedTuple):
    """A unit that may answer a question.

    Attributes:
        best: which of its sentences answers.
        labels: the answers for which it holds, where its condition names them plainly.
        worth: what each of its sentences holds of the question.
        score: what it holds of the question, and how likely it is to answer.
        nothing: how likely nothing in that procedure answers.
        known: which share of the question is said of anything there.
    """

    unit: Unit
    best: int
    labels: tuple[str, ...]
    worth: Sequence[float]
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
        # What units answer, each once, with the numbers of these kinds; and which of them, and where, by unit.
        sorts = [asked_of(unit.place, unit.kinds) for unit in units]
        self._places = [numbers.get(place) for *_, place in sorts]
        answered = [
            _Answered(unit.kinds, unit.signs, tuple(numbers[kind] for kind in kinds if kind in numbers))
            for unit, (*kinds, _) in zip(units, sorts, strict=True)
        ]
        self._answered = [*dict.fromkeys(answered)]
        self._answers = [self._answered.index(one) for one in answered]
        self._constant: list[Features] = [
            {
                "shared": float(unit.place.partition("/")[0] in shared),
                "unasked": float(not unit.asks),
                "fact": float(unit.place in _FACTS),
            }
            for unit in units
        ]
        self._base = [_weigh(one, WEIGHTS) for one in self._constant]
        sentences = [self._words(sentence) for unit in units for sentence in unit.sentences]
        # By unit: from which sentence to which; by sentence: how much its length makes each of its words count less.
        self._spans = [*pairwise(accumulate((len(unit.sentences) for unit in units), initial=0))]
        self._divisors = array("d", (1 + _LENGTH * len(sentence) for sentence in sentences))
        self._tell_days = [unit.telling("days") for unit in units]
        # All words of the sentences, one after the other: in which sentence each is, and the bare one behind it there.
        self._sentence_of = array("H", (at for at, sentence in enumerate(sentences) for _ in sentence))
        self._behind = [plain for sentence in sentences for plain in (*map(bare, sentence[1:]), "")[: len(sentence)]]
        # Bare word -> word -> where it stands among all words; and the units that are about it.
        self._within: dict[str, dict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("I")))
        self._about: dict[str, dict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("H")))
        holding: dict[str, set[int]] = defaultdict(set)
        unit_of = [n for n, unit in enumerate(units) for _ in unit.sentences]
        for at, word in enumerate(chain.from_iterable(sentences)):
            self._within[bare(word)][word].append(at)
            holding[bare(word)].add(unit_of[self._sentence_of[at]])
        for n, unit in enumerate(units):
            for word in dict.fromkeys(self._words(" ".join((unit.about, *narrow[n])))):
                self._about[bare(word)][word].append(n)
                holding[bare(word)].add(n)
        self._rarity = {word: math.log(1 + len(units) / len(held)) for word, held in holding.items()}
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
        holding = [n for n, unit in enumerate(self._units) if not answers or _may_hold(unit.when, answers)]
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
            best, worth, _ = asked.held[n]
            found.append(Weighed(self._units[n], best, self._labels[n], worth, score, likely[_NONE], asked.known))
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
        like = self._library.asked_words.alike(plain)
        return _Asked(kinds, near, fits, known, like, self._held(said, for_days="days" in kinds[:1]))

    def _weigh_units(self, text: str, kinds: Sequence[Asked]) -> tuple[Mapping[int, float], Sequence[float]]:
        """Weigh the features of each unit and of none, and what each has for its words: the same whatever was answered, so that
        who decides is found without weighing all again."""
        asked = self._ask(text, kinds)
        answered = [(_weigh(one.features(asked), WEIGHTS), one.bonus(kinds)) for one in self._answered]
        weights, worth = {_NONE: _weigh(self._none(asked), WEIGHTS)}, []
        for n, answers in enumerate(self._answers):
            weighs, bonus = answered[answers]
            weights[n] = self._base[n] + weighs + sum(map(mul, _WEIGHTS_MEASURED, self._measure(n, asked)))
            same_words = _SAME * max(0.0, asked.near.get(n, 0.0) - _SOME) / (1 - _SOME)
            worth.append(asked.held[n][2] + same_words - _SHARED * self._constant[n]["shared"] + bonus)
        return weights, worth

    def _features(self, n: int, asked: "_Asked") -> Features:
        return {
            **self._constant[n],
            **self._answered[self._answers[n]].features(asked),
            **dict(zip(_MEASURED, self._measure(n, asked), strict=True)),
        }

    def _measure(self, n: int, asked: "_Asked") -> Sequence[float]:
        """Return the features of `_MEASURED`, which each unit has of its own: in that order, a hundred times for a question."""
        place = self._places[n]
        return *asked.fits[n], asked.near.get(n, 0.0), 0.0 if place is None else asked.like[place]

    def _none(self, asked: "_Asked") -> Features:
        return {
            "none": 1.0,
            "none known": asked.known,
            "none near": max(asked.near.values(), default=0.0),
            "none likely": max((told for told, _, _ in asked.fits), default=0.0),
            "none alike": max((alike for _, alike, _ in asked.fits), default=0.0),
            "none decides": float("decides" in asked.kinds),
        }

    def _held(self, said: Sequence[str], *, for_days: bool) -> list[tuple[int, Sequence[float], float]]:
        """Return of each unit which sentence answers, what each of them holds of a question's telling words, and which share
        of these the unit holds.

        That is the sentence which holds most of them, of those that tell days where these are asked for.
        """
        follows = {bare(one): bare(other) for one, other in pairwise(said)}
        telling = [word for word in dict.fromkeys(said) if bare(word) not in self._idle]
        weight = sum(map(self._weigh, telling)) + _SLACK
        worth = [0.0] * len(self._divisors)  # by sentence
        for word in telling:
            weighs, beside = self._weigh(word), self._sentences_with(word, follows.get(bare(word)))
            for start, end in (self._spans[n] for n in self._units_about(word)):
                for at in range(start, end):
                    if at not in beside:
                        worth[at] += weighs * _AROUND
            for at, pair in beside.items():
                worth[at] += weighs * _PAIR if pair else weighs
        found: list[tuple[int, Sequence[float], float]] = []
        for (start, end), tell_days in zip(self._spans, self._tell_days, strict=True):
            scores = worth[start:end]
            if not any(scores):
                found.append((0, scores, 0.0))
                continue
            scores = [*map(truediv, scores, self._divisors[start:end])]
            top = max(scores)
            best = max((for_days and tell_days) or range(len(scores)), key=scores.__getitem__)
            found.append((best, scores, (top + _REST * (sum(scores) - top)) / weight))
        return found

    def _sentences_with(self, word: str, follows: str | None) -> Mapping[int, bool]:
        """Return the sentences that hold a word, and whether it stands beside its neighbour there."""
        found: dict[int, bool] = {}
        for form, places in self._within.get(bare(word), {}).items():
            if same((word,), (form,)):
                for place in places:
                    at = self._sentence_of[place]
                    if self._behind[place] == follows or at not in found:
                        found[at] = self._behind[place] == follows
        return found

    def _units_about(self, word: str) -> AbstractSet[int]:
        """Return the units that are said to be about a word."""
        about = self._about.get(bare(word), {}).items()
        return {n for form, units in about if same((word,), (form,)) for n in units}

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
        held: of each unit which of its sentences holds most of it, what each holds, and which share of it is held.
        near: unit -> how near to its words in which people ask for it.
        fits: of each unit how likely it is said of it, how alike, and which share of it is.
        known: which share is said of any unit.
        like: how alike it is to how people ask for anything anywhere.
    """

    kinds: Sequence[Asked]
    near: Mapping[int, float]
    fits: Sequence[tuple[float, float, float]]
    known: float
    like: Sequence[float]
    held: Sequence[tuple[int, Sequence[float], float]]


class _Answered(NamedTuple):
    """What a unit answers, as many others do.

    Attributes:
        kinds: what it answers, and `signs` what its words may answer.
        numbers: those of the kinds among what is asked for anywhere.
    """

    kinds: Sequence[Asked]
    signs: AbstractSet[Asked]
    numbers: Sequence[int]

    def features(self, asked: _Asked) -> Features:
        """Return what tells of a unit that it is, or is not, of the kind that is asked for."""
        like = max([asked.like[number] for number in self.numbers], default=0.0)
        if not asked.kinds:
            return {"kind like": like}
        first, *others = asked.kinds
        stated, told = first in self.kinds, first in self.signs
        return {
            "kind": float(stated),
            "second": float(bool(others) and others[0] in self.kinds),
            "sign": float(told and not stated),
            "missing": float(first in _NUMBERS and not stated and not told),
            "kind like": like,
        }

    def bonus(self, kinds: Sequence[Asked]) -> float:
        """Return what a unit has for being of the kinds that are asked for."""
        if not kinds:
            return -_LAW * (self.kinds == ("law",))
        bonus = 0.0
        for kind, stated, told in zip(kinds, (_KIND, _SECOND), (_SIGN, _SIGN / 2), strict=False):
            bonus += stated if kind in self.kinds else told * (kind in self.signs)
        if kinds[0] in _NUMBERS and kinds[0] not in self.kinds and kinds[0] not in self.signs:
            bonus -= _MISSING
        if self.kinds and not set(self.kinds).intersection(kinds):
            bonus -= _ELSE
        return bonus - _LAW * (self.kinds == ("law",) and "law" not in kinds)


def _may_hold(when: When | None, answers: Mapping[str, str]) -> bool:
    """Whether nothing that was answered speaks against a condition as far as it is plain."""
    if when is None:
        return True
    fits = all(answers[step] in values for step, values in when.equals.items() if step in answers)
    return fits and all(_may_hold(part, answers) for part in when.all)
