"""What an agent does to a ticket, each in one transaction."""

from datetime import datetime

from sqlalchemy import Connection

from bot import conversations
from bot.conversations import BOT
from bot.handoff import tickets
from bot.handoff.tickets import Ticket
from bot.privacy import redact_answer
from bot.voice import Voice
from flows.messages import Reply
from flows.scene import say


def answer(voice: Voice, connection: Connection, ticket: Ticket, agent: str, text: str, now: datetime) -> str | None:
    """Sends an agent's words to the citizen, claiming the ticket. Returns what is in the way, in Vietnamese, or None."""
    conversation = conversations.lock_by_id(connection, ticket.conversation_id)
    current = tickets.get(connection, ticket.id)
    if current is None or current.state == tickets.RESOLVED:
        return "Phiếu này đã xong rồi. Bà con cần thì sẽ nhắn lại và có phiếu mới."
    if not tickets.claim(connection, current, agent, now):
        return f"{current.agent} đang trả lời phiếu này rồi."
    sentences = voice.content.library.sentences
    voice.say(connection, conversation, agent, Reply(say(sentences.person_says, text=redact_answer(text))), now)
    if current.state == tickets.WAITING:
        voice.say(connection, conversation, BOT, Reply(sentences.person_came), now)
    return None


def resolve(voice: Voice, connection: Connection, ticket: Ticket, agent: str, now: datetime) -> None:
    """Ends a ticket; the bot takes over again at the same step, without being poked."""
    conversation = conversations.lock_by_id(connection, ticket.conversation_id)
    if tickets.resolve(connection, ticket, agent, now):
        voice.ask_again(connection, conversation, voice.content.library.sentences.person_done, now)
