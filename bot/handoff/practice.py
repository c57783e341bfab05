"""A ticket of nobody's, for a member who wants to try all of it; no other member sees it, and it counts nowhere."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot import conversations
from bot.channels.practice import NAME
from bot.conversations import CITIZEN
from bot.handoff import tickets
from bot.handoff.agents import Agent
from bot.handoff.team import Team
from bot.handoff.tickets import PRACTICE, Ticket
from flows.definition.library import Library
from flows.definition.procedure import Do
from flows.messages import OpenTicket
from flows.state import State


def begin(team: Team, connection: Connection, agent: Agent, now: datetime) -> Ticket:
    """The member's practice ticket: a new one unless one is open."""
    conversation = conversations.lock(connection, NAME, str(agent.id), now, State())
    if there := tickets.current(connection, conversation.id):
        return there
    library = team.voice.content.library
    procedure, step = _hard_place(library)
    commune = next(iter(agent.communes or library.communes), None)
    conversations.erase(connection, conversation.id)
    version = library.procedures[procedure].version if procedure else ""
    state = State(procedure=procedure, version=version, commune=commune, asking=None, greeted=True)
    conversations.save(connection, conversation.id, state, now)
    conversations.write_down(connection, conversation.id, CITIZEN, library.team.practice_lines[0], now)
    asked = OpenTicket(PRACTICE, procedure, step)
    ticket, _ = tickets.open_(connection, conversation.id, asked, commune, now, timedelta(0))
    team.announce(connection, ticket, now)
    return ticket


def _hard_place(library: Library) -> tuple[str | None, str | None]:
    """A procedure and its step at which people are known to get stuck, so that there is something to answer with."""
    for procedure in library.procedures.values():
        for step in procedure.steps:
            if isinstance(step, Do) and step.troubles:
                return procedure.id, step.id
    return None, None
