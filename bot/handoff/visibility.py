"""Access control: which tickets a member of the team may see and take."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, or_, true

from bot.handoff.agents import Agent
from bot.handoff.tickets import PARENT_CALLED, PRACTICE, Ticket
from bot.store.tables import conversations, tickets
from flows.definition.library import Library


@dataclass(frozen=True)
class Visibility:
    """Visibility of tickets for one member of the team.

    They see those of the communes that they serve; those of a commune whose parent team they are in, once that team was
    called or nobody serves the commune; and those that they hold.

    Attributes:
        children: ids of the communes whose parent team this member is in.
        alone: those of them that nobody serves.
        library: knows which commune leaves which procedure to another one's team; "its commune" is that one then.
    """

    agent: Agent
    children: frozenset[str]
    alone: frozenset[str]
    library: Library

    def can_see(self, ticket: Ticket) -> bool:
        if ticket.practice_of is not None:
            return ticket.practice_of == self.agent.id
        commune = self.library.team_of(ticket.commune, ticket.procedure)
        called = commune in self.children and (ticket.level >= PARENT_CALLED or commune in self.alone)
        return self.agent.serves(commune) or called or ticket.agent == self.agent.name

    def as_condition(self) -> ColumnElement[bool]:
        """Build the same as a condition on the tables of tickets and their conversations."""
        own = (tickets.c.reason != PRACTICE) | (conversations.c.contact == str(self.agent.id))
        return own & self._of_communes()

    def _of_communes(self) -> ColumnElement[bool]:
        if not self.agent.communes:
            return true()
        commune = self._team_commune()
        return or_(
            commune.is_(None),
            commune.in_(self.agent.communes),
            commune.in_(self.children) & (tickets.c.level >= PARENT_CALLED),
            commune.in_(self.alone),
            tickets.c.agent == self.agent.name,
        )

    def _team_commune(self) -> ColumnElement[str]:
        """Write `Library.team_of` as SQL."""
        routes = [
            ((tickets.c.commune == commune.id) & (tickets.c.procedure == procedure), to)
            for commune in self.library.communes.values()
            for procedure, to in commune.team.procedures.items()
        ]
        return case(*routes, else_=tickets.c.commune) if routes else tickets.c.commune


def visibility_of(agent: Agent, everyone: Sequence[Agent], library: Library) -> Visibility:
    communes = library.communes
    children = frozenset(id_ for id_, c in communes.items() if c.team.parent and agent.serves(c.team.parent))
    alone = frozenset(id_ for id_ in children if not any(one.serves(id_) for one in everyone))
    return Visibility(agent, children, alone, library)
