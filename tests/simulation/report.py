"""A simulation on the screen: by persona, by procedure, who got stuck where, and the one line that matters."""

from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.simulation.run import DONE, Life, Report


def show(report: Report, out: Console) -> None:
    out.print(_table("Ai", report.lives, lambda life: life.persona.title))
    out.print(_table("Kênh", report.lives, lambda life: life.phone.channel))
    out.print(_table("Việc", report.lives, lambda life: life.errand.title))
    for life in report.dead_ends:
        out.print(
            f"  {life.end}: {life.persona.id}, {life.phone.channel}, {life.errand.procedure}: {life.phone.made[-4:]}"
        )
    turns = sum(life.citizen.turns for life in report.lives)
    out.print(f"{len(report.lives)} người, {turns} lượt, {report.seconds:.0f} giây")
    verdict = report.verdict
    if verdict.disordered:
        out.print(f"out of order {verdict.disordered}")
    out.print(f"lost {verdict.lost}, doubled {verdict.doubled}, dead ends {len(report.dead_ends)}", style="bold")


def _table(head: str, lives: Sequence[Life], key: Callable[[Life], str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(head, no_wrap=True)
    for name in ("người", "xong", "lượt mỗi người", "chưa hiểu", "gặp người"):
        table.add_column(name, justify="right")
    for name in sorted({key(life) for life in lives}):
        table.add_row(name, *_row([life for life in lives if key(life) == name]))
    return table


def _row(lives: Sequence[Life]) -> tuple[str, ...]:
    done = sum(life.end == DONE for life in lives)
    turns = sum(life.citizen.turns for life in lives) / len(lives)
    misses = sum(life.record.misses for life in lives)
    handed = sum(life.record.tickets for life in lives)
    return str(len(lives)), str(done), f"{turns:.1f}", str(misses), str(handed)
