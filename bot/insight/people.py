"""People whom the bot reached: by commune, channel, link and month, and what they came for."""

from collections.abc import Iterable
from statistics import median

from sqlalchemy import select

from bot.insight.disclosure import Cell, Table, hide_small, percent_of, with_percent_sign
from bot.insight.scope import Counts, Scope, count_people
from bot.store.tables import links
from bot.store.tx import Tx
from flows.messages import AnalyticsKind

_SMALLER, _LARGER = 0.5, 2.0  # communes of like size have between this and that many times as many people
_PER = 1000
_FAIR = ("Trên 1.000 dân", "Xã cỡ tương tự, trên 1.000 dân")
_ONCE = "Mỗi người một tháng tính một lần, từ khi máy biết họ ở xã nào."
_SIZE = "Cỡ tương tự: số dân từ một nửa đến gấp đôi, lấy số đứng giữa."
_NO_SIZE = "Muốn so các xã theo số dân thì ghi `population` trong tệp của xã."


def people_tables(tx: Tx, scope: Scope) -> list[Table]:
    found = [_communes(tx, scope), _months(tx, scope), _channels(tx, scope)]
    links = _links(tx, scope)
    return [*found, *((links,) if links.rows else ()), _procedures(tx, scope)]


def _communes(tx: Tx, scope: Scope) -> Table:
    came = scope.count(tx, ("shown",) if scope.procedure else ("placed",), "commune", "step")
    finished = scope.count(tx, _finished(scope), "commune")
    most: dict[str | None, int] = {}
    for (id_, _), (_, count) in came.items():  # of a procedure: those who saw the step that most of them saw, its first
        most[id_] = max(most.get(id_, 0), count)
    reached = {id_: hide_small(count) for id_, count in most.items()}
    rates = {id_: _rate(scope, id_, number) for id_, number in reached.items()}
    order = sorted(reached.items(), key=lambda pair: (-(pair[1] or 0), scope.commune_name(pair[0])))
    fair = any(rate is not None for rate in rates.values())
    rows: list[tuple[Cell, ...]] = [
        (
            scope.commune_name(id_),
            number,
            hide_small(count_people(finished, id_)),
            *(_fair(scope, id_, rates) if fair else ()),
        )
        for id_, number in order
    ]
    head = ("Xã", "Người đã hỏi máy", "Người đi hết hướng dẫn", *(_FAIR if fair else ()))
    note = f"{_ONCE} {_SIZE if fair else _NO_SIZE}"
    return Table("communes", "Bà con đã hỏi máy, theo xã", head, rows, note, "bars")


def _finished(scope: Scope) -> tuple[AnalyticsKind, ...]:
    """Each person once: of one procedure, or of all of them."""
    return ("finished",) if scope.procedure else ("finisher",)


def _fair(scope: Scope, id_: str | None, rates: dict[str | None, float | None]) -> tuple[Cell, ...]:
    return _per(rates[id_]), _per(_peers(scope, id_, rates))


def _rate(scope: Scope, id_: str | None, number: int | None) -> float | None:
    commune = scope.library.communes.get(id_ or "")
    return number * _PER / commune.population if number and commune and commune.population else None


def _peers(scope: Scope, id_: str | None, rates: dict[str | None, float | None]) -> float | None:
    """Find what is usual in the other communes of like size."""
    own = scope.library.communes.get(id_ or "")
    size = own.population if own else None
    alike = []
    for other, rate in rates.items():
        commune = scope.library.communes.get(other or "")
        if size and rate is not None and other != id_ and commune and commune.population:
            alike += [rate] if _SMALLER <= commune.population / size <= _LARGER else []
    return median(alike) if alike else None


def _per(rate: float | None) -> Cell:
    return "…" if rate is None else f"{rate:.1f}".replace(".", ",")


def _months(tx: Tx, scope: Scope) -> Table:
    came = scope.by_month(tx, ("chosen",) if scope.procedure else ("opened",))
    finished = scope.by_month(tx, _finished(scope))
    rows = [
        (f"{m:%m/%Y}", hide_small(count_people(came, m)), hide_small(count_people(finished, m))) for m in scope.months
    ]
    head = ("Tháng", "Người đã hỏi máy", "Người đi hết hướng dẫn")
    return Table("months", "Theo tháng", head, rows, "", "lines", (1, 2))


def _channels(tx: Tx, scope: Scope) -> Table:
    came = scope.count(tx, ("chosen",) if scope.procedure else ("opened",), "channel")
    rows = _by_size((scope.channel_name(channel), hide_small(count)) for (channel,), (_, count) in came.items())
    return Table("channels", "Theo kênh", ("Kênh", "Người"), rows, "", "bars")


def _links(tx: Tx, scope: Scope) -> Table:
    came = scope.count(tx, ("chosen",) if scope.procedure else ("opened",), "link")
    places = {row.code: row.source for row in tx.execute(select(links.c.code, links.c.source))}
    named = (
        (" · ".join(filter(None, (link, places.get(link)))), count) for (link,), (_, count) in came.items() if link
    )
    rows = _by_size((name, hide_small(count)) for name, count in named)
    return Table("links", "Theo đường dẫn chia sẻ", ("Đường dẫn", "Người"), rows, "", "bars")


def _procedures(tx: Tx, scope: Scope) -> Table:
    came = scope.count(tx, ("chosen", "finished"), "kind", "procedure")
    rows = [_procedure(scope, came, procedure) for (kind, procedure) in came if kind == "chosen"]
    head = ("Việc", "Người đã chọn", "Người đi hết", "Đi hết")
    return Table("procedures", "Bà con hỏi việc gì", head, _by_size(rows), "", "bars")


def _procedure(scope: Scope, came: Counts, procedure: str) -> tuple[Cell, ...]:
    chosen, finished = (hide_small(count_people(came, kind, procedure)) for kind in ("chosen", "finished"))
    return scope.procedure_title(procedure), chosen, finished, with_percent_sign(percent_of(finished, chosen))


def _by_size(rows: Iterable[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    """Sort the largest first; hidden ones by name, so that their order tells nothing."""
    return sorted(rows, key=lambda row: (-row[1] if isinstance(row[1], int) else 0, str(row[0])))
