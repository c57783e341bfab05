"""Push subscriptions: signed-in browsers of the team that are told of tickets while the console is closed."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select

from bot.handoff.agents import Agent
from bot.store.tables import push_subscriptions, sessions
from bot.store.tx import Tx


def subscribe(tx: Tx, token_hash: str, endpoint: str, keys: str) -> None:
    """Subscribe a browser, once: the same one again, or somebody else who signs in there, takes the place of the former."""
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.endpoint == endpoint))
    row = {"token_hash": token_hash, "endpoint": endpoint, "keys": keys}
    tx.execute(insert(push_subscriptions).values(row))


def unsubscribe(tx: Tx, token_hash: str) -> None:
    tx.execute(delete(push_subscriptions).where(push_subscriptions.c.token_hash == token_hash))


def is_subscribed(tx: Tx, token_hash: str) -> bool:
    mine = select(push_subscriptions.c.id).where(push_subscriptions.c.token_hash == token_hash)
    return tx.execute(mine).first() is not None


def list_of(tx: Tx, members: Collection[Agent]) -> list[int]:
    """List the ids of these members' subscriptions, as far as they are still signed in."""
    theirs = sessions.c.agent_id.in_([member.id for member in members]) & (sessions.c.until > tx.now)
    joined = select(push_subscriptions.c.id).join(sessions, sessions.c.token_hash == push_subscriptions.c.token_hash)
    return list(tx.execute(joined.where(theirs)).scalars())
