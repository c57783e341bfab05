"""Funnel: where people get stuck on the way through a procedure, step by step, and what went wrong there."""

from bot.insight.disclosure import Cell, Table, count_lost, hide_small, percent_of, with_percent_sign
from bot.insight.scope import Counts, Scope, count_events, count_people
from bot.store.tx import Tx
from flows.definition.steps import Done


def busiest_procedure(tx: Tx, scope: Scope) -> str:
    """Find the procedure that most people chose; "" when nobody chose any."""
    chosen = scope.count(tx, ("chosen",), "procedure")
    return str(max(chosen, key=lambda key: (count_people(chosen, *key), key), default=("",))[0])


def funnel_table(tx: Tx, scope: Scope) -> Table:
    found = scope.count(tx, ("shown", "answered", "missed"), "kind", "step")
    turns = scope.count(tx, ("back", "aside", "trouble", "ticket"), "kind", "step")
    rows = [_step(scope, found, turns, step) for step in _order(scope, found)]
    head = (
        "Bước", "Người đã thấy", "Người làm xong", "Dừng ở đây", "Dừng", "Người máy không hiểu", "Lượt quay lại",
        "Lượt hỏi ngang", "Lượt bị vướng", "Phiếu gặp người",
    )  # fmt: skip
    note = "Đi từ trên xuống; bước chỉ dành cho một số trường hợp thì ít người thấy hơn. Dừng: thấy mà chưa làm xong trong tháng."
    return Table("funnel", f"Từng bước của “{scope.procedure_title(scope.procedure)}”", head, rows, note, "bars")


def _order(scope: Scope, found: Counts) -> list[str]:
    """Order the steps as the procedure has them; those that are gone from it last."""
    procedure = scope.library.procedures.get(scope.procedure)
    known = [step.id for step in procedure.steps] if procedure else []
    return [*known, *sorted({step for _, step in found if step and step not in known})]


def _step(scope: Scope, found: Counts, turns: Counts, step: str) -> tuple[Cell, ...]:
    seen, done = hide_small(count_people(found, "shown", step)), hide_small(count_people(found, "answered", step))
    procedure = scope.library.procedures.get(scope.procedure)
    end = procedure is not None and isinstance(procedure.step(step), Done)
    lost = count_lost(seen, done)
    stayed: tuple[Cell, ...] = ("–", "–") if end else (lost, with_percent_sign(percent_of(lost, seen)))
    missed = hide_small(count_people(found, "missed", step))
    more = (hide_small(count_events(turns, kind, step)) for kind in ("back", "aside", "trouble", "ticket"))
    return (scope.step_name(scope.procedure, step), seen, "–" if end else done, *stayed, missed, *more)


def troubles_table(tx: Tx, scope: Scope) -> Table:
    found = scope.count(tx, ("trouble",), "procedure", "step", "detail")
    rows: list[tuple[Cell, ...]] = [
        (scope.procedure_title(p), scope.step_name(p, step), scope.trouble_title(p, step, trouble), hide_small(count))
        for (p, step, trouble), (_, count) in found.items()
    ]
    rows = [row for row in rows if row[-1] is not None]
    rows.sort(key=lambda row: (-int(row[-1] or 0), row[:-1]))
    head = ("Việc", "Bước", "Vướng gì", "Người")
    return Table("troubles", "Bà con hay vướng gì", head, rows, "Chỗ có dưới 5 người vướng thì không kể ra.", names=3)
