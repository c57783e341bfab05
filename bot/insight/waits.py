"""Waiting times and ratings: how the team helps."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from bot.insight.disclosure import FEWEST, Cell, Table, hide_small, percent_of, sum_shown
from bot.insight.scope import Counts, Scope, count_events, sum_by
from bot.store.tx import Tx

_RARE = 10  # waits from which the slowest tenth is told: of fewer it would be one person's
_NOTE = "Chờ: từ lúc xin gặp người đến lúc có người nhận, tính cả ngoài giờ. 90 %: trong mười người, chín người chờ không quá."
_WAITS = ("Một nửa chờ không quá (phút)", "90 % chờ không quá (phút)")


def wait_tables(tx: Tx, scope: Scope) -> list[Table]:
    """Count the tables on help. Waits are read once: they are the most rows."""
    waited = scope.count(tx, ("claimed",), "commune", "detail", "value")
    return [
        _teams(tx, scope, waited),
        _hours(waited),
        _reasons(tx, scope),
        _ratings(tx, scope),
    ]


def _teams(tx: Tx, scope: Scope, waited: Counts) -> Table:
    claimed = {("claimed", commune): counted for (commune,), counted in sum_by(waited, 0).items()}
    found = {**scope.count(tx, ("ticket", "resolved"), "kind", "commune"), **claimed}
    waits = _waits(sum_by(waited, 0, 2))
    rows: list[tuple[Cell, ...]] = []
    for id_ in sorted({commune for _, commune in found}, key=scope.commune_name):
        counts = (hide_small(count_events(found, kind, id_)) for kind in ("ticket", "claimed", "resolved"))
        rows.append((scope.commune_name(id_), *counts, *_told(waits, id_)))
    head = ("Tổ của xã", "Phiếu mở", "Được nhận", "Đã xong", *_WAITS)
    return Table("teams", "Phiếu và thời gian chờ, theo tổ", head, rows, _NOTE, "bars")


def _hours(waited: Counts) -> Table:
    waits = _waits(sum_by(waited, 1, 2))
    rows = [(f"{int(hour)} giờ", hide_small(sum(waits[hour].values())), *_told(waits, hour)) for hour in sorted(waits)]
    head = ("Bắt đầu chờ lúc", "Phiếu được nhận", *_WAITS)
    return Table("hours", "Thời gian chờ, theo giờ", head, rows, "", "bars")


def _reasons(tx: Tx, scope: Scope) -> Table:
    found = scope.count(tx, ("ticket",), "detail")
    words: Mapping[str, str] = {str(key): text for key, text in scope.library.team.reasons.items()}
    rows: list[tuple[Cell, ...]] = [(words.get(r, r), hide_small(count)) for (r,), (count, _) in sorted(found.items())]
    return Table("reasons", "Vì sao bà con gặp người", ("Vì sao", "Phiếu"), rows)


def _ratings(tx: Tx, scope: Scope) -> Table:
    """Count the stars. The average is of the shown numbers."""
    found = scope.count(tx, ("rated",), "value")
    stars = {number: hide_small(count_events(found, number)) for number in range(5, 0, -1)}
    rows: list[tuple[Cell, ...]] = [(f"{number} điểm", count) for number, count in stars.items()]
    count = sum_shown(stars.values())
    mean = sum(number * (times or 0) for number, times in stars.items()) / count if count else 0
    enough = percent_of(count, count) is not None
    rows.append(("Trung bình", f"{mean:.1f}".replace(".", ",") if enough else "…"))
    return Table("ratings", "Bà con chấm điểm người giúp", ("Điểm", "Lượt"), rows, "", "bars")


def _waits(found: Counts) -> dict[Any, dict[int, int]]:
    """Count for each first column: minutes -> how many waited so long."""
    waits: dict[Any, dict[int, int]] = defaultdict(dict)
    for (key, minutes), (count, _) in found.items():
        if minutes is not None:
            waits[key][minutes] = count
    return waits


def _told(waits: Mapping[Any, Mapping[int, int]], key: object) -> Iterable[Cell]:
    mine = waits.get(key, {})
    count = sum(mine.values())
    return percentile(mine, 0.5) if count >= FEWEST else "…", percentile(mine, 0.9) if count >= _RARE else "…"


def percentile(waits: Mapping[int, int], part: float) -> int:
    """Find the smallest number of minutes within which that part of them had somebody."""
    needed, passed = part * sum(waits.values()), 0
    for minutes in sorted(waits):
        passed += waits[minutes]
        if passed >= needed:
            break
    return minutes
