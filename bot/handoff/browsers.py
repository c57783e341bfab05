"""Browsers of the team that are told of tickets while the console is closed: as long as they are signed in."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from bot.handoff.agents import Agent
from bot.store.tables import push_subscriptions, sessions


def subscribe(connection: Connection, token_hash: str, endpoint: str, keys: str) -> None:
    """One for each browser: the same one again, or somebody else who signs in there, takes the place of the former."""
    connection.execute(delete(push_subscriptions).where(push_subscriptions.c.endpoint == endpoint))
    row = {"token_hash": token_hash, "endpoint": endpoint, "keys": keys}
    connection.execute(insert(push_subscriptions).values(row))


def unsubscribe(connection: Connection, token_hash: str) -> None:
    connection.execute(delete(push_subscriptions).where(push_subscriptions.c.token_hash == token_hash))


def is_subscribed(connection: Connection, token_hash: str) -> bool:
    mine = select(push_subscriptions.c.id).where(push_subscriptions.c.token_hash == token_hash)
    return connection.execute(mine).first() is not None


def of(connection: Connection, members: Collection[Agent], now: datetime) -> list[int]:
    """The subscriptions of these members."""
    theirs = sessions.c.agent_id.in_([member.id for member in members]) & (sessions.c.until > now)
    joined = select(push_subscriptions.c.id).join(sessions, sessions.c.token_hash == push_subscriptions.c.token_hash)
    return list(connection.execute(joined.where(theirs)).scalars())
