"""The console's routes."""

import asyncio
import hmac
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection

from bot import bell, conversations
from bot.bell import nap
from bot.channels.text import id_of
from bot.handoff import desk, tickets
from bot.handoff.card import card
from bot.http import SAFE_HEADERS, STREAM_HEADERS, RowId, read_body, row_id, same_site, templates
from bot.service import Service
from flows.language import clean
from flows.sentences import OUTCOMES, TicketOutcome

log = logging.getLogger("motcua.console")

_COOKIE = "motcua-team"
_SHIFT = 12 * 3600  # seconds that a sign-in lasts
_TRIES = 10  # wrong passwords a minute, by anybody
_FORM = 40_000  # bytes of a posted form
_NAME = 40  # characters of an agent's name
_LINES = 60  # of a conversation that are shown
_QUIET = 15.0  # seconds after which an open page looks again by itself: another replica's news ring no bell here
_PACE = 1.0  # seconds at least between two looks of one page
_EMPTY = "Chưa có nội dung để gửi."


class Door:
    """Who may come in: anybody with the password, under the name they give."""

    def __init__(self, service: Service) -> None:
        self._password = service.settings.password
        self._clock = service.clock
        # The password is part of the key, so that a new password signs everybody out.
        self._signer = URLSafeTimedSerializer(service.settings.signing_key + self._password, "team")
        self._wrong: deque[datetime] = deque(maxlen=_TRIES)

    def agent(self, request: Request) -> str | None:
        cookie = request.cookies.get(_COOKIE)
        try:
            return str(self._signer.loads(cookie, max_age=_SHIFT)) if cookie else None
        except BadSignature:
            return None

    def sign(self, name: str) -> str:
        return self._signer.dumps(name)

    def opens(self, password: str) -> bool:
        """The right password always does, or whoever guesses would lock the team out.

        Raises:
            HTTPException: a wrong one, after many others within a minute.
        """
        if hmac.compare_digest(password.encode(), self._password.encode()):
            return True
        now = self._clock()
        if len(self._wrong) == _TRIES and now - self._wrong[0] < timedelta(minutes=1):
            log.warning("console: more than %d wrong passwords within a minute: somebody guesses", _TRIES)
            raise HTTPException(429, "Nhiều lần sai quá. Đợi một phút.", {"Retry-After": "60"})
        self._wrong.append(now)
        return False


def routes(service: Service) -> APIRouter:
    router = APIRouter()
    door = Door(service)

    @router.get("/login", response_class=HTMLResponse)
    async def login(request: Request, to: RowId = 0) -> Response:
        return _render(request, "login.html", to=to)

    @router.post("/login")
    async def enter(request: Request) -> Response:
        form = await _form(request)
        name = clean(form.get("name", ""), _NAME)
        to = row_id(form.get("to", ""))
        taken = name.casefold() in service.turns.team.speakers
        if not same_site(request) or not name or taken or not door.opens(form.get("password", "")):
            return _render(request, "login.html", status=403, wrong=True, to=to, name=name)
        answer = RedirectResponse(f"/console/{to}" if to else "/console", 303)
        answer.set_cookie(
            _COOKIE,
            door.sign(name),
            max_age=_SHIFT,
            httponly=True,
            samesite="lax",  # a ticket's link in a group chat opens signed in; posts are checked by same_site
            secure=service.settings.cookies_secure,
        )
        return answer

    @router.get("", response_class=HTMLResponse)
    async def queue(request: Request) -> Response:
        if (agent := door.agent(request)) is None:
            return RedirectResponse("/console/login", 303)
        found = await service.database.read(tickets.newest)
        cards = [card(service.content.library, ticket) for ticket in found]
        return _render(request, "queue.html", agent=agent, cards=cards)

    @router.get("/events")
    async def events(request: Request, of: RowId = bell.ALL) -> Response:
        """Tells an open page to look again: the queue, or the ticket of conversation `of`."""
        if door.agent(request) is None:
            return Response(status_code=204)
        return StreamingResponse(_rings(service, of), media_type="text/event-stream", headers=STREAM_HEADERS)

    @router.get("/{ticket_id}", response_class=HTMLResponse)
    async def ticket(request: Request, ticket_id: RowId) -> Response:
        if (agent := door.agent(request)) is None:
            return RedirectResponse(f"/console/login?to={ticket_id}", 303)
        return await _ticket_page(service, request, ticket_id, agent)

    @router.post("/{ticket_id}/{action}")
    async def act(request: Request, ticket_id: RowId, action: str) -> Response:
        agent = door.agent(request)
        if agent is None or not same_site(request):
            return RedirectResponse(f"/console/login?to={ticket_id}", 303)
        form = await _form(request)
        problem = await _act(service, ticket_id, agent, action, form)
        if problem:
            return await _ticket_page(service, request, ticket_id, agent, problem, form.get("text", ""))
        return RedirectResponse(f"/console/{ticket_id}#cuoi", 303)

    return router


async def _act(service: Service, ticket_id: int, agent: str, action: str, form: dict[str, str]) -> str | None:
    """Does what a form asks, once however often it is posted. Returns what is in the way, in Vietnamese, or None."""
    outcome: TicketOutcome = next((one for one in OUTCOMES if one == form.get("outcome")), "helped")
    now, text, nonce = service.clock(), form.get("text", "").strip(), id_of(form.get("id", ""))

    def work(connection: Connection) -> tuple[int, str | None]:
        ticket = tickets.get(connection, ticket_id)
        if ticket is None or (nonce and not conversations.first_time(connection, "console", nonce, now)):
            return bell.ALL, None
        problem = None
        if action == "resolve":
            problem = desk.resolve(service.turns.voice, connection, ticket, agent, now, outcome, text)
        elif action == "answer":
            problem = desk.answer(service.turns.voice, connection, ticket, agent, text, now) if text else _EMPTY
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
    service: Service, request: Request, ticket_id: int, agent: str, problem: str | None = None, text: str = ""
) -> Response:
    found = await service.database.read(lambda connection: tickets.get(connection, ticket_id))
    if found is None:
        return _render(request, "queue.html", status=404, agent=agent, cards=[], unknown=ticket_id)
    lines = await service.database.read(
        lambda connection: conversations.said(connection, found.conversation_id, last=_LINES)
    )
    return _render(
        request,
        "ticket.html",
        agent=agent,
        card=card(service.content.library, found),
        words=service.content.library.team,
        lines=lines,
        problem=problem,
        text=text,
        nonce=secrets.token_urlsafe(12),
    )


async def _form(request: Request) -> dict[str, str]:
    fields = parse_qs((await read_body(request, _FORM)).decode("utf-8", "replace"))
    return {key: values[0] for key, values in fields.items()}


def _render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    page = templates.TemplateResponse(request, f"console/{template}", values, status_code=status)
    page.headers.update(SAFE_HEADERS)
    page.headers["Cache-Control"] = "no-store"
    return page
