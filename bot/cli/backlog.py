"""`motcua outbox`: what waits to be sent, what never arrived, and what to do about it."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.common import fail, in_database
from bot.clock import now
from bot.outbox import backlog, rate_limits
from bot.outbox.backlog import Letter, Line
from bot.outbox.outbox import LATE
from flows.definition.hours import VIETNAM

app = typer.Typer(help="Hàng đợi gửi tin: gì đang chờ, gì không tới nơi.")

_LETTERS = 200  # that are shown
_REASON = 160  # characters of a reason that are shown
_USUAL = timedelta(minutes=1)  # a channel that is paused for less only keeps within its rate limit


@app.callback(invoke_without_command=True)
def outbox(context: typer.Context) -> None:
    """Mỗi kênh còn bao nhiêu tin chờ, bao nhiêu tin không tới, tin chờ lâu nhất từ bao giờ."""
    if context.invoked_subcommand:
        return
    lines = in_database(backlog.list_channels)
    if not lines:
        typer.echo("Không có tin nào chờ gửi, không có tin nào hỏng.")
        return
    table = Table("Kênh", "Chờ", "Gửi lại", "Không tới", "Bỏ vì muộn", "Chờ lâu nhất", box=None)
    for line in lines:
        table.add_row(*_cells(line, now()))
    Console(highlight=False, soft_wrap=True).print(table)
    for line in lines:
        if line.paused and line.paused - now() > _USUAL:
            typer.echo(
                f"{line.channel} ngừng gửi tới {_when(line.paused)}. Gửi tiếp ngay: motcua outbox resume {line.channel}"
            )


@app.command()
def dead() -> None:
    """Tin nào không tới nơi, vì sao; không hiện lời trong tin."""
    letters = in_database(lambda tx: backlog.list_letters(tx, _LETTERS))
    for letter in letters:
        typer.echo(_told(letter))
    if not letters:
        typer.echo("Không có tin nào hỏng.")


@app.command()
def resend(
    ids: Annotated[list[int] | None, typer.Argument(help="Số của tin, như `motcua outbox dead` in ra.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Mọi tin không tới; không kể tin bỏ vì muộn.")] = False,
) -> None:
    """Gửi lại tin không tới nơi."""
    if bool(ids) == all_:
        raise fail("Ghi số của tin, hoặc --all.")
    count = in_database(lambda tx: backlog.resend(tx, None if all_ else ids or []))
    typer.echo(f"{count} tin được gửi lại.")
    if ids and count < len(set(ids)):
        raise fail("Có số không phải của tin nào không tới: xem `motcua outbox dead`.")


@app.command()
def resume(channel: Annotated[str, typer.Argument(help="Tên kênh: zalo-bot.")]) -> None:
    """Cho một kênh đang ngừng gửi được gửi tiếp ngay, như khi đã mua thêm tin."""
    if not in_database(lambda tx: rate_limits.resume_channel(tx, channel)):
        raise fail(f"Kênh “{channel}” không ngừng gửi.")
    typer.echo(f"Kênh {channel} gửi tiếp.")


def _cells(line: Line, at: datetime) -> tuple[str, ...]:
    counts = (line.pending, line.retrying, line.dead, line.late)
    return (line.channel, *map(str, counts), _age(at - line.oldest) if line.oldest else "")


def _told(letter: Letter) -> str:
    what = "bỏ vì muộn" if letter.state == LATE else letter.reason[:_REASON]
    return f"{letter.id} · {letter.channel} · {_when(letter.at)} · {what}"


def _when(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def _age(age: timedelta) -> str:
    minutes = age // timedelta(minutes=1)
    if minutes < 1:
        return "mới đây"
    if minutes < 120:
        return f"{minutes} phút"
    return f"{minutes // 60} giờ" if minutes < 48 * 60 else f"{minutes // 1440} ngày"
