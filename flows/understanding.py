"""From words to what a citizen means, with a score. Deterministic and offline; when in doubt it says so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flows.language import words
from flows.library import Library
from flows.phrasebook import Phrasebook
from flows.procedure import Spoken

Kind = Literal["answer", "command", "fact", "procedure", "greeting", "thanks", "unknown"]
Action = Literal["go", "choose", "unsure"]

# Thresholds on phrasebook scores, set on the utterances of tests/flows; each is the lowest that made no wrong move there.
_COMMAND = 0.86
_FACT = 0.74
_GO = 0.72
_CHOOSE = 0.5
_MARGIN = 0.12
_OPTION = 0.7

_NEGATIONS = {"khong", "chua", "chang"}
_COUNT = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "nhat": 1}
_POINTERS = {"so", "cai", "thu", "chon", "y", "muc", "cau", "lua", "nut", "dap", "an", "dong"}


@dataclass(frozen=True)
class Candidate:
    """Something that may be picked. `whole` are phrases that mean it only when nothing else is said ("rồi", "vâng")."""

    id: str
    label: str
    says: tuple[str, ...] = ()
    spoken: Spoken | None = None
    whole: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What a text says.

    Attributes:
        kind: which sort of thing was said; "unknown" when nothing was good enough.
        id: the option, command, fact or procedure.
        top: (id, score) of the best few, for people who tune the words.
        action: "go" acts on it, "choose" shows 2-4 named choices, "unsure" says that it was not understood.
        procedure: the procedure that a question about a fact names, if it names one.
    """

    kind: Kind
    id: str = ""
    top: tuple[tuple[str, float], ...] = ()
    action: Action = "unsure"
    procedure: str | None = None


def understand(
    library: Library, text: str, candidates: Sequence[Candidate] = (), hidden: Sequence[Candidate] = ()
) -> Meaning:
    """In order: a command, a plain answer to what is on screen, small talk, a question, a longer answer, a procedure.

    Args:
        hidden: what is not on screen, has no number, but may be said here (the troubles of a step).
    """
    return (
        _command(library, text)
        or _plain_answer(library, text, candidates)
        or _small_talk(library, text)
        or _fact(library, text)
        or _long_answer(library, text, (*candidates, *hidden))
        or _procedure(library, text)
    )


def _command(library: Library, text: str) -> Meaning | None:
    ranked = library.command_book.rank(text)
    if ranked and ranked[0][1] >= _COMMAND:
        return Meaning("command", ranked[0][0], tuple(ranked[:3]), "go")
    return None


def _plain_answer(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    said = library.command_book.words(text)
    number = _number(said) or _number(words(text))
    if number and number <= len(candidates):
        return _answer(candidates[number - 1].id)
    for candidate in candidates:
        phrases = (candidate.id, candidate.label, *candidate.says, *candidate.whole)
        if any(said in (words(phrase), library.command_book.words(phrase)) for phrase in phrases):
            return _answer(candidate.id)
    spoken = next((kind for phrase, kind in library.spoken if said == phrase), None)
    return _spoken_answer(spoken, candidates)


def _long_answer(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    if not candidates:
        return None
    no = _negated(words(text, library.words.abbreviations))
    phrases = [(c.id, said) for c in candidates for said in (c.label, *c.says) if _negated(words(said)) == no]
    ranked = Phrasebook(phrases, library.words.abbreviations, library.words.fillers, whole=0.4).rank(text)
    if ranked and ranked[0][1] >= _OPTION and _clear(ranked):
        return _answer(ranked[0][0], ranked[0][1])
    return _spoken_answer(_spoken_start(library, text, candidates), candidates)


def _negated(said: tuple[str, ...]) -> bool:
    """ "không khuyết tật" says none of the words of "khuyết tật"; "chưa có hộ khẩu" none of "có hộ khẩu"."""
    return not _NEGATIONS.isdisjoint(said)


def _spoken_start(library: Library, text: str, candidates: Sequence[Candidate]) -> Spoken | None:
    """ "chưa làm giấy đó" starts with a "not yet", as nothing in the rest says otherwise; "không hiểu gì" is no "no"."""
    book = library.command_book
    said = book.words(text)
    if text.rstrip().endswith("?") or said[-1:] == ("khong",):
        return None
    neutral = {word for phrase in (*library.words.neutral, *(c.label for c in candidates)) for word in words(phrase)}
    starts = ((phrase, kind) for phrase, kind in library.spoken if said[: len(phrase)] == phrase)
    return next((kind for phrase, kind in starts if neutral.issuperset(said[len(phrase) :])), None)


def _spoken_answer(spoken: Spoken | None, candidates: Sequence[Candidate]) -> Meaning | None:
    """People say "không" for "chưa" and the other way round; whichever of the two is on screen is meant."""
    if spoken is None:
        return None
    stand_in = {"no": "not_yet", "not_yet": "no"}.get(spoken)
    for wanted in (spoken, stand_in):
        fitting = [c for c in candidates if c.spoken == wanted]
        if wanted and len(fitting) == 1:
            return _answer(fitting[0].id)
    return None


def _number(said: tuple[str, ...]) -> int | None:
    """ "2", "số hai", "cái thứ 2", "cái đầu tiên". A number among other words is no pick."""
    rest = tuple(word for word in said if word not in _POINTERS)
    if rest in (("dau",), ("dau", "tien")) and len(said) > 1:
        return 1
    if len(rest) != 1 or len(said) > 4 or (len(said) == 1 and not rest[0].isdigit()):
        return None
    return int(rest[0]) if re.fullmatch(r"[1-9]\d?", rest[0]) else _COUNT.get(rest[0])


def _small_talk(library: Library, text: str) -> Meaning | None:
    plain, short = words(text, library.words.abbreviations), library.command_book.words(text)
    talk: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("greeting", library.words.greeting),
        ("thanks", library.words.thanks),
    )
    for kind, phrases in talk:
        if any(words(phrase) in (plain, short) for phrase in phrases):
            return Meaning(kind, kind, ((kind, 1.0),), "go")
    return None


def _fact(library: Library, text: str) -> Meaning | None:
    ranked = library.fact_book.rank(text)
    if not ranked or ranked[0][1] < _FACT:
        return None
    named = [(id_, score) for id_, score in library.procedure_book.rank(text) if score >= _GO]
    return Meaning("fact", ranked[0][0], tuple(ranked[:3]), "go", named[0][0] if named and _clear(named) else None)


def _procedure(library: Library, text: str) -> Meaning:
    ranked = library.procedure_book.rank(text)
    top = tuple((id_, round(score, 3)) for id_, score in ranked[:4])
    if not ranked or ranked[0][1] < _CHOOSE:
        return Meaning("unknown", "", top)
    if ranked[0][1] >= _GO and _clear(ranked):
        return Meaning("procedure", ranked[0][0], top, "go")
    return Meaning("procedure", ranked[0][0], tuple(pair for pair in top if pair[1] >= _CHOOSE), "choose")


def _clear(ranked: Sequence[tuple[str, float]]) -> bool:
    return len(ranked) < 2 or ranked[0][1] - ranked[1][1] >= _MARGIN


def _answer(id_: str, score: float = 1.0) -> Meaning:
    return Meaning("answer", id_, ((id_, score),), "go")
