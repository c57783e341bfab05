"""Transcription of what a citizen sent, masked: as the engine reads it, and as a person does."""

from dataclasses import dataclass, replace

from bot import conversations, files, privacy
from bot.conversations import CITIZEN, Conversation
from bot.handoff.tickets import Ticket
from bot.messages import Inbound
from bot.sender import Sender
from bot.store.tx import Tx
from flows.dialogue.context import fill_in
from flows.dialogue.opening import opening
from flows.messages import Message

_LABELS = 20  # lines of the transcript in which the label of a tapped button is looked for


@dataclass(frozen=True)
class Spoken:
    """One message of a citizen, in its transaction. `ticket`: the one that is open, if any."""

    tx: Tx
    conversation: Conversation
    inbound: Inbound
    ticket: Ticket | None


@dataclass(frozen=True)
class Transcribed:
    """
    Attributes:
        message: as the engine reads it.
        whole: as a person reads it, however long it is.
        line: as it stands in the transcript.
    """

    message: Message
    whole: Message
    line: str


def transcribe(sender: Sender, spoken: Spoken) -> Transcribed:
    """Write what was said into the transcript, masked."""
    tx, conversation, inbound, ticket = spoken.tx, spoken.conversation, spoken.inbound, spoken.ticket
    said, limit = inbound.masked, sender.settings.text_limit
    message = replace(inbound.message, text=said.text[: limit + 1], sensitive=said.kind)  # one more: it is too long
    whole = replace(message, text=said.text) if ticket else message
    line = _line(sender, tx, conversation, whole)
    if inbound.file:
        file_id = files.keep_file(tx, conversation.id, conversation.channel, inbound.file)
        link = files.sign_link(sender.settings, file_id, inbound.file.kind, tx.now)
        line = sender.describe_attachment(inbound.file.kind, link, message.text)
    if inbound.quoted and ticket:
        line = f"“{privacy.redact(inbound.quoted).text}”\n{line}"
    conversations.write_down(tx, conversation.id, CITIZEN, line)
    return Transcribed(message, whole, line)


def _line(sender: Sender, tx: Tx, conversation: Conversation, message: Message) -> str:
    """Return the words, the label of the tapped button, or what was sent instead."""
    sentences = sender.library.sentences
    if message.choice is not None:
        return _label(sender, tx, conversation, message.choice)
    if message.start is not None:
        return sentences.page["begin"]
    if message.edited and message.text:
        return fill_in(sentences.edited_line, text=message.text)
    return message.text or ("✎" if message.edited else f"[{message.attachment}]" if message.attachment else "…")


def _label(sender: Sender, tx: Tx, conversation: Conversation, token: str) -> str:
    """Return the words on the button with this token, newest first: buttons carry ids, people read labels."""
    for choice in conversations.read_buttons(tx, conversation.id, last=_LABELS):
        if choice.token == token:
            return choice.label
    first = opening(sender.library, conversation.state, tx.now)
    return next((choice.label for choice in first.choices if choice.token == token), "▢")
