"""Vietnamese text as people type it on phones: cleaned, and compared without its accents."""

import re
import unicodedata
from collections.abc import Mapping

# Kinds of characters that carry no meaning and hide text from readers: controls, bidi marks, zero widths, surrogates.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_WORD = re.compile(r"[^\W_]+")
# Telex keeps these letters in the word when the phone's keyboard did not turn them into accents: "ddaats" for "đất".
_TELEX_DOUBLES = (("dd", "d"), ("aa", "a"), ("ee", "e"), ("oo", "o"), ("aw", "a"), ("ow", "o"), ("uw", "u"))
_TELEX_TONE = re.compile(r"^([a-z]*[aeiouy][a-z]*?)[sfrxj]$")


def clean(text: str, limit: int = 2000) -> str:
    """What a person meant to type: NFC, without control and direction marks, single spaces, at most `limit` characters."""
    head = unicodedata.normalize("NFC", text[: limit * 4])
    seen = "".join(
        " " if ch in "\n\r\t" else ch for ch in head if ch in "\n\r\t" or unicodedata.category(ch) not in UNSEEN
    )
    return " ".join(seen.split())[:limit]


def fold(text: str) -> str:
    """Lower case without accents: "Đất đai" -> "dat dai". Two texts that fold alike sound alike to a hurried typist."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


def words(text: str, abbreviations: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The folded words of a text, abbreviations written out: "lam sđ" -> ("lam", "so", "do")."""
    found: list[str] = []
    for word in _WORD.findall(fold(text)):
        written_out = (abbreviations or {}).get(word)
        found.extend(fold(written_out).split() if written_out else (word,))
    return tuple(found)


def without_telex(word: str) -> str:
    """The word that raw Telex keystrokes stand for: "ddaats" -> "dat". Words that hold none come back as they are."""
    plain = word
    for typed, letter in _TELEX_DOUBLES:
        plain = plain.replace(typed, letter)
    return _TELEX_TONE.sub(r"\1", plain) if len(plain) > 2 else plain
