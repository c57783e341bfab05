"""A member's private chat: a few words are commands, everything else goes to the citizen they speak with."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot import conversations
from bot.conversations import Conversation
from bot.handoff import agents, desk, notes, tickets
from bot.handoff.agents import WorkChat
from bot.handoff.commands import At, Commands, held
from bot.handoff.team import Team
from bot.messages import Inbound
from flows.dialogue.context import say
from flows.messages import Reply
from flows.text.language import clean

_PAGES = "web"  # pages show what was said to a citizen; nobody works there but in the console


@dataclass(frozen=True)
class WorkChats:
    team: Team

    @property
    def commands(self) -> Commands:
        return Commands(self.team)

    def hears(self, connection: Connection, conversation: Conversation, inbound: Inbound, now: datetime) -> bool:
        """Takes what a member says; False when it comes from a citizen."""
        message = inbound.message
        if conversation.channel == _PAGES:
            return False
        code = message.start or message.text
        if agents.is_code(code):
            self._reply(connection, conversation, self._join(connection, conversation, code, now), now)
            return True
        chat = agents.work_chat(connection, conversation.channel, conversation.contact)
        if chat is None:
            return False
        if told := self._act(connection, chat, inbound, now):
            self._reply(connection, conversation, told, now)
        return True

    def _reply(self, connection: Connection, conversation: Conversation, text: str, now: datetime) -> None:
        """To the member; it may hold words of the citizen of whom they speak from now on."""
        chat = agents.work_chat(connection, conversation.channel, conversation.contact)
        ticket = tickets.get(connection, chat.ticket_id) if chat and chat.ticket_id else None
        about_id = ticket.conversation_id if ticket else None
        self.team.voice.send(connection, conversation, Reply(text), now, about_id=about_id)

    def _join(self, connection: Connection, conversation: Conversation, code: str, now: datetime) -> str:
        agent = agents.join(connection, conversation.channel, conversation.contact, code, now)
        if agent is None:
            return self.team.words.code_wrong
        if asked := tickets.current(connection, conversation.id):  # as a citizen, before they were in the team
            tickets.resolve(connection, asked, agent.name, now)
        return f"{say(self.team.words.welcome, name=agent.name)}\n\n{self.team.words.help}"

    def _act(self, connection: Connection, chat: WorkChat, inbound: Inbound, now: datetime) -> str:
        """Does what was said; returns what the member hears, "" for nothing."""
        at, message = At(connection, chat, held(connection, chat), now), inbound.message
        words = message.text.strip()
        if message.edited:
            return self._edited(at, inbound, words)
        if message.attachment:
            return self._attached(at, inbound, words)
        if (told := self.commands.obey(at, words)) is not None:
            return told
        if at.speaking and words.startswith(notes.MARK):
            notes.add(connection, at.speaking, at.agent.name, words.removeprefix(notes.MARK).strip(), now)
            return say(self.team.words.noted, id=at.speaking.id)
        if at.speaking is None or not clean(words):
            return f"{self.team.words.nobody}\n\n{self.commands.listed(at)}"
        conversations.went_to(connection, chat.channel, inbound.message_id, at.speaking.id)
        return desk.answer(self.team.voice, connection, at.speaking, at.agent.name, words, now) or ""

    def _edited(self, at: At, inbound: Inbound, words: str) -> str:
        """What was mended is said again, to whom the first words went, whoever the member speaks with now. Commands and notes
        went to nobody."""
        first = inbound.message_id.rpartition(":")[0]
        ticket_id = conversations.gone_to(at.connection, at.chat.channel, first)
        ticket = tickets.get(at.connection, ticket_id) if ticket_id else None
        if self.commands.parsed(words)[0]:
            return self.team.words.edit_commands_nothing
        if ticket is None or not clean(words) or words.startswith(notes.MARK):
            return ""
        again = say(self.team.voice.content.library.sentences.edited_line, text=words)
        return desk.answer(self.team.voice, at.connection, ticket, at.agent.name, again, at.now) or ""

    def _attached(self, at: At, inbound: Inbound, caption: str) -> str:
        file = inbound.file
        if at.speaking and caption.startswith(notes.MARK):
            notes.add(at.connection, at.speaking, at.agent.name, caption.removeprefix(notes.MARK).strip(), at.now)
            return say(self.team.words.noted, id=at.speaking.id)
        if at.speaking is None:
            return f"{self.team.words.nobody}\n\n{self.commands.listed(at)}"
        if file is None:
            return self.team.words.text_only
        channel, name = at.chat.channel, at.agent.name
        return desk.send_file(self.team.voice, at.connection, at.speaking, name, channel, file, caption, at.now) or ""
