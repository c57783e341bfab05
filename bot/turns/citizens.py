"""A citizen speaks: the bot answers, or what was said is passed on to the person who helps them."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from bot import conversations, follow_up
from bot.conversations import BOT, Conversation
from bot.handoff import ticket_actions, tickets
from bot.handoff.team import Team
from bot.handoff.tickets import Ticket
from bot.handoff.wait_estimate import add_what_team_knows
from bot.insight import events
from bot.insight.events import Source
from bot.message_rate_limit import Verdict, allow_message, allowance_in_a_row, allowance_of_month
from bot.messages import Inbound
from bot.metrics import Outcome
from bot.sender import Sender
from bot.settings import Settings
from bot.sharing import links
from bot.store.tx import Tx
from bot.turns.effects import Effects
from bot.turns.transcription import Spoken, Transcribed, transcribe
from flows.definition.library import Library
from flows.dialogue.advance import Turn, advance
from flows.dialogue.context import fill_in
from flows.messages import Message, Missed, Reply
from flows.state import Asking, State
from flows.understanding.understand import understand

_OWN_COMMANDS = ("bot", "erase", "export", "callback", "nocall")  # what only the bot can do, though a person helps
_OWN_QUESTIONS: tuple[Asking, ...] = ("callback", "erase")


@dataclass(frozen=True)
class Citizens:
    team: Team

    @cached_property
    def effects(self) -> Effects:
        return Effects(self.team)

    @property
    def sender(self) -> Sender:
        return self.team.sender

    @property
    def settings(self) -> Settings:
        return self.sender.settings

    @property
    def library(self) -> Library:
        return self.sender.library

    def handle(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> Outcome:
        verdict, told, conversation = self._count_message(tx, conversation)
        spoken = Spoken(tx, conversation, inbound, tickets.current_of(tx, conversation.id))
        if verdict != "heard" and not self._is_new_danger(spoken):
            conversations.save_counts(tx, conversation)
            self._refuse_flood(spoken, told if verdict == "told" else "")
            return "too_much"
        turn = self._hear(spoken, transcribe(self.sender, spoken))
        if turn is None:
            conversations.save_counts(tx, conversation)
            return "done"
        return self._save_and_reply(tx, conversation, inbound, turn)

    def _hear(self, spoken: Spoken, transcribed: Transcribed) -> Turn | None:
        """Return what the engine makes of it; None where the bot has nothing to do but what is done here."""
        if spoken.ticket and spoken.ticket.state == tickets.CLAIMED:
            return self._hear_helped(spoken, spoken.ticket, transcribed)
        return self._hear_alone(spoken, transcribed.message)

    def _hear_helped(self, spoken: Spoken, ticket: Ticket, transcribed: Transcribed) -> Turn | None:
        """Pass it on to the person who helps; the bot keeps quiet but for what only it can do."""
        tx, conversation, inbound = spoken.tx, spoken.conversation, spoken.inbound
        self._pass_on(spoken, ticket, transcribed)
        message, state = transcribed.message, conversation.state
        if not self._opens_album(tx, inbound) and not message.text:
            return None
        tells_phone = message.sensitive == "phone" and state.asking == "phone"
        if message.sensitive and not tells_phone:
            self.sender.say(tx, conversation, BOT, Reply(self._warning_for(message.sensitive)))
            return None
        if not self._may_be_for_bot(message, state):
            return None
        turn = self._run_engine(state, message, tx.now)
        return None if state.asking in _OWN_QUESTIONS and _is_missed(turn) else turn

    def _may_be_for_bot(self, message: Message, state: State) -> bool:
        """Tell whether this needs the bot: it itself, one's own data, the number to call in danger, or its open question; only
        the engine tells whether that is answered."""
        if state.asking == "phone" and (message.sensitive == "phone" or message.choice is not None):
            return True
        if state.asking in _OWN_QUESTIONS:
            return True
        meaning = understand(self.library, message.text)
        return meaning.kind == "danger" or (meaning.kind == "command" and meaning.id in _OWN_COMMANDS)

    def _hear_alone(self, spoken: Spoken, message: Message) -> Turn | None:
        """Answer whom no person helps; with a ticket they wait for one."""
        tx, conversation, inbound = spoken.tx, spoken.conversation, spoken.inbound
        if not self._opens_album(tx, inbound) and not message.text:
            return None
        if inbound.file and spoken.ticket and message.attachment != "sticker":
            kept = self.library.sentences.file_waits
            if not message.text:
                ticket_actions.ask_again(self.sender, tx, conversation, kept)
                return None
            self.sender.say(tx, conversation, BOT, Reply(kept))
            message = replace(message, attachment=None)
        message = replace(_follow_link(tx, conversation, message), waits=spoken.ticket is not None)
        return self._run_engine(conversation.state, message, tx.now)

    def _opens_album(self, tx: Tx, inbound: Inbound) -> bool:
        """Tell whether nothing of its album came before: that is answered once, on whichever replica its messages arrive."""
        return not inbound.album or conversations.record_once(tx, inbound.channel, f"album:{inbound.album}")

    def _run_engine(self, state: State, message: Message, now: datetime) -> Turn:
        """Run the engine; who only sent a phone number hears what became of it, not that it was not understood."""
        library, limits = self.library, self.settings.limits
        turn = advance(library, state, message, now, limits)
        if message.sensitive == "phone" and turn.heard.kind == "unclear" and _is_missed(turn):
            turn = advance(library, state, Message(start=""), now, limits)
            first, *more = turn.replies
            told = replace(first, said=(library.sentences.phone_masked, *first.paragraphs))
            turn = replace(turn, replies=(told, *more))
        return turn

    def _save_and_reply(self, tx: Tx, conversation: Conversation, inbound: Inbound, turn: Turn) -> Outcome:
        """Save what the engine made of a message, do what it asks for, and say its replies."""
        first_contact = turn.state.greeted and not conversation.state.greeted
        conversation = replace(conversation, state=turn.state)
        conversations.save_turn(tx, conversation)
        follow_up.plan_follow_up(self.sender, tx, conversation)
        source = Source(conversation.id, conversation.channel, turn.state.commune)
        events.record_events(tx, source, turn.events, here=True)
        for effect in turn.effects:
            self.effects.carry_out(tx, conversation, effect, inbound.message.text)
        for reply in turn.replies:
            more = reply.link or (self.effects.privacy_page if first_contact else None)
            said = add_what_team_knows(self.library, tx, conversation, replace(reply, link=more))
            self.sender.say(tx, conversation, BOT, said)
        return "missed" if _is_missed(turn) else "done"

    def _count_message(self, tx: Tx, conversation: Conversation) -> tuple[Verdict, str, Conversation]:
        """Count one more message, now and this month, to be saved with the turn. Return whether it is heard, what the citizen
        is told if not, and the conversation with the counts."""
        sentences, monthly = self.library.sentences, self.sender.channels[conversation.channel].monthly
        share_until, told, burst = conversation.share_until, sentences.too_fast, self.settings.person_burst
        verdict, busy_until = allow_message(conversation.busy_until, tx.now, allowance_in_a_row(burst))
        if verdict == "heard" and monthly:
            told = fill_in(sentences.too_many, link=self.settings.url)
            verdict, share_until = allow_message(share_until, tx.now, allowance_of_month(monthly, burst))
        return verdict, told, replace(conversation, busy_until=busy_until, share_until=share_until)

    def _is_new_danger(self, spoken: Spoken) -> bool:
        """Tell whether somebody is in danger and the team does not know yet: that is heard from anybody at any time."""
        known = spoken.ticket is not None and spoken.ticket.urgent
        return not known and understand(self.library, spoken.inbound.message.text).kind == "danger"

    def _refuse_flood(self, spoken: Spoken, told: str) -> None:
        """Say once that it is too much. What is meant for a person is written down all the same."""
        if spoken.ticket:
            transcribe(self.sender, spoken)
        if not told:
            return
        self.sender.say(spoken.tx, spoken.conversation, BOT, Reply(told))
        if spoken.ticket and spoken.ticket.agent:
            self.team.tell_agent(spoken.tx, spoken.ticket, self.library.team.flooded)

    def _pass_on(self, spoken: Spoken, ticket: Ticket, transcribed: Transcribed) -> None:
        """Relay to the agent. What can't be opened from elsewhere is only named; what can't be passed on is told to both."""
        message, named = transcribed.whole, transcribed.whole.attachment if spoken.inbound.file is None else None
        told = self.library.team.attachments.get(named) if named else None
        self.team.relay_words(
            spoken.tx, ticket, "\n".join(filter(None, (told, message.text if told else transcribed.line)))
        )
        if named and named != "sticker" and not message.text:
            self.sender.say(spoken.tx, spoken.conversation, BOT, Reply(self.library.sentences.not_passed_on))

    def _warning_for(self, kind: str) -> str:
        sentences = self.library.sentences
        return sentences.phone_masked if kind == "phone" else sentences.sensitive


def _follow_link(tx: Tx, conversation: Conversation, message: Message) -> Message:
    """Begin where the link leads whose code somebody brings; the link has brought a conversation."""
    words = "" if message.edited else message.start or message.text
    link = links.find_in_text(tx, words) if words else None
    if link is None:
        return message
    links.record_arrival(tx, link, conversation.id)
    return replace(message, text="", start=link.start)


def _is_missed(turn: Turn) -> bool:
    return any(isinstance(effect, Missed) for effect in turn.effects)
