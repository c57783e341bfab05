"""What the team hears by itself: that somebody waits, what the citizen says to whoever helps, that a ticket is over.

The console always shows it; members' private chats and one Telegram group hear of it too.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot import conversations
from bot.conversations import BOT, CITIZEN
from bot.handoff import agents, desk, tickets
from bot.handoff.agents import Agent, WorkChat
from bot.handoff.card import card
from bot.handoff.tickets import Ticket
from bot.settings import Settings
from bot.voice import Voice
from flows.messages import Reply
from flows.scene import say
from flows.sentences import TeamSentences
from flows.state import State

_GROUP = "telegram"


@dataclass(frozen=True)
class Team:
    voice: Voice
    settings: Settings

    @property
    def words(self) -> TeamSentences:
        return self.voice.content.library.team

    @property
    def speakers(self) -> set[str]:
        """Names that the transcript gives to others: an agent under one of them would speak as the bot or the citizen."""
        page = self.voice.content.library.sentences.page
        return {name.casefold() for name in (CITIZEN, BOT, page["bot"], page["you"])}

    def dismiss(self, connection: Connection, agent: Agent, now: datetime) -> None:
        """Takes a member out of the team; who waits for them gets the bot back, and waits for anybody."""
        for ticket in tickets.newest(connection):
            if ticket.state == tickets.CLAIMED and ticket.agent == agent.name:
                desk.release(self.voice, connection, ticket, agent.name, now)
        for chat in agents.remove(connection, agent, now):
            self.tell(connection, chat, self.words.removed, now)

    def announce(self, connection: Connection, ticket: Ticket, now: datetime, *, again: bool = False) -> None:
        """Somebody waits: everybody who serves the commune hears it, without anything that the citizen wrote."""
        shown = card(self.voice.content.library, ticket)
        sentence = self.words.reopened if again else self.words.alert
        told = say(sentence, id=ticket.id, procedure=shown.procedure, commune=shown.commune, reason=shown.reason)
        for chat in agents.chats(connection):
            if chat.agent.serves(ticket.commune):
                self.tell(connection, chat, told, now)
        if self.settings.team_telegram_chat and _GROUP in self.voice.channels:
            link = f"{self.settings.url}/console/{ticket.id}"
            step = ticket.step or "…"
            for_all = say(
                self.words.alert_group,
                id=ticket.id,
                commune=shown.commune,
                procedure=shown.procedure,
                step=step,
                link=link,
            )
            self._send(connection, _GROUP, self.settings.team_telegram_chat, for_all, now)

    def relay(self, connection: Connection, ticket: Ticket, text: str, now: datetime) -> None:
        """What the citizen said, to whoever helps: where they speak about this ticket, else wherever they work."""
        working = self._chats_of(connection, ticket)
        here = [chat for chat in working if chat.ticket_id == ticket.id]
        sentence = self.words.says if here else self.words.says_other
        for chat in here or working:
            self.tell(connection, chat, say(sentence, id=ticket.id, text=text), now)

    def rated(self, connection: Connection, ticket: Ticket, now: datetime) -> None:
        """What the citizen says of the help, to whoever helped."""
        for chat in self._chats_of(connection, ticket):
            text = say(self.words.rated, id=ticket.id, stars=ticket.stars or "…", word=ticket.word or "")
            self.tell(connection, chat, text, now)

    def over(self, connection: Connection, ticket: Ticket, sentence: str, now: datetime) -> None:
        """The ticket is no longer theirs: whoever helped hears why."""
        for chat in self._chats_of(connection, ticket):
            self.tell(connection, chat, say(sentence, id=ticket.id), now)

    def tell(self, connection: Connection, chat: WorkChat, text: str, now: datetime) -> None:
        self._send(connection, chat.channel, chat.contact, text, now)

    def _chats_of(self, connection: Connection, ticket: Ticket) -> list[WorkChat]:
        return [chat for chat in agents.chats(connection) if chat.agent.name == ticket.agent]

    def _send(self, connection: Connection, channel: str, contact: str, text: str, now: datetime) -> None:
        """Not into a transcript: a citizen's words are kept in one place only, so that they can be erased there."""
        if channel in self.voice.channels:
            there = conversations.begun(connection, channel, contact, now, State())
            self.voice.send(connection, there, Reply(text), now)


def held(connection: Connection, chat: WorkChat) -> Ticket | None:
    """The ticket that a member speaks about in this chat, as long as it is theirs."""
    ticket = tickets.get(connection, chat.ticket_id) if chat.ticket_id else None
    mine = ticket is not None and ticket.state == tickets.CLAIMED and ticket.agent == chat.agent.name
    return ticket if mine else None
