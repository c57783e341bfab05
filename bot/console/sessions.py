"""Browsers in which a member is signed in: kept as rows, so that they can be ended from elsewhere."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from bot.handoff import agents
from bot.handoff.agents import Agent
from bot.store.tables import sessions

_NOTED = timedelta(hours=1)  # how often it is noted that a session is used


def begin(connection: Connection, agent: Agent, now: datetime, lasts: timedelta) -> str:
    """The token of a new session; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    row = {"token_hash": hashed(token), "agent_id": agent.id, "created_at": now, "until": now + lasts, "used_at": now}
    connection.execute(insert(sessions).values(row))
    connection.execute(delete(sessions).where(sessions.c.until < now))
    return token


def agent_of(connection: Connection, token: str, now: datetime) -> Agent | None:
    """Who is signed in with this token: None for one that is over, ended, or of somebody who left the team."""
    open_ = (sessions.c.token_hash == hashed(token)) & (sessions.c.until > now)
    agent_id = connection.execute(select(sessions.c.agent_id).where(open_)).scalar_one_or_none()
    return agents.with_id(connection, agent_id) if agent_id else None


def is_use_unnoted(connection: Connection, token: str, now: datetime) -> bool:
    """Tell whether it has to be written down that this session is used."""
    old = (sessions.c.token_hash == hashed(token)) & (sessions.c.used_at < now - _NOTED)
    return connection.execute(select(sessions.c.agent_id).where(old)).first() is not None


def use(connection: Connection, token: str, now: datetime) -> None:
    connection.execute(update(sessions).where(sessions.c.token_hash == hashed(token)).values(used_at=now))


def end(connection: Connection, token: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.token_hash == hashed(token)))


def end_all(connection: Connection, agent: Agent) -> int:
    """Signs a member out everywhere. Returns in how many browsers they were."""
    return connection.execute(delete(sessions).where(sessions.c.agent_id == agent.id)).rowcount


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
