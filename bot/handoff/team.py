"""Tells the commune's team that someone waits. The console always shows it; a Telegram group may hear of it too."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot import conversations, outbox
from bot.channels.protocol import Channel
from bot.handoff.tickets import Ticket
from bot.settings import Settings
from flows.library import Library
from flows.messages import Reply
from flows.scene import say
from flows.state import State

_CHANNEL = "telegram"


def tell(
    connection: Connection,
    channels: Mapping[str, Channel],
    library: Library,
    settings: Settings,
    ticket: Ticket,
    now: datetime,
) -> None:
    """Posts the ticket to the team's Telegram group, where one is set and Telegram is on."""
    chat, channel = settings.team_telegram_chat, channels.get(_CHANNEL)
    if not chat or channel is None:
        return
    group = conversations.lock(connection, _CHANNEL, chat, now, State())
    outbox.add(connection, group.id, _CHANNEL, channel.render(Reply(card(library, settings, ticket)), chat), now)


def card(library: Library, settings: Settings, ticket: Ticket) -> str:
    """A ticket in a few lines, without anything that the citizen wrote."""
    procedure = library.procedures.get(ticket.procedure or "")
    commune = library.communes.get(ticket.commune or "")
    return say(
        library.sentences.ticket_for_team,
        id=ticket.id,
        commune=commune.name if commune else library.sentences.commune_unknown,
        procedure=procedure.title if procedure else "…",
        step=ticket.step or "…",
        link=f"{settings.url}/console/{ticket.id}",
    )
