"""What the team hears by itself: that somebody waits, what the citizen says to whoever helps, that a ticket is over.

The console always shows it; members' private chats, their signed-in browsers and one Telegram group hear of it too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot import conversations, outbox
from bot.conversations import BOT, CITIZEN
from bot.handoff import agents, browsers, desk, looks, places, tickets
from bot.handoff.agents import Agent, WorkChat
from bot.handoff.card import Card, card, told
from bot.handoff.reach import LEADS, PARENT, Reach, reach
from bot.handoff.tickets import Ticket
from bot.settings import Settings
from bot.voice import Voice
from flows.messages import Choice, Reply
from flows.scene import say
from flows.sentences import GROUP_BUTTONS, TeamSentences
from flows.state import State

_BROWSERS, _CALLS = "push", "zalo-bot"
_LINES = 10  # of the conversation that stand on the card in the group
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
        for ticket in tickets.held_by(connection, agent.name):
            desk.release(self.voice, connection, ticket, agent.name, now)
        for chat in agents.remove(connection, agent, now):
            self.tell(connection, chat, self.words.removed, now)

    def lose(self, connection: Connection, chat: WorkChat, now: datetime) -> None:
        """A member can't be reached in a chat any more. Who has no other one gives their tickets back (and may take them
        again on the console); those who lead hear it."""
        agents.leave(connection, chat.channel, chat.contact)
        everyone = agents.everyone(connection)
        leads = [one for one in everyone if one.leads and one != chat.agent and one.manages(chat.agent)]
        where = self.words.channels.get(chat.channel, chat.channel)
        self._tell_all(connection, leads, say(self.words.agent_gone, name=chat.agent.name, channel=where), now)
        if agents.chats(connection, chat.agent):
            return
        for ticket in tickets.held_by(connection, chat.agent.name):
            desk.release(self.voice, connection, ticket, chat.agent.name, now)
            if waiting := tickets.get(connection, ticket.id):
                self.announce(connection, waiting, now)

    def warn_admins(self, connection: Connection, text: str, now: datetime) -> None:
        """Something that only an operator can mend."""
        admins = [agent for agent in agents.everyone(connection) if agent.role == "admin"]
        self._tell_all(connection, admins, text, now)

    def announce(self, connection: Connection, ticket: Ticket, now: datetime, *, again: bool = False) -> None:
        """Somebody waits: everybody who serves the commune hears it, without anything that the citizen wrote."""
        shown = card(self.voice.content.library, ticket)
        sentence = self.words.reopened if again else self.words.alert
        text = say(sentence, id=ticket.id, procedure=shown.procedure, commune=shown.commune, reason=shown.reason)
        called = self.helpers(agents.everyone(connection), ticket)
        self._tell_all(connection, called, text, now)
        self._push(connection, called, shown, self.words.push_waiting, now)
        if ticket.practice_of is None:
            about = {"id": ticket.id, "procedure": shown.procedure, "commune": shown.commune, "reason": shown.reason}
            self.call_out(connection, say(self.words.call, **about), now)
        if self._in_group(ticket):
            if again:
                places.close(self.settings, connection, ticket.id, now, again=True)
            self._post_card(connection, shown, text, now)

    def remind(self, connection: Connection, ticket: Ticket, now: datetime) -> None:
        """Nobody took it: the team hears it again, then those who lead it, then the team that steps in."""
        shown = card(self.voice.content.library, ticket)
        hours = self.voice.content.library.hours(ticket.commune)
        minutes = hours.worked(ticket.waiting_since, now) // _MINUTE
        text = say(self.words.reminder, id=ticket.id, procedure=shown.procedure, commune=shown.commune, minutes=minutes)
        called = self.helpers(agents.everyone(connection), ticket)
        if ticket.level == LEADS:
            called = [agent for agent in called if agent.role != "member"] or called
        if ticket.level == PARENT:
            called = [agent for agent in called if not agent.serves(ticket.commune)] or called
        self._tell_all(connection, called, text, now)
        self._push(connection, called, shown, self.words.push_waiting, now)
        about = {"id": ticket.id, "procedure": shown.procedure, "commune": shown.commune, "minutes": minutes}
        self.call_out(connection, say(self.words.call_again, **about), now)
        self._post(connection, shown, text, now)

    def call_out(self, connection: Connection, text: str, now: datetime) -> None:
        """In the team's group on Zalo, if it has one."""
        if self.settings.team_zalo_group:
            self._send(connection, _CALLS, self.settings.team_zalo_group, Reply(text), now)

    def reach(self, agent: Agent, everyone: Sequence[Agent]) -> Reach:
        return reach(agent, everyone, self.voice.content.library.communes)

    def helpers(self, everyone: Sequence[Agent], ticket: Ticket) -> list[Agent]:
        """Who may take a ticket."""
        return [agent for agent in everyone if self.reach(agent, everyone).covers(ticket)]

    def _push(
        self, connection: Connection, called: Collection[Agent], shown: Card, sentence: str, now: datetime
    ) -> None:
        """To browsers that are signed in, though the page is closed."""
        ticket = shown.ticket
        text = say(sentence, id=ticket.id, procedure=shown.procedure, commune=shown.commune)
        page = (self.words.push_open, f"{self.settings.url}/console/{ticket.id}")
        for browser in browsers.of(connection, called, now):
            self._send(connection, _BROWSERS, str(browser), Reply(text, link=page), now)

    def _tell_all(self, connection: Connection, called: list[Agent], text: str, now: datetime) -> None:
        for chat in agents.chats(connection):
            if chat.agent in called:
                self.tell(connection, chat, text, now)

    def _post(self, connection: Connection, shown: Card, text: str, now: datetime) -> None:
        """In the ticket's place in the group, where there is one."""
        if self._in_group(shown.ticket):
            places.post(self.voice, self.settings, connection, shown, Reply(text), now)

    def _in_group(self, ticket: Ticket) -> bool:
        return places.on(self.voice, self.settings) and ticket.practice_of is None

    def _post_card(self, connection: Connection, shown: Card, text: str, now: datetime) -> None:
        """What an agent reads before answering, with what they can do about it."""
        ticket, labels = shown.ticket, self.words.group_buttons
        lines = conversations.said(connection, ticket.conversation_id, last=_LINES)
        page = f"{self.settings.url}/console/{ticket.id}"  # not as a button: those take no address without a dot
        summary = f"{text}\n\n{told(self.voice.content.library, ticket, lines)}\n\n{page}"
        buttons = tuple(Choice(labels[name], f"{name}:{ticket.id}") for name in GROUP_BUTTONS)
        reply = Reply(summary, nav=buttons)
        places.post(self.voice, self.settings, connection, shown, reply, now)

    def hand_over(self, connection: Connection, ticket: Ticket, by: Agent, to: Agent, now: datetime) -> str | None:
        """Gives a ticket to somebody else, who hears of it. Whoever has it may, and who leads. Returns what is in the way."""
        conversation = conversations.lock_by_id(connection, ticket.conversation_id)
        current = tickets.get(connection, ticket.id)
        may = current is not None and (current.agent == by.name or by.leads)
        helps = current is not None and to in self.helpers(agents.everyone(connection), current)
        if current is None or not may or not helps or current.agent == to.name:
            return say(self.words.not_yours, id=ticket.id)
        if not tickets.hand_over(connection, current, to.name, by.name, now):
            return say(self.words.already_done, id=ticket.id)
        if current.state == tickets.WAITING:
            self.voice.say(connection, conversation, BOT, Reply(self.voice.content.library.sentences.person_came), now)
        elif by.name != current.agent:
            self.tell_agent(connection, current, self.words.moved, now, to=to.name)
        shown = card(self.voice.content.library, current)
        given = {"agent": by.name, "procedure": shown.procedure, "commune": shown.commune}
        self.tell_agent(connection, replace(current, agent=to.name), self.words.handed, now, **given)
        return None

    def group_lost(self, connection: Connection, ticket_id: int, now: datetime) -> None:
        """The group did not take what was said about a ticket: those who lead the team hear it, and it goes on elsewhere."""
        ticket = tickets.get(connection, ticket_id)
        if ticket:
            called = self.helpers(agents.everyone(connection), ticket)
            leads = [agent for agent in called if agent.leads] or called
            self._tell_all(connection, leads, say(self.words.group_lost, id=ticket_id), now)

    def relay(self, connection: Connection, ticket: Ticket, text: str, now: datetime) -> None:
        """What the citizen said, to whoever helps: where they speak about this ticket, else in its place in the group, else
        wherever they work."""
        working = self._chats_of(connection, ticket)
        here = [chat for chat in working if chat.ticket_id == ticket.id]
        sentence = self.words.says if here else self.words.says_other
        if here or not self._in_group(ticket):
            for chat in here or working:
                self.tell(connection, chat, say(sentence, id=ticket.id, text=text), now)
        else:
            said = say(self.words.says, id=ticket.id, text=text)
            self._post(connection, card(self.voice.content.library, ticket), said, now)
        self._push_news(connection, ticket, now)

    def tell_agent(
        self, connection: Connection, ticket: Ticket, sentence: str, now: datetime, **places: object
    ) -> None:
        """Something about a ticket, to whoever has it."""
        for chat in self._chats_of(connection, ticket):
            self.tell(connection, chat, say(sentence, id=ticket.id, **places), now)
        self._push_news(connection, ticket, now)

    def _push_news(self, connection: Connection, ticket: Ticket, now: datetime) -> None:
        """Something came for whoever has the ticket; who has its page open sees it there."""
        holder = [agent for agent in agents.everyone(connection) if agent.name == ticket.agent]
        if holder and ticket.agent not in looks.watching(connection, ticket, now):
            shown = card(self.voice.content.library, ticket)
            self._push(connection, holder, shown, self.words.push_news, now)

    def tell(self, connection: Connection, chat: WorkChat, text: str, now: datetime) -> None:
        self._send(connection, chat.channel, chat.contact, Reply(text), now)

    def _chats_of(self, connection: Connection, ticket: Ticket) -> list[WorkChat]:
        return [chat for chat in agents.chats(connection) if chat.agent.name == ticket.agent]

    def _send(self, connection: Connection, channel: str, contact: str, reply: Reply, now: datetime) -> None:
        """Not into a transcript: a citizen's words are kept in one place only, so that they can be erased there."""
        if channel in self.voice.channels:
            there = conversations.begun(connection, channel, contact, now, State())
            self.voice.send(connection, there, reply, now, kind=outbox.NOTE)
