"""What is said in a ticket's place in the team's Telegram group."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot import conversations, outbox
from bot.channels.telegram_topics import place_of
from bot.conversations import Conversation
from bot.handoff.card import Card
from bot.messages import Outgoing
from bot.settings import Settings
from bot.voice import Voice
from flows.language import shortened
from flows.messages import Reply
from flows.state import State

CHANNEL = "telegram"
_TITLE = 128  # characters of a topic's name


def on(voice: Voice, settings: Settings) -> bool:
    return bool(settings.team_telegram_chat) and CHANNEL in voice.channels


def post(voice: Voice, settings: Settings, connection: Connection, shown: Card, reply: Reply, now: datetime) -> None:
    """The first post opens the place; its title tells the ticket's number, procedure and commune."""
    place = _place(settings, connection, shown.ticket.id, now)
    title = shortened(f"#{shown.ticket.id} · {shown.procedure} · {shown.commune}", _TITLE)
    calls = [
        replace(call, payload={**call.payload, "title": title})
        for call in voice.channels[CHANNEL].render(reply, place.contact)
    ]
    outbox.add(connection, place.id, CHANNEL, calls, now, outbox.NOTE)


def close(settings: Settings, connection: Connection, ticket_id: int, now: datetime, *, again: bool = False) -> None:
    """Closes the topic, where there is one, or opens it again."""
    place = _place(settings, connection, ticket_id, now)
    call = Outgoing(place.contact, {"call": "reopen" if again else "close"}, optional=True)
    outbox.add(connection, place.id, CHANNEL, [call], now)


def _place(settings: Settings, connection: Connection, ticket_id: int, now: datetime) -> Conversation:
    name = place_of(settings.team_telegram_chat, ticket_id)
    return conversations.begun(connection, CHANNEL, name, now, State())
