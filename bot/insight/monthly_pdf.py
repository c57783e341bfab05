"""A month of one commune on one page, to print and to put on the chairman's desk. paper.typ lays it out."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.insight import steps
from bot.insight.disclosure import Table, cell_text
from bot.insight.outcomes import outcome_tables
from bot.insight.people import people_tables
from bot.insight.scope import Scope
from bot.insight.waits import wait_tables
from bot.store.tx import Tx
from bot.typesetting import typeset
from flows.text.language import shortened

_LAYOUT = Path(__file__).parent / "paper.typ"
_ROWS = 6  # of a table: the page is one page
_CELL = 46  # characters

# Which tables stand on the page, and which of their columns.
_SHOWN: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("procedures", (0, 1, 2)),
    ("troubles", (0, 2, 3)),
    ("outcomes", (0, 1, 2, 3, 4, 5, 6)),
    ("teams", (0, 1, 3, 4, 5)),
    ("ratings", (0, 1)),
)


def monthly_pdf(tx: Tx, scope: Scope, month: date, commune: str) -> bytes:
    """Typeset the PDF. `scope` is the month and the commune."""
    told = (*people_tables(tx, scope), *outcome_tables(tx, scope), *wait_tables(tx, scope))
    by_name = {table.name: table for table in (*told, steps.troubles_table(tx, scope))}
    _, came, finished = next(iter(by_name["months"].rows))
    values = {
        "commune": scope.commune_name(commune),
        "month": f"{month:%m/%Y}",
        "came": cell_text(came),
        "finished": cell_text(finished),
        "tables": [_table_values(by_name[name], columns) for name, columns in _SHOWN],
    }
    return typeset(_LAYOUT, values, "pdf")


def _table_values(table: Table, columns: Iterable[int]) -> Mapping[str, Any]:
    picked = tuple(column for column in columns if column < len(table.head))
    rows = [[shortened(cell_text(row[column]), _CELL) for column in picked] for row in table.rows[:_ROWS]]
    names = sum(column < table.names for column in picked)
    return {"title": table.title, "head": [table.head[column] for column in picked], "rows": rows, "names": names}
