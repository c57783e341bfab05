"""What an agent does to a ticket, each in one transaction, from wherever they work.

Each returns what is in the way, as a sentence for the agent, or None. The citizen's conversation is locked before the
ticket is looked at, so that two agents, or an agent and the citizen, never both get their way.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from sqlalchemy import insert

from bot import conversations, files
from bot.conversations import BOT, Conversation
from bot.handoff import barred, places, tickets
from bot.handoff.tickets import Ticket
from bot.messages import File
from bot.privacy import redact, redact_answer
from bot.store.tables import content_notes
from bot.store.tx import Tx
from bot.team_keys import OUTCOMES, TicketOutcome
from bot.voice import Voice
from flows.dialogue.context import say
from flows.messages import Choice, Reply


def claim(voice: Voice, tx: Tx, ticket: Ticket, agent: str) -> str | None:
    """The ticket is this agent's; the citizen hears that somebody is there."""
    conversation = conversations.lock_by_id(tx, ticket.conversation_id)
    current = tickets.get(tx, ticket.id)
    if problem := _in_the_way(voice, tx, current, ticket, agent):
        return problem
    if current and current.state == tickets.WAITING:
        _came(voice, tx, conversation)
    return None


def answer(voice: Voice, tx: Tx, ticket: Ticket, agent: str, text: str) -> str | None:
    """Sends an agent's words to the citizen, claiming the ticket."""

    def say_it(conversation: Conversation) -> None:
        voice.say(tx, conversation, agent, _words(voice, text))

    return _told(voice, tx, ticket, agent, say_it)


def send_file(
    voice: Voice,
    tx: Tx,
    ticket: Ticket,
    agent: str,
    channel: str,
    file: File,
    caption: str,
) -> str | None:
    """Sends the citizen what an agent sent on this channel, or uploaded: after its words where their channel takes files, else
    as a link with them."""
    file_id = files.keep(tx, ticket.conversation_id, channel, file)
    link = files.link(voice.settings, file_id, file.kind, tx.now)

    def give_it(conversation: Conversation) -> None:
        shown = voice.channels[conversation.channel].takes_files
        if shown and caption:
            voice.say(tx, conversation, agent, _words(voice, caption))
        stand_in = _words(voice, voice.attached(file.kind, link, "" if shown else caption))
        voice.say(tx, conversation, agent, stand_in, file_id if shown else None)

    return _told(voice, tx, ticket, agent, give_it)


def resolve(
    voice: Voice,
    tx: Tx,
    ticket: Ticket,
    agent: str,
    outcome: TicketOutcome | None = None,
    text: str = "",
) -> str | None:
    """Ends a ticket. The bot takes over again without being poked: it asks whether it is really done, then goes on.

    Args:
        outcome: what became of it, with the agent's words on it; None where nobody was there to say.
    """
    conversation = conversations.lock_by_id(tx, ticket.conversation_id)
    if not tickets.resolve(tx, ticket, agent):
        return say(voice.content.library.team.already_done, id=ticket.id)
    asked = conversation.state.ask("helped")
    conversations.save(tx, conversation.id, asked)
    done = voice.content.library.sentences.person_done
    voice.ask_again(tx, replace(conversation, state=asked), done)
    if outcome:
        conclude(tx, ticket, outcome, agent, text)
    team = voice.content.library.team
    buttons = tuple(Choice(team.outcomes[one], f"outcome:{ticket.id}:{one}") for one in OUTCOMES)
    places.end(voice, tx, ticket, Reply(say(team.group_done, id=ticket.id, agent=agent), buttons))
    return None


def conclude(tx: Tx, ticket: Ticket, outcome: TicketOutcome, agent: str, text: str) -> None:
    """What became of a resolved ticket. Wrong content is noted for the editors, with the step and the agent's words; said
    again without words it makes no second note."""
    before = tickets.get(tx, ticket.id)
    tickets.conclude(tx, ticket, outcome, agent)
    if outcome == "wrong" and (text or before is None or before.outcome != outcome):
        tell_editors(tx, ticket, "wrong", agent, text)


def tell_editors(tx: Tx, ticket: Ticket, kind: Literal["wrong", "tip"], agent: str, text: str) -> None:
    """What the bot says wrongly at this step, or what helped somebody who was stuck there: perhaps its next `trouble`. Where the
    team was asked to find something out, what helped is the answer, for the commune. Who only practises tells them nothing."""
    if ticket.practice_of is not None:
        return
    hour = tx.now.replace(minute=0, second=0, microsecond=0)  # nobody need find the citizen by it
    where = {"commune": ticket.commune, "procedure": ticket.procedure, "step": ticket.step, "who": agent, "at": hour}
    found = "answer" if kind == "tip" and ticket.question else kind
    tx.execute(insert(content_notes).values(kind=found, text=redact(text).text, **where))


def bar(voice: Voice, tx: Tx, ticket: Ticket, agent: str, reason: str) -> str | None:
    """Ends a ticket of somebody who abuses the help, and lets them open no more until it is lifted."""
    team = voice.content.library.team
    if not reason.strip():
        return team.how_block
    if not barred.bar(tx, ticket, agent, reason):
        return say(team.barred_already, id=ticket.id)
    tickets.note(tx, ticket, "barred", agent)
    if current := tickets.current(tx, ticket.conversation_id):
        conversation = conversations.lock_by_id(tx, ticket.conversation_id)
        tickets.resolve(tx, current, agent)
        conclude(tx, current, "spam", agent, "")
        voice.ask_again(tx, conversation, voice.content.library.sentences.barred)
        places.end(voice, tx, current, Reply(say(team.barred, id=current.id)))
    return None


def lift(voice: Voice, tx: Tx, ticket_id: int, agent: str) -> str | None:
    """They may open tickets again. The ticket over which it was done may be erased by now."""
    ticket = tickets.get(tx, ticket_id)
    if not barred.lift(tx, ticket_id, ticket.conversation_id if ticket else None):
        return say(voice.content.library.team.not_barred, id=ticket_id)
    if ticket:
        tickets.note(tx, ticket, "lifted", agent)
    return None


def release(voice: Voice, tx: Tx, ticket: Ticket, agent: str) -> str | None:
    """Gives a ticket back to the team; the bot goes on with the citizen meanwhile."""
    conversation = conversations.lock_by_id(tx, ticket.conversation_id)
    current = tickets.get(tx, ticket.id)
    if current is None or current.agent != agent or not tickets.release(tx, current):
        return say(voice.content.library.team.not_yours, id=ticket.id)
    voice.ask_again(tx, conversation, voice.content.library.sentences.person_away)
    places.note(voice, tx, ticket, Reply(say(voice.content.library.team.released, id=ticket.id)))
    return None


def _words(voice: Voice, text: str) -> Reply:
    return Reply(say(voice.content.library.sentences.person_says, text=redact_answer(text)))


def _told(
    voice: Voice,
    tx: Tx,
    ticket: Ticket,
    agent: str,
    tell: Callable[[Conversation], None],
) -> str | None:
    """Tells the citizen something in this agent's name, claiming the ticket."""
    conversation = conversations.lock_by_id(tx, ticket.conversation_id)
    current = tickets.get(tx, ticket.id)
    if conversation.channel not in voice.channels:
        return voice.content.library.team.channel_off
    if problem := _in_the_way(voice, tx, current, ticket, agent):
        return problem
    tickets.answered(tx, ticket)
    tell(conversation)
    if current and current.state == tickets.WAITING:
        _came(voice, tx, conversation)
    return None


def _in_the_way(voice: Voice, tx: Tx, current: Ticket | None, ticket: Ticket, agent: str) -> str | None:
    """Claims the ticket for this agent, or tells why it can't be."""
    team = voice.content.library.team
    if current is None or current.state == tickets.RESOLVED:
        return say(team.already_done, id=ticket.id)
    if not tickets.claim(tx, current, agent):
        return say(team.taken, agent=current.agent, id=ticket.id)
    if current.state == tickets.WAITING:
        claimed = say(team.group_claimed, id=ticket.id, agent=agent)
        places.note(voice, tx, current, Reply(claimed))
    return None


def _came(voice: Voice, tx: Tx, conversation: Conversation) -> None:
    """A person is there. What the bot asked about calling back meanwhile is no question any more."""
    if conversation.state.asking == "callback":
        calm = conversation.state.ask(None)
        conversations.save(tx, conversation.id, calm)
    voice.say(tx, conversation, BOT, Reply(voice.content.library.sentences.person_came))
