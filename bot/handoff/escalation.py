"""Escalation: what happens when nobody takes a ticket, or whoever took it does not answer. `bot/upkeep.py` looks every minute.

Nobody takes it: the team is called again, then those who lead it, then the parent team, and the citizen hears it each time.
Nobody answers: the agent is nudged, then the citizen gets the bot back and the ticket waits for anybody again. The minutes are
settings; waiting counts only while the team is there.
"""

from datetime import datetime, timedelta

from bot import conversations
from bot.conversations import BOT
from bot.handoff import ticket_actions, tickets
from bot.handoff.acting import Acting
from bot.handoff.team import Team
from bot.handoff.tickets import PARENT_CALLED, Ticket
from bot.settings import Settings
from bot.store.tx import Tx
from flows.definition.hours import Hours
from flows.messages import Reply


def escalate(team: Team, tx: Tx, ticket: Ticket) -> bool:
    """Call others for a ticket that nobody takes; the citizen hears it."""
    library = team.sender.library
    level = _due_level(team.settings, library.hours(ticket.commune, ticket.procedure), ticket, tx.now)
    if ticket.practice_of is not None or level <= ticket.level or not tickets.escalate(tx, ticket, level):
        return False
    escalated = tickets.get(tx, ticket.id)
    assert escalated
    team.announce_escalation(tx, escalated)
    conversation = conversations.by_id(tx, ticket.conversation_id)
    said = library.sentences.still_waiting[level - 1]
    if level == PARENT_CALLED:
        ticket_actions.ask_again(team.sender, tx, conversation, said)
    else:
        team.sender.say(tx, conversation, BOT, Reply(said))
    return True


def nudge_agent(team: Team, tx: Tx, ticket: Ticket) -> bool:
    """Remind who owes an answer, in the team's hours: nobody is woken up."""
    hours = team.sender.library.hours(ticket.commune, ticket.procedure)
    if not hours.is_open(tx.now) or not tickets.record_nudge(tx, ticket):
        return False
    team.tell_agent(tx, ticket, team.words.nudge)
    return True


def release_unanswered(team: Team, tx: Tx, ticket: Ticket) -> bool:
    """Give a citizen who is left without an answer the bot back; the ticket waits for anybody again."""
    answered = tickets.get(tx, ticket.id) != ticket
    if answered or team.give_back(Acting(tx, ticket, ticket.agent or "")):
        return False
    team.tell_agent(tx, ticket, team.words.taken_back)
    return True


def close_silent(team: Team, tx: Tx, ticket: Ticket) -> bool:
    """End the ticket of who answers in a platform's own tool: they can't say that it is done but by falling silent."""
    return ticket_actions.resolve(team.sender, Acting(tx, ticket, ticket.agent or "")) is None


def _due_level(settings: Settings, hours: Hours, ticket: Ticket, now: datetime) -> int:
    """Find the level where a ticket should be by now; time counts only while its team is there."""
    waited = hours.worked(ticket.waiting_since, now) / timedelta(minutes=1)
    return sum(waited >= limit for limit in (settings.remind_minutes, settings.lead_minutes, settings.parent_minutes))
