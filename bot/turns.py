"""One inbound message -> one transaction: seen before? load the state, advance, save, write down, fill the outbox."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from time import perf_counter

from bot import checkin, conversations, files, privacy
from bot.channels.protocol import Channel
from bot.channels.telegram_topics import is_place
from bot.clock import Clock
from bot.content import Content
from bot.conversations import BOT, CITIZEN, Conversation
from bot.delivery import Delivery
from bot.effects import Effects
from bot.flood import Allowance, Verdict, allow
from bot.handoff import agents, desk, places, tickets
from bot.handoff.callgroup import CallGroup
from bot.handoff.group import TeamGroup
from bot.handoff.prospects import complete
from bot.handoff.team import Team
from bot.handoff.tickets import Ticket
from bot.handoff.workchat import WorkChats
from bot.insight import events
from bot.insight.events import Source
from bot.messages import File, Inbound, Outgoing
from bot.metrics import Metrics, Outcome
from bot.outbox import outbox
from bot.privacy import Redacted
from bot.settings import Settings
from bot.sharing import groups, links
from bot.store.database import Database
from bot.store.tx import Tx
from bot.voice import Voice
from flows.dialogue.advance import Turn, advance, opening
from flows.dialogue.context import say
from flows.messages import (
    KeepPhone,
    Message,
    Missed,
    OpenTicket,
    Reply,
)
from flows.state import State
from flows.text.language import fold
from flows.understanding.understand import understand

_ERASE = "erase"
_FRESH = {introduces: State(greeted=introduces) for introduces in (True, False)}
_LONGEST = 20_000  # characters: more than any platform carries in one message
_EVERY, _CALM = (
    timedelta(seconds=2),
    timedelta(seconds=30),
)  # between messages of one person, once they sent many in a row
_SHARE = 20  # of a platform's messages for a month one person gets this part at once, and as much again over the month
_SHORT = 1000  # characters: masked in less than a millisecond or two
_LABELS = 20  # lines of the transcript in which the label of a tapped button is looked for


@dataclass(frozen=True)
class Turns:
    database: Database
    content: Content
    channels: Mapping[str, Channel]
    delivery: Delivery
    settings: Settings
    clock: Clock
    metrics: Metrics

    @cached_property
    def voice(self) -> Voice:
        return Voice(self.content, self.channels, self.settings)

    @cached_property
    def team(self) -> Team:
        return Team(self.voice)

    @cached_property
    def effects(self) -> Effects:
        return Effects(self.team)

    async def receive(self, inbound: Inbound) -> None:
        """Everything that a message causes, durable when this returns. The same message again causes nothing.

        Raises:
            StoreUnavailable: nothing happened; the platform should post it again.
        """
        began = perf_counter()
        read = replace(inbound, masked=await _mask(inbound.message.text[:_LONGEST]))
        conversation, outcome = await self.database.write(lambda tx: self._turn(tx, read))
        self.delivery.wake()
        self.metrics.count_turn(
            inbound.channel, inbound.kind, conversation, outcome, perf_counter() - began, self.clock().timestamp()
        )

    def lost(self, tx: Tx, conversation_id: int) -> None:
        """A message never reached its citizen: whoever helps them hears it, and reads it in the conversation. One that did not
        reach the team's group is told to those who lead it."""
        conversation = conversations.by_id(tx, conversation_id)
        if is_place(conversation.contact):
            self.team.group_lost(tx, int(conversation.contact.partition("#")[2]))
        elif conversation.contact == self.settings.team_zalo_group:
            self.team.call_lost(tx)
        if conversation.blocked:
            self._left(tx, conversation)
        elif (chat := agents.work_chat(tx, conversation.channel, conversation.contact)) and not (
            outbox.failed_before(tx, conversation_id)  # then it is known
        ):
            self.team.unreached(tx, chat)
        ticket = tickets.current(tx, conversation_id)
        if ticket and ticket.state == tickets.CLAIMED:
            sentence = self.content.library.team.undelivered
            conversations.write_down(tx, conversation_id, BOT, say(sentence, id=ticket.id))
            self.team.tell_agent(tx, ticket, sentence)

    def left(self, tx: Tx, call: Outgoing) -> None:
        """A platform did not delete what tells of a citizen who erased their data: those who lead the team are asked to."""
        self.team.recall_failed(tx, call)

    def _left(self, tx: Tx, conversation: Conversation) -> None:
        """Somebody blocked us: if it is a member of the team, their tickets must not wait for them."""
        if chat := agents.work_chat(tx, conversation.channel, conversation.contact):
            self.team.lose(tx, chat)

    def _turn(self, tx: Tx, inbound: Inbound) -> tuple[int, Outcome]:
        """The conversation that it was in, and what became of it."""
        fresh = _FRESH[self.channels[inbound.channel].introduces]
        key = self.settings.signing_key
        conversation = conversations.lock(tx, inbound.channel, inbound.contact, fresh, key)
        words = privacy.mark(inbound.message.text, key)
        if conversations.first_time(tx, inbound.channel, inbound.message_id, words) and (
            not inbound.message.edited or self._mended(tx, inbound, words)
        ):
            tx.news.add(conversation.id)
            return conversation.id, _HANDLERS[inbound.kind](self, tx, conversation, inbound) or "done"
        return conversation.id, "repeated"

    def _mended(self, tx: Tx, inbound: Inbound, words: str) -> bool:
        """Platforms post an edit also where no word changed: a link's preview came, somebody put a heart on it."""
        first = inbound.message_id.rpartition(":")[0]
        return conversations.is_mended(tx, inbound.channel, first, words)

    def _message(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> Outcome:
        """Somebody said something: a member of the team to those they help, or a citizen."""
        calls = self.channels[conversation.channel].acknowledge(inbound)
        outbox.add(tx, conversation.id, conversation.channel, calls)
        if conversation.blocked:
            conversations.set_blocked(tx, conversation.id, False)
        if WorkChats(self.team).hears(tx, conversation, inbound):
            return "done"
        return self._citizen(tx, conversation, inbound)

    def _citizen(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> Outcome:
        """While a person has the ticket the bot passes on what is said, and keeps quiet but for what only it can do."""
        ticket = tickets.current(tx, conversation.id)
        claimed = ticket if ticket and ticket.state == tickets.CLAIMED else None
        verdict, told = self._allow(tx, conversation)
        if verdict != "heard" and not self._is_new_danger(inbound.message, ticket):
            self._too_much(tx, conversation, inbound, ticket, told if verdict == "told" else "")
            return "too_much"
        message, whole, shown = self._take_down(tx, conversation, inbound, ticket)
        if claimed:
            self._pass_on(tx, conversation, claimed, inbound, whole, shown)
        if inbound.album and not self._opens_album(tx, inbound) and not message.text:
            return "done"
        if inbound.file and ticket and not claimed:
            kept = self.content.library.sentences.file_waits
            if not message.text:
                self.voice.ask_again(tx, conversation, kept)
                return "done"
            self.voice.say(tx, conversation, BOT, Reply(kept))
            message = replace(message, attachment=None)
        tells_phone = message.sensitive == "phone" and conversation.state.asking == "phone"
        if claimed and message.sensitive and not tells_phone:
            self.voice.say(tx, conversation, BOT, Reply(self._warning(message.sensitive)))
            return "done"
        return self._answer(tx, conversation, inbound, message, claimed=claimed is not None)

    def _answer(
        self,
        tx: Tx,
        conversation: Conversation,
        inbound: Inbound,
        message: Message,
        *,
        claimed: bool,
    ) -> Outcome:
        """One turn of the engine, and what it asks for."""
        if not claimed:
            message = self._by_link(tx, conversation, message)
        turn = self._advance(conversation.state, message, tx.now)
        if claimed and not self._for_the_bot(message, conversation.state, turn):
            return "done"
        conversation = replace(conversation, state=turn.state)
        conversations.save(tx, conversation.id, turn.state)
        checkin.plan(self.voice, tx, conversation, turn.state, self.settings)
        link = links.last_of(tx, conversation.id)
        source = Source(conversation.id, conversation.channel, turn.state.commune, link)
        events.record(tx, source, turn.events, here=True)
        for effect in turn.effects:
            self.effects.carry_out(tx, conversation, effect, turn.state.commune)
            if isinstance(effect, KeepPhone):
                self.effects.keep_phone(tx, conversation, inbound.message.text)
        for reply in turn.replies:
            self.voice.say(tx, conversation, BOT, complete(self.content.library, tx, conversation, reply))
        return "missed" if any(isinstance(effect, Missed) for effect in turn.effects) else "done"

    def _allow(self, tx: Tx, conversation: Conversation) -> tuple[Verdict, str]:
        """Whether this person may say one more thing now, and this month; what they hear if not."""
        sentences, monthly = self.content.library.sentences, self.channels[conversation.channel].monthly
        share_until, told = conversation.share_until, sentences.too_fast
        verdict, busy_until = allow(
            conversation.busy_until, tx.now, Allowance(self.settings.person_burst, _EVERY, _CALM)
        )
        if verdict == "heard" and monthly:
            share, told = (
                max(monthly // _SHARE, self.settings.person_burst),
                say(sentences.too_many, link=self.settings.url),
            )
            verdict, share_until = allow(
                share_until, tx.now, Allowance(share, timedelta(days=30) / share, timedelta(1))
            )
        conversations.count(tx, conversation.id, busy_until, share_until)
        return verdict, told

    def _is_new_danger(self, message: Message, ticket: Ticket | None) -> bool:
        """Whether somebody is in danger and the team does not know yet: that is heard from anybody at any time."""
        known = ticket is not None and ticket.urgent
        return not known and understand(self.content.library, message.text).kind == "danger"

    def _too_much(
        self,
        tx: Tx,
        conversation: Conversation,
        inbound: Inbound,
        ticket: Ticket | None,
        told: str,
    ) -> None:
        """Say so once. What is meant for a person is written down all the same."""
        if ticket:
            self._take_down(tx, conversation, inbound, ticket)
        if not told:
            return
        self.voice.say(tx, conversation, BOT, Reply(told))
        if ticket and ticket.agent:
            self.team.tell_agent(tx, ticket, self.content.library.team.flooded)

    def _take_down(
        self,
        tx: Tx,
        conversation: Conversation,
        inbound: Inbound,
        ticket: Ticket | None,
    ) -> tuple[Message, Message, str]:
        """Write down what was said, masked. Return it as the engine reads it, as a person reads it, and its line of the
        transcript."""
        limit = self.settings.text_limit
        said = inbound.masked
        message = replace(inbound.message, text=said.text[: limit + 1], sensitive=said.kind)  # one more: it is too long
        whole = replace(message, text=said.text) if ticket else message  # a person reads all of it
        shown = self._shown(tx, whole, conversation)
        if inbound.file:
            shown = self._attached(tx, conversation, inbound.file, message.text)
        if inbound.quoted and ticket:
            shown = f"“{privacy.redact(inbound.quoted).text}”\n{shown}"
        conversations.write_down(tx, conversation.id, CITIZEN, shown)
        return message, whole, shown

    def _opens_album(self, tx: Tx, inbound: Inbound) -> bool:
        """Whether nothing of this album came before: it is answered once, on whichever replica its messages arrive."""
        return conversations.first_time(tx, inbound.channel, f"album:{inbound.album}")

    def _by_link(self, tx: Tx, conversation: Conversation, message: Message) -> Message:
        """Who brings the code of a link begins where it leads, and the link has brought a conversation."""
        link = None if message.edited else links.named_in(tx, message.start or message.text)
        if link is None:
            return message
        links.brought(tx, link, conversation.id)
        return replace(message, text="", start=link.start)

    def _attached(self, tx: Tx, conversation: Conversation, file: File, caption: str) -> str:
        """What stands in the transcript for a picture or a file: a link, and what was written with it."""
        file_id = files.keep(tx, conversation.id, conversation.channel, file)
        return self.voice.attached(file.kind, files.link(self.settings, file_id, file.kind, tx.now), caption)

    def _pass_on(
        self,
        tx: Tx,
        conversation: Conversation,
        ticket: Ticket,
        inbound: Inbound,
        message: Message,
        shown: str,
    ) -> None:
        """What can't be opened from elsewhere is only named; what can't be passed on at all is told to both."""
        named, library = message.attachment if inbound.file is None else None, self.content.library
        told = library.team.attachments.get(named) if named else None
        self.team.relay(tx, ticket, "\n".join(filter(None, (told, message.text if told else shown))))
        if named and named != "sticker" and not message.text:
            self.voice.say(tx, conversation, BOT, Reply(library.sentences.not_passed_on))

    def _advance(self, state: State, message: Message, now: datetime) -> Turn:
        """One turn of the engine; who only sent a phone number hears what became of it, not that it was not understood."""
        library, limits = self.content.library, self.settings.limits
        turn = advance(library, state, message, now, limits)
        lost = turn.heard.kind == "unclear" and any(isinstance(effect, Missed) for effect in turn.effects)
        if message.sensitive == "phone" and lost:
            turn = advance(library, state, Message(start=""), now, limits)
            first, *more = turn.replies
            told = replace(first, said=(library.sentences.phone_masked, *first.paragraphs))
            turn = replace(turn, replies=(told, *more))
        return turn

    def _shown(self, tx: Tx, message: Message, conversation: Conversation) -> str:
        """What stands in the transcript for a message: its words, the label of the tapped button, or what was sent."""
        if message.choice is not None:
            return self._label(tx, message.choice, conversation)
        if message.start is not None:
            return self.content.library.sentences.page["begin"]
        if message.edited and message.text:
            return say(self.content.library.sentences.edited_line, text=message.text)
        return message.text or ("✎" if message.edited else f"[{message.attachment}]" if message.attachment else "…")

    def _label(self, tx: Tx, token: str, conversation: Conversation) -> str:
        """The words on the button with this token, newest first: buttons carry ids, people read labels."""
        for choice in conversations.shown(tx, conversation.id, last=_LABELS):
            if choice.token == token:
                return choice.label
        first = opening(self.content.library, conversation.state, tx.now)
        return next((choice.label for choice in first.choices if choice.token == token), "▢")

    def _warning(self, kind: str) -> str:
        sentences = self.content.library.sentences
        return sentences.phone_masked if kind == "phone" else sentences.sensitive

    def _for_the_bot(self, message: Message, state: State, turn: Turn) -> bool:
        """Tell whether this needs the bot: it itself, one's own data, or the number to call in danger."""
        if state.asking == "phone" and (message.sensitive == "phone" or message.choice is not None):
            return True
        if state.asking in ("callback", _ERASE):
            return not any(isinstance(effect, Missed) for effect in turn.effects)
        meaning = understand(self.content.library, message.text)
        own = meaning.kind == "command" and meaning.id in ("bot", _ERASE, "export", "callback", "nocall")
        return own or meaning.kind == "danger"

    def _answered(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        """The team wrote in the platform's own tool: the citizen has it already. The bot keeps quiet from here on."""
        library = self.content.library
        who = library.team.platform.get(inbound.channel, inbound.channel)
        text = inbound.message.text or library.team.attachments.get(inbound.message.attachment or "other", "…")
        conversations.write_down(tx, conversation.id, who, privacy.redact_answer(text))
        ended = tickets.last_resolved(tx, conversation.id)
        if ended and inbound.at and inbound.at < ended.changed_at:  # it was on its way when the talk ended
            return
        ticket = tickets.current(tx, conversation.id)
        if fold(text.strip()) in {fold(word) for word in library.team.platform_done}:
            if ticket and ticket.agent == who:
                desk.resolve(self.voice, tx, ticket, who)
            return
        if ticket is None:
            scene = conversation.state
            asked = OpenTicket("answered", scene.procedure, scene.at or None, dict(scene.answers))
            soon = timedelta(hours=self.settings.reopen_hours)
            ticket, _ = tickets.open_(tx, conversation.id, asked, scene.commune, soon)
        if desk.claim(self.voice, tx, ticket, who) is None:
            tickets.answered(tx, ticket)

    def _group(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        """A group gets links, never a conversation; nothing of what was said there is kept."""
        library, name = self.content.library, conversation.channel
        reply = groups.reply(tx, library, self.settings, self.channels, conversation, inbound.message.text)
        if reply:
            outbox.add(tx, conversation.id, name, self.channels[name].render(reply, conversation.contact))

    def _team(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        group = TeamGroup(self.team) if conversation.channel == places.CHANNEL else CallGroup(self.team)
        group.hears(tx, inbound)

    def _blocked(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        conversations.set_blocked(tx, conversation.id, True)
        outbox.bury_all(tx, conversation.id, "the citizen left")
        self._left(tx, conversation)

    def _unblocked(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        conversations.set_blocked(tx, conversation.id, False)

    def _withdrawn(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        self.effects.erase(tx, conversation)
        conversations.save(tx, conversation.id, State())


async def _mask(text: str) -> Redacted:
    """Mask a text, a long one on a thread of its own: nobody else waits for it."""
    return privacy.redact(text) if len(text) <= _SHORT else await asyncio.to_thread(privacy.redact, text)


_HANDLERS: Mapping[str, Callable[[Turns, Tx, Conversation, Inbound], Outcome | None]] = {
    "message": Turns._message,
    "group": Turns._group,
    "team": Turns._team,
    "blocked": Turns._blocked,
    "unblocked": Turns._unblocked,
    "withdrawn": Turns._withdrawn,
    "answered": Turns._answered,
}
