"""The web chat: one page that works without a script, and a stream that brings later answers to it."""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.sse import format_sse_event

from bot import conversations, files
from bot.channels.json_reading import id_of
from bot.channels.web import Web
from bot.conversations import CITIZEN, Conversation, Said
from bot.handoff import tickets
from bot.http import Page, PlainPage, RowId, read_form, read_upload, render, row_id, same_site, stream_events
from bot.live.subscriptions import wait_for_event
from bot.messages import Inbound
from bot.own_data import own_data
from bot.request_limits import Streams, address_of
from bot.service import Service
from bot.store.tx import Tx
from flows.dialogue.opening import opening
from flows.messages import Choice, Message, Reply
from flows.state import State
from flows.text.address import address

_YEAR = 365 * 24 * 3600  # seconds that the cookie lasts
_QUIET = 15.0  # seconds between signs of life on the stream; also how soon news is seen that nobody was told of
_RETRY = 2000  # milliseconds after which a page comes back to a stream that broke
_ID = 200  # characters of a message id
_EXPORT = 500_000  # characters of what is kept that are shown
_SHOWN = 60_000  # characters of the conversation that its page shows: hundreds of lines of anybody who is not out to make it slow


@dataclass(frozen=True, kw_only=True)
class ChatPage(Page):
    """The chat: `lines` of the conversation, or `first`, what the bot says to a stranger.

    Attributes:
        start: (what the button begins with, its label) where a link led here, else None.
        choices: the buttons under the last thing that the bot said.
        last: the id of the last line.
        nonce: tells this page's forms from those of another.
    """

    template = "chat.html"
    page: dict[str, str]
    intro: str
    lines: list[Said]
    first: Reply | None
    start: tuple[str, str] | None
    choices: tuple[Choice, ...]
    last: int
    closed: bool
    zalo_verification: str
    nonce: str


@dataclass(frozen=True, kw_only=True)
class LinePart(Page):
    template = "said.html"
    line: Said
    page: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ChoicesPart(Page):
    template = "choices.html"
    choices: tuple[Choice, ...]


def routes(service: Service) -> APIRouter:
    router, streams = APIRouter(), Streams()
    web = service.channels["web"]
    assert isinstance(web, Web)
    router.post("/chat/close")(partial(_close, web.cookie, service))

    @router.head("/", include_in_schema=False)
    @router.get("/", response_class=HTMLResponse)
    async def page(request: Request, start: str = "", closed: str = "") -> Response:
        conversation = await _conversation(service, web.read_cookie(request.cookies.get(web.cookie)))
        lines = await _lines(service, conversation) if conversation else []
        state = conversation.state if conversation else State(greeted=True)
        return render(_page(service, state, lines, start, closed=bool(closed)))

    @router.post("/chat")
    async def said(request: Request, after: RowId = 0) -> Response:
        """Take a form of the page. The script is answered with what is new after line `after`, a plain browser with the
        page."""
        if not same_site(request):
            return Response(status_code=403)
        form = await read_form(request)
        contact = web.read_cookie(request.cookies.get(web.cookie)) or secrets.token_urlsafe(16)
        if message := _message(form):
            id_ = f"{contact}:{_message_id(form)}"
            await service.turns.receive(Inbound("web", contact, id_, message, address=_address(request)))
        answer: Response = RedirectResponse("/#cuoi", 303)
        if request.headers.get("accept", "").startswith("application/json"):
            conversation = await _conversation(service, contact)
            answer = JSONResponse(await _news(service, conversation, after) if conversation else [])
        _remember(service, web, answer, contact)
        return answer

    @router.post("/chat/file")
    async def sent_file(request: Request) -> Response:
        if not same_site(request):
            return Response(status_code=403)
        contact = web.read_cookie(request.cookies.get(web.cookie)) or secrets.token_urlsafe(16)
        if inbound := await _uploaded(service, request, contact):
            await service.turns.receive(replace(inbound, address=_address(request)))
        answer = RedirectResponse("/#cuoi", 303)
        _remember(service, web, answer, contact)
        return answer

    @router.get("/chat/data")
    async def data(request: Request) -> Response:
        """Serve what is kept about the citizen of this browser, to keep or to read."""
        conversation = await _conversation(service, web.read_cookie(request.cookies.get(web.cookie)))
        if conversation is None:
            return Response(status_code=404)
        library = service.content.library
        kept = await service.database.read(lambda tx: own_data(tx, library, conversation, _EXPORT))
        return render(PlainPage(title=library.sentences.page["title"], text=kept, links=False))

    @router.get("/chat/events")
    async def events(request: Request, after: RowId = 0) -> Response:
        contact = web.read_cookie(request.cookies.get(web.cookie))
        conversation = await _conversation(service, contact)
        if conversation is None:
            return Response(status_code=204)
        return _listening(service, streams, request, conversation, after)

    return router


async def _close(cookie: str, service: Service, request: Request) -> Response:
    """End the conversation on this device: on a phone that several people use the next one sees nothing of it."""
    if not same_site(request):
        return Response(status_code=403)
    answer = RedirectResponse("/?closed=1", 303)
    answer.delete_cookie(cookie, secure=service.settings.cookies_secure, httponly=True, samesite="lax")
    return answer


def _remember(service: Service, web: Web, answer: Response, contact: str) -> None:
    secure = service.settings.cookies_secure
    answer.set_cookie(web.cookie, web.sign_cookie(contact), max_age=_YEAR, httponly=True, samesite="lax", secure=secure)


async def _uploaded(service: Service, request: Request, contact: str) -> Inbound | None:
    """Read the file of a posted form.

    One that is not taken is not even read: the bot says what it does with files, and the team hears that there was one.
    """
    conversation = await _conversation(service, contact)

    def may(tx: Tx) -> bool:
        if conversation is None or tickets.current_of(tx, conversation.id) is None:  # nobody waits for it
            return False
        return files.has_room_for_upload(tx, service.settings, conversation.id)

    if not await service.database.read(may):
        return Inbound("web", contact, f"{contact}:file:{secrets.token_urlsafe(16)}", Message(attachment="file"))
    form, sent = await read_upload(request, service.settings.file_limit)
    if sent is None:
        return None
    file = files.file_from_upload(*sent)
    id_ = f"{contact}:file:{id_of(form.get('id', '')) or secrets.token_urlsafe(16)}"[:_ID]
    return Inbound("web", contact, id_, Message(attachment=file.kind), file=file)


def _address(request: Request) -> str:
    return (address_of(request.client.host) if request.client else None) or ""


def _message_id(form: dict[str, str]) -> str:
    """Derive the id of a posted form: the same form posted twice is one message, another answer from the same page (back in
    history) is another one."""
    return hashlib.sha256(json.dumps(form).encode()).hexdigest()[:32] if "id" in form else secrets.token_urlsafe(16)


def _message(form: dict[str, str]) -> Message | None:
    """Read what a posted form says; a button wins over the text field."""
    if "choice" in form:
        return Message(choice=form["choice"][:200])
    if "start" in form:
        return Message(start=form["start"][:100])
    text = form.get("text", "")
    return Message(text=text) if text.strip() else None


async def _conversation(service: Service, contact: str | None) -> Conversation | None:
    if contact is None:
        return None
    return await service.database.read(lambda tx: conversations.find_conversation(tx, "web", contact))


async def _lines(service: Service, conversation: Conversation) -> list[Said]:
    lines = await service.database.read(lambda tx: conversations.read_transcript(tx, conversation.id))
    room, first = _SHOWN, len(lines)
    while first and (room := room - len(lines[first - 1].text)) >= 0:
        first -= 1
    return lines[min(first, len(lines) - 1) :] if lines else []


def _page(service: Service, state: State, lines: list[Said], start: str, *, closed: bool) -> ChatPage:
    """Make the page. Where nothing is left of what was said, the question that is still open stands alone."""
    library = service.content.library
    first = opening(library, state, service.clock())
    first = replace(first, said=address(first.text, state.called))
    named = [name for name in start.split("_") if name in library.procedures]
    label = library.procedures[named[0]].title if named else library.sentences.page["begin"]
    return ChatPage(
        page=library.sentences.page,
        intro=address(library.sentences.intro, state.called),
        lines=lines,
        first=None if lines else first,
        start=(start, label) if start else None,
        choices=_choices(lines, first),
        last=lines[-1].id if lines else 0,
        closed=closed and not lines,
        zalo_verification=service.settings.zalo_verification,
        nonce=secrets.token_urlsafe(12),
    )


def _choices(lines: list[Said], first: Reply) -> tuple[Choice, ...]:
    """List the buttons under the last thing that the bot said."""
    if not lines:
        return first.choices
    return next((line.choices for line in reversed(lines) if line.author != CITIZEN), ())


def _listening(
    service: Service, streams: Streams, request: Request, conversation: Conversation, after: int
) -> Response:
    """Stream what is said after line `after`, or after the one that the browser saw last."""
    client = request.client.host if request.client else ""
    if not streams.has_room(conversation.contact, client):
        return Response(status_code=503, headers={"Retry-After": "5"})
    seen = row_id(request.headers.get("last-event-id", "")) or after
    stream = _stream(service, conversation, seen, streams.hold_place(conversation.contact, client))
    return stream_events(stream)


async def _stream(
    service: Service, conversation: Conversation, after: int, counted: AbstractContextManager[None]
) -> AsyncIterator[bytes]:
    """Every line that is said from now on, as server-sent events; null now and then, so that either side notices a dead line."""
    with counted, service.subscriptions.subscribe(conversation.id) as rung:
        yield format_sse_event(retry=_RETRY)
        while not service.subscriptions.closed:
            rung.clear()
            news = await _news(service, conversation, after)
            for line in news:
                after = line["id"]
                yield format_sse_event(id=str(after), data_str=json.dumps(line, ensure_ascii=False))
            if not news:
                yield format_sse_event(data_str="null")
            await wait_for_event(rung, _QUIET)


async def _news(service: Service, conversation: Conversation, after: int) -> list[dict[str, Any]]:
    """Read what was said after line `after`, as the page's script takes it. The first line is `fresh` when none older is
    left.

    Once a citizen has erased everything, SQLite may count the lines from the start again.
    """
    lines = await service.database.read(partial(conversations.read_transcript, conversation_id=conversation.id))
    erased = bool(lines) and lines[-1].id < after
    new = [line for line in lines if erased or line.id > after]
    return [_event(service, line, fresh=line is lines[0]) for line in new]


def _event(service: Service, line: Said, *, fresh: bool) -> dict[str, Any]:
    said = LinePart(line=line, page=service.content.library.sentences.page).html()
    buttons = ChoicesPart(choices=line.choices).html()
    return {"id": line.id, "fresh": fresh, "said": said, "choices": None if line.author == CITIZEN else buttons}
