"""Practice ticket with a simulated citizen, each time another one: visible to one member, counted in no statistics."""

from collections.abc import Sequence
from datetime import timedelta

from bot import conversations
from bot.channels.practice import NAME, find_citizen
from bot.conversations import BOT, CITIZEN, Said
from bot.handoff import notes, tickets
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent
from bot.handoff.team import Team
from bot.handoff.tickets import PRACTICE, Ticket
from bot.store.tx import Tx
from flows.definition.library import Library
from flows.definition.team_texts import PracticeCitizen
from flows.messages import OpenTicket
from flows.state import State


def begin_practice(team: Team, tx: Tx, agent: Agent) -> Ticket:
    """Open a practice ticket for this member, or return the one that is open."""
    conversation = conversations.lock_or_begin(tx, NAME, str(agent.id), State())
    if there := tickets.current_of(tx, conversation.id):
        return there
    library = team.sender.library
    procedure, step = _hard_place(library)
    commune = next(iter(agent.communes or library.communes), None)
    citizen = _next_citizen(library, conversations.read_transcript(tx, conversation.id))
    conversations.erase_citizen(tx, conversation.id)
    version = library.procedures[procedure].version if procedure else ""
    state = State(procedure=procedure, version=version, commune=commune, asking=None, greeted=True)
    conversations.save_state(tx, conversation.id, state)
    conversations.write_down(tx, conversation.id, CITIZEN, citizen.lines[0])
    asked = OpenTicket(PRACTICE, procedure, step)
    ticket, _ = tickets.open_ticket(tx, conversation.id, asked, commune, timedelta(0))
    notes.add_note(Acting(tx, ticket, library.team.authors[BOT]), citizen.hint)
    team.announce_ticket(tx, ticket)
    return ticket


def _next_citizen(library: Library, said: Sequence[Said]) -> PracticeCitizen:
    """Pick who comes after the one of the last practice, of which this was said."""
    citizens = library.team.practice_citizens
    last = find_citizen(citizens, said)
    return citizens[(citizens.index(last) + 1) % len(citizens)] if last else citizens[0]


def _hard_place(library: Library) -> tuple[str | None, str | None]:
    """Pick a procedure and its step at which people are known to get stuck, so that there is something to answer with."""
    hard = ((one.id, step.id) for one in library.procedures.values() for step, _ in one.troubles)
    return next(hard, (None, None))
