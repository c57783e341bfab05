"""Short codes such as "NR LP 22": made to be read aloud and typed on a phone, found in whatever somebody writes.

The letters tell the commune and the procedure, the digits tell links to the same place apart. Neither 0/O nor 1/I is ever used,
so that nobody has to guess.
"""

import re
from collections.abc import Iterator
from itertools import product

from flows.text.language import fold

_LETTERS = frozenset("ABCDEFGHJKLMNPQRSTUVWXYZ")
_DIGITS = "23456789"
_WHOLE = "MC"  # "một cửa": for a link to a commune's every procedure
_PART = 4  # letters that a commune or a procedure has at most
_SHORTEST, _LONGEST = 4, 2 * _PART  # letters
_LENGTHS = (2, 3, 4)  # digits
_TOKEN = re.compile(r"[a-z]+|\d+")


def code_letters(commune: str, procedure: str) -> str:
    """Make the letters of a code: "NRLP" for na-ri and lop-1."""
    return _letters(commune) + (_letters(procedure) if procedure else _WHOLE)


def number_codes(letters: str) -> Iterator[str]:
    """Yield the codes with these letters, the shortest first."""
    for length in _LENGTHS:
        yield from (letters + "".join(digits) for digits in product(_DIGITS, repeat=length))


def format_code(code: str, commune: str) -> str:
    """Write a code as people read it: "NR LP 22"."""
    size = len(_letters(commune))
    letters = code.rstrip(_DIGITS)
    return " ".join((letters[:size], letters[size:], code[len(letters) :]))


def find_codes(text: str) -> list[str]:
    """Find everything that has the form of a code: however it is spaced, in any case, with accents, inside a sentence."""
    tokens = _TOKEN.findall(fold(text))
    found: dict[str, None] = {}
    for at, token in enumerate(tokens):
        if token.isalpha() and at + 1 < len(tokens) and tokens[at + 1].isdecimal():
            numbers = list(_numbers(tokens[at + 1 :]))
            found |= dict.fromkeys(letters + number for letters in _words(tokens[: at + 1]) for number in numbers)
    return list(found)


def _letters(id_: str) -> str:
    """Take the first letters of an id's words; of an id of one word, its first two letters."""
    spelled = [ch for ch in id_.upper() if ch in _LETTERS]
    initials = [word[0] for word in id_.upper().split("-") if word[0] in _LETTERS]
    return "".join(initials[:_PART]) if len(initials) > 1 else "".join((*spelled, "X", "X")[:2])


def _words(tokens: list[str]) -> Iterator[str]:
    """Yield what the last words spell when they are written together, with one word more each time."""
    spelled = ""
    for token in reversed(tokens):
        if len(token) + len(spelled) > _LONGEST or not _LETTERS.issuperset(token.upper()):
            return
        spelled = token.upper() + spelled
        if len(spelled) >= _SHORTEST:
            yield spelled


def _numbers(tokens: list[str]) -> Iterator[str]:
    """Yield what the first numbers spell, with one more each time: "22", "2 2"."""
    spelled = ""
    for token in tokens:
        spelled += token
        if not token.isdecimal() or len(spelled) > _LENGTHS[-1]:
            return
        if len(spelled) >= _LENGTHS[0]:
            yield spelled
