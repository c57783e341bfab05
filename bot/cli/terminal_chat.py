"""A conversation in the terminal, for those who write content."""

from dataclasses import replace
from datetime import datetime

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.privacy import redact
from flows.definition.library import Library
from flows.dialogue.advance import advance
from flows.messages import Message, Reply, numbers_of
from flows.state import State
from flows.text.address import address


def talk_in_terminal(library: Library, start: str, now: datetime, out: Console) -> list[tuple[str, Reply]]:
    """Talk until the input ends or somebody types "thoát". Return what was typed, and what came back."""
    said: list[tuple[str, Reply]] = []
    turn = advance(library, State(), Message(start=start), now)
    while True:
        for reply in turn.replies:
            _show(replace(reply, said=address(reply.text, turn.state.called)), out)
        for effect in turn.effects:
            out.print(f"  → {effect.__class__.__name__}", style="dim", markup=False)
        try:
            typed = out.input("[bold green]Bác:[/bold green] ")
        except (EOFError, KeyboardInterrupt):
            return said
        if typed.strip().lower() in ("thoát", "thoat", "exit"):
            return said
        masked = redact(typed)
        turn = advance(library, turn.state, Message(text=masked.text, sensitive=masked.kind), now)
        said.append((typed, turn.replies[-1]))


def _show(reply: Reply, out: Console) -> None:
    body = Text(reply.text)
    for number, choice in zip(numbers_of(len(reply.choices)), reply.choices, strict=True):
        body.append(f"\n [{number}] {choice.label}", style="bold cyan")
    if reply.nav:
        body.append("\n " + " · ".join(choice.label for choice in reply.nav), style="dim")
    out.print(Panel(body, title="Motcua", title_align="left", width=min(out.width, 64), border_style="green"))
