"""National snapshot: procedures as the portal publishes them, one text file a code, `Label: value`. Evidence, not law."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

_FIELD = re.compile(r"^(Mã thủ tục|Số quyết định|Tên thủ tục|Cấp thực hiện|Lĩnh vực): *(.*)$", re.M)
_WAY = re.compile(r"Hình thức nộp: (ONLINE|POSTAL|DIRECT)\s+Thời hạn giải quyết: *(.*)\s+Phí, lệ phí: *(.*)")
_LIMIT = re.compile(r"(\d+) +(\w+)")
_NOTHING = "Không có thông tin"


class Limit(NamedTuple):
    """Time limit; `unit` is the portal's: WORKING_DAY, ngày, HOUR, MONTH, or OTHER, which may be anything."""

    number: int
    unit: str


@dataclass(frozen=True)
class National:
    """One procedure of the national snapshot.

    Attributes:
        limits: way of filing (ONLINE, POSTAL, DIRECT) -> time limits, where the portal gives a number; several when it
            depends on the case.
        fee: in đồng, only when the portal gives one plain amount; "0 VNĐ (theo quy định …)" means set elsewhere, so None.
    """

    code: str
    name: str
    level: str
    field: str
    decision: str
    limits: Mapping[str, tuple[Limit, ...]]
    fee: int | None


def parse(text: str) -> National | None:
    """Parse one file of the portal; None for a text that is no procedure."""
    fields = {label: "" if value == _NOTHING else value.strip() for label, value in _FIELD.findall(text)}
    if not fields.get("Mã thủ tục"):
        return None
    ways = _WAY.findall(text)
    limits: dict[str, tuple[Limit, ...]] = {}
    for way, limit, _ in ways:
        if found := _LIMIT.match(limit):
            limits[way] = (*limits.get(way, ()), Limit(int(found[1]), found[2]))
    return National(
        code=fields["Mã thủ tục"],
        name=fields.get("Tên thủ tục", ""),
        level=fields.get("Cấp thực hiện", ""),
        field=fields.get("Lĩnh vực", ""),
        decision=fields.get("Số quyết định", ""),
        limits=limits,
        fee=_fee([fee for _, _, fee in ways]),
    )


def _fee(said: list[str]) -> int | None:
    """Return the one amount for all ways of filing, if it can be meant in đồng: the portal also holds "20 VNĐ" for 20,000."""
    amounts = {int(found[1]) for fee in said if (found := re.match(r"(\d+) VNĐ", fee)) and "|" not in fee}
    return amounts.pop() if len(amounts) == 1 and max(amounts) >= 1000 else None
