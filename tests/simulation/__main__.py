"""`make simulate`: the service against the platforms' emulators."""

import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from bot.cli.common import fail
from tests.simulation.persona import read
from tests.simulation.report import show
from tests.simulation.run import simulate as run
from tests.simulation.town import CHANNELS

app = typer.Typer(add_completion=False)

_MOST = 2000  # citizens


@app.command()
def simulate(
    citizens: Annotated[int, typer.Option(min=1, max=_MOST, help="bao nhiêu người dân")] = 200,
    seed: Annotated[int, typer.Option(help="cùng số thì cùng những người ấy, cùng những câu ấy")] = 1,
    channel: Annotated[list[str] | None, typer.Option(help="kênh; nhắc lại cho nhiều kênh. Không có: mọi kênh")] = None,
    persona: Annotated[list[str] | None, typer.Option(help="ai, theo tên tệp trong tests/personas")] = None,
    seconds: Annotated[float, typer.Option(min=0, max=3600, help="quá chừng này giây thì thôi")] = 600,
) -> None:
    """Cho nhiều người dân đóng vai nói chuyện với máy, qua bản giả lập Zalo, Telegram và trang web, ngay trên máy này."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    known = read()
    chosen = [known[name] for name in _chosen(persona, list(known))]
    with TemporaryDirectory() as folder:
        report = run(Path(folder), chosen, _chosen(channel, CHANNELS), citizens, seed, seconds)
    show(report, Console(highlight=False))
    if not report.clean:
        raise typer.Exit(1)


def _chosen(wanted: list[str] | None, known: Sequence[str]) -> list[str]:
    """What was asked for, in the order in which it is known, or all of it."""
    for name in wanted or ():
        if name not in known:
            raise fail(f"không có `{name}`: dùng {', '.join(known)}")
    return [name for name in known if not wanted or name in wanted]


if __name__ == "__main__":
    app()
