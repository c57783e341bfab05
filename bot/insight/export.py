"""The same tables as files: CSV for a spreadsheet, plain data for JSON."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from bot.insight.disclosure import Cell, Table, cell_text
from bot.insight.scope import Scope

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes a text for a formula


def as_csv(table: Table) -> str:
    """Write a table as CSV, with a mark at the beginning by which Excel knows UTF-8. Hidden numbers are "< 5"."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.head)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return "\ufeff" + out.getvalue()


def as_data(scope: Scope, tables: Iterable[Table]) -> Mapping[str, Any]:
    """Hidden numbers are null."""
    found = {table.name: {"title": table.title, "head": table.head, "rows": table.rows} for table in tables}
    about = {"since": f"{scope.since:%Y-%m}", "until": f"{scope.until:%Y-%m}", "procedure": scope.procedure}
    return {**about, "communes": scope.communes, "tables": found}


def _harmless(cell: Cell) -> str | int:
    if isinstance(cell, int):
        return cell
    said = cell_text(cell)
    return f"'{said}" if said.startswith(_FORMULA) else said
