"""Questions: what is asked, and the sentences of a procedure that answer it."""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from math import log
from typing import Literal, cast

from flows.definition.answer_units import Unit, options_of, units_of
from flows.definition.library import Library
from flows.definition.procedure import Asked, Procedure, When
from flows.text.language import as_typed, bare, same, spelled
from flows.text.naive_bayes import NaiveBayes
from flows.text.topic_index import Topicbook
from flows.understanding.meaning import clear
from flows.understanding.topics import TELLING, rank_topics, says_more_than_name
from flows.understanding.utterance import asks_for_way, asks_how, asks_in_passing, clauses_of, has_question_shape

# Set on two thirds of 916 questions written from the official texts, see docs/decisions/006-listening-and-answers.md.
ENOUGH = 0.3  # score from which an answer is said at all
SURE = 0.8  # score from which it is said without a doubt and without the team
_NEAR = 0.6  # how near to the best a second answer must come to be said with it
_MOST = 60  # words of an answer
_FIRST = 40  # words of the best one beside a second
_AROUND = 0.4  # how much a word of the surroundings counts beside one of the sentence
_PAIR = 1.7  # how much more a word counts beside its neighbour
_KIND = 0.4  # for being what was asked for
_SIGN = 0.2  # for words that answer what was asked for
_MISSING = 0.2  # for having no number where one was asked for
_ELSE = 0.2  # for being said to answer something else than what was asked for
_NUMBERS = ("fee", "days", "deadline", "benefit")
_SECOND = 0.2  # for being what may have been asked for
_SLACK = 0.5  # added to a question's weight, so that a single word is not all of it
_REST = 0.4  # how much the other sentences of a unit count beside its best
_UNKNOWN = 0.7  # weight of a word that stands nowhere in the procedure
_NARROW = 3  # answers for which a unit holds, up to which their words tell what it is about
_GENERAL = 0.3  # against sentences that stand in many procedures
_SAME = 1.0  # for the very words in which they ask for it
_SOME = 0.2  # how near to them a question must come
_ASKED = 0.5  # part of all that people ask and are told of it
_LENGTH = 0.01  # by which each word of a sentence makes it count less
_SENTENCES = 12  # bits of the number of a sentence
_LIKELY = 6  # procedures that a question is held against
_NAMED = 2  # exponent of how likely a question is about a procedure, against how well it is answered there
_OTHER = 0.3  # score from which another procedure is named while one is under way
_FARTHER = 0.1  # how far it must be ahead of that one,
_AHEAD = 0.03  # by which one name must lead to be all that a text says
_AS_PLAINLY = 0.5  # how plainly beside another a procedure is named, for a question to be about it as well
_AS_LIKELY = 0.5  # and how likely beside it
_LAW = 0.5  # against the list of laws, where none is asked for
_NAME = 0.3  # part of the phrases that name a procedure in how likely a question is about it
# Words with which an answer itself leaves it to somebody else.
_LEAVES = re.compile(
    r"em chưa (biết|rõ|đọc|xác nhận)|chọn “Gặp người”|chưa rõ|tuỳ (tỉnh|xã|nơi|trường)|"
    r"hỏi (lại |thêm |rõ |trước )?(quầy|cán bộ|công an|cơ quan|trường|xã|uỷ ban|ban chỉ huy|thuế|họ|nơi|ở|trưởng|ngân hàng|"
    r"văn phòng|phòng|bảo hiểm)|"
    r"(tỉnh|xã|trường|thuế|công an|toà|hội đồng)[^.,;]{0,12} (định|đặt|quyết|quyết định|duyệt|tính|xét)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """An answer.

    Attributes:
        best: which of its sentences answers.
        labels: the answers for which it holds, where its condition names them plainly.
        score: share of the question's weight that it holds, and more for being what was asked for.
        words: how many of the question's telling words it holds.
        most: words that may be said of it.
    """

    unit: Unit
    best: int
    labels: tuple[str, ...]
    score: float
    words: int
    most: int = _MOST

    @cached_property
    def text(self) -> str:
        """The sentences of the unit that answer best, as many as fit; of dozens that are found, two are said."""
        return _reply(self.unit, self.best, self.most)

    @property
    def leaves_open(self) -> bool:
        """Whether it leaves to somebody else what was asked."""
        return leaves_open(self.text)

    def within(self, most: int) -> "Found":
        """Return it in about that many words."""
        return replace(self, most=most)


def leaves_open(text: str) -> bool:
    """Tell whether an answer leaves to somebody else what was asked."""
    return bool(_LEAVES.search(text))


def asked_kinds(library: Library, text: str) -> tuple[Asked, ...]:
    """Return what a question asks for, the likeliest first."""
    counts = Counter(match.id for match in library.question_frames.find(text))
    return tuple(cast(Asked, kind) for kind, _ in counts.most_common())


def asked_money(library: Library, text: str) -> tuple[Literal["fee", "benefit"], ...]:
    """Return whether a question about money asks what one pays, what one gets, or both where it says neither."""
    counts = Counter(match.id for match in library.question_frames.find(text))
    if counts["fee"] == counts["benefit"]:
        return ("benefit", "fee")
    return ("fee",) if counts["fee"] > counts["benefit"] else ("benefit",)


def find_answers(
    library: Library,
    procedure: Procedure,
    text: str,
    answers: Mapping[str, str],
    today: date,
    commune: str | None = None,
) -> list[Found]:
    """Rank the sentences of a procedure as answers to a question, the best first; those that can't hold are left out.

    Args:
        answers: step id -> option id, as far as they are known.
        commune: whose own answers count too, and those of its province.
    """
    province = library.province_of(commune)
    own = library.local_questions(commune, procedure.id) or (province and procedure.id in province.facts)
    return _index(library, procedure.id, today, commune if own else None).find(
        text, asked_kinds(library, text), answers
    )


def find_decider(
    library: Library, procedure: Procedure, text: str, today: date, commune: str | None = None
) -> str | None:
    """Return who decides what is asked: of what is like it, else most of what people ask about that procedure."""
    known = [one for one in find_answers(library, procedure, text, {}, today, commune) if one.unit.decided_by]
    if known and known[0].score >= ENOUGH:
        return known[0].unit.decided_by
    return next((whom for whom, _ in Counter(one.unit.decided_by for one in known).most_common(1)), None)


def rank_procedures(library: Library, text: str) -> dict[str, float]:
    """Return the procedures that a question may be about, with how likely: by all that people say of each."""
    named = [(id_, score) for id_, score in rank_topics(library, text) if id_ in library.procedures]
    sure = bool(named) and clear(named, _AHEAD)
    if sure and not says_more_than_name(library, library.procedures[named[0][0]], text):
        return {named[0][0]: 1.0}
    likely: Counter[str] = Counter()
    for part, ranked in ((1 - _NAME, library.likelihoods.rank(text)), (_NAME, dict(library.topic_book.rank(text)))):
        scores = {id_: score for id_, score in ranked.items() if id_ in library.procedures}
        most = max(scores.values(), default=1.0)
        likely.update({id_: part * score / most for id_, score in scores.items()})
    best = likely.most_common(_LIKELY)
    return {id_: (score / best[0][1]) ** _NAMED for id_, score in best}


def names_as_well(library: Library, procedure: Procedure, text: str, other: str | None) -> bool:
    """Tell whether a question names a procedure about as plainly as another: "hộ nghèo làm nhận con có mất tiền không"."""
    names = dict(library.topic_book.rank(text))
    return names.get(procedure.id, 0.0) >= _AS_PLAINLY * names.get(other or "", 0.0) > 0


def find_other_procedure(library: Library, procedure: Procedure, text: str) -> str | None:
    """Return the other procedure whose way is asked for while this one is under way: "thế còn thẻ bảo hiểm thì làm ở đâu"."""
    said = spelled(text, library.words.abbreviations)
    if not asks_for_way(said) or len({bare(word) for word in said} - library.question_words) < TELLING:
        return None
    names, likely = dict(library.topic_book.rank(text)), library.likelihoods.rank(text)
    named, other = max([(0.0, ""), *((score, id_) for id_, score in names.items() if id_ != procedure.id)])
    ahead = named - names.get(procedure.id, 0.0)
    as_likely = likely.get(other, 0.0) >= _AS_LIKELY * likely.get(procedure.id, 0.0)
    return other if other in library.procedures and named >= _OTHER and ahead > _FARTHER and as_likely else None


def choose_answers(ranked: Sequence[Found]) -> tuple[Found, ...]:
    """Return the one or two answers that are said together; () where none is near. One without text: somebody else decides,
    unless the team of the commune has found it out."""
    if not ranked or ranked[0].score < ENOUGH:
        return ()
    first, *more = ranked
    if not first.text:
        known = (one for one in more if one.unit.local and one.text and one.score >= _NEAR * first.score)
        first = next(known, first)
    second = more[0] if more and more[0].text and more[0].score >= _NEAR * first.score else None
    if not first.text or second is None or second is first:
        return (first,)
    shorter = first.within(_FIRST)
    return (shorter, second.within(_MOST - len(shorter.text.split())))


def asks_beyond_name(library: Library, procedure: Procedure, text: str) -> bool:
    """Tell whether a question asks more than how the procedure is done, which the walk itself answers."""
    how = asks_how(spelled(text, library.words.abbreviations))
    return says_more_than_name(library, procedure, text) or (not how and bool(asked_kinds(library, text)))


@lru_cache(maxsize=128)  # all procedures of today and some of a commune's own
def _index(library: Library, procedure_id: str, today: date, commune: str | None) -> "UnitIndex":
    procedure = library.procedure_in(commune, procedure_id)
    assert procedure
    local = library.local_questions(commune, procedure_id)
    units = units_of(procedure, {**library.questions.get(procedure_id, {}), **local}, today)
    told = tuple((unit.place, unit.sentences, id(unit.part)) for unit in units)
    return _build(library, procedure_id, _Units(units, told))


@dataclass(frozen=True)
class _Units:
    """What a procedure knows on some day: the same as the day before, as long as it tells the same."""

    units: Sequence[Unit] = field(compare=False)
    told: Sequence[object]


@lru_cache(maxsize=128)  # one takes some 40 ms to build, which nobody should wait for each day anew
def _build(library: Library, procedure_id: str, known: _Units) -> "UnitIndex":
    return UnitIndex(library, library.procedures[procedure_id], known.units)


class UnitIndex:
    """The answer units of one procedure by their words."""

    def __init__(self, library: Library, procedure: Procedure, units: Sequence[Unit]) -> None:
        self._library = library
        self._units = units
        self._options = [options_of(unit.when, procedure.steps) for unit in self._units]
        self._labels = [tuple(option.label for option in options) for options in self._options]
        shared = {
            step
            for (id_, step), (document, _) in library.origins.items()
            if id_ == procedure.id and document.file.startswith("shared/")
        }
        self._general = [unit.place.partition("/")[0] in shared for unit in self._units]
        self._sentences = [[self._words(sentence) for sentence in unit.sentences] for unit in self._units]
        # Bare word -> (unit, sentence) in one number; and what units are about: bare word -> word -> units.
        self._within: dict[str, array[int]] = defaultdict(lambda: array("I"))
        self._about: dict[str, dict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("H")))
        for index, unit in enumerate(self._units):
            for at, sentence in enumerate(self._sentences[index]):
                for plain in dict.fromkeys(map(bare, sentence)):
                    self._within[plain].append(index << _SENTENCES | at)
            for word in dict.fromkeys(self._words(" ".join((unit.about, *self._conditions(index))))):
                self._about[bare(word)][word].append(index)
        asks = [(str(index), ask) for index, unit in enumerate(self._units) for ask in unit.asks]
        self._asks = Topicbook(asks, library.reader)
        self._likelihoods = NaiveBayes(self._told_of_units(), library.words.abbreviations)
        count = len(self._units)
        self._rarity = {word: log(1 + count / len(self._holding(word))) for word in {**self._within, **self._about}}
        name = {bare(word) for phrase in (procedure.title, *procedure.says[:3]) for word in self._words(phrase)}
        self._idle = name | library.question_words

    def find(self, text: str, kinds: Sequence[Asked], answers: Mapping[str, str]) -> list[Found]:
        """Rank the units by the question's telling words that each holds, and by being what was asked for."""
        said = self._words(text)
        follows = {bare(one): bare(other) for one, other in pairwise(said)}
        asked = [word for word in dict.fromkeys(said) if bare(word) not in self._idle]
        weight = sum(map(self._weigh, asked)) + _SLACK
        own = [[0.0] * len(unit.sentences) for unit in self._units]
        holds = [0] * len(self._units)
        for word in asked:
            plain, weighs = bare(word), self._weigh(word)
            within = {
                place: weighs * (_PAIR if beside else 1.0)
                for place, beside in self._sentences_with(word, follows.get(plain))
            }
            about = {i for form, units in self._about.get(plain, {}).items() if same((word,), (form,)) for i in units}
            for index in {*about, *(index for index, _ in within)}:
                holds[index] += 1
            for index in about:
                for at in range(len(own[index])):
                    if (index, at) not in within:
                        own[index][at] += weighs * _AROUND
            for (index, at), worth in within.items():
                own[index][at] += worth
        near = self._asks.nearest(text)
        found: list[Found] = []
        for index, unit in enumerate(self._units):
            if not _may_hold(unit.when, answers):
                continue
            scores = [
                score / (1 + _LENGTH * len(sentence))
                for score, sentence in zip(own[index], self._sentences[index], strict=True)
            ]
            best = max(range(len(scores)), key=scores.__getitem__, default=0)
            top = scores[best] if scores else 0.0
            total = (top + _REST * (sum(scores) - top)) / weight + _kind_bonus(unit, kinds)
            total += _SAME * max(0.0, near.get(str(index), 0.0) - _SOME) / (1 - _SOME)
            total -= _GENERAL * self._general[index]
            found.append(Found(unit, best, self._labels[index], total, holds[index]))
        likely = self._likelihoods.rank(text)
        best_score = max((one.score for one in found), default=0.0)
        found = [
            replace(one, score=(1 - _ASKED) * one.score + _ASKED * best_score * likely.get(one.unit.place, 0.0))
            for one in found
        ]
        return sorted(found, key=lambda one: -one.score)

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

    def _told_of_units(self) -> Iterator[tuple[str, str]]:
        for index, unit in enumerate(self._units):
            yield from (
                (unit.place, text) for text in (*unit.asks, *unit.sentences, unit.about, *self._conditions(index))
            )

    def _conditions(self, index: int) -> Iterator[str]:
        """Yield how people say the answers with which a unit holds, where they are so few that they tell what it is about."""
        narrow = self._options[index] if len(self._options[index]) <= _NARROW else ()
        return (said for option in narrow for said in (option.label, *option.says))

    def _weigh(self, word: str) -> float:
        return self._rarity.get(bare(word), _UNKNOWN)

    def _words(self, text: str) -> tuple[str, ...]:
        return spelled(text, self._library.words.abbreviations)


def _kind_bonus(unit: Unit, kinds: Sequence[Asked]) -> float:
    bonus = 0.0
    for kind, stated, told in zip(kinds, (_KIND, _SECOND), (_SIGN, _SIGN / 2), strict=False):
        bonus += stated if kind in unit.kinds else told * (kind in unit.signs)
    if kinds and kinds[0] in _NUMBERS and kinds[0] not in (*unit.kinds, *unit.signs):
        bonus -= _MISSING
    if kinds and unit.kinds and not set(unit.kinds).intersection(kinds):
        bonus -= _ELSE
    return bonus - _LAW * (unit.kinds == ("law",) and "law" not in kinds)


def _reply(unit: Unit, best: int, most: int) -> str:
    """Return the best sentence with as many of those beside it as stay within so many words, the first one before others, which
    tells yes or no, or the number: where those between do not fit, these two."""
    sentences = unit.sentences
    lengths = [len(sentence.split()) for sentence in sentences]
    if sum(lengths[: best + 1]) > most >= lengths[0] + lengths[best]:
        return f"{sentences[0]} {sentences[best]}"
    first = 0 if sum(lengths[: best + 1]) <= most else best
    last = best
    while last + 1 < len(sentences) and sum(lengths[first : last + 2]) <= most:
        last += 1
    while first > 0 and sum(lengths[first - 1 : last + 1]) <= most:
        first -= 1
    return " ".join(sentences[first : last + 1])


def _may_hold(when: When | None, answers: Mapping[str, str]) -> bool:
    """Whether nothing that was answered speaks against a condition as far as it is plain."""
    if when is None:
        return True
    fits = all(answers[step] in values for step, values in when.equals.items() if step in answers)
    return fits and all(_may_hold(part, answers) for part in when.all)


def asks_for_something(library: Library, text: str, said: Sequence[str]) -> bool:
    """Tell whether a text asks, or one of its clauses does."""
    if has_question_shape(text, said):
        return True
    *earlier, last = [as_typed(spelled(part, library.words.abbreviations)) for part in clauses_of(text)] or [()]
    return bool(earlier) and (has_question_shape("", last) or any(map(asks_in_passing, earlier)))
