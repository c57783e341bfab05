"""The web chat: one page that works without a script, and a stream that brings later answers to it."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from bot import conversations
from bot.channels.web import COOKIE, Web
from bot.conversations import CITIZEN, Conversation, Said
from bot.http import SAFE_HEADERS, read_body, same_site, templates
from bot.messages import Inbound
from bot.service import Service
from flows.dialogue import opening
from flows.messages import Choice, Message, Reply
from flows.state import State

_YEAR = 365 * 24 * 3600  # seconds that the cookie lasts
_QUIET = 15.0  # seconds between signs of life on the stream; also how soon another replica's news is seen
_FORM = 20_000  # bytes of a posted form


def routes(service: Service) -> APIRouter:
    router = APIRouter()
    web = service.channels["web"]
    assert isinstance(web, Web)

    @router.get("/", response_class=HTMLResponse)
    async def page(request: Request, start: str = "") -> Response:
        contact = web.contact(request.cookies.get(COOKIE))
        lines = await _lines(service, contact)
        shown = templates.TemplateResponse(request, "chat.html", _page(service, lines, start))
        shown.headers.update(SAFE_HEADERS)
        shown.headers["Cache-Control"] = "no-store"
        return shown

    @router.post("/chat")
    async def said(request: Request) -> Response:
        if not same_site(request):
            return Response(status_code=403)
        form = parse_qs((await read_body(request, _FORM)).decode("utf-8", "replace"))
        contact = web.contact(request.cookies.get(COOKIE)) or secrets.token_urlsafe(16)
        if message := _message({key: values[0] for key, values in form.items()}):
            nonce = form.get("id", [""])[0][:40] or secrets.token_urlsafe(12)
            await service.turns.receive(Inbound("web", contact, f"{contact}:{nonce}", message))
        scripted = request.headers.get("accept", "").startswith("application/json")
        answer: Response = Response(status_code=204) if scripted else RedirectResponse("/#cuoi", 303)
        answer.set_cookie(
            COOKIE,
            web.sign(contact),
            max_age=_YEAR,
            httponly=True,
            samesite="lax",
            secure=service.settings.cookies_secure,
        )
        return answer

    @router.get("/chat/events")
    async def events(request: Request, after: Annotated[int, Query(ge=0)] = 0) -> Response:
        contact = web.contact(request.cookies.get(COOKIE))
        conversation = await _conversation(service, contact)
        if conversation is None:
            return Response(status_code=204)
        seen = request.headers.get("last-event-id", "")
        stream = _stream(service, conversation, int(seen) if seen.isdigit() else after)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return router


def _message(form: dict[str, str]) -> Message | None:
    """What a posted form says; a button wins over the text field."""
    if "choice" in form:
        return Message(choice=form["choice"][:200])
    if "start" in form:
        return Message(start=form["start"][:100])
    text = form.get("text", "")
    return Message(text=text) if text.strip() else None


async def _conversation(service: Service, contact: str | None) -> Conversation | None:
    if contact is None:
        return None
    return await service.database.read(lambda connection: conversations.find(connection, "web", contact))


async def _lines(service: Service, contact: str | None) -> list[Said]:
    conversation = await _conversation(service, contact)
    if conversation is None:
        return []
    return await service.database.read(lambda connection: conversations.said(connection, conversation.id))


def _page(service: Service, lines: list[Said], start: str) -> dict[str, Any]:
    library = service.content.library
    first = opening(library, State(greeted=True), service.clock())
    named = [name for name in start.split("_") if name in library.procedures]
    label = library.procedures[named[0]].title if named else library.sentences.page["begin"]
    return {
        "say": library.sentences,
        "page": library.sentences.page,
        "lines": lines,
        "first": None if lines else first,
        "start": (start, label) if start else None,
        "choices": _choices(lines, first),
        "last": lines[-1].id if lines else 0,
        "nonce": secrets.token_urlsafe(12),
    }


def _choices(lines: list[Said], first: Reply) -> tuple[Choice, ...]:
    """The buttons under the last thing that the bot said."""
    if not lines:
        return first.choices
    return next((line.choices for line in reversed(lines) if line.author != CITIZEN), ())


async def _stream(service: Service, conversation: Conversation, after: int) -> AsyncIterator[str]:
    """Every line that is said from now on, as server-sent events; a comment now and then, so that a dead phone is noticed."""
    with service.bell.listen(conversation.id) as rung:
        while True:
            rung.clear()
            look = partial(conversations.said, conversation_id=conversation.id, after=after)
            lines = await service.database.read(look)
            for line in lines:
                after = line.id
                yield f"id: {line.id}\ndata: {json.dumps(_event(service, line), ensure_ascii=False)}\n\n"
            if not lines:
                yield ": \n\n"
            try:
                await asyncio.wait_for(rung.wait(), _QUIET)
            except TimeoutError:
                continue


def _event(service: Service, line: Said) -> dict[str, Any]:
    said = templates.get_template("said.html").render(line=line, page=service.content.library.sentences.page)
    buttons = templates.get_template("choices.html").render(choices=line.choices)
    return {"said": said, "choices": None if line.author == CITIZEN else buttons}
