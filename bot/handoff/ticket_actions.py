"""Actions of an agent on a ticket, each in one transaction, from wherever they work.

Each returns what is in the way, as a sentence for the agent, or None. The citizen's conversation is locked before the
ticket is looked at, so that two agents, or an agent and the citizen, never both get their way.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from sqlalchemy import insert

from bot import conversations, files
from bot.conversations import BOT, Conversation
from bot.handoff import bans, group_topics, tickets
from bot.handoff.acting import Acting
from bot.handoff.tickets import Ticket
from bot.messages import File
from bot.privacy import redact, redact_answer
from bot.sender import Sender
from bot.store.tables import content_feedback
from bot.store.tx import Tx
from bot.team_keys import OUTCOMES, TicketOutcome
from flows.dialogue.context import fill_in
from flows.messages import Choice, Reply


def claim(sender: Sender, acting: Acting) -> str | None:
    """Give this agent the ticket; the citizen hears that somebody is there."""
    conversation, current = _lock(acting)
    if problem := _claim(sender, acting, current):
        return problem
    if current and current.state == tickets.WAITING:
        _say_person_came(sender, acting.tx, conversation)
    return None


def send_answer(sender: Sender, acting: Acting, text: str) -> str | None:
    """Send an agent's words to the citizen, claiming the ticket."""

    def say_it(conversation: Conversation) -> None:
        sender.say(acting.tx, conversation, acting.who, _quote(sender, text))

    return _tell_citizen(sender, acting, say_it)


def send_file(sender: Sender, acting: Acting, channel: str, file: File, caption: str) -> str | None:
    """Send the citizen what an agent sent on this channel, or uploaded: after its words where their channel takes files, else
    as a link with them."""
    tx, who = acting.tx, acting.who
    file_id = files.keep_file(tx, acting.ticket.conversation_id, channel, file)
    link = files.sign_link(sender.settings, file_id, file.kind, tx.now)

    def give_it(conversation: Conversation) -> None:
        shown = sender.channels[conversation.channel].takes_files
        if shown and caption:
            sender.say(tx, conversation, who, _quote(sender, caption))
        stand_in = _quote(sender, sender.describe_attachment(file.kind, link, "" if shown else caption))
        sender.say(tx, conversation, who, stand_in, file_id if shown else None)

    return _tell_citizen(sender, acting, give_it)


def resolve(sender: Sender, acting: Acting, outcome: TicketOutcome | None = None, text: str = "") -> str | None:
    """End a ticket. The bot takes over again without being poked: it asks whether it is really done, then goes on.

    Args:
        outcome: what became of it, with the agent's words on it; None where nobody was there to say.
    """
    tx, ticket, team = acting.tx, acting.ticket, sender.library.team
    conversation = conversations.lock_by_id(tx, ticket.conversation_id)
    if not tickets.resolve(tx, ticket, acting.who):
        return fill_in(team.already_done, id=ticket.id)
    asked = conversation.state.ask("helped")
    conversations.save_state(tx, conversation.id, asked)
    sender.ask_again(tx, replace(conversation, state=asked), sender.library.sentences.person_done)
    if outcome:
        record_outcome(acting, outcome, text)
    buttons = tuple(Choice(team.outcomes[one], f"outcome:{ticket.id}:{one}") for one in OUTCOMES)
    group_topics.close_with(
        sender, tx, ticket, Reply(fill_in(team.group_done, id=ticket.id, agent=acting.who), buttons)
    )
    return None


def record_outcome(acting: Acting, outcome: TicketOutcome, text: str) -> None:
    """Keep what became of a resolved ticket. Wrong content is noted for the editors, with the step and the agent's words; said
    again without words it makes no second note."""
    before = tickets.get(acting.tx, acting.ticket.id)
    tickets.record_outcome(acting.tx, acting.ticket, outcome, acting.who)
    if outcome == "wrong" and (text or before is None or before.outcome != outcome):
        record_content_feedback(acting, "wrong", text)


def record_content_feedback(acting: Acting, kind: Literal["wrong", "tip"], text: str) -> None:
    """Note what the bot says wrongly at this step, or what helped somebody who was stuck there: perhaps its next `trouble`.

    Where the team was asked to find something out, what helped is the answer, for the commune. Who only practises tells nothing.
    """
    ticket = acting.ticket
    if ticket.practice_of is not None:
        return
    where = {"commune": ticket.commune, "procedure": ticket.procedure, "step": ticket.step, "who": acting.who}
    hour = acting.tx.now.replace(minute=0, second=0, microsecond=0)  # nobody need find the citizen by it
    found = "answer" if kind == "tip" and ticket.question else kind
    acting.tx.execute(insert(content_feedback).values(kind=found, text=redact(text).text, at=hour, **where))


def ban(sender: Sender, acting: Acting, reason: str) -> str | None:
    """End a ticket of somebody who abuses the help, and lets them open no more until it is lifted."""
    tx, ticket, team = acting.tx, acting.ticket, sender.library.team
    if not reason.strip():
        return team.how_block
    if not bans.ban(tx, ticket, acting.who, reason):
        return fill_in(team.barred_already, id=ticket.id)
    tickets.record_event(tx, ticket, "barred", acting.who)
    if current := tickets.current_of(tx, ticket.conversation_id):
        end_as_spam(sender, replace(acting, ticket=current))
    return None


def end_as_spam(sender: Sender, acting: Acting) -> None:
    """End a ticket that nobody need read; the bot goes on with whoever opened it."""
    tx, ticket = acting.tx, acting.ticket
    conversation = conversations.lock_by_id(tx, ticket.conversation_id)
    if tickets.resolve(tx, ticket, acting.who):
        record_outcome(acting, "spam", "")
        sender.ask_again(tx, conversation, sender.library.sentences.barred)
        group_topics.close_with(sender, tx, ticket, Reply(fill_in(sender.library.team.barred, id=ticket.id)))


def unban(sender: Sender, tx: Tx, ticket_id: int, who: str) -> str | None:
    """Let them open tickets again. The ticket over which it was done may be erased by now."""
    ticket = tickets.get(tx, ticket_id)
    if not bans.unban(tx, ticket_id, ticket.conversation_id if ticket else None):
        return fill_in(sender.library.team.not_barred, id=ticket_id)
    if ticket:
        tickets.record_event(tx, ticket, "lifted", who)
    return None


def release(sender: Sender, acting: Acting) -> str | None:
    """Give a ticket back to the team; the bot goes on with the citizen meanwhile."""
    tx, team = acting.tx, sender.library.team
    conversation, current = _lock(acting)
    if current is None or current.agent != acting.who or not tickets.release(tx, current):
        return fill_in(team.not_yours, id=acting.ticket.id)
    sender.ask_again(tx, conversation, sender.library.sentences.person_away)
    group_topics.post_if_open(sender, tx, current, Reply(fill_in(team.released, id=current.id)))
    return None


def _lock(acting: Acting) -> tuple[Conversation, Ticket | None]:
    """Hold the citizen's conversation. Return it, and the ticket as it is now."""
    conversation = conversations.lock_by_id(acting.tx, acting.ticket.conversation_id)
    return conversation, tickets.get(acting.tx, acting.ticket.id)


def _quote(sender: Sender, text: str) -> Reply:
    return Reply(fill_in(sender.library.sentences.person_says, text=redact_answer(text)))


def _tell_citizen(sender: Sender, acting: Acting, tell: Callable[[Conversation], None]) -> str | None:
    """Tell the citizen something in this agent's name, claiming the ticket."""
    conversation, current = _lock(acting)
    if conversation.channel not in sender.channels:
        return sender.library.team.channel_off
    if problem := _claim(sender, acting, current):
        return problem
    tickets.record_answer(acting.tx, acting.ticket)
    tell(conversation)
    if current and current.state == tickets.WAITING:
        _say_person_came(sender, acting.tx, conversation)
    return None


def _claim(sender: Sender, acting: Acting, current: Ticket | None) -> str | None:
    """Claim the ticket for this agent, or tell why it can't be."""
    team = sender.library.team
    if current is None or current.state == tickets.RESOLVED:
        return fill_in(team.already_done, id=acting.ticket.id)
    if not tickets.claim(acting.tx, current, acting.who):
        return fill_in(team.taken, agent=current.agent, id=current.id)
    if current.state == tickets.WAITING:
        claimed = fill_in(team.group_claimed, id=current.id, agent=acting.who)
        group_topics.post_if_open(sender, acting.tx, current, Reply(claimed))
    return None


def _say_person_came(sender: Sender, tx: Tx, conversation: Conversation) -> None:
    """Tell the citizen that a person is there, and drop the open question about calling back."""
    if conversation.state.asking == "callback":
        calm = conversation.state.ask(None)
        conversations.save_state(tx, conversation.id, calm)
    sender.say(tx, conversation, BOT, Reply(sender.library.sentences.person_came))
