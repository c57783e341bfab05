"""Long text in pieces that end where a reader would pause."""

import json
import re
from typing import Any

from flows.messages import DIGITS, Choice, Reply

_URL = 2000  # characters
_ID = 90  # characters: two of them and a word must fit into a column of 200
_ODD = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_PAUSES = ("\n\n", "\n", ". ", " ")


def split(text: str, limit: int) -> list[str]:
    """Split a text into pieces of at most `limit` UTF-16 units (what the platforms count at the strictest); nothing is lost
    but white space."""
    pieces = []
    rest = text.strip()
    while _size(rest) > limit:
        head = _head(rest, limit)
        cut = next((at + len(pause.rstrip(" ")) for pause in _PAUSES if (at := head.rfind(pause)) > 0), len(head))
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*pieces, rest] if rest else pieces


def _size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _head(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore")


def numbered(reply: Reply) -> str:
    """Render a reply as plain text for channels without buttons: choices are numbered lines, and the bot understands the
    number.

    The ways elsewhere have the same number everywhere.
    """
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(reply.choices, 1)]
    ways = " · ".join(f"{_digit(choice, len(reply.choices))}“{choice.label}”" for choice in reply.nav)
    link = ": ".join(reply.link) if reply.link else ""
    return "\n\n".join(part for part in (reply.text, "\n".join(lines), ways, link) if part)


def _digit(way: Choice, choices: int) -> str:
    """Find the number of a way elsewhere, "" where it has no number or a choice has it."""
    number = next((digit for digit, command in DIGITS.items() if way.token.endswith(f":!{command}")), "")
    return f"{number} " if number and int(number) not in range(1, choices + 1) else ""


def json_object(body: bytes) -> dict[str, Any]:
    """Parse the JSON object in a body, or {} for anything else: what a stranger posts is never an exception."""
    try:
        found = json.loads(body)
        if _ODD.search(body):
            found = _storable(found)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _storable(value: Any) -> Any:
    """Strip the characters that no database keeps: NUL, and halves of pairs that stand alone."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(each) for key, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value


def text_of(value: Any) -> str:
    """Return a string as it is, anything else as "": platforms and strangers send other types."""
    return value if isinstance(value, str) else ""


def id_of(value: Any) -> str:
    """Return an id as platforms make them: short, visible ASCII. Anything else is "", and what it came with is passed over."""
    return value if isinstance(value, str) and len(value) <= _ID and value.isascii() and value.isprintable() else ""


def url_of(value: Any) -> str:
    """Return an address, as long as they may be; "" for anything else."""
    fits = isinstance(value, str) and len(value) <= _URL and value.isascii() and value.isprintable()
    return value if fits and value.startswith("http") else ""


def map_of(latitude: Any, longitude: Any) -> str:
    """Link to a place on a map that every phone opens, "" for what is no place.

    https://developers.google.com/maps/documentation/urls
    """
    try:
        north, east = float(latitude), float(longitude)
    except (TypeError, ValueError):
        return ""
    known = abs(north) <= 90 and abs(east) <= 180
    return f"https://www.google.com/maps/search/?api=1&query={north:.5f}%2C{east:.5f}" if known else ""


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
