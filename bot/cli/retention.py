"""`motcua ends`: what ends when, and what would be deleted now."""

import typer
from sqlalchemy import Connection

from bot.cli.common import in_database, open_settings
from bot.clock import now
from bot.retention import End, ends

app = typer.Typer()


@app.command("ends")
def show_ends() -> None:
    """Cái gì được giữ bao lâu, bây giờ bao nhiêu dòng đã tới hạn. Chỉ đếm, không xoá."""
    found, moment = ends(open_settings()), now()

    def count(connection: Connection) -> list[tuple[End, int]]:
        return [(end, end.count(connection, moment)) for end in found]

    for end, rows in in_database(count):
        typer.echo(f"{end.title:<42} {end.days:>6g} ngày {rows:>9} dòng tới hạn")
