"""Actions on a ticket from its page: one function for each form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot import conversations
from bot.channels import sheets
from bot.channels.json_reading import id_of
from bot.handoff import agents, canned, notes, ticket_actions, tickets
from bot.handoff.acting import Acting
from bot.handoff.agents import Agent
from bot.handoff.tickets import Ticket
from bot.http import row_id
from bot.messages import File
from bot.service import Service
from bot.store.tx import Tx
from bot.team_keys import OUTCOMES, TicketOutcome
from flows.definition.hours import VIETNAM
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.step_screens import step_text
from flows.state import State
from flows.text.address import address

_EMPTY = "Chưa có nội dung để gửi."
_NOBODY = "Chưa chọn ai."


@dataclass(frozen=True)
class TicketForm:
    """A form that was posted about a ticket: what to do, in which words, with which file."""

    action: str
    fields: Mapping[str, str]
    file: File | None = None

    @property
    def text(self) -> str:
        return self.fields.get("text", "").strip()


@dataclass(frozen=True)
class FormAction(Acting):
    service: Service
    agent: Agent
    form: TicketForm


async def act(service: Service, agent: Agent, ticket_id: int, form: TicketForm) -> str | None:
    """Do what a form asks, once however often it is posted. Return what is in the way, in Vietnamese, or None."""
    nonce = id_of(form.fields.get("id", ""))

    def work(tx: Tx) -> str | None:
        ticket = visible(service, tx, agent, ticket_id)
        if ticket is None or form.action not in _ACTIONS:
            return None
        if nonce and not conversations.record_once(tx, "console", nonce):
            return None
        tx.changed.add(ticket.conversation_id)
        return _ACTIONS[form.action](FormAction(tx, ticket, agent.name, service, agent, form))

    problem = await service.database.write(work)
    service.delivery.wake()
    return problem


def visible(service: Service, tx: Tx, agent: Agent, ticket_id: int) -> Ticket | None:
    """Find a ticket, if this member may see it; to others it is as if there were none."""
    ticket = tickets.get(tx, ticket_id)
    visibility = service.team.visibility_of(agent, agents.list_all(tx))
    return ticket if ticket and visibility.can_see(ticket) else None


def _claim(acting: FormAction) -> str | None:
    return ticket_actions.claim(acting.service.sender, acting)


def _answer(acting: FormAction) -> str | None:
    """Send words, with a picture or a file that was chosen, and with the sheet of the ready answer in the box."""
    given = (("web", acting.form.file), (sheets.NAME, _find_sheet(acting)))
    chosen = [(where, file) for where, file in given if file]
    if not chosen:
        return _send(acting, acting.form.text) if acting.form.text else _EMPTY
    sender, captions = acting.service.sender, (acting.form.text, "")
    told = [
        ticket_actions.send_file(sender, acting, where, file, caption)
        for (where, file), caption in zip(chosen, captions, strict=False)
    ]
    return next(filter(None, told), None)


def _find_sheet(acting: FormAction) -> File | None:
    """Find what goes with the ready answer that was put into the box, whatever became of its words there."""
    wanted = acting.form.fields.get("ready")
    library = acting.service.content.library
    answers = canned.suggest_answers(library, acting.tx, acting.ticket, acting.agent) if wanted else []
    return next((answer.sheet for answer in answers if answer.mark == wanted), None)


def _send(acting: FormAction, text: str) -> str | None:
    sender = acting.service.sender
    return ticket_actions.send_answer(sender, acting, text)


def _step(acting: FormAction) -> str | None:
    """Send a step of the procedure, as the bot would put it."""
    ticket, library = acting.ticket, acting.service.content.library
    state = State(procedure=ticket.procedure, commune=ticket.commune, answers=ticket.answers)
    context = TurnContext(library, state, acting.tx.now.astimezone(VIETNAM).date())
    step = context.procedure.step(acting.form.fields.get("step", "")) if context.procedure else None
    if step is None:
        return _EMPTY
    called = conversations.by_id(acting.tx, ticket.conversation_id).state.called
    return _send(acting, address(step_text(context, step), called))


def _file(acting: FormAction) -> str | None:
    if acting.form.file is None:
        return _EMPTY
    return ticket_actions.send_file(acting.service.sender, acting, "web", acting.form.file, acting.form.text)


def _note(acting: FormAction) -> str | None:
    if not acting.form.text:
        return _EMPTY
    notes.add_note(acting, acting.form.text)
    return None


def _keep(acting: FormAction) -> str | None:
    if not acting.form.text:
        return _EMPTY
    canned.keep_answer(acting.tx, acting.agent, acting.form.text)
    return None


def _forget(acting: FormAction) -> str | None:
    canned.forget_answer(acting.tx, acting.agent, row_id(acting.form.fields.get("answer", "")))
    return None


def _transfer(acting: FormAction) -> str | None:
    to = agents.with_id(acting.tx, row_id(acting.form.fields.get("to", "")))
    team = acting.service.team
    return team.hand_over(acting.tx, acting.ticket, acting.agent, to) if to else _NOBODY


def _release(acting: FormAction) -> str | None:
    return acting.service.team.give_back(acting)


def _resolve(acting: FormAction) -> str | None:
    outcome: TicketOutcome = next((one for one in OUTCOMES if one == acting.form.fields.get("outcome")), "helped")
    team, ticket = acting.service.team, acting.ticket
    theirs = ticket.state == tickets.CLAIMED and ticket.agent != acting.who
    if theirs and not acting.agent.leads:
        return fill_in(team.words.taken, agent=ticket.agent, id=ticket.id)
    problem = ticket_actions.resolve(team.sender, acting, outcome, acting.form.text)
    if theirs and problem is None:
        team.tell_agent(acting.tx, ticket, team.words.resolved_by, agent=acting.who)
    return problem


def _tip(acting: FormAction) -> str | None:
    if not acting.form.text:
        return _EMPTY
    ticket_actions.record_content_feedback(acting, "tip", acting.form.text)
    return None


def _bar(acting: FormAction) -> str | None:
    team = acting.service.team
    if not acting.agent.leads:
        return team.words.leads_only
    if "lift" in acting.form.fields:
        return ticket_actions.unban(team.sender, acting.tx, acting.ticket.id, acting.who)
    return team.ban(acting, acting.form.text)


_ACTIONS: Mapping[str, Callable[[FormAction], str | None]] = {
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
