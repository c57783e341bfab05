"""Danger, and wanting a person: heard before all else, but at a step, where they are weighed. Recall goes before precision."""

from flows.definition.library import Library
from flows.text.calls import Call
from flows.text.language import fold
from flows.understanding.meaning import ERRANDS, Meaning
from flows.understanding.topics import topic

_PLAIN_ERRAND = 0.55  # an errand so plainly named that papers are meant, unless it happens now
_PLAIN_ERRAND_BARE = 0.35
_OFFICIAL = 0.6  # the name of a procedure out of the catalogue, whatever words stand in it
_PLAIN = 3  # frames that fit a text which tells of danger plainly
# Odds of a danger that no frame fits, or only one, from which a frame of what is not done here speaks no longer against it.
_NO_OTHER = (3.0, 1.0)
_FRAME = 0.5  # odds that a frame counts for, where a text is both a cry and a wish


def hear_urgent(library: Library, text: str, *, answering: bool) -> Meaning | None:
    """Return the danger or the wish that a text tells of, unless it names an errand so plainly that papers are meant."""
    danger, wish = find_danger(library, text, answering=answering), find_wish(library, text, answering=answering)
    return judge_urgent(library, text, danger, wish)


def judge_urgent(library: Library, text: str, danger: Call | None, wish: Call | None) -> Meaning | None:
    """Return which of the calls that a text may be it is: none where it names an errand so plainly that papers are meant."""
    if not (danger or wish):
        return None
    if danger and wish and _weigh(wish) > _weigh(danger):
        danger = None  # "cứu em với em điền sai hết rồi"
    errand = topic(library, text)
    bare_text = fold(text) == text.lower()  # without accents more words look alike
    scored = errand.top[0][1] if errand.top and errand.kind in ERRANDS else 0.0
    named = scored >= (_PLAIN_ERRAND_BARE if bare_text else _PLAIN_ERRAND) and errand.action == "go"
    official = errand.kind == "catalogue" and scored >= _OFFICIAL
    faint = scored >= _PLAIN_ERRAND_BARE  # enough against a call that no frame fits
    if danger and not official:
        outweighed = named if danger.frames else faint
        if not _is_told_as_another(library, danger, text) and not (outweighed and is_hushed(library, danger, text)):
            return Meaning("danger", danger.id, ((danger.id, 1.0),), "go", why=danger.why)
    if wish:
        outweighed = named and (bare_text or errand.kind == "catalogue") if wish.frames else faint
        if not outweighed:
            return Meaning("person", wish.id, ((wish.id, 1.0),), "go", why=wish.why)
    return None


def _weigh(call: Call) -> float:
    return call.odds + _FRAME * call.frames


def _is_told_as_another(library: Library, danger: Call, text: str) -> bool:
    """Whether a frame of what is not done here fits better: "mất điện từ sáng" is no danger that examples alone may tell."""
    if danger.frames >= len(_NO_OTHER) or danger.odds >= _NO_OTHER[danger.frames]:
        return False
    found = (book.find(text) for book in (library.signpost_calls, library.portal_calls))
    return any(call and call.frames for call in found)


def find_danger(library: Library, text: str, *, answering: bool = False) -> Call | None:
    """Return the danger that a text tells of now; None for what is over, harms nobody, or is only a matter of papers."""
    now = library.now.find(text)
    harmless = not now and library.harmless.find(text)
    over = not now and library.not_now.find(text)
    denied = {id_ for id_, danger in library.dangers.items() if (over or harmless) and not danger.always}
    call = library.danger_calls.find(text, answering=answering, denied=denied)
    return call if call and (call.frames or not harmless) else None


def is_hushed(library: Library, danger: Call, text: str) -> bool:
    """Tell whether a plainly named errand makes a danger a matter of papers: unless it is told plainly, or as happening now."""
    return not (danger.frames >= _PLAIN or library.dangers[danger.id].always or library.now.find(text))


def find_wish(library: Library, text: str, *, answering: bool = False) -> Call | None:
    """Return the wish for a person, for another language or for reading aloud that a text holds."""
    return library.wish_calls.find(text, answering=answering)
