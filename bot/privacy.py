"""Numbers that nobody may keep are masked before anything is stored or logged."""

import hmac
import re
import unicodedata
from dataclasses import dataclass

from flows.text.language import UNSEEN, fold

MASK = "[số đã che]"

# A number ends where its digits end: "sđt0912345678nhé" and "001099012345_x" hold one too.
_GAP = r"[\s.,\-–—/·_()]{0,3}"
_BETWEEN = r"(?:[\s.\-–—/·_()]{1,3}|,)"  # "150, 200" is a list, "150,200" one number
_YEAR = r"(?:19|20)\d\d"
_DATE = rf"(?<!\d)(?:\d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?{_YEAR}|{_YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}})(?![./-]?\d)"
_YEARS = rf"(?<!\d){_YEAR}(?:[\s.,\-–]{{1,3}}{_YEAR})+(?!\d)"
_ROUND = r"(?<!\d)[1-9]\d{0,2}(?:[.,]\d{3}){0,4}[.,]000(?![.,]?\d)"
_MONEY = r"(?<!\d)[1-9]\d{0,14}(?:[.,\s]\d{3}){0,4}\s?(?:đồng|đ|vnđ|vnd)(?!\w)"
_AREA = r"(?<!\d)\d{1,7}(?:[.,]\d{1,3})?\s?(?:m2|mét)(?!\w)"
_HOTLINE = r"(?<!\d)1[89]00[\s.\-]?\d{4,6}(?!\d)"
_FILE = r"(?<!\w)(?:\d{2,3}\.){0,4}[a-z]\d{2}(?:\.\d{1,4}){0,4}\s?-\s?\d{6}\s?-\s?\d{3,6}(?!\d)"
_HARMLESS = "|".join((_DATE, _YEARS, _ROUND, _MONEY, _AREA, _HOTLINE, _FILE))

_PHONE = rf"(?<!\d)\+?(?:84{_GAP}0?|0){_GAP}(?:[35789](?:{_GAP}\d){{8}}|2(?:{_GAP}\d){{8,9}})(?!\d)"
_ID_CARD = r"(?<!\d)0(?:[\s.\-–—/·_()]{0,3}\d){11}(?!\d)"
_GROUPS = rf"(?<!\d)\d{{3,}}(?:{_BETWEEN}(?!{_HARMLESS}|{_PHONE})\d{{3,}})*(?!\d)"
_NUMBER = re.compile(
    rf"(?P<harmless>{_HARMLESS})|(?P<phone>{_PHONE})|(?P<id>{_ID_CARD})|(?P<groups>{_GROUPS})", re.IGNORECASE
)

_CODE_WORDS = re.compile(r"otp|ma (xac (nhan|thuc|minh)|pin|la)\b|passcode|mat khau|^\W*\d{6}\W*$")
_CODE = re.compile(rf"(?P<harmless>{_HARMLESS})|(?<!\d)\d(?:[\s.\-]?\d){{3,7}}(?!\d)", re.IGNORECASE)
_JUST_BEFORE = re.compile(r"(otp|pin|khau|code|nhan|thuc|minh|la)\W*$")


@dataclass(frozen=True)
class Redacted:
    """`kind` is the most sensitive thing that was masked: "otp", "card", "id", "phone" or None."""

    text: str
    kind: str | None = None


def redact(text: str) -> Redacted:
    """A citizen's words without numbers of ID cards, phones, bank cards and accounts, and without one-time codes.

    Dates, years, amounts, areas, hotlines and file numbers stay: they must still be understood.
    Digits in any script count.
    """
    found: list[str] = []

    def mask(match: re.Match[str]) -> str:
        kind = _kind(match)
        if kind is None:
            return match[0]
        found.append(kind)
        return MASK

    def mask_code(match: re.Match[str]) -> str:
        a_year = re.fullmatch(_YEAR, match[0]) and not _JUST_BEFORE.search(fold(match.string[: match.start()]))
        if match["harmless"] or a_year:
            return match[0]
        found.append("otp")
        return MASK

    masked = _NUMBER.sub(mask, _plain_digits(text))
    if _CODE_WORDS.search(fold(masked)):
        masked = _CODE.sub(mask_code, masked)
    kinds = [kind for kind in ("otp", "card", "id", "phone") if kind in found]
    return Redacted(masked, kinds[0] if kinds else None)


def mark(text: str, key: str) -> str:
    """What tells a text from another one, and tells nothing of it to who does not know the key."""
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), "blake2s").hexdigest()[:16]


def phone_in(text: str) -> str | None:
    """The first phone number in a text, as it is dialled in Vietnam: "0912345678"."""
    for match in _NUMBER.finditer(_plain_digits(text)):
        if match["phone"]:
            digits = re.sub(r"\D", "", match["phone"])
            return "0" + (digits.removeprefix("84").lstrip("0") if digits.startswith("84") else digits.lstrip("0"))
    return None


def redact_answer(text: str) -> str:
    """The team's own words: they tell phone numbers, amounts and codes; numbers of ID and bank cards alone are masked."""

    def mask(match: re.Match[str]) -> str:
        return MASK if _kind(match) in ("id", "card") and len(re.sub(r"\D", "", match[0])) in (12, 16) else match[0]

    return _NUMBER.sub(mask, _plain_digits(text))


def _plain_digits(text: str) -> str:
    """Digits of every script as 0-9, unseen characters out: nobody hides a number from the mask by accident."""
    composed = unicodedata.normalize("NFC", text)
    seen = (ch for ch in composed if ch in "\n\t" or unicodedata.category(ch) not in UNSEEN)
    return "".join(str(unicodedata.digit(ch)) if ch.isdigit() else ch for ch in seen)


def _kind(match: re.Match[str]) -> str | None:
    if match["harmless"]:
        return None
    if match["phone"]:
        return "phone"
    groups = re.findall(r"\d+", match[0])
    if re.fullmatch(r"[1-9]\d{0,2}( \d{3})* 000", " ".join(groups)):
        return None  # an amount: 100 000 000
    count = len("".join(groups))
    if count in (9, 12):
        return "id"
    return "card" if count >= 10 else None
