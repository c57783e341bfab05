"""Questions of citizens with what a right answer holds: written from the official texts, without a look at our content.

A third is kept aside: whoever sets weights and words looks at the other two thirds only.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from flows.definition.library import CODE
from flows.definition.statements import Leading
from flows.definition.steps import parts_of
from flows.dialogue.advance import Turn, advance
from flows.dialogue.opening import opening
from flows.messages import Message, Missed
from flows.state import State
from flows.text.language import spelled
from flows.understanding.questions import leaves_open
from tests.content import LIBRARY

NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
COMMUNE = "tran-phu"
_GROUPED = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")  # 15.000
_PARTED = re.compile(r"(?<=\d)[.,/-](?=\d)")  # 1,5 and 1/7/2025, of which a part is another number
_LEADING = re.compile(r"(?<!\d)0+(?=\d)")  # 03
_UNITS = frozenset(spelled("ngày giờ tháng năm tuổi đồng tuần phút triệu"))
_UNSURE = LIBRARY.sentences.fact_unsure.partition("}")[2].partition("{")[0]
_WHOM = tuple(text.partition("{")[0] for text in (LIBRARY.sentences.question_decided, LIBRARY.sentences.question_whom))
_ANSWERS = ("question", "signpost")  # what a text was taken for, where something is stated in reply
_NUMBERS = ("fee", "days", "deadline", "benefit")  # kinds of which each procedure has its own

# The officials' word, and how we say it.
_PLAINLY = (
    ("trực tuyến", "qua mạng", "trên mạng", "cổng dịch vụ công", "dichvucong.gov.vn"),
    ("văn bản", "giấy", "bằng giấy"),
    ("miễn", "không mất", "không thu", "không phải nộp"),
    ("không phải", "không cần", "không bắt buộc", "khỏi"),
    ("cccd", "căn cước"),
    ("hội đồng nhân dân", "hđnd"),
    ("uỷ ban nhân dân", "ubnd", "uỷ ban"),
    ("nơi cư trú", "nơi ở", "nơi đang ở"),
    ("làm thêm", "làm tiếp", "xin tiếp"),
)
# near: said to be only near, with the team; handed on: nothing is said but who knows, or that a person will ask; unoffered: who decides is said, but
# the team is not offered.
Outcome = Literal[
    "right", "near", "handed on", "unoffered", "unanswered", "another procedure", "another number", "another thing", "recorded",
    "switched",
]  # fmt: skip
FALSE: tuple[Outcome, ...] = ("another procedure", "another number", "another thing")


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        expect: one of these stands in a right answer; () where it is enough to say who decides.
        honest: whether the official texts leave it to the province or the commune, or say nothing: a right answer names
            who decides, and offers the team.
        source: where the official texts say so.
        at: the step at which it is asked, and nowhere else; None: at the menu, and at the first step.
    """

    procedure: str
    ask: str
    kind: str
    expect: tuple[str, ...]
    honest: bool
    at: str | None = None
    source: str = ""

    @property
    def kept_aside(self) -> bool:
        return int(hashlib.sha256(self.ask.encode()).hexdigest(), 16) % 3 == 0

    @cached_property
    def expected(self) -> tuple[tuple[str, ...], ...]:
        """Return the words of which some must be said, with how we say the same."""
        return tuple(
            dict.fromkeys(_words(phrase) for words in self.expect for phrase in _in_plain_words(words.lower()))
        )


@dataclass(frozen=True)
class Asked:
    """What became of one question."""

    question: Question
    turn: Turn
    said: str
    outcome: Outcome

    @property
    def near(self) -> bool:
        """Whether what was said is said to be only near."""
        return LIBRARY.sentences.answer_near in self.said


def read() -> list[Question]:
    lines = (Path(__file__).parent / "questions.jsonl").read_text("utf-8").splitlines()
    return [Question(**{**known, "expect": tuple(known["expect"])}) for known in map(json.loads, lines)]


def ask(questions: Iterable[Question], *, at_step: bool) -> Iterator[Asked]:
    """Ask each question at the step where it is asked or at the menu; leave out those that are asked at a step alone there."""
    for question in questions:
        if question.at and not at_step:
            continue
        state = _at_step(question) if at_step else State(commune=COMMUNE)
        turn = advance(LIBRARY, state, Message(text=question.ask), NOW)
        before = set(opening(LIBRARY, state, NOW).paragraphs)
        said = "\n".join(
            part if isinstance(part, str) else part.text
            for reply in turn.replies
            for part in reply.paragraphs
            if part not in before
        )
        yield Asked(question, turn, said, _judge(question, state, turn, said))


def score(questions: Iterable[Question], *, at_step: bool) -> Counter[str]:
    """Count the outcomes of questions, and with "honest " before them those that only the province or the commune can answer."""
    counts: Counter[str] = Counter()
    for asked in ask(questions, at_step=at_step):
        mark = "honest " * asked.question.honest
        counts[f"{mark}asked"] += 1
        counts[f"{mark}{asked.outcome}"] += 1
        counts[f"{mark}false"] += asked.outcome in FALSE
        counts[f"{mark}right, with a doubt"] += asked.outcome == "right" and asked.near
    return counts


def holds(text: str, expected: tuple[str, ...]) -> bool:
    """Tell whether a text holds these words beside each other, whole: "5 ngày" is no part of "15 ngày"."""
    said = _words(text)
    return any(said[at : at + len(expected)] == expected for at in range(len(said) - len(expected) + 1))


def _at_step(question: Question) -> State:
    begun = advance(LIBRARY, State(commune=COMMUNE), Message(start=f"{COMMUNE}_{question.procedure}"), NOW).state
    state = begun.model_copy(update={"asking": None})
    return _walked_to(question.at, state) if question.at else state


def _walked_to(step: str, state: State) -> State:
    """Tap the first choice at each step until that one is on screen."""
    seen: set[str] = set()
    while (slot := (choice := opening(LIBRARY, state, NOW).choices[0]).token.split(":")[1]).partition("/")[0] != step:
        if slot in seen:
            raise ValueError(f"{state.procedure}: the first choices don't lead to {step}; they pass {', '.join(seen)}")
        seen.add(slot)
        turn = advance(LIBRARY, state, Message(choice=choice.token), NOW)
        state = turn.state.model_copy(update={"asking": None})
    return state


def _judge(question: Question, state: State, turn: Turn, said: str) -> Outcome:
    if dict(turn.state.answers) != dict(state.answers):
        return "recorded"
    if state.procedure and turn.state.procedure != state.procedure:
        return "switched"
    held = any(holds(said, words) for words in question.expected)
    if not question.expected:
        held = any(whom in said for whom in _WHOM) or leaves_open(said)
    offered = turn.state.asking == "ask_team"
    about = _about(turn) or {question.procedure}
    own = question.procedure in about
    beside = question.kind not in _NUMBERS and about & _linked(question.procedure)
    near = LIBRARY.sentences.answer_near in said
    posted = turn.heard.kind == "signpost" and LIBRARY.sentences.out_of_scope not in said
    told = posted or any(event.kind == "aside" for event in turn.events)
    known = told and turn.heard.kind in _ANSWERS and not any(isinstance(effect, Missed) for effect in turn.effects)
    sure = known and _UNSURE not in said
    stated = sure or turn.state.asking == "leaflet"
    if stated and not own and not (held and beside):
        return "another procedure"
    if held and (offered or not question.honest):
        return "right"
    if held:
        return "unoffered"
    if near:
        return "near"
    if (offered and not sure) or turn.heard.kind in ("danger", "person"):
        return "handed on"
    if not sure:
        return "unanswered"
    return "another number" if _counts(said) and any(map(_counts, question.expect)) else "another thing"


def _about(turn: Turn) -> set[str]:
    """Return the procedures out of which was answered: two where it may be about either."""
    asides = {event.procedure for event in turn.events if event.kind == "aside" and event.procedure}
    return asides or ({turn.state.procedure} if turn.state.procedure else set())


@lru_cache
def _linked(procedure: str) -> set[str]:
    """Return the procedures that this one leads to, that lead here, or that name an official text which this one names too:
    what stands on their border may be answered by both."""
    codes = _codes(procedure)
    return {
        one for one in LIBRARY.procedures if one in _ways(procedure) or procedure in _ways(one) or codes & _codes(one)
    }


def _codes(procedure: str) -> set[str]:
    return set(CODE.findall(repr(LIBRARY.procedures[procedure])))


def _ways(procedure: str) -> set[str]:
    steps = LIBRARY.procedures[procedure].steps
    parts = (*LIBRARY.questions[procedure].values(), *steps, *(part for step in steps for part in parts_of(step)))
    return {id_ for part in parts if isinstance(part, Leading) for id_ in part.go}


def _counts(text: str) -> bool:
    """Whether a text tells a number of days, years, or đồng."""
    said = _words(text)
    return any(one.isdecimal() and other in _UNITS for one, other in pairwise(said))


def _in_plain_words(phrase: str) -> Iterator[str]:
    yield phrase
    for group in _PLAINLY:
        for words in group:
            if re.search(rf"\b{words}\b", phrase):
                yield from (re.sub(rf"\b{words}\b", other, phrase) for other in group)


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text, each number one word, written alike: "03 ngày" and "3 ngày", "15.000" and "15000"."""
    return spelled(_PARTED.sub("z", _LEADING.sub("", _GROUPED.sub("", text.lower()))))
