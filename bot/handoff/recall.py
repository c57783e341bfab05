"""Recall of what the team was told of a citizen who erases their data, where the platforms let us.

Telegram deletes messages for two days, and a forum topic at any time (https://core.telegram.org/bots/api#deletemessages,
#deleteforumtopic); Zalo OA and Zalo Bot have no call that deletes (docs/zalo.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select, union

from bot import conversations
from bot.channels.protocol import Deletes
from bot.channels.telegram_topics import chat_of
from bot.handoff import agents, group_topics
from bot.handoff.tickets import Ticket
from bot.outbox import outbox
from bot.sender import Sender
from bot.store.tables import inbound, ticket_events, view_log
from bot.store.tx import Tx
from flows.state import State

Chat = tuple[str, str]  # channel and contact


def recall_told(sender: Sender, tx: Tx, citizen: int, theirs: Sequence[Ticket]) -> set[Chat]:
    """Delete what the team's chats hold of these tickets, the oldest of which comes first. Return the chats where some of it
    stays."""
    topics = {place.contact for ticket in theirs if (place := group_topics.delete_topic(sender, tx, ticket))}
    for told in outbox.list_told_of(tx, citizen):
        if told.contact not in topics:
            _delete_messages(sender, tx, (told.channel, told.contact), told.messages)
    for chat, messages in _list_typed(sender, tx, theirs).items():
        _delete_messages(sender, tx, chat, messages)
    since = theirs[0].opened_at
    return {chat for chat in _read_in(sender, tx, theirs, topics) if not _can_delete_all(sender, chat, since, tx.now)}


def _delete_messages(sender: Sender, tx: Tx, chat: Chat, messages: Iterable[tuple[str | None, datetime]]) -> None:
    channel, contact = chat
    deletes = sender.channels.get(channel)
    if not isinstance(deletes, Deletes):
        return
    fresh = [message for message, sent_at in messages if message and tx.now - sent_at < deletes.deletable]
    if fresh:
        there = conversations.find_or_begin(tx, channel, contact, State())
        outbox.add_calls(tx, there, [deletes.deletion(contact, fresh)], outbox.RECALL)


def _list_typed(sender: Sender, tx: Tx, theirs: Sequence[Ticket]) -> dict[Chat, list[tuple[str | None, datetime]]]:
    """Group by chat what members typed to the citizen in their own chats."""
    found: dict[Chat, list[tuple[str | None, datetime]]] = {}
    for row in tx.execute(select(inbound).where(inbound.c.ticket_id.in_(_ticket_ids(theirs)))):
        if isinstance(channel := sender.channels.get(row.channel), Deletes):
            contact, message = channel.parse_message_id(row.message_id)
            found.setdefault((row.channel, contact), []).append((message, row.received_at))
    return found


def _read_in(sender: Sender, tx: Tx, theirs: Sequence[Ticket], topics: set[str]) -> Iterator[Chat]:
    """Yield the group, but for topics that go, and the chats of those who took one of the tickets or looked at it."""
    found = (place for one in theirs if (place := group_topics.find_topic(sender, tx, one.id)))
    yield from ((group_topics.CHANNEL, chat_of(place.contact)) for place in found if place.contact not in topics)
    took = select(ticket_events.c.who).where(
        ticket_events.c.ticket_id.in_(_ticket_ids(theirs)) & (ticket_events.c.kind == "claimed")
    )
    looked = select(view_log.c.agent).where(view_log.c.ticket_id.in_(_ticket_ids(theirs)))
    readers = set(tx.execute(union(took, looked)).scalars())
    yield from ((chat.channel, chat.contact) for chat in agents.list_chats(tx) if chat.agent.name in readers)


def _can_delete_all(sender: Sender, chat: Chat, since: datetime, now: datetime) -> bool:
    """Tell whether all that was said there since then can be deleted."""
    channel = sender.channels.get(chat[0])
    return isinstance(channel, Deletes) and now - since < channel.deletable


def _ticket_ids(theirs: Sequence[Ticket]) -> list[int]:
    return [ticket.id for ticket in theirs]
