"""The page of one ticket: the conversation, its card, and the forms by which a member acts on it."""

import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot import conversations, files
from bot.channels.protocol import ShowsTyping
from bot.console.actions import TicketForm, act, visible
from bot.console.auth import Auth
from bot.console.page import MemberPage
from bot.console.queue_page import Row, list_rows
from bot.conversations import BOT, CITIZEN, Said
from bot.errors import SendError
from bot.handoff import agents, bans, canned, notes, ticket_lists, tickets, view_log
from bot.handoff.agents import Agent
from bot.handoff.canned import Answer
from bot.handoff.notes import Note
from bot.handoff.ticket_summary import TicketSummary, say_speakers, summarize
from bot.handoff.tickets import Ticket
from bot.http import RowId, read_upload, render, row_id
from bot.outbox import rate_limits
from bot.sender import Access
from bot.service import Service
from bot.store.tables import tickets as table
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.team_texts import TeamTexts
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.position import holds
from flows.state import State
from flows.text.language import shortened

log = logging.getLogger("motcua.console")

_LINES = 60  # of a conversation that are shown
_BESIDE = 40  # tickets beside one, on a wide screen
_BEGINNING = 60  # characters of a step in the list of those that can be sent
_TYPING = timedelta(seconds=4)  # between two signs that somebody types; platforms show one for five


@dataclass(frozen=True)
class _Seen:
    """A ticket that a member may see, with what stands on its page."""

    ticket: Ticket
    lines: list[Said | Note]
    watching: list[str]
    others: list[Agent]
    reached: list[Agent]
    held: dict[str, int]
    answers: list[Answer]
    banned: bool
    window: Access
    beside: list[Row]


@dataclass(frozen=True, kw_only=True)
class TicketPage(MemberPage):
    """
    Attributes:
        lines: of the conversation, and what the team noted, by time.
        answered: what a member answered last, or "".
        watching: the other members who look at it.
        others: to whom it could be handed over; `unreached`: who else could have it, and what is in the way, or "".
        speakers: who speaks its citizen's language, or "" where Vietnamese will do.
        spoken: id of who could have it -> the languages they speak, or "".
        held: name -> how many tickets they help with now; who has none is left out.
        answers: ready ones.
        banned: whether its citizen is.
        window: whether they can be written to, and whether it costs.
        steps: (id, the beginning of its text) of those that can be sent.
        beside: other open tickets.
        problem: what is in the way of a form that was posted, or "".
        text: what stands in the answer's box.
        ready: the ready answer whose words were put there, where there is no script or something goes with it.
        nonce: tells this page's forms from those of another.
    """

    template = "console/ticket.html"
    now: datetime
    card: TicketSummary
    words: TeamTexts
    lines: list[Said | Note]
    answered: str
    watching: list[str]
    others: list[Agent]
    unreached: str
    speakers: str
    spoken: dict[int, str]
    held: dict[str, int]
    today: date
    answers: list[Answer]
    banned: bool
    window: Access
    steps: list[tuple[str, str]]
    beside: list[tuple[Row, TicketSummary]]
    problem: str = ""
    text: str
    ready: Answer | None
    nonce: str


@dataclass(frozen=True, kw_only=True)
class UnknownPage(MemberPage):
    template = "console/unknown.html"
    status = 404
    ticket_id: int


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()

    @router.get("/{ticket_id}", response_class=HTMLResponse)
    async def ticket(request: Request, ticket_id: RowId) -> Response:
        page = await _read_page(service, request, await door.require_member(request), ticket_id)
        return render(page)

    typed: dict[int, datetime] = {}  # agent -> when that was last shown

    @router.post("/{ticket_id}/typing")
    async def typing(request: Request, ticket_id: RowId) -> Response:
        """Show the citizen that whoever has the ticket types an answer, where the channel can show it."""
        agent, now = await door.require_member(request), service.clock()
        held = await service.database.read(lambda tx: _held_by(service, tx, agent, ticket_id))
        if held and now - typed.get(agent.id, now - _TYPING) >= _TYPING:
            typed[agent.id] = now
            await _show_typing(service, held)
        return Response(status_code=204)

    @router.post("/{ticket_id}/{action}")
    async def post(request: Request, ticket_id: RowId, action: str) -> Response:
        agent = await door.require_member(request)
        form, sent = await read_upload(request, service.settings.file_limit)
        file = files.file_from_upload(*sent) if sent else None
        problem = await act(service, agent, ticket_id, TicketForm(action, form, file))
        if problem:
            page = await _read_page(service, request, agent, ticket_id)
            if isinstance(page, TicketPage):
                page = replace(page, problem=problem, text=form.get("text") or page.text)
            return render(page)
        return RedirectResponse(f"/console/{ticket_id}#cuoi", 303)

    return router


def _held_by(service: Service, tx: Tx, agent: Agent, ticket_id: int) -> Ticket | None:
    """Find this member's own ticket, if something may be sent on its channel now."""
    ticket = visible(service, tx, agent, ticket_id)
    theirs = ticket and ticket.state == tickets.CLAIMED and ticket.agent == agent.name
    return ticket if ticket and theirs and ticket.channel not in rate_limits.paused_channels(tx) else None


async def _show_typing(service: Service, ticket: Ticket) -> None:
    channel = service.channels.get(ticket.channel)
    if isinstance(channel, ShowsTyping):
        with suppress(SendError):  # it was only a sign
            await channel.typing(ticket.contact)


async def _read_page(service: Service, request: Request, agent: Agent, ticket_id: int) -> TicketPage | UnknownPage:
    """Read what stands on the page of a ticket, or that there is none for this member; what they looked at is written down."""
    now, library = service.clock(), service.content.library
    seen = await service.database.write(lambda tx: _look(service, tx, agent, ticket_id))
    if seen is None:
        log.warning("console: %s asks for ticket %d, which is not theirs to see", agent.name, ticket_id)
        return UnknownPage(agent=agent, ticket_id=ticket_id)
    others = [one for one in seen.others if one.name not in (agent.name, seen.ticket.agent)]
    deaf = [one.name for one in others if one not in seen.reached]
    number = row_id(request.query_params.get("canned", ""))
    ready = next((answer for n, answer in enumerate(seen.answers, 1) if n == number), None)
    return TicketPage(
        agent=agent,
        now=now,
        card=summarize(library, seen.ticket),
        words=library.team,
        lines=seen.lines,
        answered=next((line.text for line in reversed(seen.lines) if _is_of_member(line)), ""),
        watching=[name for name in seen.watching if name != agent.name],
        others=[one for one in others if one in seen.reached],
        unreached=fill_in(library.team.unreachable, names=", ".join(deaf)) if deaf else "",
        speakers=say_speakers(library.team, seen.ticket, seen.others),
        spoken={
            one.id: library.team.name_languages(one.speaks if seen.ticket.languages is not None else ())
            for one in others
        },
        held=seen.held,
        today=now.astimezone(VIETNAM).date(),
        answers=seen.answers,
        banned=seen.banned,
        window=seen.window,
        steps=_steps(library, seen.ticket, now),
        beside=[(row, summarize(library, row.ticket)) for row in seen.beside],
        text=ready.text if ready else "",
        ready=ready,
        nonce=secrets.token_urlsafe(12),
    )


def _is_of_member(line: Said | Note) -> bool:
    """Tell whether a member said this to the citizen."""
    return isinstance(line, Said) and line.author not in (BOT, CITIZEN)


def _look(service: Service, tx: Tx, agent: Agent, ticket_id: int) -> _Seen | None:
    """Read a ticket for its page, and write down who saw the conversation."""
    ticket = visible(service, tx, agent, ticket_id)
    if ticket is None:
        return None
    if view_log.record_view(tx, agent, ticket):
        tx.changed.add(ticket.conversation_id)  # the others see who came
    said = conversations.read_transcript(tx, ticket.conversation_id, last=_LINES, until=ticket.read_until)
    lines: list[Said | Note] = [*said, *notes.list_notes(tx, ticket)]
    lines.sort(key=lambda line: line.at)
    others = service.team.list_helpers(agents.list_all(tx), ticket)
    conversation = conversations.by_id(tx, ticket.conversation_id)
    answers = canned.suggest_answers(service.content.library, tx, ticket, agent)
    open_ = service.team.visibility_of(agent, agents.list_all(tx)).as_condition() & (table.c.state != tickets.RESOLVED)
    return _Seen(
        ticket,
        lines,
        view_log.list_viewers(tx, ticket),
        others,
        service.team.list_reachable(tx, others),
        ticket_lists.count_held(tx),
        answers,
        bans.is_banned(tx, ticket.conversation_id),
        service.sender.messaging_window(tx, conversation),
        list_rows(service.content.library, tx, agent, ticket_lists.list_newest(tx, open_, _BESIDE)),
    )


def _steps(library: Library, ticket: Ticket, now: datetime) -> list[tuple[str, str]]:
    """List (id, the beginning of its text) of each step on this citizen's way."""
    procedure, today = library.procedures.get(ticket.procedure or ""), now.astimezone(VIETNAM).date()
    context = TurnContext(library, State(commune=ticket.commune), today)
    steps = [step for step in procedure.steps if holds(step.when, ticket.answers, today)] if procedure else []
    return [(step.id, shortened(" ".join(context.fill(step.text).split()), _BEGINNING)) for step in steps]
