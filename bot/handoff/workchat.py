"""A member's private chat: a few words are commands, everything else goes to a citizen whom they named."""

import logging
from dataclasses import dataclass

from bot import conversations
from bot.conversations import Conversation
from bot.handoff import agents, notes, ticket_actions, tickets
from bot.handoff.addressing import Addressing, At, locate, named_in
from bot.handoff.agents import WorkChat
from bot.handoff.commands import Commands
from bot.handoff.drafts import Part
from bot.handoff.team import Team
from bot.messages import Inbound
from bot.store.tx import Tx
from flows.dialogue.context import fill_in
from flows.messages import Reply
from flows.text.language import clean

log = logging.getLogger("motcua.team")

_PAGES = "web"  # pages show what was said to a citizen; nobody works there but in the console


@dataclass(frozen=True)
class Joining:
    """Somebody who makes this chat their work chat with a code."""

    code: str


def find_member(tx: Tx, conversation: Conversation, inbound: Inbound) -> WorkChat | Joining | None:
    """Return who of the team speaks here; None for a citizen."""
    if conversation.channel == _PAGES:
        return None
    code = inbound.message.start or inbound.message.text
    return Joining(code) if agents.is_code(code) else agents.find_chat(tx, conversation.channel, conversation.contact)


@dataclass(frozen=True)
class WorkChats:
    team: Team

    @property
    def commands(self) -> Commands:
        return Commands(self.team)

    @property
    def addressing(self) -> Addressing:
        return Addressing(self.team)

    def handle(self, tx: Tx, conversation: Conversation, inbound: Inbound, member: WorkChat | Joining) -> None:
        """Do what a member says, and answer them."""
        match member:
            case Joining(code):
                told = self._join_team(tx, conversation, code)
            case WorkChat():
                told = self._act_on(tx, member, inbound)
        if told:
            self._reply_to_member(tx, conversation, told)

    def _reply_to_member(self, tx: Tx, conversation: Conversation, text: str) -> None:
        """Answer the member; it may hold words of the citizen of whom they speak from now on."""
        chat = agents.find_chat(tx, conversation.channel, conversation.contact)
        ticket = tickets.get(tx, chat.ticket_id) if chat and chat.ticket_id else None
        about_id = ticket.conversation_id if ticket else None
        self.team.sender.send(tx, conversation, Reply(text), about_id=about_id)

    def _join_team(self, tx: Tx, conversation: Conversation, code: str) -> str:
        agent = agents.join_with_code(tx, conversation.channel, conversation.contact, code)
        if agent is None:
            log.warning("a code on %s that lets nobody in", conversation.channel)
            return self.team.words.code_wrong
        log.info("%s came in, on %s", agent.name, conversation.channel)
        if asked := tickets.current_of(tx, conversation.id):  # as a citizen, before they were in the team
            tickets.resolve(tx, asked, agent.name)
        return fill_in(self.team.words.welcome, name=agent.name)

    def _act_on(self, tx: Tx, chat: WorkChat, inbound: Inbound) -> str:
        """Act on a member's message. Return what they hear, "" for nothing."""
        at, message = locate(tx, chat), inbound.message
        words = message.text.strip()
        if message.edited:
            return self._repeat_edited(at, inbound, words)
        if message.attachment and inbound.file is None:
            return self.team.words.text_only if at.mine else self._explain_no_ticket(at)
        if not message.attachment and (told := self.commands.execute(at, words)) is not None:
            return told
        told = self.addressing.pass_on(at, Part(inbound.message_id, words, inbound.file))
        return self._explain_no_ticket(at) if told is None else told

    def _explain_no_ticket(self, at: At) -> str:
        return f"{self.team.words.nobody}\n\n{self.commands.list_tickets(at)}"

    def _repeat_edited(self, at: At, inbound: Inbound, text: str) -> str:
        """Repeat an edited message to whom its first words went, whoever the member speaks with now. Commands and notes
        went to nobody."""
        first = inbound.message_id.rpartition(":")[0]
        ticket_id = conversations.find_recipient(at.tx, at.chat.channel, first)
        ticket = tickets.get(at.tx, ticket_id) if ticket_id else None
        if self.commands.parse_command(text)[0]:
            return self.team.words.edit_commands_nothing
        if (asked := self.addressing.mend_draft(at, first, text)) is not None:
            return asked
        number, words = named_in(text)
        if ticket is None or not clean(words) or words.startswith(notes.MARK):
            return ""
        if number not in (None, ticket.id):
            return self.addressing.pass_on(at, Part(first, text)) or ""
        again = fill_in(self.team.sender.library.sentences.edited_line, text=words)
        return ticket_actions.send_answer(self.team.sender, at.acting_on(ticket), again) or ""
