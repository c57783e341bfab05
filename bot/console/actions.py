"""What a member does to a ticket from its page: one function for each form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot import conversations
from bot.channels.text import id_of
from bot.handoff import agents, canned, desk, notes, tickets
from bot.handoff.agents import Agent
from bot.handoff.tickets import Ticket
from bot.http import row_id
from bot.messages import File
from bot.service import Service
from bot.store.tx import Tx
from bot.team_keys import OUTCOMES, TicketOutcome
from flows.definition.hours import VIETNAM
from flows.dialogue.context import TurnContext, say
from flows.dialogue.screens import step_text
from flows.state import State
from flows.text.address import address

_EMPTY = "Chưa có nội dung để gửi."
_NOBODY = "Chưa chọn ai."


@dataclass(frozen=True)
class Deed:
    """One form that was posted about a ticket."""

    service: Service
    tx: Tx
    ticket: Ticket
    agent: Agent
    form: Mapping[str, str]
    file: File | None = None

    @property
    def text(self) -> str:
        return self.form.get("text", "").strip()


async def act(
    service: Service, ticket_id: int, agent: Agent, action: str, form: Mapping[str, str], file: File | None = None
) -> str | None:
    """Does what a form asks, once however often it is posted. Returns what is in the way, in Vietnamese, or None."""
    nonce = id_of(form.get("id", ""))

    def work(tx: Tx) -> str | None:
        ticket = visible(service, tx, agent, ticket_id)
        if ticket is None or action not in _ACTIONS:
            return None
        if nonce and not conversations.first_time(tx, "console", nonce):
            return None
        tx.news.add(ticket.conversation_id)
        return _ACTIONS[action](Deed(service, tx, ticket, agent, form, file))

    problem = await service.database.write(work)
    service.delivery.wake()
    return problem


def visible(service: Service, tx: Tx, agent: Agent, ticket_id: int) -> Ticket | None:
    """The ticket, if this member may see it; to others it is as if there were none."""
    ticket = tickets.get(tx, ticket_id)
    reach = service.turns.team.reach(agent, agents.everyone(tx))
    return ticket if ticket and reach.covers(ticket) else None


def _claim(deed: Deed) -> str | None:
    return desk.claim(deed.service.turns.voice, deed.tx, deed.ticket, deed.agent.name)


def _answer(deed: Deed) -> str | None:
    """Words, a picture or a file, or both."""
    if deed.file:
        return _file(deed)
    return _send(deed, deed.text) if deed.text else _EMPTY


def _send(deed: Deed, text: str) -> str | None:
    voice = deed.service.turns.voice
    return desk.answer(voice, deed.tx, deed.ticket, deed.agent.name, text)


def _step(deed: Deed) -> str | None:
    """Sends a step of the procedure, as the bot would put it."""
    ticket, library = deed.ticket, deed.service.content.library
    state = State(procedure=ticket.procedure, commune=ticket.commune, answers=ticket.answers)
    context = TurnContext(library, state, deed.tx.now.astimezone(VIETNAM).date())
    step = context.procedure.step(deed.form.get("step", "")) if context.procedure else None
    if step is None:
        return _EMPTY
    called = conversations.by_id(deed.tx, ticket.conversation_id).state.called
    return _send(deed, address(step_text(context, step), called))


def _file(deed: Deed) -> str | None:
    if deed.file is None:
        return _EMPTY
    voice, who, text = deed.service.turns.voice, deed.agent.name, deed.text
    return desk.send_file(voice, deed.tx, deed.ticket, who, "web", deed.file, text)


def _note(deed: Deed) -> str | None:
    if not deed.text:
        return _EMPTY
    notes.add(deed.tx, deed.ticket, deed.agent.name, deed.text)
    return None


def _keep(deed: Deed) -> str | None:
    if not deed.text:
        return _EMPTY
    canned.keep(deed.tx, deed.agent, deed.text)
    return None


def _forget(deed: Deed) -> str | None:
    canned.forget(deed.tx, deed.agent, row_id(deed.form.get("answer", "")))
    return None


def _transfer(deed: Deed) -> str | None:
    to = agents.with_id(deed.tx, row_id(deed.form.get("to", "")))
    team = deed.service.turns.team
    return team.hand_over(deed.tx, deed.ticket, deed.agent, to) if to else _NOBODY


def _release(deed: Deed) -> str | None:
    return deed.service.turns.team.give_back(deed.tx, deed.ticket, deed.agent.name)


def _resolve(deed: Deed) -> str | None:
    outcome: TicketOutcome = next((one for one in OUTCOMES if one == deed.form.get("outcome")), "helped")
    team, ticket = deed.service.turns.team, deed.ticket
    theirs = ticket.state == tickets.CLAIMED and ticket.agent != deed.agent.name
    if theirs and not deed.agent.leads:
        return say(team.words.taken, agent=ticket.agent, id=ticket.id)
    problem = desk.resolve(team.voice, deed.tx, ticket, deed.agent.name, outcome, deed.text)
    if theirs and problem is None:
        team.tell_agent(deed.tx, ticket, team.words.resolved_by, agent=deed.agent.name)
    return problem


def _tip(deed: Deed) -> str | None:
    if not deed.text:
        return _EMPTY
    desk.tell_editors(deed.tx, deed.ticket, "tip", deed.agent.name, deed.text)
    return None


def _bar(deed: Deed) -> str | None:
    team = deed.service.turns.team
    if not deed.agent.leads:
        return team.words.leads_only
    if "lift" in deed.form:
        return desk.lift(team.voice, deed.tx, deed.ticket.id, deed.agent.name)
    return team.bar(deed.tx, deed.ticket, deed.agent.name, deed.text)


_ACTIONS: Mapping[str, Callable[[Deed], str | None]] = {
    "claim": _claim,
    "answer": _answer,
    "step": _step,
    "file": _file,
    "note": _note,
    "keep": _keep,
    "forget": _forget,
    "transfer": _transfer,
    "release": _release,
    "resolve": _resolve,
    "bar": _bar,
    "tip": _tip,
}
