"""Reading of JSON that platforms and strangers post: what is odd, or of another type, is passed over and raises nothing."""

import json
import re
from typing import Any

_URL = 2000  # characters
_ID = 90  # characters: two of them and a word must fit into a column of 200
_ODD = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)


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
