"""Queue position and estimated waiting time for a citizen who asked for a person, or when the team is back."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from bot.conversations import Conversation
from bot.handoff import bans, ticket_lists, tickets
from bot.handoff.tickets import Ticket
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.texts import BotTexts
from flows.dialogue.context import TurnContext, fill_in
from flows.messages import Paragraph, Reply
from flows.state import State

_LATELY = timedelta(days=28)
_ENOUGH = 5  # tickets from which a usual time is told
_STEP = 5  # minutes
_MINUTE = timedelta(minutes=1)
_OF_WAITING = ("ticket_opened", "ticket_waits", "not_answered")


def add_what_team_knows(library: Library, tx: Tx, conversation: Conversation, reply: Reply) -> Reply:
    """Add what the engine can't know: when to expect a person, that the team hears what was not for the bot, who is banned, who
    tells first what they need."""
    return replace(reply, said=tuple(_complete_paragraph(library, tx, conversation, part) for part in reply.paragraphs))


def _complete_paragraph(library: Library, tx: Tx, conversation: Conversation, part: Paragraph) -> str:
    if isinstance(part, str):
        return part
    sentences = library.sentences
    if part.about != "not_answered" and bans.is_banned(tx, conversation.id):
        return sentences.danger_alone if part.about == "danger_told" else sentences.barred
    ticket = tickets.current_of(tx, conversation.id) if part.about in _OF_WAITING else None
    if ticket is None and part.about == "ticket_opened":  # see bot/turns/effects.py
        return sentences.crowded
    if ticket is None or ticket.state != tickets.WAITING:
        return part.text
    if part.about == "ticket_waits" or (part.about == "ticket_opened" and ticket.waiting_since < tx.now):
        return _tell_waiting(library, tx, ticket)
    told = sentences.passed_on if part.about == "not_answered" else part.text
    return "\n".join(filter(None, (told, _estimate(library, tx, ticket))))


def _tell_waiting(library: Library, tx: Tx, ticket: Ticket) -> str:
    """Say that a ticket still waits, since when, and when to expect a person."""
    since = _say_when(library.sentences, ticket.waiting_since, tx.now)
    return "\n".join(
        filter(None, (fill_in(library.sentences.ticket_waits, time=since), _estimate(library, tx, ticket)))
    )


def _estimate(library: Library, tx: Tx, ticket: Ticket) -> str:
    """Estimate in the citizen's words; "" when there is nothing to tell."""
    sentences, hours = library.sentences, library.hours(ticket.commune, ticket.procedure)
    if not hours.is_open(tx.now):
        context = TurnContext(library, State(commune=ticket.commune), tx.now.astimezone(VIETNAM).date())
        phone = context.commune_value("phone")
        closed = _say_when_open(sentences, hours.opens_at(tx.now), tx.now)
        urgent = fill_in(sentences.hotline, phone=phone) if phone else ""
        return " ".join(filter(None, (closed, urgent, sentences.callback_hint)))
    before = ticket_lists.count_before(tx, ticket)
    said = [fill_in(sentences.queue_place, number=before)] if before else []
    answers = ticket_lists.first_answers(tx, ticket.commune, tx.now - _LATELY)
    if len(answers) >= _ENOUGH:
        usual = median(hours.worked(opened, claimed) / _MINUTE for opened, claimed in answers)
        said.append(fill_in(sentences.queue_usual, minutes=_round_up(usual)))
    return " ".join(said)


def _say_when_open(sentences: BotTexts, opens: datetime | None, now: datetime) -> str:
    if opens is None:
        return sentences.team_away
    return fill_in(sentences.team_closed, when=_say_when(sentences, opens, now))


def _say_when(sentences: BotTexts, moment: datetime, now: datetime) -> str:
    at = moment.astimezone(VIETNAM)
    days = (at.date() - now.astimezone(VIETNAM).date()).days
    when = sentences.opens_today if days == 0 else sentences.opens_tomorrow if days == 1 else sentences.opens_on
    return fill_in(when, time=f"{at:%-H:%M}", date=f"{at:%-d/%-m}")


def _round_up(minutes: float) -> int:
    """Round upwards to the next five: nobody is promised too much."""
    return max(1, math.ceil(minutes / _STEP)) * _STEP
