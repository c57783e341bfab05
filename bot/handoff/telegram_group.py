"""The teams' Telegram groups, where each ticket has a place and members answer in it.

Only members act who made their private chat with the bot a work chat; others in the group are told so. Whoever is in the group
can read what is posted there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from bot import conversations
from bot.channels import sheets
from bot.channels.telegram_topics import chat_of, ticket_of
from bot.handoff import agents, canned, group_topics, notes, ticket_actions, tickets, view_log
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent
from bot.handoff.canned import Answer
from bot.handoff.commands import Commands
from bot.handoff.team import Team
from bot.messages import GroupPlace, Inbound, Outgoing
from bot.outbox import outbox
from bot.store.tables import telegram_topics
from bot.store.tx import Tx
from bot.team_keys import OUTCOMES
from flows.definition.team_texts import TeamTexts
from flows.dialogue.context import fill_in
from flows.messages import Choice, Reply
from flows.state import State
from flows.text.language import fold

_OFFERED = 8  # ready answers, or members, as buttons
_ALERT = 200  # characters that Telegram shows over the chat
_NUMBER = re.compile(r"#(\d{1,9})")
_FOR_US = re.compile(r"^(/\w+)@\w+")  # a command in a group names its bot
_TYPED = re.compile(r"(\D*?) ?#?(\d{1,9})")


@dataclass(frozen=True)
class TeamGroup:
    team: Team

    @property
    def words(self) -> TeamTexts:
        return self.team.words

    def handle(self, tx: Tx, inbound: Inbound) -> None:
        """Handle what was said or tapped about a ticket; ignore anything else in the group."""
        room = inbound.room
        verb, ticket_id, more = self._parse(tx, inbound, room) if room else ("", 0, "")
        ticket = tickets.get(tx, ticket_id) if ticket_id else None
        if room is None or not ticket_id:
            return
        if ticket is None:
            self._tell_sender(tx, inbound, 0, fill_in(self.words.group_gone, id=ticket_id))
            return
        chat = agents.find_chat(tx, group_topics.CHANNEL, room.sender)
        if chat and chat.agent in self.team.list_helpers(agents.list_all(tx), ticket):
            view_log.record_view(tx, chat.agent, ticket)
            acting = _GroupAction(tx, ticket, chat.agent.name, chat.agent, inbound)
            told = _VERBS[verb](self, acting, more)
            taken = tickets.get(tx, ticket_id)
            if ticket.state == tickets.WAITING and taken and taken.state == tickets.CLAIMED:
                self.team.post_words(tx, taken)
        else:
            told = self._refuse_stranger(room, member=chat is not None)
        self._tell_sender(tx, inbound, ticket_id, told)

    def _refuse_stranger(self, room: GroupPlace, *, member: bool) -> str:
        if not room.sender:
            return self.words.group_anonymous
        return fill_in(self.words.group_elsewhere if member else self.words.group_stranger, name=room.name)

    def _parse(self, tx: Tx, inbound: Inbound, room: GroupPlace) -> tuple[str, int, str]:
        """Parse a message into (action, ticket, argument); ticket 0 where none is meant."""
        if inbound.message.choice is not None:
            verb, number, more = (*inbound.message.choice.split(":", 2), "", "")[:3]
            known = (
                verb in _VERBS
                and verb not in ("say", "explain")
                and number.isascii()
                and number.isdecimal()
                and len(number) < 10
            )
            return (verb, int(number), more) if known else ("", 0, "")
        if ticket_id := self._ticket_of(tx, inbound.contact, room):
            return "say", ticket_id, inbound.message.text
        typed = _TYPED.fullmatch(" ".join(inbound.message.text.split()))
        claims = {fold(word) for word in self.words.commands["claim"]}
        return ("claim", int(typed[2]), "") if typed and fold(typed[1]).strip() in claims else ("", 0, "")

    def _ticket_of(self, tx: Tx, group: str, room: GroupPlace) -> int:
        """Find the ticket by the topic it was said in, else by the number on the message of ours that it answers."""
        if room.thread:
            here = telegram_topics.c.place.startswith(f"{group}#", autoescape=True)
            there = select(telegram_topics.c.place).where((telegram_topics.c.thread == room.thread) & here)
            place = tx.execute(there).scalars().first()
            return ticket_of(place) if place else 0
        found = _NUMBER.search(room.replied)
        return int(found[1]) if found else 0

    def _answer_citizen(self, acting: "_GroupAction", text: str) -> str | None:
        message, text = acting.inbound.message, text.strip()
        sender, file = self.team.sender, acting.inbound.file
        if not message.attachment and (verb := self._parse_command(acting, text)):
            return self.words.edit_commands_nothing if message.edited else _VERBS[verb[0]](self, acting, verb[1])
        if text.startswith(notes.MARK):
            if not message.edited:
                notes.add_note(acting, text.removeprefix(notes.MARK).strip())
            return None
        if message.attachment and file:
            return ticket_actions.send_file(sender, acting, group_topics.CHANNEL, file, text)
        if message.attachment:
            return self.words.text_only
        if message.edited and text:
            text = fill_in(sender.library.sentences.edited_line, text=text)
        return ticket_actions.send_answer(self.team.sender, acting, text) if text else None

    def _parse_command(self, acting: "_GroupAction", text: str) -> tuple[str, str] | None:
        """Parse a command into (action, argument); None for words to the citizen. What looks like a command never reaches
        them."""
        text = _FOR_US.sub(r"\1", text)
        commands = Commands(self.team)
        command, number, more = commands.parse_command(text)
        if command in ("claim", "done", "release", "canned", "transfer") and number in (None, acting.ticket.id):
            return command, self._id_of(commands.find_colleague(acting.tx, acting.who, acting.ticket, more))
        if command in OUTCOMES and number in (None, acting.ticket.id) and not more:
            return "outcome", command or ""
        if command or text.startswith("/"):
            return "explain", ""
        to = commands.find_transfer_target(acting.tx, acting.who, acting.ticket, text)
        return ("transfer", self._id_of(to)) if to else None

    def _id_of(self, agent: Agent | None) -> str:
        return str(agent.id) if agent else ""

    def _explain_canned(self, acting: "_GroupAction", more: str) -> str:
        return self.words.group_help

    def _claim_ticket(self, acting: "_GroupAction", more: str) -> str | None:
        return ticket_actions.claim(self.team.sender, acting)

    def _hand_over(self, acting: "_GroupAction", more: str) -> str | None:
        """Hand the ticket over; without a name the others are offered as buttons."""
        helpers = self.team.list_helpers(agents.list_all(acting.tx), acting.ticket)
        to = next((one for one in helpers if str(one.id) == more), None)
        if to is None:
            others = [one for one in helpers if one.name not in (acting.who, acting.ticket.agent)]
            others = self.team.list_reachable(acting.tx, others)
            buttons = tuple(Choice(one.name, f"transfer:{acting.ticket.id}:{one.id}") for one in others[:_OFFERED])
            told = self.words.group_transfer if buttons else self.words.group_alone
            self._post_in_topic(acting, Reply(fill_in(told, id=acting.ticket.id), buttons))
            return None
        return self.team.hand_over(acting.tx, acting.ticket, acting.agent, to)

    def _release_ticket(self, acting: "_GroupAction", more: str) -> str | None:
        return self.team.give_back(acting)

    def _resolve(self, acting: "_GroupAction", more: str) -> str | None:
        if acting.ticket.agent not in (None, acting.who):
            return fill_in(self.words.taken, agent=acting.ticket.agent, id=acting.ticket.id)
        return ticket_actions.resolve(self.team.sender, acting, "helped")

    def _record_outcome(self, acting: "_GroupAction", more: str) -> str | None:
        outcome = next((one for one in OUTCOMES if one == more), None)
        if outcome is None or acting.ticket.state != tickets.RESOLVED:
            return fill_in(self.words.not_yours, id=acting.ticket.id)
        ticket_actions.record_outcome(acting, outcome, "")
        return fill_in(self.words.outcome_kept, id=acting.ticket.id, outcome=self.words.outcomes[outcome])

    def _offer_canned(self, acting: "_GroupAction", more: str) -> str | None:
        """Ready answers as buttons. Each carries a mark of its text, so that an edit in between sends nothing else."""
        offered = self._list_canned(acting)[:_OFFERED]
        buttons = tuple(Choice(answer.title, f"show:{acting.ticket.id}:{answer.mark}") for answer in offered)
        self._post_in_topic(acting, Reply(fill_in(self.words.group_canned, id=acting.ticket.id), buttons))
        return None

    def _show_canned(self, acting: "_GroupAction", more: str) -> str | None:
        answer = next((answer for answer in self._list_canned(acting) if answer.mark == more), None)
        if answer is None:
            return self.words.canned_changed
        self._post_in_topic(
            acting, Reply(answer.shown, (Choice(self.words.send_it, f"send:{acting.ticket.id}:{more}"),))
        )
        return None

    def _send_canned(self, acting: "_GroupAction", more: str) -> str | None:
        answer = next((answer for answer in self._list_canned(acting) if answer.mark == more), None)
        if answer is None:
            return self.words.canned_changed
        if answer.sheet:
            return ticket_actions.send_file(self.team.sender, acting, sheets.NAME, answer.sheet, answer.text)
        return ticket_actions.send_answer(self.team.sender, acting, answer.text)

    def _list_canned(self, acting: "_GroupAction") -> list[Answer]:
        return canned.suggest_answers(self.team.sender.library, acting.tx, acting.ticket, acting.agent)

    def _post_in_topic(self, acting: "_GroupAction", reply: Reply) -> None:
        group_topics.post(self.team.sender, acting.tx, acting.ticket, reply)

    def _tell_sender(self, tx: Tx, inbound: Inbound, ticket_id: int, text: str | None) -> None:
        """Answer whoever tapped over the chat, and let their button rest; whoever wrote where they wrote, or in the group
        itself where no ticket is left."""
        query, sender = inbound.receipt.get("query"), self.team.sender
        group = conversations.find_or_begin(tx, group_topics.CHANNEL, inbound.contact, State())
        if query:
            payload = {"call": "answer", "query": query, "text": (text or "")[:_ALERT]}
            calls = [Outgoing(inbound.contact, payload, optional=True)]
            outbox.add_calls(tx, group, calls)
        elif text:
            topic = group_topics.find_topic(sender, tx, ticket_id)
            here = topic and chat_of(topic.contact) == inbound.contact
            sender.send(tx, topic if topic and here else group, Reply(text))


@dataclass(frozen=True)
class _GroupAction(Acting):
    """Something that was said or tapped about a ticket."""

    agent: Agent
    inbound: Inbound


_VERBS: Mapping[str, Callable[[TeamGroup, _GroupAction, str], str | None]] = {
    "say": TeamGroup._answer_citizen,
    "claim": TeamGroup._claim_ticket,
    "transfer": TeamGroup._hand_over,
    "release": TeamGroup._release_ticket,
    "done": TeamGroup._resolve,
    "outcome": TeamGroup._record_outcome,
    "canned": TeamGroup._offer_canned,
    "show": TeamGroup._show_canned,
    "send": TeamGroup._send_canned,
    "explain": TeamGroup._explain_canned,
}
