"""Audit log: who did what with people's data, beside looking at a conversation (bot/handoff/view_log.py): what leads can read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, or_, select, true

from bot.handoff.agents import Agent
from bot.store.tables import audit
from bot.store.tx import Tx

Act = Literal["added", "removed", "invited", "signed out", "exported", "opened", "posted"]


@dataclass(frozen=True)
class Entry:
    """`about`: whom or what it was done to: a name, "#12", the name of a table."""

    who: str
    act: Act
    about: str
    at: datetime


def record_audit(tx: Tx, who: str, act: Act, about: str, commune: str | None = None) -> None:
    """Record an act in the audit log.

    Args:
        commune: whose leads may read it; None for all.
    """
    tx.execute(insert(audit).values(who=who, act=act, about=about, at=tx.now, commune=commune))


def newest_entries(tx: Tx, reader: Agent, most: int) -> Sequence[Entry]:
    """List the newest entries that this member may read, the newest first."""
    commune = audit.c.commune
    theirs = or_(commune.in_(reader.communes), commune.is_(None)) if reader.communes else true()
    rows = tx.execute(select(audit).where(theirs).order_by(audit.c.id.desc()).limit(most))
    return [Entry(row.who, row.act, row.about, row.at) for row in rows]


def commune_of(agent: Agent) -> str | None:
    """Name the commune of a member who serves one."""
    return agent.communes[0] if len(agent.communes) == 1 else None
