"""Numbers, ages, years, days and counts as people write them: "lên 6", "2k20", "sinh 12/3/2020", "3 tháng", "hai vợ chồng"."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from flows.text.language import fold

Measure = Literal["age", "born", "days", "count"]

_DIGITS = {
    "khong": 0,
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "tu": 4,
    "nam": 5,
    "lam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
_ZODIAC = ("than", "dau", "tuat", "hoi", "ty", "suu", "dan", "mao", "thin", "ty.", "ngo", "mui")  # year % 12, from 0
_BEASTS = {
    "khi": 0,
    "ga": 1,
    "cho": 2,
    "lon": 3,
    "chuot": 4,
    "trau": 5,
    "ho": 6,
    "meo": 7,
    "rong": 8,
    "ran": 9,
    "ngua": 10,
    "de": 11,
}
_ONES = "mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin"
_NUMBER = rf"(\d{{1,3}}|(?:(?:{_ONES}) )?muoi(?: (?:{_ONES}))?|(?:{_ONES}))"
_DATE = re.compile(r"\b(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})\b")
_RUN_DATE = re.compile(r"\b(\d{2})(\d{2})((?:19|20)\d{2})\b")
_DAY_MONTH = re.compile(r"\b(\d{1,2})\s*[/-]\s*(\d{1,2})\b(?!\s*[/-])")
_YEAR = re.compile(r"\b((?:19|20)\d{2})\b")
_SHORT_YEAR = re.compile(r"\b(?:sinh|de|sn|nam)\s+(?:nam\s+)?(\d{2})\b(?!\s*[/.-]\s*\d)")
_K_YEAR = re.compile(r"\b2k(\d{1,2})\b")
_AGE = re.compile(rf"\b{_NUMBER}\s*(?:tuoi|(?<=\d)t)\b")
_SHORT_AGE = re.compile(rf"\b({_ONES}) ({_ONES}) tuoi\b")  # "bảy hai tuổi"
_BARE = re.compile(r"(?:^|\s)(\d{2,3})(?:\s|$)")
_TURNS = re.compile(rf"\blen {_NUMBER}\b(?! tuoi)")
_NEXT_YEAR = re.compile(r"\b(sang nam|nam sau|nam toi)\b")
_SPAN = re.compile(rf"\b(?:{_NUMBER}|nua)\s*(ngay|hom|tuan|thang|nam)\b(?!\s*(?:sinh|tuoi))")
_UNITS = {"ngay": 1, "hom": 1, "tuan": 7, "thang": 30, "nam": 365}
_RECENT = (
    ("hom nay", 0), ("sang nay", 0), ("vua xong", 0), ("hom qua", 1), ("toi qua", 1), ("hom kia", 2), ("tuan nay", 3),
    ("tuan truoc", 7), ("thang truoc", 30), ("nam ngoai", 365), ("nam truoc", 365), ("nam kia", 730),
)  # fmt: skip
_COUNT = re.compile(
    rf"\b{_NUMBER}\s*(?:nguoi|anh em|chi em|ong ba|vo chong|dua|khau|nhan khau|con|me con|bo con|cai|thua|to|ban|quyen)\b"
)
_FEW = 3  # words
_ALONE = re.compile(r"\b(?:mot minh|minh toi|mot than mot minh|chi co toi|moi toi|co minh)\b")


class Quantity(NamedTuple):
    """A measured number."""

    measure: Measure
    number: int


def read_quantities(text: str, today: date) -> list[Quantity]:
    """Return the quantities that a text tells, the surest first."""
    return list(dict.fromkeys(_quantities(fold(text), today)))


def read_bare_number(text: str) -> int | None:
    """Return the one number of two or three digits in a few words: "dạ 76"."""
    found = _BARE.findall(text)
    return int(found[0]) if len(found) == 1 and len(text.split()) <= _FEW else None


def _quantities(text: str, today: date) -> Iterator[Quantity]:
    shift = 1 if _NEXT_YEAR.search(text) else 0
    for years in _ages(text):
        yield Quantity("age", years)
        yield Quantity("born", today.year + shift - years)
    for match in _TURNS.finditer(text):
        if (age := number_of(match[1])) is not None and age > 2:
            yield Quantity("born", today.year + shift - age)
            yield Quantity("age", age)
    yield from _dates(text, today)
    for match in _SPAN.finditer(text):
        number = 0.5 if match[0].startswith("nua") else number_of(match[1] or "")
        if number is not None:
            yield Quantity("days", int(number * _UNITS[match[2]]))
    for said, days in _RECENT:
        if said in text:
            yield Quantity("days", days)
    for match in _COUNT.finditer(text):
        if (count := number_of(match[1])) is not None:
            yield Quantity("count", 2 if "vo chong" in match[0] else count)
    if _ALONE.search(text):
        yield Quantity("count", 1)


def _ages(text: str) -> Iterator[int]:
    """Yield the ages that are called so; "bảy tám tuổi" may be a grandmother or a child."""
    short = _SHORT_AGE.search(text)
    if short and (tens := _DIGITS[short[1]]) > 1:
        ones = _DIGITS[short[2]]
        yield 10 * tens + ones
        if ones != tens + 1:
            return
        yield tens
    yield from (age for match in _AGE.finditer(text) if (age := number_of(match[1])) is not None)


def _dates(text: str, today: date) -> Iterator[Quantity]:
    for found in (*_DATE.finditer(text), *_RUN_DATE.finditer(text)):
        year = (
            int(found[3])
            if len(found[3]) == 4
            else 2000 + int(found[3]) - (100 if int(found[3]) > today.year % 100 else 0)
        )
        yield from _born(year, today)
        if (day := _day(year, int(found[2]), int(found[1]))) and day <= today:
            yield Quantity("days", (today - day).days)
    for found in _DAY_MONTH.finditer(text):
        day = _day(today.year, int(found[2]), int(found[1]))
        if day and day > today:
            day = _day(today.year - 1, int(found[2]), int(found[1]))
        if day:
            yield Quantity("days", (today - day).days)
    years = [int(found[1]) for found in _YEAR.finditer(text)]
    years += [2000 + int(found[1]) for found in _K_YEAR.finditer(text)]
    for found in _SHORT_YEAR.finditer(text):
        short = int(found[1])
        years.append(2000 + short if short <= today.year % 100 else 1900 + short)
    for year in years:
        yield from _born(year, today)
    if (beast := re.search(r"\btuoi (?:con )?(\w+)", text)) and (place := _zodiac(beast[1])) is not None:
        latest = today.year - (today.year - place) % 12
        yield Quantity("born", latest if latest < today.year - 2 else latest - 12)


def _born(year: int, today: date) -> Iterator[Quantity]:
    if 1900 <= year <= today.year:
        yield Quantity("born", year)
        yield Quantity("age", today.year - year)


def _zodiac(name: str) -> int | None:
    if name in _BEASTS:
        return _BEASTS[name]
    return _ZODIAC.index(name) if name in _ZODIAC else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def number_of(said: str) -> int | None:
    """Read a number up to 999 in digits, or up to 99 in folded words: "hai muoi mot" is 21."""
    if said.isdigit():
        return int(said)
    total, words = 0, said.split()
    for word in words:
        if word not in _DIGITS:
            return None
        value = _DIGITS[word]
        total = (total or 1) * 10 if value == 10 else total + value
    return total if words else None
