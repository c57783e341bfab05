"""Ready answers: what is known against being stuck at this very step first, then the team's own, then those of the content."""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from bot import conversations
from bot.channels import sheets
from bot.handoff.agents import Agent
from bot.handoff.tickets import Ticket
from bot.messages import File
from bot.privacy import redact_answer
from bot.store.tables import agents, kept_answers
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.steps import Do
from flows.dialogue.context import TurnContext
from flows.dialogue.position import step_of
from flows.state import State
from flows.text.address import address
from flows.text.language import shortened

_TITLE = 60  # characters
_KEPT = 200  # answers of a team that are shown


@dataclass(frozen=True)
class Answer:
    """
    Attributes:
        kept: the id of an answer that a member kept, which can be forgotten again.
        sheet: what goes with it, to be fetched from `bot.channels.sheets`.
    """

    title: str
    text: str
    kept: int | None = None
    sheet: File | None = None

    @property
    def mark(self) -> str:
        """Short for its text, so that an edit after it was offered sends nothing else."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @property
    def shown(self) -> str:
        """The text as a member reads it before it is sent, with the name of what goes with it."""
        return f"{self.text}\n📎 {self.sheet.name}" if self.sheet else self.text


def suggest_answers(library: Library, tx: Tx, ticket: Ticket, agent: Agent) -> list[Answer]:
    """Rank the answers that fit the ticket's step, troubles and questions, each with the citizen's form of address.

    What members keep stays as they wrote it.
    """
    called, today = conversations.by_id(tx, ticket.conversation_id).state.called, tx.now.astimezone(VIETNAM).date()
    state = State(procedure=ticket.procedure, commune=ticket.commune, answers=ticket.answers)
    context = TurnContext(library, state, today)
    procedure = context.procedure
    step = procedure.step(step_of(ticket.step or "")) if procedure else None
    troubles = step.troubles if isinstance(step, Do) else ()
    places = {
        "{agent}": agent.name,
        "{citizen.procedure}": procedure.title if procedure else library.team.no_procedure,
        "{citizen.step}": context.fill(step.text) if step else "…",
    }

    def filled(text: str) -> str:
        for place, value in places.items():
            text = text.replace(place, value)
        return address(context.fill(text), called)

    guide = sheets.guide_of(ticket.commune, procedure.id, procedure.title) if ticket.commune and procedure else None
    ready = [(entry, guide if entry.sheet else None) for entry in library.canned.values() if guide or not entry.sheet]
    cures = ((trouble.title, context.with_certainty_mark(trouble.cure, trouble)) for trouble in troubles)
    known = [Answer(title, address(cure, called)) for title, cure in cures]
    return [
        *known,
        *list_kept(tx, agent),
        *(Answer(entry.title, filled(entry.text), sheet=sheet) for entry, sheet in ready),
    ]


def keep_answer(tx: Tx, agent: Agent, text: str) -> None:
    tx.execute(insert(kept_answers).values(agent_id=agent.id, text=redact_answer(text)))


def forget_answer(tx: Tx, agent: Agent, answer_id: int) -> None:
    """Forget one's own answer; who leads forgets anybody's of their team."""
    if any(answer.kept == answer_id for answer in list_kept(tx, agent, mine=not agent.leads)):
        tx.execute(delete(kept_answers).where(kept_answers.c.id == answer_id))


def list_kept(tx: Tx, agent: Agent, *, mine: bool = False) -> list[Answer]:
    """List the answers kept by everybody who shares a commune with this member; with `mine` only their own."""
    query = select(kept_answers, agents.c.communes).join(agents, agents.c.id == kept_answers.c.agent_id)
    rows = tx.execute(query.order_by(kept_answers.c.id.desc()).limit(_KEPT)).all()
    shared = [
        row for row in rows if row.agent_id == agent.id or (not mine and agent.shares_commune(json.loads(row.communes)))
    ]
    return [Answer(shortened(row.text, _TITLE), row.text, row.id) for row in shared]
