"""What the team hears by itself: that somebody waits, what the citizen says to whoever helps, that a ticket is over.

The console always shows it; members' private chats and one Telegram group hear of it too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection

from bot import conversations
from bot.conversations import BOT, CITIZEN
from bot.handoff import agents, desk, tickets
from bot.handoff.agents import Agent, WorkChat
from bot.handoff.card import card
from bot.handoff.tickets import Ticket
from bot.settings import Settings
from bot.voice import Voice
from flows.hours import VIETNAM, Hours
from flows.messages import Reply
from flows.scene import Scene, say
from flows.sentences import TeamSentences
from flows.state import State

REMINDED, LEADS, PARENT = 1, 2, 3  # the levels of a ticket that nobody takes

_GROUP = "telegram"
_LATELY = timedelta(days=28)
_ENOUGH = 5  # tickets from which a usual time is told
_STEP = 5  # minutes
_MINUTE = timedelta(minutes=1)


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
        return {name.casefold() for name in (CITIZEN, BOT, page["bot"], page["you"], *self.words.platform.values())}

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
        self._tell_all(connection, self.helpers(agents.everyone(connection), ticket), told, now)
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

    def remind(self, connection: Connection, ticket: Ticket, now: datetime) -> None:
        """Nobody took it: the team hears it again, then those who lead it, then the team that steps in."""
        shown = card(self.voice.content.library, ticket)
        minutes = self._hours(ticket).worked(ticket.waiting_since, now) // _MINUTE
        told = say(self.words.reminder, id=ticket.id, procedure=shown.procedure, commune=shown.commune, minutes=minutes)
        called = self.helpers(agents.everyone(connection), ticket)
        if ticket.level == LEADS:
            called = [agent for agent in called if agent.role != "member"]
        if ticket.level == PARENT:
            called = [agent for agent in called if not agent.serves(ticket.commune)] or called
        self._tell_all(connection, called, told, now)

    def prospects(self, connection: Connection, ticket: Ticket, now: datetime) -> str:
        """When a citizen may expect a person: how many are before them and the usual time, or when the team is back."""
        library, hours = self.voice.content.library, self._hours(ticket)
        sentences = library.sentences
        if not hours.is_open(now):
            said = [self._closed(hours.opens_at(now), now)]
            scene = Scene(library, State(commune=ticket.commune), now.astimezone(VIETNAM).date())
            if phone := scene.commune_value("phone"):
                said.append(say(sentences.hotline, phone=phone))
            return " ".join(said)
        before = sum(
            1 for other in tickets.waiting(connection) if other.commune == ticket.commune and _before(other, ticket)
        )
        said = [say(sentences.queue_place, number=before)] if before else []
        answers = tickets.first_answers(connection, ticket.commune, now - _LATELY)
        if len(answers) >= _ENOUGH:
            usual = median(hours.worked(opened, claimed) / _MINUTE for opened, claimed in answers)
            said.append(say(sentences.queue_usual, minutes=_rounded(usual)))
        return " ".join(said)

    def _closed(self, opens: datetime | None, now: datetime) -> str:
        sentences = self.voice.content.library.sentences
        if opens is None:
            return sentences.team_away
        day, today = opens.astimezone(VIETNAM).date(), now.astimezone(VIETNAM).date()
        clock, days = f"{opens.astimezone(VIETNAM):%-H:%M}", (day - today).days
        when = sentences.opens_today if days == 0 else sentences.opens_tomorrow if days == 1 else sentences.opens_on
        return say(sentences.team_closed, when=say(when, time=clock, date=f"{day:%-d/%-m}"))

    def _hours(self, ticket: Ticket) -> Hours:
        return self.voice.content.library.hours(ticket.commune)

    def _parent(self, commune: str | None) -> str | None:
        known = self.voice.content.library.communes.get(commune or "")
        return known.team.parent if known else None

    def helpers(self, everyone: Sequence[Agent], ticket: Ticket) -> list[Agent]:
        """Who may take a ticket: those who serve its commune; the parent team too once it was called, or has to be."""
        parent = self._parent(ticket.commune)
        own = [agent for agent in everyone if agent.serves(ticket.commune)]
        if own and ticket.level < PARENT:
            return own
        return [agent for agent in everyone if agent in own or (parent and agent.serves(parent))]

    def _tell_all(self, connection: Connection, called: list[Agent], text: str, now: datetime) -> None:
        for chat in agents.chats(connection):
            if chat.agent in called:
                self.tell(connection, chat, text, now)

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


def _before(other: Ticket, ticket: Ticket) -> bool:
    return (other.waiting_since, other.id) < (ticket.waiting_since, ticket.id)


def _rounded(minutes: float) -> int:
    """Upwards to the next five: nobody is promised too much."""
    return max(1, math.ceil(minutes / _STEP)) * _STEP


def held(connection: Connection, chat: WorkChat) -> Ticket | None:
    """The ticket that a member speaks about in this chat, as long as it is theirs."""
    ticket = tickets.get(connection, chat.ticket_id) if chat.ticket_id else None
    mine = ticket is not None and ticket.state == tickets.CLAIMED and ticket.agent == chat.agent.name
    return ticket if mine else None
