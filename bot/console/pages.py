"""The console's routes."""

import hmac
import secrets
from collections import deque
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Connection

from bot import conversations
from bot.console import desk
from bot.handoff import tickets
from bot.handoff.tickets import Ticket
from bot.http import SAFE_HEADERS, read_body, same_site, templates
from bot.service import Service
from flows.dialogue import VIETNAM
from flows.library import Library
from flows.procedure import Ask
from flows.rules import OPTIONS

_COOKIE = "motcua-team"
_SHIFT = 12 * 3600  # seconds that a sign-in lasts
_TRIES = 10  # wrong passwords a minute, by anybody
_FORM = 20_000  # bytes of a posted form
_NAME = 40  # characters of an agent's name


class Door:
    """Who may come in: anybody with the password, under the name they give."""

    def __init__(self, service: Service) -> None:
        self._password = service.settings.password
        self._clock = service.clock
        # The password is part of the key, so that a new password signs everybody out.
        self._signer = URLSafeTimedSerializer(service.settings.signing_key + self._password, "team")
        self._wrong: deque[Any] = deque(maxlen=_TRIES)

    def agent(self, request: Request) -> str | None:
        cookie = request.cookies.get(_COOKIE)
        try:
            return str(self._signer.loads(cookie, max_age=_SHIFT)) if cookie else None
        except BadSignature:
            return None

    def sign(self, name: str) -> str:
        return self._signer.dumps(name)

    def opens(self, password: str) -> bool:
        """Raises nothing; too many wrong tries close the door for a minute."""
        now = self._clock()
        if len(self._wrong) == _TRIES and now - self._wrong[0] < timedelta(minutes=1):
            return False
        if hmac.compare_digest(password.encode(), self._password.encode()):
            return True
        self._wrong.append(now)
        return False


def routes(service: Service) -> APIRouter:
    router = APIRouter()
    door = Door(service)

    @router.get("/login", response_class=HTMLResponse)
    async def login(request: Request) -> Response:
        return _render(request, "login.html", wrong=False)

    @router.post("/login")
    async def enter(request: Request) -> Response:
        form = await _form(request)
        name = " ".join(form.get("name", "").split())[:_NAME]
        if not same_site(request) or not name or not door.opens(form.get("password", "")):
            return _render(request, "login.html", status=403, wrong=True)
        answer = RedirectResponse("/console", 303)
        answer.set_cookie(
            _COOKIE,
            door.sign(name),
            max_age=_SHIFT,
            httponly=True,
            samesite="strict",
            secure=service.settings.cookies_secure,
        )
        return answer

    @router.get("", response_class=HTMLResponse)
    async def queue(request: Request) -> Response:
        if (agent := door.agent(request)) is None:
            return RedirectResponse("/console/login", 303)
        found = await service.database.read(tickets.newest)
        cards = [_card(service.content.library, ticket) for ticket in found]
        return _render(request, "queue.html", agent=agent, cards=cards, now=service.clock())

    @router.get("/{ticket_id}", response_class=HTMLResponse)
    async def ticket(request: Request, ticket_id: int) -> Response:
        if (agent := door.agent(request)) is None:
            return RedirectResponse("/console/login", 303)
        found = await service.database.read(lambda connection: tickets.get(connection, ticket_id))
        if found is None:
            return _render(request, "queue.html", status=404, agent=agent, cards=[], now=service.clock())
        return await _ticket_page(service, request, found, agent, None)

    @router.post("/{ticket_id}/{action}")
    async def act(request: Request, ticket_id: int, action: str) -> Response:
        agent = door.agent(request)
        found = await service.database.read(lambda connection: tickets.get(connection, ticket_id))
        if agent is None or not same_site(request):
            return RedirectResponse("/console/login", 303)
        if found is None or action not in ("answer", "resolve"):
            return RedirectResponse("/console", 303)
        form = await _form(request)
        problem = await _act(service, found, agent, action, form.get("text", "").strip())
        if problem:
            return await _ticket_page(service, request, found, agent, problem)
        return RedirectResponse(f"/console/{ticket_id}#cuoi", 303)

    return router


async def _act(service: Service, ticket: Ticket, agent: str, action: str, text: str) -> str | None:
    now = service.clock()

    def work(connection: Connection) -> str | None:
        if action == "resolve":
            desk.resolve(service.turns, connection, ticket, agent, now)
            return None
        return desk.answer(service.turns, connection, ticket, agent, text, now) if text else "Chưa có nội dung để gửi."

    problem = await service.database.write(work)
    service.delivery.wake()
    service.bell.ring(ticket.conversation_id)
    return problem


async def _ticket_page(service: Service, request: Request, ticket: Ticket, agent: str, problem: str | None) -> Response:
    def look(connection: Connection) -> tuple[Any, ...]:
        return conversations.said(connection, ticket.conversation_id, last=60), tickets.events(connection, ticket.id)

    lines, events = await service.database.read(look)
    card = _card(service.content.library, ticket)
    return _render(
        request,
        "ticket.html",
        agent=agent,
        card=card,
        lines=lines,
        events=events,
        problem=problem,
        nonce=secrets.token_urlsafe(8),
    )


def _card(library: Library, ticket: Ticket) -> dict[str, Any]:
    """A ticket in words."""
    procedure = library.procedures.get(ticket.procedure or "")
    commune = library.communes.get(ticket.commune or "")
    answers = []
    for step in procedure.steps if procedure else ():
        if isinstance(step, Ask) and (value := ticket.answers.get(step.id)):
            options = step.options or OPTIONS[step.options_from or ""](ticket.opened_at.date())
            answers.append((step.text, next((option.label for option in options if option.id == value), value)))
    here = procedure.step((ticket.step or "").partition("/")[0]) if procedure else None
    trouble = next((t.title for t in getattr(here, "troubles", ()) if t.id == ticket.tried), None)
    return {
        "ticket": ticket,
        "procedure": procedure.title if procedure else "Chưa chọn thủ tục",
        "commune": commune.name if commune else "Chưa rõ xã",
        "step": here.text if here else None,
        "answers": answers,
        "tried": trouble,
        "opened": ticket.opened_at.astimezone(VIETNAM).strftime("%H:%M %d/%m"),
    }


async def _form(request: Request) -> dict[str, str]:
    fields = parse_qs((await read_body(request, _FORM)).decode("utf-8", "replace"))
    return {key: values[0] for key, values in fields.items()}


def _render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    page = templates.TemplateResponse(request, f"console/{template}", values, status_code=status)
    page.headers.update(SAFE_HEADERS)
    page.headers["Cache-Control"] = "no-store"
    return page
