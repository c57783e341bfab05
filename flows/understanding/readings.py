"""What a text that is said at a step may be: every reading of it is weighed, and the likeliest one taken.

Readings are the answers on screen, the troubles that are known here, a question, an errand, a wish … Each has features (how like
what people said who meant it, what frames say, …), their weights stand in flows/understanding/reading_weights.py.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, get_args

from flows.definition.learning import sorts_of
from flows.definition.library import Library
from flows.text.calls import Call
from flows.text.denial import is_negation
from flows.text.kind_weights import EVEN
from flows.text.language import as_typed, bare, spelled
from flows.text.likeness import Parts
from flows.text.option_index import Fit
from flows.text.part_vectors import Vector, nearness
from flows.understanding.address import in_first_person
from flows.understanding.answer import find_denied, index_of, typed_answers
from flows.understanding.elsewhere import find_portal_trouble
from flows.understanding.meaning import ERRANDS, Candidate, Meaning
from flows.understanding.questions import asked_kinds
from flows.understanding.reading_weights import WEIGHTS
from flows.understanding.topics import topic
from flows.understanding.urgent import PLAINLY, find_danger, find_wish, judge_urgent, weigh_call
from flows.understanding.utterance import (
    asks_for_something,
    clauses_of,
    has_contrast,
    has_denial,
    opening_polarity,
    polarity_of,
    puts_first,
    tells_success,
    waits,
)

Features = Mapping[str, float]
Where = Literal["step", "papers", "deed"]
Sort = Literal[
    "answer", "ahead", "snag", "question", "later", "correction", "command", "errand", "person", "danger", "unclear"
]

_MOST = 15.0  # evidence beyond which more makes nothing surer
_LONG = 10  # words
_TWO, _FEW = 2, 3  # words
_SHORTLY = 3.0  # odds of a wish in so few words that they rather answer
_KINDS = tuple(("kind", sort) for sort in get_args(Sort))
_SIGNED = ("later", "correction")  # told by signs that words.yaml names
_MENDED = frozenset({"wrong", "mend"})  # signs of a correction where nothing was answered yet
# Features of which one at least must be over its least value for a reading, else nothing speaks for it.
_SIGNS: Mapping[Sort, Mapping[str, float]] = {
    "answer": dict.fromkeys(("typed", "polarity", "opening", "here", "anywhere", "evidence", "well", "odds"), 0.0),
    "ahead": dict.fromkeys(("typed", "here", "anywhere", "evidence"), 0.0),
    "snag": {**dict.fromkeys(("here", "anywhere", "evidence", "like", "at deed"), 0.0), "chance": EVEN},
    "question": {"shape": 0.0, "mark": 0.0, "odds": 1.0, "chance": EVEN},
    "later": {**dict.fromkeys(("frame", "first", "waits", "like", "odds"), 0.0), "chance": EVEN},
    "correction": {**dict.fromkeys(("frame", "like", "odds"), 0.0), "chance": EVEN},
}
# Readings that are made only where something shows them, and what is left if there is none.
_SHOWN = frozenset({"command", "errand", "person", "danger", "unclear"})


@dataclass(frozen=True)
class At:
    """Where a text is said.

    Attributes:
        where: at what sort of step: one that asks, one that lists papers, or a thing to do.
        asked: whether the question of the step is on screen, and not one of the bot's own.
        ahead: the questions still to come that may be answered already, each with its options.
        named: whether a text names the procedure as well.
        answered: whether there is an answer that may be taken back.
    """

    procedure: str
    step: str
    where: Where = "step"
    asked: bool = True
    ahead: Sequence[tuple[str, tuple[Candidate, ...]]] = ()
    named: bool = False
    answered: bool = True

    @property
    def place(self) -> str:
        return f"at {self.where}" if self.asked else "on leaflet"

    @property
    def deed(self) -> bool:
        """Whether the step is a thing to do."""
        return self.where == "deed"


class Reading(NamedTuple):
    """What a text may be.

    Attributes:
        id: of the option, the trouble, the command, the errand, where it is one.
        step: the question that is answered ahead.
        likely: from 0 to 1, 1 for all readings together.
    """

    sort: Sort
    id: str
    features: Features
    likely: float = 0.0
    step: str = ""


@dataclass(frozen=True)
class StepText:
    """A text at a step, and what all readings of it share.

    Attributes:
        text: in the first person.
        said: its spelled words, abbreviations written out.
        asks: whether it has the shape of a question.
        danger, wish: the calls that it may be, and `urgent` the one that it is by itself.
        parts: its words and pairs of words, as far as anybody said them at a step.
        direction: where it points among all that people say.
        kinds: how likely it is of each kind, as a logarithm.
        like: how like what people say of each kind it is.
    """

    text: str
    said: Sequence[str]
    parts: Parts
    direction: Vector
    kinds: Mapping[str, float]
    like: Mapping[tuple[str, ...], float]
    at: At
    candidates: Sequence[Candidate]
    troubles: Sequence[Candidate]
    asks: bool
    danger: Call | None
    wish: Call | None
    urgent: Meaning | None
    today: date


def read_step_text(
    library: Library, text: str, candidates: Sequence[Candidate], troubles: Sequence[Candidate], at: At, today: date
) -> StepText:
    """Read all that the readings of a text at a step have in common."""
    text = in_first_person(text)
    plain = spelled(text, library.words.abbreviations)
    said, direction = as_typed(plain), library.vectors.text(tuple(map(bare, plain)))
    options = tuple(one for one in candidates if not one.aside)
    danger, wish = find_danger(library, text, answering=True), find_wish(library, text, answering=True)
    urgent = judge_urgent(library, text, danger, wish)
    parts, asks = library.step_words.parts_of(said), asks_for_something(library.words.abbreviations, text, said)
    kinds, like = library.kinds.chances(plain, at.where), library.step_words.scores(_KINDS, parts)
    return StepText(
        text, said, parts, direction, kinds, like, at, options, tuple(troubles), asks, danger, wish, urgent, today
    )


def weigh_readings(library: Library, heard: StepText, weights: Mapping[str, float] = WEIGHTS) -> list[Reading]:
    """Return the readings of a text, the likeliest first."""
    found = (*_answers(library, heard), *_ahead(library, heard), *_troubles(library, heard), *_others(library, heard))
    readings = [one for one in found if one.sort in _SHOWN or _is_spoken_for(one)]
    if not library.kinds.learnt and any(one.sort not in ("unclear", "ahead") for one in readings):
        readings = [one for one in readings if one.sort != "unclear"]  # which only lines that people say tell
    scores = [sum(weights.get(name, 0.0) * value for name, value in one.features.items()) for one in readings]
    best = max(scores)
    shares = [math.exp(score - best) for score in scores]
    whole = sum(shares)
    weighed = [one._replace(likely=share / whole) for one, share in zip(readings, shares, strict=True)]
    return sorted(weighed, key=lambda one: (-one.likely, one.sort, one.id))


def _is_spoken_for(reading: Reading) -> bool:
    signs = _SIGNS[reading.sort].items()
    return any(reading.features.get(f"{reading.sort} {sign}", -math.inf) > least for sign, least in signs)


def _answers(library: Library, heard: StepText) -> Iterator[Reading]:
    """Yield the answers on screen; at a thing to do only that it is done."""
    if not heard.at.asked or len(heard.said) < _TWO:  # one word that is no answer by itself decides nothing
        return
    fits = _fits(library, heard, heard.candidates)
    typed = typed_answers(library, heard.text, heard.candidates, heard.today)
    said, opens = polarity_of(heard.said), opening_polarity(heard.said)
    denied = find_denied(library, heard.said, heard.candidates)
    likeness = _likeness(library, heard, heard.at.step, heard.candidates)
    senses = _senses(library, heard, heard.at.step, heard.candidates)
    done = library.done_odds.score(heard.text) if heard.at.deed and library.done_odds else 0.0
    for one in heard.candidates:
        if one.id in denied or (heard.at.deed and one.polarity != "yes"):
            continue
        features = {
            "answer": 1.0,
            f"answer at {heard.at.where}": 1.0,
            "answer chance": heard.kinds["answer"],
            **_fitting("answer", likeness[one.id], fits.get(one.id)),
            **_pointing("answer", senses, one.id),
        }
        if heard.at.deed:
            features |= {"done": 1.0, "answer odds": done, "answer well": float(tells_success(heard.said))}
        else:
            features |= {
                "answer typed": float(one.id in typed) / max(1, len(typed)),
                "answer against typed": float(bool(typed) and one.id not in typed),
                "answer polarity": float(one.polarity is not None and one.polarity == said),
                "answer opening": float(one.polarity is not None and one.polarity == opens),
                "answer against polarity": float(None not in (one.polarity, said) and one.polarity != said),
            }
        yield Reading("answer", one.id, features)


def _ahead(library: Library, heard: StepText) -> Iterator[Reading]:
    """Yield the answers to questions still to come; a plain yes or no is none of them."""
    if len(heard.said) < _TWO:
        return
    opens = opening_polarity(heard.said) in ("yes", "no")
    for step, options in heard.at.ahead:
        fits = _fits(library, heard, options)
        typed = typed_answers(library, heard.text, options, heard.today)
        likeness, senses = _likeness(library, heard, step, options), _senses(library, heard, step, options)
        denied = find_denied(library, heard.said, options)
        for one in options:
            if one.id not in denied:
                here, _ = likeness[one.id]
                told = {
                    "ahead": 1.0,
                    f"ahead {heard.at.place}": 1.0,
                    "ahead chance": heard.kinds["answer"],
                    "ahead typed": float(one.id in typed) / max(1, len(typed)),
                    "ahead lead": here
                    - max((likeness[other.id][0] for other in options if other is not one), default=0.0),
                    "ahead opening": float(opens),
                }
                features = {
                    **told,
                    **_fitting("ahead", likeness[one.id], fits.get(one.id)),
                    **_pointing("ahead", senses, one.id),
                }
                yield Reading("ahead", one.id, features, step=step)


def _troubles(library: Library, heard: StepText) -> Iterator[Reading]:
    """Yield the troubles that are known here, and that it is some other."""
    fits = _fits(library, heard, heard.troubles)
    likeness = _likeness(library, heard, heard.at.step, heard.troubles)
    senses = _senses(library, heard, heard.at.step, heard.troubles)
    place = f"snag at {heard.at.where}"
    for one in heard.troubles:
        features = {
            "known snag": 1.0,
            f"known {place}": 1.0,
            "snag chance": heard.kinds["snag"],
            **_fitting("snag", likeness[one.id], fits.get(one.id)),
            **_pointing("known snag", senses, one.id),
        }
        yield Reading("snag", one.id, features)
    portal = find_portal_trouble(library, heard.text)
    if portal:
        yield Reading(
            "snag", portal.id, {"portal": 1.0, f"portal {place}": 1.0, "portal frame": float(bool(portal.why))}
        )
    length = len(heard.said) / _LONG
    yield Reading("snag", "", {"snag": 1.0, place: 1.0, "snag length": length, **_kind("snag", library, heard)})


def _others(library: Library, heard: StepText) -> Iterator[Reading]:
    """Yield all that a text may be beside an answer and a trouble."""
    text, at = heard.text, heard.at
    if heard.asks or (at.asked and len(heard.said) >= _TWO):  # "có" alone asks for nothing
        asked = {
            "odds": library.question_odds.score(text) if library.question_odds else 0.0,
            "shape": float(heard.asks),
            "mark": float(text.rstrip().endswith("?")),
            "kind": float(bool(asked_kinds(library, text))),
            "fact": max((score for _, score in library.fact_book.rank(text)[:1]), default=0.0),
            "known": library.step_words.score(("asks", at.procedure), heard.parts),
        }
        yield _reading(library, heard, "question", "", asked)
    yield from _moves(library, heard)
    urgent = heard.urgent.kind if heard.urgent else ""
    wish = heard.wish or find_wish(library, text)
    if wish and (heard.wish or wish.odds >= _SHORTLY):
        called = {**weigh_call(library, text, "person", wish), "urgent": float(urgent == "person")}
        yield _reading(library, heard, "person", wish.id, called)
    if heard.urgent and heard.danger and urgent == "danger":
        called = dict(weigh_call(library, text, "danger", heard.danger))
        if library.danger_calls.odds is None:  # one frame is all there is to go by
            called["frames"] = PLAINLY
        yield _reading(library, heard, "danger", heard.urgent.id, called)
    yield _reading(
        library, heard, "unclear", "", {"words": 1 / (1 + len(heard.said)), "elsewhere": heard.kinds["elsewhere"]}
    )


def _moves(library: Library, heard: StepText) -> Iterator[Reading]:
    """Yield what may be wanted of the talk itself: later, a correction, a command, another errand."""
    text, words = heard.text, library.step_words
    found = Counter(match.id for match in library.move_frames.find(text))
    signs = {sign: 1.0 for sign in found if sign.startswith(_SIGNED)}
    if len(heard.said) > _FEW or signs:  # "khoan" and "đừng" are also how a question is answered
        clauses = [spelled(part, library.words.abbreviations) for part in clauses_of(text)]
        later = {"first": float(any(map(puts_first, clauses))), "waits": float(any(map(waits, clauses)))}
        yield _reading(library, heard, "later", "", {**later, **_signs("later", signs)})
        mends = _signs("correction", signs)
        if heard.at.answered or not _MENDED.isdisjoint(mends):
            taken_back = {
                "told": words.score(("answers", heard.at.procedure), heard.parts),
                "denial": float(has_denial(heard.said)),
                "contrast": float(has_contrast(heard.said)),
            }
            yield _reading(library, heard, "correction", "", {**taken_back, **mends})
    for command in (move for move in found if move in library.words.command_frames):
        named = words.score(("command", command), heard.parts)
        yield _reading(library, heard, "command", command, {"frames": float(found[command]), "named": named})
    errand = topic(library, text)
    if errand.top and errand.kind in ERRANDS and not any(map(is_negation, heard.said[:1])):
        wanted = {
            "named": errand.top[0][1],
            "sure": float(errand.action == "go"),
            "switch": float(min(found["switch"], _TWO)),
            "here": float(errand.id == heard.at.procedure),
        }
        yield _reading(library, heard, "errand", errand.id, wanted)


def _reading(library: Library, heard: StepText, sort: Sort, id_: str, features: Features) -> Reading:
    """Build a reading of its own features, and of those that all such readings have."""
    named = {f"{sort} {name}": value for name, value in features.items()}
    return Reading(sort, id_, {sort: 1.0, f"{sort} {heard.at.place}": 1.0, **_kind(sort, library, heard), **named})


def _signs(move: str, signs: Features) -> Features:
    """Return which signs of a move a text holds, and whether it holds any."""
    found = {sign.removeprefix(move).strip(): 1.0 for sign in signs if sign.startswith(move)}
    return {**found, "frame": float(bool(found))}


def _fits(library: Library, heard: StepText, candidates: Sequence[Candidate]) -> Mapping[str, Fit]:
    fits = index_of(tuple(candidates), library).fit(heard.said) if candidates else []
    return {fit.id: fit for fit in fits}


def _likeness(
    library: Library, heard: StepText, step: str, candidates: Sequence[Candidate]
) -> Mapping[str, tuple[float, float]]:
    """Return how like what people say for each option or trouble of a step a text is: here, anywhere."""
    sorts = {one.id: sorts_of(heard.at.procedure, step, one.id) for one in candidates}
    scores = library.step_words.scores((sort for both in sorts.values() for sort in both), heard.parts)
    return {id_: (scores[here], scores[anywhere]) for id_, (here, anywhere) in sorts.items()}


def _fitting(name: Sort, likeness: tuple[float, float], fit: Fit | None) -> Features:
    """Return how well a text fits an option or a trouble: by its examples, and by the words that set it apart."""
    here, anywhere = likeness
    return {
        f"{name} here": here,
        f"{name} anywhere": anywhere,
        f"{name} evidence": min(fit.evidence, _MOST) if fit else 0.0,
        f"{name} share": fit.share if fit else 0.0,
    }


def _senses(library: Library, heard: StepText, step: str, candidates: Sequence[Candidate]) -> Mapping[str, float]:
    """Return how near to what people say for each option or trouble of a step a text is."""
    sorts = {one.id: sorts_of(heard.at.procedure, step, one.id)[0] for one in candidates}
    return {id_: nearness(heard.direction, library.vectors.sort("/".join(sort))) for id_, sort in sorts.items()}


def _pointing(name: str, senses: Mapping[str, float], id_: str) -> Features:
    """Return how near a text is to one of several, and how much nearer than to the next."""
    next_ = max((near for other, near in senses.items() if other != id_), default=0.0)
    return {f"{name} sense": senses[id_], f"{name} sense lead": senses[id_] - next_}


def _kind(kind: Sort, library: Library, heard: StepText) -> Features:
    """Return how like what people say of a kind a text is, and the odds that it is of that kind."""
    odds = library.kind_odds.get(kind)
    sense = nearness(heard.direction, library.vectors.sort(f"kind/{kind}"))
    like = {
        f"{kind} chance": heard.kinds[kind],
        f"{kind} like": heard.like["kind", kind],
        f"{kind} sense": sense,
    }
    return {**like, f"{kind} odds": odds.score(heard.text)} if odds else like
