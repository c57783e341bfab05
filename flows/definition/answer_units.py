"""Answer units: every sentence of a procedure that holds knowledge, with what it answers and when it holds.

Derived from facts, tells, reasons, notes, cures and papers, and from the questions written beside a procedure; a question that
is answered elsewhere names the place, so that no unit is written down a second time.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, reduce

from flows.definition.entries import LocalQuestion, Question
from flows.definition.facts import Asked, FactKind, value_on
from flows.definition.procedure import Procedure
from flows.definition.statements import Leading, Sourced
from flows.definition.steps import AnyStep, Ask, Do, Done, Option, Paper, Papers, Tell, Trouble, When, both

_KINDS: dict[FactKind, tuple[Asked, ...]] = {
    "where": ("where", "online"),
    "time": ("days",),
    "fee": ("fee",),
    "benefit": ("benefit",),
    "who": ("who", "deadline", "late"),
    "result": ("result", "benefit"),
    "law": ("law",),
}
# What a sentence answers, told by its words where nobody wrote it down.
_SIGNS: dict[Asked, re.Pattern[str]] = {
    "fee": re.compile(r"\d đồng|mất tiền|miễn|lệ phí|trả tiền|nộp tiền"),
    "days": re.compile(r"\d+ (ngày|giờ|tháng|tuần|phút)|trong ngày"),
    "deadline": re.compile(r"(trong|quá|trước|sau|hạn) (vòng )?\d+ (ngày|tháng)|ngày \d|trước ngày"),
    "where": re.compile(r"Trung tâm Phục vụ|uỷ ban xã|công an|ở xã|nộp ở|văn phòng", re.IGNORECASE),
    "benefit": re.compile(r"được \d|\d đồng (một|mỗi) tháng|trợ cấp|hỗ trợ"),
    "online": re.compile(r"trên mạng|VNeID|dichvucong|trên trang|điện thoại", re.IGNORECASE),
    "who": re.compile(r"thay|uỷ quyền|bố mẹ|ông bà|người nhà|tự đi|tự đến|người giám hộ", re.IGNORECASE),
    "papers": re.compile(r"giấy|bản sao|bản gốc|bản chính|tờ khai|căn cước", re.IGNORECASE),
}
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[^a-zà-ỹ])|\n+")
# How to go on here, and good wishes at the end, which answer nothing.
_ABOUT_US = re.compile(r"[Gg]õ “|[Bb]ấm “|[Cc]họn (“[^”]*” )?ở dưới|^Em đã chỉ hết|^Thế là xong|^Chúc ")
_YES_OR_NO = frozenset({"yes", "no", "not_yet"})
_BARE = 2  # words up to which such an answer says nothing by itself


@dataclass(frozen=True)
class Unit:
    """Sentences that belong together.

    Attributes:
        about: what they are said to be about, beside their own words: a question, a label, a paper's name.
        kinds: what they answer for everybody; () where only their words tell.
        when: the condition of the step, None for everybody.
        part: the statement of content that they come from, with its source and its certainty.
        place: the step or the fact, for people who tune the words.
        asks: how people ask for it.
        decided_by: the desk that knows, where nobody here does.
        local: whether it holds in one commune only.
    """

    sentences: tuple[str, ...]
    about: str
    kinds: tuple[Asked, ...]
    when: When | None
    part: Sourced
    place: str
    asks: tuple[str, ...] = ()
    decided_by: str = ""
    local: bool = False

    @property
    def go(self) -> tuple[str, ...]:
        """Other procedures that it leads to."""
        return self.part.go if isinstance(self.part, Leading) else ()

    @cached_property
    def signs(self) -> frozenset[Asked]:
        """What its words may answer, beside its kinds."""
        text = " ".join(self.sentences)
        return frozenset(kind for kind, sign in _SIGNS.items() if sign.search(text))

    def telling(self, kind: Asked) -> Sequence[int]:
        """Return which of its sentences may answer what is asked for."""
        sign = _SIGNS.get(kind)
        return [at for at, sentence in enumerate(self.sentences) if sign and sign.search(sentence)]


def units_of(procedure: Procedure, questions: Mapping[str, Question], today: date) -> tuple[Unit, ...]:
    """Return what a procedure knows on that day; what nobody could confirm has no sentences, and is there if it is asked for."""
    asks: dict[str, tuple[str, ...]] = defaultdict(tuple)
    own: list[Unit] = []
    for id_, question in questions.items():
        if question.place:
            asks[question.place] += question.asks
        else:
            own.append(_of_question(id_, question))
    derived = [replace(unit, asks=asks[unit.place]) for unit in (*_facts(procedure, today), *_of_steps(procedure))]
    told = [replace(unit, when=_narrowed(unit.when, procedure.steps)) for unit in (*derived, *own)]
    held = [replace(unit, sentences=()) if unit.part.unsure(today) else unit for unit in told]
    return tuple(unit for unit in held if unit.sentences or unit.asks)


def places_of(procedure: Procedure) -> set[str]:
    """Return the places whose sentences may answer a question."""
    return {str(kind) for kind in _KINDS.keys() & procedure.facts.keys()} | {
        unit.place for unit in _of_steps(procedure)
    }


def _of_steps(procedure: Procedure) -> Iterator[Unit]:
    for step in procedure.steps:
        yield from _of_step(step)


def _of_question(id_: str, question: Question) -> Unit:
    kinds: tuple[Asked, ...] = (question.kind,) if question.kind else ()
    kinds += ("decides",) if question.decided_by else ()
    sentences = _sentences(question.text or "")
    local = isinstance(question, LocalQuestion)
    return Unit(sentences, "", kinds, question.when, question, id_, question.asks, question.decided_by or "", local)


def _facts(procedure: Procedure, today: date) -> Iterator[Unit]:
    for kind, answers in _KINDS.items():
        value = value_on(procedure.facts.get(kind, ()), today)
        if value and value.text:
            yield Unit(_split(value.text), "", answers, None, value, kind)


def _of_step(step: AnyStep) -> Iterator[Unit]:
    match step:
        case Ask():
            labels = " ".join(option.label for option in step.options)
            if step.why:
                yield Unit(_split(step.why), f"{step.text} {labels}", (), step.when, step, step.id)
        case Tell() | Done():
            yield Unit(_split(step.text), "", (), step.when, step, step.id)
        case Do():
            yield Unit(_split(step.text), "", (), step.when, step, step.id)
            yield from (_of_trouble(trouble, step) for trouble in step.troubles)
        case Papers():
            yield from (_of_paper(paper, step) for paper in step.papers)


def _of_trouble(trouble: Trouble, step: Do) -> Unit:
    return Unit(
        _split(trouble.cure),
        " ".join((trouble.title, *trouble.says)),
        (),
        step.when,
        trouble,
        f"{step.id}/{trouble.id}",
    )


def _of_paper(paper: Paper, step: Papers) -> Unit:
    named = f"{paper.name}: {paper.note}" if paper.note else f"{paper.name}."
    return Unit(_split(named), paper.name, (), both(paper.when, step.when), paper, f"{step.id}/{paper.id}")


def _split(text: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in _sentences(text) if not _ABOUT_US.search(sentence))


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, _SENTENCE.split(text))))


def options_of(when: When | None, steps: Sequence[AnyStep]) -> tuple[Option, ...]:
    """Return the answers for which a condition holds; () where it names none plainly."""
    if when is None or any(part.not_ or part.rule or part.has_paper for part in when.parts()):
        return ()
    known = {step.id: step for step in steps if isinstance(step, Ask)}
    return tuple(
        option
        for part in when.parts()
        for step_id, values in part.equals.items()
        if step_id in known
        for option in known[step_id].options
        if option.id in values
    )


def labels_of(when: When | None, steps: Sequence[AnyStep]) -> tuple[str, ...]:
    """Return the answers with which people are told for whom a condition holds, any one of them; () where they tell nothing.

    One that knows not is left out. Where a condition asks for answers to several questions, the one that fewest give is named:
    a row of all would read as if each were enough. A bare "Có" or "Chưa ai" tells nothing without its question.
    """
    options = options_of(when, steps)
    sure = [option for option in options if option.spoken != "unsure"] or list(options)
    asked = [step.options for step in steps if isinstance(step, Ask)]
    groups = [(len(named) / len(group), named) for group in asked if (named := [one for one in group if one in sure])]
    if when and groups and not any(part.any for part in when.parts()):
        sure = min(groups, key=lambda group: group[0])[1]
    bare = any(one.spoken in _YES_OR_NO and len(one.label.split()) <= _BARE for one in sure)
    return () if bare else tuple(option.label for option in sure)


def _narrowed(when: When | None, steps: Sequence[AnyStep]) -> When | None:
    """Return a condition without what excludes nobody: any answer to a question but not knowing it holds for all who are
    asked it."""
    if when is None:
        return None
    asks = {step.id: step for step in steps if isinstance(step, Ask)}
    everybody = [
        asks[id_]
        for id_, values in when.equals.items()
        if id_ in asks and {option.id for option in asks[id_].options if option.spoken != "unsure"} <= {*values}
    ]
    anybody = any(_narrowed(one, steps) is None for one in when.any)
    if not everybody and not when.all and not anybody:
        return when
    kept = {id_: values for id_, values in when.equals.items() if asks.get(id_) not in everybody}
    any_ = () if anybody else when.any
    named = {"not": when.not_, "any": any_, "has_paper": when.has_paper, "rule": when.rule, **kept}
    rest = {key: value for key, value in named.items() if value}
    parts = [When.model_validate(rest) if rest else None]
    parts += [_narrowed(one, steps) for one in (*when.all, *(ask.when for ask in everybody))]
    return reduce(both, parts)
