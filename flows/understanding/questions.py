"""Questions: what is asked, and the sentences of a procedure that answer it."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple, cast

from flows.definition.answer_units import Unit, units_of
from flows.definition.facts import Asked
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.text.language import bare, same, spelled
from flows.understanding.meaning import clear
from flows.understanding.topics import TELLING, rank_topics, says_more_than_name
from flows.understanding.unit_index import UnitIndex
from flows.understanding.utterance import asks_for_way, asks_how

# Set on two thirds of 916 questions written from the official texts, see docs/decisions/006-listening-and-answers.md.
ENOUGH = 0.3  # score from which an answer is said at all
SURE = 1.2  # score from which it is said without a doubt and without the team,
_SURE_OF_KIND = 1.0  # and of one that is known to be of the kind that is asked for
_SURE_OF_KIND_ELSEWHERE = 1.1  # the same, where the procedure was guessed
_NEAR = 0.5  # how near to the best a second answer must come to be said with it
_TELLING = 0.45  # the same, of one that has the number or the place that is asked for
_LIKE_IT = 0.8  # score from which who decides one thing is taken to decide what is asked
_BESIDE = 0.8  # how near an answer must come to who decides, to be said with it
_MOST = 60  # words of an answer
_FIRST = 48  # words of the best one beside a second
_PLAIN: frozenset[Asked] = frozenset(
    {"fee", "days", "deadline", "benefit", "where"}
)  # kinds with one answer for a procedure
_NUMBERS: frozenset[Asked] = frozenset({"fee", "days", "deadline", "benefit"})  # kinds that a number answers
_LIKELY = 6  # procedures that a question is held against
_LEAST = 0.4  # how likely beside the likeliest
_NAMED = 2  # exponent of how likely a question is about a procedure, against how well it is answered there
_OTHER = 0.3  # score from which another procedure is named while one is under way
_FARTHER = 0.1  # how far it must be ahead of that one,
_NAMED_PLAINLY = 0.35  # how plainly a name must be said,
_AHEAD = 0.03  # and by which one name must lead to be all that a text says
_AS_PLAINLY = 0.5  # how plainly beside another a procedure is named, for a question to be about it as well
_AS_LIKELY = 0.5  # and how likely beside it
# Weights of a conditional logit over which procedure is meant: of a thousand questions whose likeliest has 0.85 or more, 96 in
# a hundred are about it, as many of those kept aside.
_ABOUT = {"likely": 5.1, "named": 3.16, "score": 2.27, "nothing": -6.15, "known": 5.65}
_SPOKEN_OF = 3.0  # added to that of the procedure that the last question was about
_GOES_ON = 9  # words of a question that goes on from it
_CASE = 6  # up to which it tells a case, where it seems to name another
_SOME = 0.02  # added to how likely one is, so that none is impossible
_NAME = 0.3  # part of the phrases that name a procedure in how likely a question is about it
# Words that go on from what was said; without its accent "còn" is rather a child.
_GOING_ON = spelled("thế vậy rồi nhưng")
_STILL = spelled("còn")
_HOW_LONG = re.compile(r"\bbao nhi[êe]u(?= (ngày|ngay|hôm|hom|tuần|tuan|tháng|thang|giờ|gio)\b)", re.IGNORECASE)
# Words with which an answer itself leaves it to somebody else.
_LEAVES = re.compile(
    r"em chưa (biết|rõ|đọc|xác nhận)|chọn “Gặp người”|chưa rõ|tuỳ (tỉnh|xã|nơi|trường)|"
    r"(?<!phải )hỏi (lại |thêm |rõ |trước )?(quầy|cán bộ|công an|cơ quan|trường|xã|uỷ ban|ban chỉ huy|thuế|họ|nơi|ở|trưởng|"
    r"ngân hàng|văn phòng|phòng|bảo hiểm)|"
    r"(tỉnh|xã|trường|thuế|công an|toà|hội đồng)[^.,;]{0,12} (định|đặt|quyết|quyết định|duyệt|tính|xét)\b",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """An answer.

    Attributes:
        best: which of its sentences answers.
        labels: the answers for which it holds, where its condition names them plainly.
        worth: what each of its sentences holds of the question.
        score: what it holds of the question, and how likely it is to answer.
        nothing: how likely nothing in that procedure answers.
        known: which share of the question is said of anything there.
        asked: what is asked for first.
        most: words that may be said of it.
    """

    unit: Unit
    best: int
    labels: tuple[str, ...]
    worth: Sequence[float]
    score: float
    nothing: float
    known: float
    asked: Asked | None = None
    most: int = _MOST

    @property
    def text(self) -> str:
        """The sentences of the unit that answer best, as many as fit."""
        said: list[int] = []
        left = self.most
        for at in self._order():
            length = len(self.unit.sentences[at].split())
            if not said or length <= left:
                said.append(at)
                left -= length
        return " ".join(self.unit.sentences[at] for at in sorted(said))

    def _order(self) -> Sequence[int]:
        """Return its sentences: that which answers, those that tell what is asked for, the first one, which tells yes or no,
        and then what holds most and stands nearest."""
        telling = self.unit.telling(self.asked) if self.asked and self.asked in _NUMBERS else ()

        def rank(at: int) -> tuple[bool, bool, bool, float, int]:
            return at != self.best, at not in telling, at != 0, -self.worth[at], abs(at - self.best)

        return sorted(range(len(self.unit.sentences)), key=rank)

    @property
    def leaves_open(self) -> bool:
        """Whether it leaves to somebody else what was asked."""
        return leaves_open(self.text)

    def within(self, most: int) -> "Found":
        """Return it in about that many words."""
        return self._replace(most=most)


def is_sure(found: Found, kinds: Sequence[Asked], *, guessed: bool = False) -> bool:
    """Tell whether an answer is said without a doubt.

    Args:
        kinds: what is asked for.
        guessed: whether the procedure was guessed out of the words of the question.
    """
    of_kind = _SURE_OF_KIND_ELSEWHERE if guessed else _SURE_OF_KIND
    return found.score >= (of_kind if set(kinds).intersection(found.unit.kinds) else SURE)


def leaves_open(text: str) -> bool:
    """Tell whether an answer leaves to somebody else what was asked."""
    return bool(_LEAVES.search(text))


def asked_kinds(library: Library, text: str) -> tuple[Asked, ...]:
    """Return what a question asks for, the likeliest first."""
    counts = _count_frames(library, text)
    return tuple(cast(Asked, kind) for kind, _ in counts.most_common())


def _count_frames(library: Library, text: str) -> Counter[str]:
    """Count the frames of questions that a text fits; "bao nhiêu ngày" asks for days like "mấy ngày", not for money."""
    return Counter(match.id for match in library.question_frames.find(_HOW_LONG.sub("mấy", text)))


def asked_money(library: Library, text: str) -> tuple[Literal["fee", "benefit"], ...]:
    """Return whether a question about money asks what one pays, what one gets, or both where it says neither."""
    counts = _count_frames(library, text)
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
    index = _index(library, procedure.id, today, commune if own else None)
    kinds = asked_kinds(library, text)
    found = index.find(text, kinds, answers)
    return [Found(*one, asked=next(iter(kinds), None)) for one in found]


def find_decider(
    library: Library, procedure: Procedure, text: str, today: date, commune: str | None = None
) -> str | None:
    """Return who decides what is asked: of what is like it, else most of what people ask about that procedure."""
    known = [one for one in find_answers(library, procedure, text, {}, today, commune) if one.unit.decided_by]
    if known and known[0].score >= _LIKE_IT:
        return known[0].unit.decided_by
    return next((whom for whom, _ in Counter(one.unit.decided_by for one in known).most_common(1)), None)


def rank_procedures(library: Library, text: str, spoken_of: str | None = None) -> dict[str, float]:
    """Return the procedures that a question may be about, with how likely: by all that people say of each.

    Args:
        spoken_of: the one that the last question was about, which this one may follow.
    """
    named = [(id_, score) for id_, score in rank_topics(library, text) if id_ in library.procedures]
    sure = bool(named) and named[0][1] >= _NAMED_PLAINLY and clear(named, _AHEAD)
    if sure and not says_more_than_name(library, library.procedures[named[0][0]], text):
        return {named[0][0]: 1.0}
    likely: Counter[str] = Counter()
    for part, ranked in ((1 - _NAME, library.likelihoods.rank(text)), (_NAME, dict(library.topic_book.rank(text)))):
        scores = {id_: score for id_, score in ranked.items() if id_ in library.procedures}
        most = max(scores.values(), default=1.0)
        likely.update({id_: part * score / most for id_, score in scores.items()})
    best = likely.most_common(_LIKELY)
    ranked = {id_: (score / best[0][1]) ** _NAMED for id_, score in best if score >= _LEAST * best[0][1]}
    if spoken_of:
        ranked[spoken_of] = max(ranked.get(spoken_of, 0.0), _LEAST**_NAMED)
    return ranked


def weigh_procedures(
    library: Library, text: str, answers: Mapping[str, Sequence[Found]], spoken_of: str | None = None
) -> dict[str, float]:
    """Return how likely a question is about each of the procedures that answer it, the likeliest first, 1 for all together.

    Args:
        answers: what each of them answers, the best first.
        spoken_of: the one that the last question was about.
    """
    likely, names = rank_procedures(library, text, spoken_of), dict(library.topic_book.rank(text))
    sums: dict[str, float] = {}
    for id_, (best, *_) in answers.items():
        told = _ABOUT["likely"] * math.log(likely[id_] ** (1 / _NAMED) + _SOME)
        named = _ABOUT["named"] * names.get(id_, 0.0)
        spoken = _SPOKEN_OF * (id_ == spoken_of)
        answered = sum(_ABOUT[name] * getattr(best, name) for name in ("score", "nothing", "known"))
        sums[id_] = told + named + spoken + answered
    most = max(sums.values(), default=0.0)
    shares = {id_: math.exp(weight - most) for id_, weight in sums.items()}
    return {id_: share / sum(shares.values()) for id_, share in Counter(shares).most_common()}


def goes_on(library: Library, procedure: Procedure, text: str) -> bool:
    """Tell whether a question goes on from what was said of a procedure: "thế quá hạn thì sao", "ở xã khác thì sao"."""
    said = spelled(text, library.words.abbreviations)
    if not _opens_or_ends(said) or len(said) > _GOES_ON:
        return False
    names = dict(library.topic_book.rank(text))
    other = max((score for id_, score in names.items() if id_ != procedure.id), default=0.0)
    return other < _NAMED_PLAINLY or len(said) <= _CASE


def _opens_or_ends(said: Sequence[str]) -> bool:
    """Whether a text opens or ends as one does that goes on."""
    opens = said[:1] == _STILL or any(same(said[:1], (word,)) for word in _GOING_ON)
    return opens or tuple(map(bare, said[-2:])) == ("thi", "sao")


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


def choose_answers(ranked: Sequence[Found], kinds: Sequence[Asked] = ()) -> tuple[Found, ...]:
    """Return the one or two answers that are said together; () where none is near. One without text: somebody else decides,
    unless the team of the commune has found it out.

    Args:
        kinds: what is asked for, the likeliest first.
    """
    if not ranked or ranked[0].score < ENOUGH:
        return ()
    first, *more = ranked
    if not first.text:
        known = (one for one in more if one.unit.local and one.text and one.score >= _NEAR * first.score)
        first = next(known, first)
    if not first.text:
        second = next((one for one in more if one.text), None)
        if second is None or second.score < _BESIDE * first.score or "decides" in kinds:
            return (first,)
        first = second._replace(score=min(second.score, ENOUGH))
    others = (one for one in more if one.unit is not first.unit)
    near = (one for one in others if one.score >= _NEAR * first.score and one.text)
    second = next(near, None) if _tells(first, kinds) else _find_telling(more, first, kinds)
    if second is None:
        return (first,)
    shorter = first.within(_FIRST)
    return (shorter, second.within(_MOST - len(shorter.text.split())))


def _find_telling(ranked: Sequence[Found], first: Found, kinds: Sequence[Asked]) -> Found | None:
    """Return what tells what is asked for, where the first answer does not: what is there to tell it before others."""
    near = (one for one in ranked if one.unit is not first.unit and one.score >= _TELLING * first.score)
    telling = [one for one in near if _tells(one, kinds)]
    return next((one for one in telling if kinds[0] in one.unit.kinds), next(iter(telling), None))


def _tells(found: Found, kinds: Sequence[Asked]) -> bool:
    """Whether it has what is asked for, where that is a number or a place."""
    asked = kinds[0] if kinds else None
    return bool(found.unit.sentences) and (asked not in _PLAIN or asked in (*found.unit.kinds, *found.unit.signs))


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
