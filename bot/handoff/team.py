"""What the team hears by itself: that somebody waits, what the citizen says to whoever helps, that a ticket is over.

The console always shows it; members' private chats, their signed-in browsers and one Telegram group hear of it too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot import conversations
from bot.conversations import BOT, CITIZEN
from bot.handoff import agents, audit, browsers, desk, looks, notes, places, recall, tickets
from bot.handoff.agents import Agent, WorkChat
from bot.handoff.card import Card, card, told
from bot.handoff.reach import LEADS, PARENT, Reach, reach
from bot.handoff.tickets import Ticket
from bot.messages import Outgoing
from bot.outbox import outbox
from bot.settings import Settings
from bot.team_keys import GROUP_BUTTONS
from bot.voice import Voice
from flows.definition.texts import TeamTexts
from flows.dialogue.context import say
from flows.messages import Choice, Reply
from flows.state import State

_BROWSERS, _CALLS = "push", "zalo-bot"
_LINES = 10  # of the conversation that stand on the card in the group
_ONE_BY_ONE = 5  # tickets of a commune and a channel in a minute
_NOW_AND_THEN = 20  # tickets
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Team:
    voice: Voice

    @property
    def settings(self) -> Settings:
        return self.voice.settings

    @property
    def words(self) -> TeamTexts:
        return self.voice.content.library.team

    @property
    def speakers(self) -> set[str]:
        """Names that the transcript gives to others: an agent under one of them would speak as the bot or the citizen."""
        page = self.voice.content.library.sentences.page
        return {
            agents.appearance(name) for name in (CITIZEN, BOT, page["bot"], page["you"], *self.words.platform.values())
        }

    def dismiss(self, connection: Connection, agent: Agent, by: str, now: datetime) -> None:
        """Takes a member out of the team; who waits for them gets the bot back, and waits for anybody."""
        audit.note(connection, by, "removed", agent.name, now, audit.commune_of(agent))
        for ticket in tickets.held_by(connection, agent.name):
            self.give_back(connection, ticket, agent.name, now)
        for chat in agents.remove(connection, agent, now):
            self.tell(connection, chat, self.words.removed, now)
        if self.settings.team_telegram_chat or self.settings.team_zalo_group:
            leads = [one for one in agents.everyone(connection) if one.leads and one.manages(agent)]
            self._tell_all(connection, leads, say(self.words.still_in_group, name=agent.name), now)

    def give_back(self, connection: Connection, ticket: Ticket, who: str, now: datetime) -> str | None:
        """The ticket waits for anybody again, and the others hear it. Returns what is in the way."""
        problem = desk.release(self.voice, connection, ticket, who, now)
        waiting = tickets.get(connection, ticket.id)
        if problem is None and waiting:
            self.announce(connection, waiting, now, besides=who)
        return problem

    def left(self, connection: Connection, ticket: Ticket, now: datetime) -> None:
        """The citizen went back to the bot, or is gone."""
        self.tell_agent(connection, ticket, self.words.citizen_left, now)
        places.end(self.voice, connection, ticket, Reply(say(self.words.citizen_left, id=ticket.id)), now)

    def take_back(self, connection: Connection, citizen: int, now: datetime) -> None:
        """Delete what the team was told of a citizen who erases their data. Where that can't be, a chat is asked to do it itself.
        Call it before the citizen's rows go: they tell what was said where.

        Args:
            citizen: the id of their conversation.
        """
        theirs = tickets.all_of(connection, citizen)
        if not theirs:
            return
        last = theirs[-1]
        hears = {(chat.channel, chat.contact) for chat in self._chats_of(connection, last) if last.open}
        if places.find(self.voice, connection, last.id):
            hears.add((places.CHANNEL, self.settings.team_telegram_chat))
        stays = recall.recall(self.voice, connection, citizen, theirs, now)
        for channel, contact in sorted(hears | stays):
            sentence = self.words.erased_by_hand if (channel, contact) in stays else self.words.erased
            self._send(connection, channel, contact, Reply(say(sentence, id=last.id)), now)
        if last.open:
            self._push_news(connection, last, now)

    def recall_failed(self, connection: Connection, call: Outgoing, now: datetime) -> None:
        """Tell those who lead the team what they have to delete themselves."""
        chat = agents.work_chat(connection, places.CHANNEL, call.contact)
        where = chat.agent.name if chat else f"#{call.contact.partition('#')[2]}"
        leads = [one for one in agents.everyone(connection) if one.leads]
        self._tell_all(connection, leads, say(self.words.recall_failed, where=where), now)

    def bar(self, connection: Connection, ticket: Ticket, who: str, reason: str, now: datetime) -> str | None:
        """Bars a citizen; whoever helps them hears it. Returns what is in the way."""
        held = tickets.current(connection, ticket.conversation_id)
        problem = desk.bar(self.voice, connection, ticket, who, reason, now)
        if problem is None and held and held.agent not in (None, who):
            self.tell_agent(connection, held, self.words.barred, now)
        return problem

    def lose(self, connection: Connection, chat: WorkChat, now: datetime) -> None:
        """A member can't be reached in a chat any more. Who has no other one gives their tickets back (and may take them
        again on the console); those who lead hear it."""
        agents.leave(connection, chat.channel, chat.contact)
        self._tell_leads(connection, chat, self.words.agent_gone, now)
        if agents.chats(connection, chat.agent):
            return
        for ticket in tickets.held_by(connection, chat.agent.name):
            self.give_back(connection, ticket, chat.agent.name, now)

    def unreached(self, connection: Connection, chat: WorkChat, now: datetime) -> None:
        """Something did not reach a member where they work. Of a lead's own chat nobody is told: it would go round in circles."""
        if not chat.agent.leads:
            self._tell_leads(connection, chat, self.words.agent_unreached, now)

    def _tell_leads(self, connection: Connection, chat: WorkChat, sentence: str, now: datetime) -> None:
        """Those who lead this member, of what happened to their chat."""
        everyone = agents.everyone(connection)
        leads = [one for one in everyone if one.leads and one != chat.agent and one.manages(chat.agent)]
        where = self.words.channels.get(chat.channel, chat.channel)
        self._tell_all(connection, leads, say(sentence, name=chat.agent.name, channel=where), now)

    def warn(self, connection: Connection, text: str, now: datetime) -> None:
        """Something that only an operator can mend: to every admin, and to the operators' chat."""
        admins = [agent for agent in agents.everyone(connection) if agent.role == "admin"]
        self._tell_all(connection, admins, text, now)
        channel, _, chat = self.settings.alarm_chat.partition(":")
        if chat:
            self._send(connection, channel, chat, Reply(text), now)

    def announce(
        self, connection: Connection, ticket: Ticket, now: datetime, *, again: bool = False, besides: str = ""
    ) -> None:
        """Somebody waits: everybody who serves the commune hears it, without anything that the citizen wrote. `besides`: who let
        go of it, and knows. Of many at once only some are told one by one."""
        if self._is_one_of_many(connection, ticket, now):
            return
        shown = card(self.voice.content.library, ticket)
        sentence = self.words.alert_danger if ticket.urgent else self.words.reopened if again else self.words.alert
        text = say(sentence, id=ticket.id, procedure=shown.procedure, commune=shown.commune, reason=shown.reason)
        called = [one for one in self.helpers(agents.everyone(connection), ticket) if one.name != besides]
        self._tell_all(connection, called, text, now, ticket)
        push = self.words.push_danger if ticket.urgent else self.words.push_waiting
        self._push(connection, called, shown, push, now)
        if ticket.practice_of is None:
            about = {"id": ticket.id, "procedure": shown.procedure, "commune": shown.commune, "reason": shown.reason}
            self.call_out(connection, say(self.words.call_danger if ticket.urgent else self.words.call, **about), now)
        if places.on(self.voice, ticket) and not besides:  # the group read there that it waits again
            if again:
                places.reopen(self.voice, connection, ticket, now)
            self._post_card(connection, ticket, text, now)

    def remind(self, connection: Connection, ticket: Ticket, now: datetime) -> None:
        """Nobody took it: the team hears it again, then those who lead it, then the team that steps in."""
        if self._is_one_of_many(connection, ticket, now):
            return
        shown = card(self.voice.content.library, ticket)
        library = self.voice.content.library
        hours = library.hours(ticket.commune, ticket.procedure)
        minutes = hours.worked(ticket.waiting_since, now) // _MINUTE
        text = say(self.words.reminder, id=ticket.id, procedure=shown.procedure, commune=shown.commune, minutes=minutes)
        called = self.helpers(agents.everyone(connection), ticket)
        if ticket.level == LEADS:
            called = [agent for agent in called if agent.role != "member"] or called
        if ticket.level == PARENT:
            theirs = library.team_of(ticket.commune, ticket.procedure)
            called = [agent for agent in called if not agent.serves(theirs)] or called
        self._tell_all(connection, called, text, now, ticket)
        self._push(connection, called, shown, self.words.push_waiting, now)
        about = {"id": ticket.id, "procedure": shown.procedure, "commune": shown.commune, "minutes": minutes}
        self.call_out(connection, say(self.words.call_again, **about), now)
        if places.on(self.voice, ticket):
            places.post(self.voice, connection, ticket, Reply(text), now)

    def _is_one_of_many(self, connection: Connection, ticket: Ticket, now: datetime) -> bool:
        """Tell whether so many came at once over one channel that this one is not told by itself: the first of those, and now and
        then another, tells the team to look at the list. Danger is always told, and so are the other channels."""
        crowd = 0 if ticket.urgent or ticket.practice_of is not None else tickets.crowd(connection, ticket)
        if crowd <= _ONE_BY_ONE:
            return False
        if crowd == _ONE_BY_ONE + 1 or ticket.id % _NOW_AND_THEN == 0:
            shown = card(self.voice.content.library, ticket)
            text = say(self.words.alert_many, commune=shown.commune, link=f"{self.settings.url}/console")
            self._tell_all(connection, self.helpers(agents.everyone(connection), ticket), text, now, ticket)
            self.call_out(connection, text, now)
        return True

    def call_out(self, connection: Connection, text: str, now: datetime) -> None:
        """In the team's group on Zalo, if it has one."""
        if self.settings.team_zalo_group:
            self._send(connection, _CALLS, self.settings.team_zalo_group, Reply(text), now)

    def reach(self, agent: Agent, everyone: Sequence[Agent]) -> Reach:
        return reach(agent, everyone, self.voice.content.library)

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

    def _tell_all(
        self, connection: Connection, called: list[Agent], text: str, now: datetime, about: Ticket | None = None
    ) -> None:
        for chat in agents.chats(connection):
            if chat.agent in called:
                self.tell(connection, chat, text, now, about)
                if about and about.urgent:
                    agents.interrupt(connection, chat, about.id)

    def _post_card(self, connection: Connection, ticket: Ticket, text: str, now: datetime) -> None:
        """What an agent reads before answering, with what they can do about it."""
        labels = self.words.group_buttons
        lines = conversations.said(connection, ticket.conversation_id, last=_LINES, until=ticket.read_until)
        page = f"{self.settings.url}/console/{ticket.id}"  # not as a button: those take no address without a dot
        summary = f"{text}\n\n{told(self.voice.content.library, ticket, lines, notes.of(connection, ticket))}\n\n{page}"
        buttons = tuple(Choice(labels[name], f"{name}:{ticket.id}") for name in GROUP_BUTTONS)
        places.post(self.voice, connection, ticket, Reply(summary, nav=buttons), now)
        audit.note(
            connection,
            self.words.channels.get(places.CHANNEL, places.CHANNEL),
            "posted",
            f"#{ticket.id}",
            now,
            ticket.commune,
        )

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
        handed = say(self.words.group_handed, id=ticket.id, agent=by.name, to=to.name)
        places.note(self.voice, connection, current, Reply(handed), now)
        return None

    def group_lost(self, connection: Connection, ticket_id: int, now: datetime) -> None:
        """The group did not take what was said about a ticket: those who lead the team hear it, and it goes on elsewhere."""
        ticket = tickets.get(connection, ticket_id)
        if ticket:
            called = self.helpers(agents.everyone(connection), ticket)
            leads = [agent for agent in called if agent.leads] or called
            self._tell_all(connection, leads, say(self.words.group_lost, id=ticket_id), now)

    def call_lost(self, connection: Connection, now: datetime) -> None:
        """The group on Zalo did not take a call: those who lead hear it."""
        leads = [one for one in agents.everyone(connection) if one.leads]
        self._tell_all(connection, leads, self.words.call_lost, now)

    def relay(self, connection: Connection, ticket: Ticket, text: str, now: datetime) -> None:
        """What the citizen said, to whoever helps: where they speak about this ticket, else in its place in the group and on the
        other channels, else wherever they work."""
        working, says = self._chats_of(connection, ticket), say(self.words.says, id=ticket.id, text=text)
        here = [chat for chat in working if chat.ticket_id == ticket.id]
        for chat in here:
            self.tell(connection, chat, says, now, ticket)
        if not here:
            in_group = places.on(self.voice, ticket)
            if in_group:
                places.post(self.voice, connection, ticket, Reply(says), now)
            for chat in working:
                if not (in_group and chat.channel == places.CHANNEL):
                    self.tell(connection, chat, say(self.words.says_other, id=ticket.id, text=text), now, ticket)
                    agents.interrupt(connection, chat, ticket.id)
        self._push_news(connection, ticket, now)

    def tell_agent(self, connection: Connection, ticket: Ticket, sentence: str, now: datetime, **words: object) -> None:
        """Something about a ticket, to whoever has it."""
        for chat in self._chats_of(connection, ticket):
            self.tell(connection, chat, say(sentence, id=ticket.id, **words), now, ticket)
            agents.interrupt(connection, chat, ticket.id)
        self._push_news(connection, ticket, now)

    def _push_news(self, connection: Connection, ticket: Ticket, now: datetime) -> None:
        """Something came for whoever has the ticket; who has its page open sees it there."""
        holder = [agent for agent in agents.everyone(connection) if agent.name == ticket.agent]
        if holder and ticket.agent not in looks.watching(connection, ticket, now):
            shown = card(self.voice.content.library, ticket)
            self._push(connection, holder, shown, self.words.push_news, now)

    def tell(
        self, connection: Connection, chat: WorkChat, text: str, now: datetime, about: Ticket | None = None
    ) -> None:
        """`about`: the ticket of whose citizen it tells."""
        self._send(connection, chat.channel, chat.contact, Reply(text), now, about)

    def _chats_of(self, connection: Connection, ticket: Ticket) -> list[WorkChat]:
        return [chat for chat in agents.chats(connection) if chat.agent.name == ticket.agent]

    def _send(
        self,
        connection: Connection,
        channel: str,
        contact: str,
        reply: Reply,
        now: datetime,
        about: Ticket | None = None,
    ) -> None:
        """Not into a transcript: a citizen's words are kept in one place only, so that they can be erased there."""
        if channel in self.voice.channels:
            there = conversations.begun(connection, channel, contact, now, State())
            about_id = about.conversation_id if about else None
            self.voice.send(connection, there, reply, now, kind=outbox.NOTE, about_id=about_id)
