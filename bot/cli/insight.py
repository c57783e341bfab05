"""`motcua insight`: the numbers of /insight for scripts."""

import json
from datetime import date
from typing import Annotated

import typer

from bot.cli.common import fail, open_service, write
from bot.clock import now
from bot.insight.disclosure import Table, cell_text
from bot.insight.export import as_data
from bot.insight.months import month_of
from bot.insight.rollups import roll_up
from bot.insight.scope import Scope
from bot.insight.sections import all_tables
from bot.store.tx import Tx
from flows.definition.library import Library

app = typer.Typer()


@app.command()
def insight(
    since: Annotated[str, typer.Option(help="tháng đầu, ví dụ 2026-11; trống: tháng này")] = "",
    until: Annotated[str, typer.Option(help="tháng cuối; trống: tháng này")] = "",
    commune: Annotated[str, typer.Option(help="mã xã; trống: mọi xã")] = "",
    procedure: Annotated[str, typer.Option(help="mã thủ tục; trống: mọi thủ tục")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="in một đối tượng JSON; số bị ẩn là null")] = False,
) -> None:
    """In các số của trang /insight."""
    service = open_service()
    scope = _scope(service.content.library, since, until, commune, procedure)

    def work(tx: Tx) -> list[Table]:
        roll_up(tx)
        return all_tables(tx, scope)

    tables = write(service, work)
    if as_json:
        typer.echo(json.dumps(as_data(scope, tables), ensure_ascii=False))
        return
    for table in tables:
        typer.echo(f"\n{table.title}\n  {' | '.join(table.head)}")
        for row in table.rows:
            typer.echo(f"  {' | '.join(map(cell_text, row))}")


def _scope(library: Library, since: str, until: str, commune: str, procedure: str) -> Scope:
    for name, known in ((commune, library.communes), (procedure, library.procedures)):
        if name and name not in known:
            raise fail(f"không có `{name}`: dùng {', '.join(known)}")
    this = month_of(now())
    first, last = _month(since) if since else this, _month(until) if until else this
    if first > last:
        raise fail(f"--since {since} đứng sau --until {until or f'{this:%Y-%m}'}: đổi chỗ hai tháng")
    return Scope(library, first, last, (commune,) if commune else (), procedure)


def _month(written: str) -> date:
    try:
        return date.fromisoformat(f"{written}-01")
    except ValueError:
        raise fail(f"“{written}” không phải tháng: viết như 2026-11") from None
