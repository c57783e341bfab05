"""Catalogue of all other procedures that people may need: facts from the national snapshot, one line of CSV each."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic.dataclasses import dataclass

from flows.definition.national import Limit, National
from flows.definition.yaml_mistakes import broken_letters, tidy
from flows.definition.yaml_source import ContentError, Problem

FILE = "catalogue.csv"
_COLUMNS = ("code", "name", "field", "level", "online", "postal", "direct", "fee", "decision", "snapshot")
_UNITS = {"WORKING_DAY": "ngày làm việc", "ngày": "ngày", "HOUR": "giờ", "MONTH": "tháng"}
# Of land the portal gives the limit of an ordinary commune and of one in the mountains, and files them under any way.
_BY_COMMUNE = "Đất đai"


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))  # as a model each would take 1 kB more
class Entry:
    """One procedure of the snapshot.

    Attributes:
        online, postal, direct: time limit when filed that way ("3 ngày làm việc"); "" where the snapshot gives none, or
            gives it in units that can't be compared.
        fee: in đồng; None where the snapshot gives no plain amount, which does not mean that it is free.
        snapshot: the day of the snapshot.
    """

    code: Annotated[str, Field(pattern=r"^\d\.\d{6}$")]
    name: str
    field: str
    level: str
    online: str
    postal: str
    direct: str
    fee: int | None
    decision: str
    snapshot: date

    @field_validator("fee", mode="before")
    @classmethod
    def _empty_is_unknown(cls, written: object) -> object:
        return None if written == "" else written


_ENTRY = TypeAdapter(Entry)


def read(text: str) -> dict[str, Entry]:
    """Parse the catalogue: code -> entry.

    Raises:
        ContentError: a line is no entry; run `motcua catalogue import` again, don't edit the file.
    """
    found: dict[str, Entry] = {}
    if lost := broken_letters(text):
        raise ContentError([Problem(FILE, *lost)])
    rows = csv.DictReader(io.StringIO(tidy(text)))
    if text and tuple(rows.fieldnames or ()) != _COLUMNS:
        raise _mistake(1, f"dòng đầu phải là {','.join(_COLUMNS)}, cách nhau bằng dấu phẩy")
    for number, row in enumerate(_rows(rows), 2):
        try:
            entry = _ENTRY.validate_python(row)
        except ValidationError as error:
            wrong = ", ".join(
                f"{detail['loc'][0]} “{row.get(str(detail['loc'][0])) or ''}”" for detail in error.errors()
            )
            raise _mistake(number, f"dòng này sai ở {wrong}") from None
        if entry.code in found:
            raise _mistake(number, f"mã {entry.code} đã có ở dòng trên")
        found[entry.code] = entry
    return found


def _rows(rows: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    try:
        yield from rows
    except csv.Error:  # a quotation mark that is never closed swallows the rest
        raise _mistake(rows.line_num + 1, "từ dòng này không đọc được nữa") from None


def _mistake(line: int, text: str) -> ContentError:
    return ContentError(
        [Problem(FILE, line, f"{text}: đừng sửa tệp này bằng Excel, chạy lại `motcua catalogue import`")]
    )


def write(national: Iterable[National], snapshot: date) -> str:
    """Render the catalogue of a snapshot as CSV, by code."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for one in sorted(national, key=lambda procedure: procedure.code):
        ways = (_limit(_limits_of(one, way)) for way in ("ONLINE", "POSTAL", "DIRECT"))
        fee = "" if one.fee is None else one.fee
        table.writerow((one.code, one.name, one.field, one.level, *ways, fee, one.decision, snapshot))
    return out.getvalue()


def _limits_of(one: National, way: str) -> Sequence[Limit]:
    if one.field == _BY_COMMUNE and way in one.limits:
        return [limit for limits in one.limits.values() for limit in limits]
    return one.limits.get(way, ())


def _limit(limits: Sequence[Limit]) -> str:
    """Render "3 ngày làm việc", "3 đến 10 ngày làm việc" when it depends on the case, "" when the unit is unclear."""
    units = {limit.unit for limit in limits}
    if len(units) != 1 or not units <= _UNITS.keys():
        return ""
    low, high = min(limits).number, max(limits).number
    return f"{low} {_UNITS[units.pop()]}" if low == high else f"{low} đến {high} {_UNITS[units.pop()]}"
