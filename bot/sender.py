"""Sending: what the bot and the team say to a citizen goes into the transcript and the outbox, in one place."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot import conversations
from bot.channels.protocol import Channel
from bot.content import Content
from bot.conversations import BOT, Conversation
from bot.messages import Outgoing
from bot.outbox import outbox
from bot.outbox.outbox import RowKind
from bot.settings import Settings
from bot.store.tx import Tx
from flows.definition.library import Library
from flows.dialogue.context import fill_in
from flows.messages import AttachmentKind, Reply
from flows.text.address import address

log = logging.getLogger("motcua.sender")

Access = Literal["free", "paid", "closed"]


@dataclass(frozen=True)
class Sender:
    content: Content
    channels: Mapping[str, Channel]
    settings: Settings

    @property
    def library(self) -> Library:
        return self.content.library

    def say(self, tx: Tx, conversation: Conversation, author: str, reply: Reply, file_id: int | None = None) -> None:
        """Put something before a citizen, where it stays to be read again. What the bot says calls them as they are called.

        Args:
            file_id: what `reply` is the link to, where the channel takes files.
        """
        if author == BOT:
            reply = replace(reply, said=address(reply.text, conversation.state.called))
        conversations.write_down(tx, conversation.id, author, reply.text, (*reply.choices, *reply.nav))
        calls = self._render(conversation, reply)
        if file_id is not None and calls:
            *before, last = calls
            calls = [*before, replace(last, payload={**last.payload, "file": file_id})]
        outbox.add_calls(tx, conversation, calls)

    def send(
        self,
        tx: Tx,
        conversation: Conversation,
        reply: Reply,
        *,
        kind: RowKind = outbox.ANSWER,
        about_id: int | None = None,
    ) -> None:
        """Send what no transcript keeps.

        Args:
            about_id: the conversation of the citizen of whom it tells somebody else.
        """
        outbox.add_calls(tx, conversation, self._render(conversation, reply), kind, about_id)

    def _render(self, conversation: Conversation, reply: Reply) -> Sequence[Outgoing]:
        """Make calls of a reply. A channel that is off carries nothing."""
        channel = self.channels.get(conversation.channel)
        if channel is None:
            log.warning("%s is off: nothing is sent to conversation %d", conversation.channel, conversation.id)
            return []
        return channel.render(reply, conversation.contact)

    def messaging_window(self, tx: Tx, conversation: Conversation) -> Access:
        """Tell whether this citizen may be written to now without having asked, and whether the platform wants money for
        it."""
        channel = self.channels.get(conversation.channel)
        if channel is None or conversation.blocked:
            return "closed"
        if channel.window is None:
            return "free"
        heard = conversations.last_heard(tx, conversation.id)
        if heard is None or tx.now - heard >= channel.window.open:
            return "closed"
        return "free" if tx.now - heard < channel.window.free else "paid"

    def describe_attachment(self, kind: AttachmentKind, link: str, caption: str) -> str:
        """Put a picture or a file in words: what it is, where it opens, what was written with it."""
        sentences = self.library.sentences
        line = fill_in(sentences.attached, what=sentences.attachment_names[kind], link=link)
        return "\n".join(filter(None, (line, caption)))
