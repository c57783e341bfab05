"""Danger, and wanting a person: heard before all else, wherever somebody is. Recall goes before precision."""

from collections import Counter
from collections.abc import Container, Iterable

from flows.definition.library import Library
from flows.text.frames import Match


def find_danger(library: Library, text: str) -> Match | None:
    """Return the danger that a text tells of now; None for what is over, or only a matter of papers."""
    found = library.danger_frames.find(text)
    if not found:
        return None
    denied = {match.id for match in library.danger_denials.find(text)}
    if library.not_now.find(text) and not library.now.find(text):
        denied |= {id_ for id_, danger in library.dangers.items() if not danger.always}
    return _likeliest(found, denied)


def is_hushed(library: Library, danger: Match, text: str) -> bool:
    """Tell whether a plainly named errand makes a danger a matter of papers: unless it is told as happening now."""
    return not library.dangers[danger.id].always and not library.now.find(text)


def find_wish(library: Library, text: str) -> Match | None:
    """Return the wish for a person, for another language or for reading aloud that a text holds."""
    found = library.wish_frames.find(text)
    return _likeliest(found, {match.id for match in library.wish_denials.find(text)}) if found else None


def _likeliest(found: Iterable[Match], denied: Container[str]) -> Match | None:
    """Return the match of the id that most frames speak for; among equals the first one in the file."""
    left = [match for match in found if match.id not in denied]
    counts = Counter(match.id for match in left)
    return max(left, key=lambda match: counts[match.id], default=None)
