"""The queue, and the page of one ticket."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from sqlalchemy import Connection

from bot import bell, conversations
from bot.bell import nap
from bot.channels.text import id_of
from bot.console.door import Door
from bot.console.page import read_form, render
from bot.conversations import Said
from bot.handoff import agents, desk, looks, tickets
from bot.handoff.agents import Agent
from bot.handoff.card import card
from bot.handoff.tickets import Ticket
from bot.http import STREAM_HEADERS, RowId
from bot.service import Service
from flows.sentences import OUTCOMES, TicketOutcome

_LINES = 60  # of a conversation that are shown
_QUIET = 15.0  # seconds after which an open page looks again by itself: another replica's news ring no bell here
_PACE = 1.0  # seconds at least between two looks of one page
_EMPTY = "Chưa có nội dung để gửi."
_SHOWN = ("waiting", "mine", "all")


@dataclass(frozen=True)
class _Seen:
    """A ticket that a member may see, with what stands on its page."""

    ticket: Ticket
    lines: list[Said]
    watching: list[str]


def routes(service: Service, door: Door) -> APIRouter:
    router = APIRouter()

    @router.get("", response_class=HTMLResponse)
    async def queue(request: Request, show: str = "waiting", commune: str = "", procedure: str = "") -> Response:
        agent = await door.member(request)
        library = service.content.library
        found = await service.database.read(lambda c: _within_reach(service, c, agent))
        asked = [t for t in found if commune in ("", t.commune) and procedure in ("", t.procedure)]
        lists = {
            "waiting": [t for t in asked if t.state == tickets.WAITING],
            "mine": [t for t in asked if t.state == tickets.CLAIMED and t.agent == agent.name],
            "all": asked,
        }
        show = show if show in _SHOWN else _SHOWN[0]
        return render(
            request,
            "queue.html",
            agent=agent,
            show=show,
            counts={name: len(lists[name]) for name in ("waiting", "mine")},
            cards=[card(library, ticket) for ticket in lists[show]],
            commune=commune,
            procedure=procedure,
            communes={t.commune: card(library, t).commune for t in found if t.commune},
            procedures={t.procedure: card(library, t).procedure for t in found if t.procedure},
        )

    @router.get("/events")
    async def events(request: Request, of: RowId = bell.ALL) -> Response:
        """Tells an open page to look again: the queue, or the ticket of conversation `of`."""
        if await door.agent(request) is None:
            return Response(status_code=204)
        return StreamingResponse(_rings(service, of), media_type="text/event-stream", headers=STREAM_HEADERS)

    @router.get("/{ticket_id}", response_class=HTMLResponse)
    async def ticket(request: Request, ticket_id: RowId) -> Response:
        return await _ticket_page(service, request, ticket_id, await door.member(request))

    @router.post("/{ticket_id}/{action}")
    async def act(request: Request, ticket_id: RowId, action: str) -> Response:
        agent, form = await door.member(request), await read_form(request)
        problem = await _act(service, ticket_id, agent, action, form)
        if problem:
            return await _ticket_page(service, request, ticket_id, agent, problem, form.get("text", ""))
        return RedirectResponse(f"/console/{ticket_id}#cuoi", 303)

    return router


def _within_reach(service: Service, connection: Connection, agent: Agent) -> list[Ticket]:
    reach = service.turns.team.reach(agent, agents.everyone(connection))
    return tickets.newest(connection, reach.where())


def _visible(service: Service, connection: Connection, agent: Agent, ticket_id: int) -> Ticket | None:
    """The ticket, if this member may see it; to others it is as if there were none."""
    ticket = tickets.get(connection, ticket_id)
    reach = service.turns.team.reach(agent, agents.everyone(connection))
    return ticket if ticket and reach.covers(ticket) else None


async def _act(service: Service, ticket_id: int, agent: Agent, action: str, form: dict[str, str]) -> str | None:
    """Does what a form asks, once however often it is posted. Returns what is in the way, in Vietnamese, or None."""
    outcome: TicketOutcome = next((one for one in OUTCOMES if one == form.get("outcome")), "helped")
    now, text, nonce = service.clock(), form.get("text", "").strip(), id_of(form.get("id", ""))
    voice = service.turns.voice

    def work(connection: Connection) -> tuple[int, str | None]:
        ticket = _visible(service, connection, agent, ticket_id)
        if ticket is None or (nonce and not conversations.first_time(connection, "console", nonce, now)):
            return bell.ALL, None
        problem = None
        if action == "resolve":
            problem = desk.resolve(voice, connection, ticket, agent.name, now, outcome, text)
        elif action == "answer":
            problem = desk.answer(voice, connection, ticket, agent.name, text, now) if text else _EMPTY
        return ticket.conversation_id, problem

    rung, problem = await service.database.write(work)
    service.delivery.wake()
    service.bell.ring(rung)
    return problem


async def _rings(service: Service, conversation_id: int) -> AsyncIterator[str]:
    """One event a ring, and one now and then; the page then fetches itself, so that only templates know how it looks."""
    with service.bell.listen(conversation_id) as rung:
        while not service.bell.closed:
            await nap(rung, _QUIET)
            rung.clear()
            yield "data: 1\n\n"
            await asyncio.sleep(_PACE)


async def _ticket_page(
    service: Service, request: Request, ticket_id: int, agent: Agent, problem: str | None = None, text: str = ""
) -> Response:
    now = service.clock()
    seen = await service.database.write(lambda c: _look(service, c, agent, ticket_id, now))
    if seen is None:
        return render(request, "unknown.html", 404, agent=agent, ticket_id=ticket_id)
    return render(
        request,
        "ticket.html",
        agent=agent,
        card=card(service.content.library, seen.ticket),
        words=service.content.library.team,
        lines=seen.lines,
        watching=[name for name in seen.watching if name != agent.name],
        problem=problem,
        text=text,
        nonce=secrets.token_urlsafe(12),
    )


def _look(service: Service, connection: Connection, agent: Agent, ticket_id: int, now: datetime) -> _Seen | None:
    """Whoever sees a conversation is written down."""
    ticket = _visible(service, connection, agent, ticket_id)
    if ticket is None:
        return None
    looks.note(connection, agent, ticket, now)
    lines = conversations.said(connection, ticket.conversation_id, last=_LINES)
    return _Seen(ticket, lines, looks.watching(connection, ticket, now))
