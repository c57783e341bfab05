"""Topics of tickets in a team's Telegram group, of its commune or for all: what is posted there, opened and closed."""

from dataclasses import replace

from bot import conversations
from bot.channels.telegram_topics import has_topic, place_of, team_chats
from bot.conversations import Conversation
from bot.handoff.ticket_summary import summarize
from bot.handoff.tickets import Ticket
from bot.messages import Outgoing
from bot.outbox import outbox
from bot.sender import Sender
from bot.store.tx import Tx
from flows.messages import Reply
from flows.state import State
from flows.text.language import shortened

CHANNEL = "telegram"
_TITLE = 128  # characters of a topic's name


def has_topic_in_group(sender: Sender, ticket: Ticket) -> bool:
    """Tell whether this ticket has a place in a group; who practises alone needs none."""
    return bool(_group_of(sender, ticket)) and CHANNEL in sender.channels and ticket.practice_of is None


def post(sender: Sender, tx: Tx, ticket: Ticket, reply: Reply) -> None:
    """Post in the ticket's topic. The first post opens it, with number, procedure and commune as its title."""
    shown = summarize(sender.library, ticket)
    place = find_topic(sender, tx, ticket.id) or conversations.find_or_begin(
        tx, CHANNEL, place_of(_group_of(sender, ticket), ticket.id), State()
    )
    title = shortened(f"#{ticket.id} · {shown.procedure} · {shown.commune}", _TITLE)
    calls = [
        replace(call, payload={**call.payload, "title": title})
        for call in sender.channels[CHANNEL].render(reply, place.contact)
    ]
    outbox.add_calls(tx, place, calls, outbox.NOTE, ticket.conversation_id)


def post_if_open(sender: Sender, tx: Tx, ticket: Ticket, reply: Reply) -> None:
    """Post what was done elsewhere, if the ticket has a topic already."""
    if has_topic_in_group(sender, ticket) and find_topic(sender, tx, ticket.id):
        post(sender, tx, ticket, reply)


def close_with(sender: Sender, tx: Tx, ticket: Ticket, reply: Reply) -> None:
    """Post one last time and close the topic."""
    post_if_open(sender, tx, ticket, reply)
    _set_open(sender, tx, ticket, "close")


def reopen(sender: Sender, tx: Tx, ticket: Ticket) -> None:
    _set_open(sender, tx, ticket, "reopen")


def delete_topic(sender: Sender, tx: Tx, ticket: Ticket) -> Conversation | None:
    """Delete the topic with all that was said in it, and return its conversation; None where there is no topic."""
    place = find_topic(sender, tx, ticket.id) if has_topic_in_group(sender, ticket) else None
    if place is None or not has_topic(tx, place.contact):
        return None
    outbox.add_calls(tx, place, [Outgoing(place.contact, {"call": "delete topic"})], outbox.RECALL)
    return place


def _set_open(sender: Sender, tx: Tx, ticket: Ticket, how: str) -> None:
    """Close the topic or open it again (`how`), where there is one."""
    if has_topic_in_group(sender, ticket) and (place := find_topic(sender, tx, ticket.id)):
        call = Outgoing(place.contact, {"call": how}, optional=True)
        outbox.add_calls(tx, place, [call])


def find_topic(sender: Sender, tx: Tx, ticket_id: int) -> Conversation | None:
    """Find the topic's conversation, even of a ticket that is erased; None where nothing was posted about it."""
    groups = team_chats(sender.library, sender.settings)
    return conversations.find_newest(tx, CHANNEL, [place_of(group, ticket_id) for group in groups])


def _group_of(sender: Sender, ticket: Ticket) -> str:
    """Return the group of the team that helps; "" for none."""
    team = sender.library.communes.get(sender.library.team_of(ticket.commune, ticket.procedure) or "")
    return (team and team.team.telegram_chat) or sender.settings.team_telegram_chat
