"""Danger, and wanting a person: heard before all else, but at a step, where they are weighed. Recall goes before precision."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from flows.definition.library import Library
from flows.text.calls import Call, CallBook
from flows.text.language import as_typed, fold, spelled
from flows.understanding.call_weights import WEIGHTS
from flows.understanding.meaning import ERRANDS, Meaning
from flows.understanding.topics import topic
from flows.understanding.utterance import asks_for_something

CallSort = Literal["danger", "person"]

PLAINLY = 3  # frames that tell a danger plainly; more make it no surer
_LONG, _SHORT = 10, 7  # words
_REMEMBERED = 64  # calls: one is judged, held against another, and weighed at a step


def judge_urgent(library: Library, text: str, danger: Call | None, wish: Call | None) -> Meaning | None:
    """Return which of the calls that a text may be it is."""
    if danger and wish and score_call(library, text, "person", wish) > score_call(library, text, "danger", danger):
        danger = None  # "cứu em với em điền sai hết rồi"
    if danger:
        return Meaning("danger", danger.id, ((danger.id, 1.0),), "go", why=danger.why)
    return Meaning("person", wish.id, ((wish.id, 1.0),), "go", why=wish.why) if wish else None


@lru_cache(maxsize=_REMEMBERED)
def weigh_call(library: Library, text: str, sort: CallSort, call: Call) -> Mapping[str, float]:
    """Return the features by which a text that may be a call is told from one that only sounds like it."""
    plain = spelled(text, library.words.abbreviations)
    said, kinds = as_typed(plain), library.kinds.chances(plain, "step")
    errand = topic(library, text)
    return {
        "odds": call.odds,
        "chance": kinds[sort],
        "none": kinds["none"],
        "lean": call.lean,
        "framed": float(call.frames > 0),
        "frames": float(min(call.frames, PLAINLY)),
        "asks": float(asks_for_something(library.words.abbreviations, text, said)),
        "question": library.question_odds.score(text) if library.question_odds else 0.0,
        "length": len(said) / _LONG,
        "short": float(len(said) <= _SHORT and not call.frames),
        "errand": errand.top[0][1] if errand.top and errand.kind in ERRANDS else 0.0,
        "named": float(errand.kind in ERRANDS and errand.action == "go"),
        "official": float(errand.kind == "catalogue"),
        "bare": float(fold(text) == text.lower()),
        **(_weigh_danger(library, text) if sort == "danger" else {}),
    }


def _weigh_danger(library: Library, text: str) -> Mapping[str, float]:
    """Return what tells a danger from what is over, harms nobody, or is a matter of others."""
    return {
        "now": float(bool(library.now.find(text))),
        "over": float(bool(library.not_now.find(text))),
        "harmless": float(bool(library.harmless.find(text))),
        "elsewhere": float(any(fits_frame(book, text) for book in (library.signpost_calls, library.portal_calls))),
    }


def fits_frame(book: CallBook, text: str) -> bool:
    """Tell whether a frame of what is not done here fits."""
    call = book.find(text)
    return call is not None and call.frames > 0


def score_call(library: Library, text: str, sort: CallSort, call: Call) -> float:
    """Score how likely a call is meant, as a logit."""
    features = {"": 1.0, **weigh_call(library, text, sort, call)}
    return sum(WEIGHTS.get(f"{sort} {name}".strip(), 0.0) * value for name, value in features.items())


def find_danger(library: Library, text: str, *, answering: bool = False) -> Call | None:
    """Return the danger that a text tells of now; None for what is over, harms nobody, or is only a matter of papers."""
    if library.danger_calls.is_none(text):
        return None
    now = library.now.find(text)
    harmless = not now and library.harmless.find(text)
    over = not now and library.not_now.find(text)
    denied = {id_ for id_, danger in library.dangers.items() if (over or harmless) and not danger.always}
    call = library.danger_calls.find(text, answering=answering, denied=denied)
    return call if call and (call.frames or not harmless) else None


def find_wish(library: Library, text: str, *, answering: bool = False) -> Call | None:
    """Return the wish for a person, for another language or for reading aloud that a text holds."""
    return library.wish_calls.find(text, answering=answering)
