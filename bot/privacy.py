"""Masking (redaction) of numbers that nobody may keep, before anything is stored or logged."""

import hmac
import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException

from bot.masking_patterns import (
    A_DATE,
    A_YEAR,
    BIRTHDAY,
    CODE,
    CODE_IN_WORDS,
    CODE_JUST_BEFORE,
    CODE_WORDS,
    DIGIT_OF,
    LABEL_BEFORE,
    LETTER_DIGITS,
    NUMBER,
    PASSWORD_LIKE,
    PASSWORD_WORDS,
    PLAIN,
    TEN,
    WORTH,
)
from flows.text.language import UNSEEN

MASK = "[số đã che]"

# What was found -> what it is to the engine. `words`, `letters` and `groups` may be any of these, or nothing.
_KIND = {
    **dict.fromkeys(("id", "passport", "pass", "labelled", "member"), "id"),
    **dict.fromkeys(("account", "short", "bank_card", "cvv", "insured"), "card"),
    **dict.fromkeys(("phone", "foreign", "called"), "phone"),
    "password": "otp",
    **dict.fromkeys(
        ("mail", "house", "street", "said", "road", "at", "flat", "born", "full", "before", "after"), "address"
    ),
}
_ORDER = ("otp", "card", "id", "phone", "address")
_MARKS = re.compile(r"(?<=\d)[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]{1,8}")  # a digit in a box, or underlined
_GUESSED = ("words", "letters", "password")
_TEAM = ("id", "card")  # what the team too tells nobody
_SAID = 4  # digits in words, at least, …
_MIXED = re.compile(r"0[35789]\d{8}|0\d{11}")  # … or it is surely a phone's or an ID card's
_MOBILE = re.compile(r"0[35789]\d{8}")
_VARIED = 3  # different digits, at least
_CODE = range(4, 9)  # digits
_CARD = 13  # digits, at least
_NAMED = 6  # digits in words behind the name of what they are, at least
_LABEL = 50  # characters before them that are looked at
_JUST_BEFORE = 12  # characters before a number that tell what it is
_ASKED = re.compile(
    r"(?:gì|sao|nào|mấy|bao|đâu|ai|của|thế|như|rồi|không|ko|quên|mới|cũ|mất|sai|để|vneid)\W*", re.IGNORECASE
)
_NUMBER_ONLY = re.compile(r"[\d\W]+")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?\W*", re.IGNORECASE
)


@dataclass(frozen=True)
class Redacted:
    """`kind` is the most sensitive thing that was masked: "otp", "card", "id", "phone", "address" or None."""

    text: str
    kind: str | None = None


def redact(text: str) -> Redacted:
    """Mask the personal numbers in a citizen's words, and what else nobody may keep.

    That is numbers of ID cards, passports, insurance, phones, bank cards and accounts, e-mail and house numbers, passwords
    and one-time codes, and the day and month of birth beside a name.

    Dates, years, amounts, areas, plots, hotlines, and numbers of laws, files and procedures stay: they must still be
    understood. Digits in any script count, digits in words, and letters that stand for digits.
    """
    found: set[str] = set()

    def mask(match: re.Match[str]) -> str:
        kind, start, end = _classify(match)
        before, value, after = (
            match.string[match.start() : start],
            match.string[start:end],
            match.string[end : match.end()],
        )
        if kind is None:
            return f"{before}{PLAIN.sub(mask, value)}{after}" if match.lastgroup in _GUESSED else match[0]
        found.add(kind)
        return f"{before}{MASK}{after}"

    def mask_code(match: re.Match[str]) -> str:
        before = match.string[max(0, match.start() - _JUST_BEFORE) : match.start()]
        a_year = A_YEAR.fullmatch(match[0]) and not CODE_JUST_BEFORE.search(before)
        if match["harmless"] or a_year or (match[0] == match.string.strip() and match[0].endswith("000")):
            return match[0]
        found.add("otp")
        return MASK

    def mask_said(match: re.Match[str]) -> str:
        if len(_digits_said(match[0])) not in _CODE:
            return match[0]
        found.add("otp")
        return MASK

    plain = _plain_digits(text)
    if not WORTH.search(plain):
        return Redacted(plain)
    masked = NUMBER.sub(mask, BIRTHDAY.sub(mask, plain) if A_DATE.search(plain) else plain)
    if CODE_WORDS.search(masked):
        masked = CODE_IN_WORDS.sub(mask_said, CODE.sub(mask_code, masked))
    if PASSWORD_WORDS.search(masked) and (shown := PASSWORD_LIKE.sub(MASK, masked)) != masked:
        found.add("otp")
        masked = shown
    return Redacted(masked, next((kind for kind in _ORDER if kind in found), None))


def hash_text(text: str, key: str) -> str:
    """Hash a text: the hash tells it from another one, and tells nothing of it to who does not know the key."""
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), "blake2s").hexdigest()[:16]


def phone_in(text: str) -> str | None:
    """Find the first phone number in a text, as it is dialled in Vietnam: "0912345678"."""
    for match in NUMBER.finditer(_plain_digits(text)):
        if _classify(match)[0] == "phone":
            return _as_dialled(match[match.lastgroup or 0])
    return None


def redact_answer(text: str) -> str:
    """Mask the team's own words: they tell phone numbers, amounts and codes; numbers of ID and bank cards alone are masked."""

    def mask(match: re.Match[str]) -> str:
        if match.lastgroup in _GUESSED:  # only its value is read again: a label may stand in it, so that it ends
            _, start, end = _classify(match)
            said, value = match.string, match.string[start:end]
            return f"{said[match.start() : start]}{PLAIN.sub(mask, value)}{said[end : match.end()]}"
        digits = re.sub(r"\D", "", match[0])
        stays = _classify(match)[0] not in _TEAM or (match.lastgroup != "pass" and len(digits) not in (12, 16))
        return match[0] if stays else MASK

    return NUMBER.sub(mask, _plain_digits(text))


def _plain_digits(text: str) -> str:
    """Write digits of every script as 0-9, and drop unseen characters: nobody hides a number from the mask by accident."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(ch for ch in composed if ch in "\n\t" or unicodedata.category(ch) not in UNSEEN)
    pairs = zip(" " + seen, seen, strict=False)
    return _MARKS.sub("", "".join(str(unicodedata.digit(ch)) if _is_digit(before, ch) else ch for before, ch in pairs))


def _is_digit(before: str, ch: str) -> bool:
    """Tell a digit of any script; that of "m²" is none."""
    return ch.isdigit() and not (ch in "²³" and before == "m")


def _classify(match: re.Match[str]) -> tuple[str | None, int, int]:
    """Tell what was found, where it begins and ends; None for what stays."""
    name = match.lastgroup or "groups"
    kind = _KIND.get(name)
    if name == "password":
        kind = kind if _is_password(match[name], match.string[match.start() : match.start(name)]) else None
    elif name in ("words", "letters"):
        kind = _kind_of(_digits_said(match[name]) if name == "words" else _digits_written(match[name]))
        if kind is None and name == "words":
            before = match.string[max(0, match.start() - _LABEL) : match.start()]
            named = len(_digits_said(match[name])) >= _NAMED and LABEL_BEFORE.search(before)
            kind = "id" if named else None
    elif name == "parted":
        kind = _kind_of(digits) if _MIXED.fullmatch(digits := re.sub(r"\D", "", match[0])) else None
    elif name == "groups":
        kind = _kind_of_groups(match[0])
    return kind, match.start(name), match.end(name)


def _is_password(value: str, before: str) -> bool:
    """Tell a password from a word of the sentence: it is no syllable, or stands behind a colon."""
    if _ASKED.fullmatch(value):
        return False
    if any(ch.isdigit() or ch in "@#$%&*_" for ch in value):
        return not _NUMBER_ONLY.fullmatch(value)  # which is read as a code
    return value.isascii() and not _SYLLABLE.fullmatch(value) and before.rstrip().endswith((":", "=", "là", "la"))


def _digits_said(words: str) -> str:
    """Read the digits of "không chín một hai"; "" for what is no number: too few words, or one that counts."""
    found = ""
    spoken = re.findall(r"\w+", words.lower())
    for word in spoken:
        found += "1" if word in TEN else str(DIGIT_OF[word]) if word in DIGIT_OF else word if word.isdigit() else ""
    said = sum(not word.isdigit() for word in spoken)
    counts = found in "12345678910111213" or len(set(found)) < _VARIED
    return "" if counts or (said < _SAID and not _MIXED.fullmatch(found)) else found


def _digits_written(text: str) -> str:
    """Read the digits of "O9l2 345 678"; "" where nothing but digits stands, which is read elsewhere."""
    return "" if re.fullmatch(r"[\d\W]+", text) else re.sub(r"\D", "", text.translate(LETTER_DIGITS))


def _kind_of(digits: str) -> str | None:
    """Guess what digits are that had to be guessed at first: only what is surely a number of somebody's."""
    if _is_phone(digits) or _MOBILE.fullmatch(digits):
        return "phone"
    if len(digits) in (9, 12) or len(digits) >= _CARD:
        return "id" if len(digits) in (9, 12) else "card"
    return None


def _kind_of_groups(text: str) -> str | None:
    groups = re.findall(r"\d+", text)
    if re.fullmatch(r"[1-9]\d{0,2}( \d{3}){0,9} 000", " ".join(groups)):
        return None  # an amount: 100 000 000
    count = len("".join(groups))
    if count in (9, 12):
        return "id"
    return "card" if count >= 10 else None


def _is_phone(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, "VN"))
    except NumberParseException:
        return False


def _as_dialled(number: str) -> str:
    """Write a number as it is dialled in Vietnam; one from abroad with its country."""
    if NUMBER.fullmatch(number) is not None and not number[:1].isdigit() and not number.startswith("+84"):
        return "+" + re.sub(r"\D", "", number)
    digits = re.sub(r"\D", "", number)
    if digits.startswith("0084"):
        digits = digits[2:]
    return "0" + (digits.removeprefix("84").lstrip("0") if digits.startswith("84") else digits.lstrip("0"))
