"""What every page of the console needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.handoff.agents import Agent
from bot.http import TEMPLATES, Page
from bot.insight import disclosure

_UNITS = ((timedelta(days=1), "ngày"), (timedelta(hours=1), "giờ"), (timedelta(minutes=1), "phút"))


def _ago(since: datetime, now: datetime) -> str:
    """Write how long ago something was, in the largest unit that fits: "12 phút"."""
    passed = now - since
    unit, name = next(((unit, name) for unit, name in _UNITS if passed >= unit), (timedelta(minutes=1), "phút"))
    return f"{passed // unit} {name}"


TEMPLATES.filters["ago"] = _ago
TEMPLATES.filters["cell"] = disclosure.cell_text
TEMPLATES.filters["shown"] = disclosure.hide_small


@dataclass(frozen=True, kw_only=True)
class MemberPage(Page):
    """Shows a member their name and the way to their other pages."""

    agent: Agent


@dataclass(frozen=True, kw_only=True)
class DoorPage(Page):
    """Nobody is signed in yet. `problem`: what was in the way of a form that was posted, or ""."""

    agent: None = None
    problem: str = ""
