"""`motcua ends`: what ends when, and what would be deleted now. `motcua records`: the record of processing."""

import typer

from bot.cli.common import in_database, open_settings
from bot.processing_record import as_markdown
from bot.retention import End, list_ends
from bot.store.tx import Tx

app = typer.Typer()


@app.command("ends")
def show_ends() -> None:
    """Cái gì được giữ bao lâu, bây giờ bao nhiêu dòng đã tới hạn. Chỉ đếm, không xoá."""
    found = list_ends(open_settings())

    def count(tx: Tx) -> list[tuple[End, int]]:
        return [(end, end.count_due(tx)) for end in found]

    for end, rows in in_database(count):
        typer.echo(f"{end.title:<42} {end.days:>6g} ngày {rows:>9} dòng tới hạn")


@app.command("records")
def show_records() -> None:
    """In sổ xử lý dữ liệu cá nhân: giữ gì, để làm gì, ai đọc, tới khi nào."""
    typer.echo(as_markdown(open_settings()), nl=False)
