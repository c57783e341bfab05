"""Vietnamese text as people type it on phones: cleaning, and comparison with missing accents."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Unicode categories without meaning that hide text from readers: controls, bidi marks, zero widths, surrogates.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 40  # letters kept of a word; nobody means more, and caches of words must stay small
_REMEMBERED = 16_384  # words in a cache
AT_ONCE = 64  # texts in a cache: those being understood, and their clauses, each of which is read some fifty times
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_ANY = "?"  # suffix of a word that matches any accent
_AS_TYPED = "="  # ends a word typed without an accent by somebody who types them
_ACCENTED = 0.3  # share of words with an accent from which somebody types them
# Hỏi and ngã: the two tones that are most often written for each other.
_HOI_NGA = {0x0309: "\u0303"}
# Telex keeps these letters in the word when the phone's keyboard did not turn them into accents: "ddaats" for "đất".
_TELEX_DOUBLES = (("dd", "d"), ("aa", "a"), ("ee", "e"), ("oo", "o"), ("aw", "a"), ("ow", "o"), ("uw", "u"))
_TELEX_TONE = re.compile(r"^([a-z]*[aeiouy][a-z]*?)[sfrxj]$")
# VNI keeps its digits in the word when the keyboard did not turn them into accents: "d9a61t" for "đất".
_VNI = {"a6": "â", "e6": "ê", "o6": "ô", "o7": "ơ", "u7": "ư", "a8": "ă", "d9": "đ"}
_VNI_SURE = re.compile(r"\b[a-z]*(?:d9|[aeo]6|[ou]7|a8)[a-z0-9]*\b")
_VNI_WORD = re.compile(r"\b[a-z]+[1-9][a-z1-9]*\b")
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_JOINED = re.compile(r"\b([^\W\d_]{2,})(\d{1,2})\b")
_DIGIT = re.compile(r"\d")


class Abbreviations(dict[str, str]):
    """Folded short form -> what it stands for. Never changed, so that what was read with them is remembered."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # dict says None; this one never changes


@lru_cache(maxsize=AT_ONCE)  # three times for one message
def clean(text: str, limit: int = 2000) -> str:
    """Normalize a typed text: NFC, no control or direction marks, single spaces, at most `limit` characters."""
    head = unicodedata.normalize("NFC", text[: limit * 4])
    seen = "".join(
        " " if ch in "\n\r\t" else ch for ch in head if ch in "\n\r\t" or unicodedata.category(ch) not in UNSEEN
    )
    return " ".join(seen.split())[:limit]


def shortened(text: str, limit: int) -> str:
    """Cut a text between words to at most `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1].rpartition(' ')[0]}…"


def fold(text: str) -> str:
    """Return lower case without accents: "Đất đai" -> "dat dai". Texts that fold alike sound alike to a hurried typist."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


@lru_cache(maxsize=AT_ONCE)
def words(text: str, abbreviations: Abbreviations | None = None) -> tuple[str, ...]:
    """Return the folded words of a text, abbreviations written out: "lam sđ" -> ("lam", "so", "do")."""
    return tuple(map(bare, spelled(text, abbreviations)))


@lru_cache(maxsize=AT_ONCE)
def spelled(text: str, abbreviations: Abbreviations | None = None) -> tuple[str, ...]:
    """Return the words of a text with accents, the tone at the end of the word: "hoà" and "hòa" are both "hoa`"."""
    found: list[str] = []
    for typed in _typed(text):
        word = typed[:_LONGEST]
        if abbreviations and (written_out := abbreviations.get(bare(word))) and _abbreviates(word):
            found.extend(spelled(written_out))
        else:
            found.append(_spell(word))
    return tuple(found)


def _typed(text: str) -> Sequence[str]:
    """Return the words as typed, each parted from a number that was typed to it: "lớp1" -> "lớp 1"; "a1" and "2k20" stay."""
    lower = unicodedata.normalize("NFC", text.lower())
    return _WORD.findall(_JOINED.sub(r"\1 \2", without_vni(lower)) if _DIGIT.search(lower) else lower)


def without_vni(text: str) -> str:
    """Turn raw VNI keystrokes into accents, in a text where one of them can be nothing else: "so63 d9o3" -> "sổ đỏ"."""
    if not _VNI_SURE.search(text):
        return text
    return _VNI_WORD.sub(lambda match: _from_vni(match[0]), text)


def _from_vni(word: str) -> str:
    """Each digit shapes the nearest letter before it that takes it; a tone goes to the shaped vowel, else to the first."""
    letters: list[str] = []
    tone = ""
    for key in word:
        at = next((at for at in range(len(letters) - 1, -1, -1) if letters[at] + key in _VNI), None)
        if at is not None:
            letters[at] = _VNI[letters[at] + key]
            if letters[at - 1 : at + 1] == ["u", "ơ"]:  # "thuo71c" is "thước"
                letters[at - 1] = "ư"
        elif key in _VNI_TONES:
            tone = _VNI_TONES[key]
        else:
            letters.append(key)
    shaped = [at for at, letter in enumerate(letters) if letter in "âêôơưă"]
    vowels = shaped[-1:] or [at for at, letter in enumerate(letters) if letter in "aeiouy"]
    if tone and vowels:
        letters[vowels[0]] += tone
    return unicodedata.normalize("NFC", "".join(letters))


def phrase(text: str, abbreviations: Abbreviations | None = None) -> tuple[str, ...]:
    """Return the words of a content phrase. One that is written without any accent ("lam bia do") matches any."""
    return _any_accent(spelled(text, abbreviations)) if abbreviations else _phrase(text)


@lru_cache(maxsize=65_536)
def _phrase(text: str) -> tuple[str, ...]:
    return _any_accent(spelled(text))


def _any_accent(found: tuple[str, ...]) -> tuple[str, ...]:
    without_accents = len(found) > 1 and all(word == bare(word) for word in found)
    return tuple(word + _ANY for word in found) if without_accents else found


@lru_cache(maxsize=_REMEMBERED)
def _abbreviates(word: str) -> bool:
    """Return whether a word may be an abbreviation: "k" and "sđ" may; "bịt" with its accent is a word of its own."""
    return word.replace("đ", "d") == fold(word)


@lru_cache(maxsize=_REMEMBERED)
def _spell(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tone = "".join(ch for ch in apart if ch in _TONES)
    return unicodedata.normalize("NFC", "".join(ch for ch in apart if ch not in _TONES)) + tone


@lru_cache(maxsize=_REMEMBERED)
def bare(word: str) -> str:
    """Return a spelled word without its accents."""
    return fold(word).removesuffix(_ANY).removesuffix(_AS_TYPED)


def as_typed(said: Sequence[str]) -> tuple[str, ...]:
    """Mark the words without an accent of somebody who types accents: their "cho" is no "chỗ"."""
    accented = sum(word != bare(word) for word in said)
    if accented < _ACCENTED * len(said):
        return tuple(said)
    return tuple(word + _AS_TYPED if word == bare(word) else word for word in said)


def alike(typed: str, meant: str) -> float:
    """Score from 0 to 1 how well two words that fold alike agree: an accent that was not typed may be any accent."""
    if typed.endswith(_AS_TYPED):
        return 1.0 if typed[:-1] == meant or meant.endswith(_ANY) else 0.3
    if typed == meant or typed == bare(typed) or meant.endswith(_ANY):
        return 1.0
    if typed.translate(_HOI_NGA) == meant.translate(_HOI_NGA):
        return 0.9
    return 0.3


def same(typed: Sequence[str], meant: Sequence[str]) -> bool:
    """Return whether typed words match meant words: "dung" may be "đúng" or "dừng", but "đừng" is neither."""
    if len(typed) != len(meant):
        return False
    for one, other in zip(typed, meant, strict=True):  # noqa: SIM110 - all() takes twice as long, for hundreds of words
        if bare(one) != bare(other) or alike(one, other) < 0.9:
            return False
    return True


def without_telex(word: str) -> str:
    """Resolve raw Telex keystrokes: "ddaats" -> "dat". Words without any come back unchanged."""
    plain = word
    for typed, letter in _TELEX_DOUBLES:
        plain = plain.replace(typed, letter)
    return _TELEX_TONE.sub(r"\1", plain) if len(word) > 2 else plain
