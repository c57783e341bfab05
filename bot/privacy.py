"""Numbers that nobody may keep are masked before anything is stored or logged."""

import re
import unicodedata
from dataclasses import dataclass

from flows.language import UNSEEN, fold

MASK = "[số đã che]"

_GAP = r"[\s.\-–]?"
_DIGITS = re.compile(rf"(?<!\w)\+?\d(?:{_GAP}\d){{5,18}}(?!\w)")
_OTP_WORDS = re.compile(r"\b(otp|ma xac (nhan|thuc|minh)|passcode|mat khau|ma pin|smartotp)\b")
_SHORT_CODE = re.compile(r"(?<!\d)\d(?:[\s.\-]?\d){3,7}(?!\d)")
_DATE = re.compile(
    r"\d{1,2}[\s.\-/]\d{1,2}[\s.\-/]\d{4}|\d{4}[\s.\-/]\d{1,2}[\s.\-/]\d{1,2}|(19|20)\d\d[\s\-–](19|20)\d\d"
)


@dataclass(frozen=True)
class Redacted:
    """`kind` is the most sensitive thing that was masked: "otp", "card", "id", "phone" or None."""

    text: str
    kind: str | None = None


def redact(text: str, *, keep_phones: bool = False) -> Redacted:
    """Masks ID-card, phone, bank-card and account numbers, and one-time codes, however they are spaced.

    `keep_phones` is for the team's own words: they may tell a citizen whom to call.

    Dates and years stay: "sinh 12/05/2021" must still be understood. Digits in any script count.
    """
    plain = _plain_digits(text)
    found: list[str] = []

    def mask(match: re.Match[str]) -> str:
        kind = _kind(match[0])
        if kind is None or (kind == "phone" and keep_phones):
            return match[0]
        found.append(kind)
        return MASK

    masked = _DIGITS.sub(mask, plain)
    if _OTP_WORDS.search(fold(masked)) or re.fullmatch(r"\s*\d{6}\s*", masked):
        masked, count = _SHORT_CODE.subn(MASK, masked)
        found.extend(["otp"] * count)
    kinds = [kind for kind in ("otp", "card", "id", "phone") if kind in found]
    return Redacted(masked, kinds[0] if kinds else None)


def _plain_digits(text: str) -> str:
    """Digits of every script as 0-9, unseen characters out: nobody hides a number from the mask by accident."""
    seen = (ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in UNSEEN)
    return "".join(str(unicodedata.digit(ch)) if ch.isdigit() else ch for ch in seen)


def _kind(number: str) -> str | None:
    if _DATE.fullmatch(number.strip()):
        return None
    digits = re.sub(r"\D", "", number)
    if len(digits) >= 13:
        return "card"
    if re.fullmatch(r"(84|0)\d{9,10}|1[89]00\d{4,6}", digits):
        return "phone"
    if len(digits) in (9, 12):
        return "id"
    return "id" if len(digits) >= 8 else None
