"""Browsers in which a member is signed in: kept as rows, so that they can be ended from elsewhere."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from bot.handoff import agents
from bot.handoff.agents import Agent
from bot.store.tables import sessions
from bot.store.tx import Tx

_NOTED = timedelta(hours=1)  # how often it is noted that a session is used


def begin_session(tx: Tx, agent: Agent, lasts: timedelta) -> str:
    """Begin a session and return its token; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": hash_token(token),
        "agent_id": agent.id,
        "created_at": tx.now,
        "until": tx.now + lasts,
        "used_at": tx.now,
    }
    tx.execute(insert(sessions).values(row))
    tx.execute(delete(sessions).where(sessions.c.until < tx.now))
    return token


def agent_of(tx: Tx, token: str) -> Agent | None:
    """Find who is signed in with this token; None for one that is over, ended, or of somebody who left the team."""
    open_ = (sessions.c.token_hash == hash_token(token)) & (sessions.c.until > tx.now)
    agent_id = tx.execute(select(sessions.c.agent_id).where(open_)).scalar_one_or_none()
    return agents.with_id(tx, agent_id) if agent_id else None


def is_use_unnoted(tx: Tx, token: str) -> bool:
    """Tell whether it has to be written down that this session is used."""
    old = (sessions.c.token_hash == hash_token(token)) & (sessions.c.used_at < tx.now - _NOTED)
    return tx.execute(select(sessions.c.agent_id).where(old)).first() is not None


def record_use(tx: Tx, token: str) -> None:
    tx.execute(update(sessions).where(sessions.c.token_hash == hash_token(token)).values(used_at=tx.now))


def end_session(tx: Tx, token: str) -> None:
    tx.execute(delete(sessions).where(sessions.c.token_hash == hash_token(token)))


def end_all(tx: Tx, agent: Agent) -> int:
    """Sign a member out everywhere, and return in how many browsers they were."""
    return tx.execute(delete(sessions).where(sessions.c.agent_id == agent.id)).rowcount


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
