"""Notifications of the team: that somebody waits, what the citizen says to whoever helps, that a ticket is over.

The console always shows it; members' private chats, their signed-in browsers and one Telegram group hear of it too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import conversations
from bot.channels.telegram_topics import chat_of, team_chats, ticket_of
from bot.conversations import BOT, CITIZEN
from bot.handoff import (
    agents,
    audit,
    group_topics,
    notes,
    push_subscriptions,
    recall,
    ticket_actions,
    ticket_lists,
    tickets,
    view_log,
)
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent, WorkChat
from bot.handoff.ticket_summary import TicketSummary, citizen_words, say_speakers, summarize, summary_text
from bot.handoff.tickets import LEADS_CALLED, PARENT_CALLED, Ticket
from bot.handoff.visibility import Visibility, visibility_of
from bot.messages import Outgoing
from bot.outbox import outbox
from bot.sender import Sender
from bot.settings import Settings
from bot.store.tx import Tx
from bot.team_keys import GROUP_BUTTONS
from flows.definition.hours import VIETNAM
from flows.definition.team_texts import TeamTexts
from flows.dialogue.context import fill_in
from flows.messages import Choice, Reply
from flows.state import State

_BROWSERS, _CALLS = "push", "zalo-bot"
_LINES = 10  # of the conversation that stand on the card in the group
_ONE_BY_ONE = 5  # tickets of a commune and a channel in a minute
_NOW_AND_THEN, _IN_DANGER = 20, 5  # tickets
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Team:
    sender: Sender

    @property
    def settings(self) -> Settings:
        return self.sender.settings

    @property
    def words(self) -> TeamTexts:
        return self.sender.library.team

    @property
    def speakers(self) -> set[str]:
        """List names that the transcript gives to others: an agent under one of them would speak as the bot or the citizen."""
        page = self.sender.library.sentences.page
        return {
            agents.fold_name(name)
            for name in (
                CITIZEN,
                BOT,
                page["bot"],
                page["you"],
                *self.words.platform.values(),
                *self.words.authors.values(),
            )
        }

    def remove_member(self, tx: Tx, agent: Agent, by: str) -> None:
        """Take a member out of the team. Who waits for them gets the bot back, and waits for anybody."""
        audit.record_audit(tx, by, "removed", agent.name, audit.commune_of(agent))
        for ticket in ticket_lists.list_held_by(tx, agent.name):
            self.give_back(Acting(tx, ticket, agent.name))
        for chat in agents.remove_agent(tx, agent):
            self.tell_chat(tx, chat, self.words.removed)
        if team_chats(self.sender.library, self.settings) or self.settings.team_zalo_group:
            leads = [one for one in agents.list_all(tx) if one.leads and one.manages(agent)]
            self._tell_all(tx, leads, fill_in(self.words.still_in_group, name=agent.name))

    def give_back(self, acting: Acting) -> str | None:
        """Let the ticket wait for anybody again and tell the others. Return what is in the way, None when it is done."""
        problem = ticket_actions.release(self.sender, acting)
        waiting = tickets.get(acting.tx, acting.ticket.id)
        if problem is None and waiting:
            self.announce_ticket(acting.tx, waiting, besides=acting.who)
        return problem

    def tell_citizen_left(self, tx: Tx, ticket: Ticket) -> None:
        """Tell the team that the citizen went back to the bot, or is gone."""
        self.tell_agent(tx, ticket, self.words.citizen_left)
        group_topics.close_with(self.sender, tx, ticket, Reply(fill_in(self.words.citizen_left, id=ticket.id)))

    def recall_from_team(self, tx: Tx, citizen: int) -> None:
        """Delete what the team was told of a citizen who erases their data. Where that can't be, a chat is asked to do it itself.
        Call it before the citizen's rows go: they tell what was said where.

        Args:
            citizen: the id of their conversation.
        """
        theirs = tickets.all_of(tx, citizen)
        if not theirs:
            return
        last = theirs[-1]
        hears = {(chat.channel, chat.contact) for chat in self._chats_of(tx, last) if last.open}
        if topic := group_topics.find_topic(self.sender, tx, last.id):
            hears.add((group_topics.CHANNEL, chat_of(topic.contact)))
        stays = recall.recall_told(self.sender, tx, citizen, theirs)
        for channel, contact in sorted(hears | stays):
            sentence = self.words.erased_by_hand if (channel, contact) in stays else self.words.erased
            self._send_to(tx, channel, contact, Reply(fill_in(sentence, id=last.id)))
        if last.open:
            self._push_news(tx, last)

    def report_recall_failed(self, tx: Tx, call: Outgoing) -> None:
        """Tell those who lead the team what they have to delete themselves."""
        chat = agents.find_chat(tx, group_topics.CHANNEL, call.contact)
        where = chat.agent.name if chat else f"#{ticket_of(call.contact)}"
        leads = [one for one in agents.list_all(tx) if one.leads]
        self._tell_all(tx, leads, fill_in(self.words.recall_failed, where=where))

    def ban(self, acting: Acting, reason: str) -> str | None:
        """Ban a citizen and tell whoever helps them. Return what is in the way."""
        held = tickets.current_of(acting.tx, acting.ticket.conversation_id)
        problem = ticket_actions.ban(self.sender, acting, reason)
        if problem is None and held and held.agent not in (None, acting.who):
            self.tell_agent(acting.tx, held, self.words.barred)
        return problem

    def drop_chat(self, tx: Tx, chat: WorkChat) -> None:
        """Drop a chat in which a member can't be reached any more, and tell the leads.

        Who has no other chat gives their tickets back; they may take them again on the console.
        """
        agents.leave_chat(tx, chat.channel, chat.contact)
        self._tell_leads(tx, chat, self.words.agent_gone)
        if agents.list_chats(tx, chat.agent):
            return
        for ticket in ticket_lists.list_held_by(tx, chat.agent.name):
            self.give_back(Acting(tx, ticket, chat.agent.name))

    def report_unreached(self, tx: Tx, chat: WorkChat) -> None:
        """Tell the leads that something did not reach a member. Of a lead's own chat nobody is told: it would go round in
        circles."""
        if not chat.agent.leads:
            self._tell_leads(tx, chat, self.words.agent_unreached)

    def _tell_leads(self, tx: Tx, chat: WorkChat, sentence: str) -> None:
        """Tell those who lead this member what happened to their chat."""
        everyone = agents.list_all(tx)
        leads = [one for one in everyone if one.leads and one != chat.agent and one.manages(chat.agent)]
        where = self.words.channels.get(chat.channel, chat.channel)
        self._tell_all(tx, leads, fill_in(sentence, name=chat.agent.name, channel=where))

    def warn_admins(self, tx: Tx, text: str) -> None:
        """Tell every admin, and the operators' chat, of something that only an operator can mend."""
        admins = [agent for agent in agents.list_all(tx) if agent.role == "admin"]
        self._tell_all(tx, admins, text)
        channel, _, chat = self.settings.alarm_chat.partition(":")
        if chat:
            self._send_to(tx, channel, chat, Reply(text))

    def announce_ticket(self, tx: Tx, ticket: Ticket, *, again: bool = False, besides: str = "") -> None:
        """Tell who serves the commune that somebody waits, without anything that the citizen wrote: those on duty first.

        `besides`: who let go of it, and knows. Of many at once only some are told one by one.
        """
        if self._is_one_of_many(tx, ticket):
            return
        shown = summarize(self.sender.library, ticket)
        sentence = self.words.alert_danger if ticket.urgent else self.words.reopened if again else self.words.alert
        reason = "\n".join(filter(None, (shown.reason, self.say_speakers(tx, ticket))))
        text = fill_in(sentence, id=ticket.id, procedure=shown.procedure, commune=shown.commune, reason=reason)
        called = self._list_called(tx, ticket, besides)
        self._tell_all(tx, called, text, ticket)
        push = self.words.push_danger if ticket.urgent else self.words.push_waiting
        self._push_to_browsers(tx, called, shown, push)
        if ticket.practice_of is None:
            about = {"id": ticket.id, "procedure": shown.procedure, "commune": shown.commune, "reason": reason}
            self.call_out(tx, fill_in(self.words.call_danger if ticket.urgent else self.words.call, **about))
        if (
            group_topics.has_topic_in_group(self.sender, ticket) and not besides
        ):  # the group read there that it waits again
            if again:
                group_topics.reopen(self.sender, tx, ticket)
            self._post_card(tx, ticket, text)

    def announce_escalation(self, tx: Tx, ticket: Ticket) -> None:
        """Escalate a ticket that nobody took: tell the team again, then those who lead it, then the team that steps in."""
        if self._is_one_of_many(tx, ticket):
            return
        shown = summarize(self.sender.library, ticket)
        library = self.sender.library
        hours = library.hours(ticket.commune, ticket.procedure)
        minutes = hours.worked(ticket.waiting_since, tx.now) // _MINUTE
        text = fill_in(
            self.words.reminder, id=ticket.id, procedure=shown.procedure, commune=shown.commune, minutes=minutes
        )
        called = self.list_helpers(agents.list_all(tx), ticket)
        if ticket.level == LEADS_CALLED:
            called = [agent for agent in called if agent.role != "member"] or called
        if ticket.level == PARENT_CALLED:
            theirs = library.team_of(ticket.commune, ticket.procedure)
            called = [agent for agent in called if not agent.serves(theirs)] or called
        self._tell_all(tx, called, text, ticket)
        self._push_to_browsers(tx, called, shown, self.words.push_waiting)
        about = {"id": ticket.id, "procedure": shown.procedure, "commune": shown.commune, "minutes": minutes}
        self.call_out(tx, fill_in(self.words.call_again, **about))
        if group_topics.has_topic_in_group(self.sender, ticket):
            group_topics.post(self.sender, tx, ticket, Reply(text))

    def _is_one_of_many(self, tx: Tx, ticket: Ticket) -> bool:
        """Tell whether so many came at once over one channel that this one is not told by itself: the first of those, and now and
        then another, tells the team to look at the list. Danger is told however many ask for something else, and so are the
        other channels."""
        crowd = 0 if ticket.practice_of is not None else ticket_lists.count_crowd(tx, ticket)
        if crowd <= _ONE_BY_ONE:
            return False
        if crowd == _ONE_BY_ONE + 1 or crowd % (_IN_DANGER if ticket.urgent else _NOW_AND_THEN) == 0:
            shown = summarize(self.sender.library, ticket)
            sentence = self.words.alert_many_danger if ticket.urgent else self.words.alert_many
            text = fill_in(sentence, commune=shown.commune, link=f"{self.settings.url}/console")
            self._tell_all(tx, self.list_helpers(agents.list_all(tx), ticket), text, ticket)
            self.call_out(tx, text)
        return True

    def call_out(self, tx: Tx, text: str) -> None:
        """Write to the team's group on Zalo, if it has one."""
        if self.settings.team_zalo_group:
            self._send_to(tx, _CALLS, self.settings.team_zalo_group, Reply(text))

    def visibility_of(self, agent: Agent, everyone: Sequence[Agent]) -> Visibility:
        return visibility_of(agent, everyone, self.sender.library)

    def list_helpers(self, everyone: Sequence[Agent], ticket: Ticket) -> list[Agent]:
        """List who may take a ticket: whoever speaks its citizen's language first."""
        helpers = [agent for agent in everyone if self.visibility_of(agent, everyone).can_see(ticket)]
        return sorted(helpers, key=lambda one: not one.can_speak(ticket.languages))

    def say_speakers(self, tx: Tx, ticket: Ticket) -> str:
        """Say who of those who may take a ticket speaks its citizen's language, "" where Vietnamese will do."""
        return say_speakers(self.words, ticket, self.list_helpers(agents.list_all(tx), ticket))

    def list_on_duty(self, tx: Tx, members: Sequence[Agent]) -> list[Agent]:
        """List who of them is on duty today, and can be reached."""
        today = tx.now.astimezone(VIETNAM).date()
        return self.list_reachable(tx, [one for one in members if one.duty.is_on(today)])

    def list_reachable(self, tx: Tx, members: Sequence[Agent]) -> list[Agent]:
        """List who of them hears of a ticket: in a chat on a channel that is on, or signed in to the console."""
        hear = {chat.agent.id for chat in agents.list_chats(tx) if chat.channel in self.sender.channels}
        hear |= agents.list_signed_in(tx)
        return [one for one in members if one.id in hear]

    def _list_called(self, tx: Tx, ticket: Ticket, besides: str) -> list[Agent]:
        """List who is told first of a ticket: danger is for everybody, and so is what comes while nobody is on duty. Who speaks
        the citizen's language is told before who does not."""
        helpers = [one for one in self.list_helpers(agents.list_all(tx), ticket) if one.name != besides]
        if ticket.urgent:
            return helpers
        speakers = self.list_reachable(tx, [one for one in helpers if one.can_speak(ticket.languages)])
        return self.list_on_duty(tx, speakers) or speakers or self.list_on_duty(tx, helpers) or helpers

    def _push_to_browsers(self, tx: Tx, called: Collection[Agent], shown: TicketSummary, sentence: str) -> None:
        """Notify browsers that are signed in, though the page is closed."""
        ticket = shown.ticket
        text = fill_in(sentence, id=ticket.id, procedure=shown.procedure, commune=shown.commune)
        page = (self.words.push_open, f"{self.settings.url}/console/{ticket.id}")
        for browser in push_subscriptions.list_of(tx, called):
            self._send_to(tx, _BROWSERS, str(browser), Reply(text, link=page))

    def _tell_all(self, tx: Tx, called: list[Agent], text: str, about: Ticket | None = None) -> None:
        for chat in agents.list_chats(tx):
            if chat.agent in called:
                self.tell_chat(tx, chat, text, about)
                if about and about.urgent:
                    agents.ask_before_next(tx, chat, about.id)

    def _post_card(self, tx: Tx, ticket: Ticket, text: str) -> None:
        """Post in the group what it is about, with buttons for what can be done; what the citizen said only who takes it needs
        to know."""
        labels = self.words.group_buttons
        page = f"{self.settings.url}/console/{ticket.id}"  # not as a button: those take no address without a dot
        speakers, noted = self.say_speakers(tx, ticket), notes.list_notes(tx, ticket)
        speakers = "" if speakers in text else speakers
        about = summary_text(self.sender.library, replace(ticket, question=None), (), noted, speakers)
        buttons = tuple(Choice(labels[name], f"{name}:{ticket.id}") for name in GROUP_BUTTONS)
        group_topics.post(self.sender, tx, ticket, Reply(f"{text}\n\n{about}\n\n{page}", nav=buttons))

    def post_words(self, tx: Tx, ticket: Ticket) -> None:
        """Post in a ticket's topic what its citizen said: for whoever took it there."""
        lines = conversations.read_transcript(tx, ticket.conversation_id, last=_LINES, until=ticket.read_until)
        if words := citizen_words(self.sender.library, ticket, lines):
            group_topics.post(self.sender, tx, ticket, Reply(words))
            group = self.words.channels.get(group_topics.CHANNEL, group_topics.CHANNEL)
            audit.record_audit(tx, group, "posted", f"#{ticket.id}", ticket.commune)

    def hand_over(self, tx: Tx, ticket: Ticket, by: Agent, to: Agent) -> str | None:
        """Hand a ticket over to somebody else and tell them. Its holder may, and a lead. Return what is in the way, or
        None."""
        conversation = conversations.lock_by_id(tx, ticket.conversation_id)
        current = tickets.get(tx, ticket.id)
        may = current is not None and (current.agent == by.name or by.leads)
        helps = current is not None and to in self.list_helpers(agents.list_all(tx), current)
        if current is None or not may or not helps or current.agent == to.name:
            return fill_in(self.words.not_yours, id=ticket.id)
        if not self.list_reachable(tx, [to]):
            return fill_in(self.words.unreachable, names=to.name)
        if not tickets.hand_over(tx, current, to.name, by.name):
            return fill_in(self.words.already_done, id=ticket.id)
        if current.state == tickets.WAITING:
            self.sender.say(tx, conversation, BOT, Reply(self.sender.library.sentences.person_came))
        elif by.name != current.agent:
            self.tell_agent(tx, current, self.words.moved, to=to.name)
        shown = summarize(self.sender.library, current)
        given = {"agent": by.name, "procedure": shown.procedure, "commune": shown.commune}
        self.tell_agent(tx, replace(current, agent=to.name), self.words.handed, **given)
        handed = fill_in(self.words.group_handed, id=ticket.id, agent=by.name, to=to.name)
        group_topics.post_if_open(self.sender, tx, current, Reply(handed))
        return None

    def report_group_lost(self, tx: Tx, ticket_id: int) -> None:
        """Tell the leads that the group did not take a message about a ticket: it goes on elsewhere."""
        ticket = tickets.get(tx, ticket_id)
        if ticket:
            called = self.list_helpers(agents.list_all(tx), ticket)
            leads = [agent for agent in called if agent.leads] or called
            self._tell_all(tx, leads, fill_in(self.words.group_lost, id=ticket_id))

    def report_call_lost(self, tx: Tx) -> None:
        """Tell the leads that the group on Zalo did not take a call."""
        leads = [one for one in agents.list_all(tx) if one.leads]
        self._tell_all(tx, leads, self.words.call_lost)

    def relay_words(self, tx: Tx, ticket: Ticket, text: str) -> None:
        """Pass the citizen's words on to whoever helps: to the chat that speaks about this ticket, else to its topic in the
        group and to their chats on other channels, else to every chat in which they work."""
        working, says = self._chats_of(tx, ticket), fill_in(self.words.says, id=ticket.id, text=text)
        here = [chat for chat in working if chat.ticket_id == ticket.id]
        for chat in here:
            self.tell_chat(tx, chat, says, ticket)
        if not here:
            in_group = group_topics.has_topic_in_group(self.sender, ticket)
            if in_group:
                group_topics.post(self.sender, tx, ticket, Reply(says))
            for chat in working:
                if not (in_group and chat.channel == group_topics.CHANNEL):
                    self.tell_chat(tx, chat, fill_in(self.words.says_other, id=ticket.id, text=text), ticket)
                    agents.ask_before_next(tx, chat, ticket.id)
        self._push_news(tx, ticket)

    def tell_agent(self, tx: Tx, ticket: Ticket, sentence: str, **words: object) -> None:
        """Tell whoever has the ticket something about it."""
        for chat in self._chats_of(tx, ticket):
            self.tell_chat(tx, chat, fill_in(sentence, id=ticket.id, **words), ticket)
            agents.ask_before_next(tx, chat, ticket.id)
        self._push_news(tx, ticket)

    def _push_news(self, tx: Tx, ticket: Ticket) -> None:
        """Notify whoever has the ticket that something came; who has its page open sees it there."""
        holder = [agent for agent in agents.list_all(tx) if agent.name == ticket.agent]
        if holder and ticket.agent not in view_log.list_viewers(tx, ticket):
            shown = summarize(self.sender.library, ticket)
            self._push_to_browsers(tx, holder, shown, self.words.push_news)

    def tell_chat(self, tx: Tx, chat: WorkChat, text: str, about: Ticket | None = None) -> None:
        """Send a text to a work chat. `about`: the ticket of whose citizen it tells."""
        self._send_to(tx, chat.channel, chat.contact, Reply(text), about)

    def _chats_of(self, tx: Tx, ticket: Ticket) -> list[WorkChat]:
        return [chat for chat in agents.list_chats(tx) if chat.agent.name == ticket.agent]

    def _send_to(self, tx: Tx, channel: str, contact: str, reply: Reply, about: Ticket | None = None) -> None:
        """Not into a transcript: a citizen's words are kept in one place only, so that they can be erased there."""
        if channel in self.sender.channels:
            there = conversations.find_or_begin(tx, channel, contact, State())
            about_id = about.conversation_id if about else None
            self.sender.send(tx, there, reply, kind=outbox.NOTE, about_id=about_id)
