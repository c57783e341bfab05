"""Danger, and wanting a person: heard before all else, wherever somebody is. Recall goes before precision."""

from flows.definition.library import Library
from flows.text.calls import Call

_PLAIN = 3  # frames that fit a text which tells of danger plainly
# Odds by which a text without any frame must be likelier at a step, where people tell of their lives.
_RESERVE_DANGER = 1.5
_RESERVE_WISH = 1.0


def find_danger(library: Library, text: str, *, at_step: bool = False) -> Call | None:
    """Return the danger that a text tells of now; None for what is over, or only a matter of papers."""
    over = library.not_now.find(text) and not library.now.find(text)
    denied = {id_ for id_, danger in library.dangers.items() if over and not danger.always}
    return library.danger_calls.find(text, reserve=_RESERVE_DANGER * at_step, denied=denied)


def is_hushed(library: Library, danger: Call, text: str) -> bool:
    """Tell whether a plainly named errand makes a danger a matter of papers: unless it is told plainly, or as happening now."""
    return not (danger.frames >= _PLAIN or library.dangers[danger.id].always or library.now.find(text))


def find_wish(library: Library, text: str, *, at_step: bool = False) -> Call | None:
    """Return the wish for a person, for another language or for reading aloud that a text holds."""
    return library.wish_calls.find(text, reserve=_RESERVE_WISH * at_step)
