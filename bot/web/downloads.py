"""The links under which files open."""

import asyncio
import logging
import mimetypes
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from bot import conversations, files
from bot.audio_conversion import make_playable
from bot.channels.contents import content_of
from bot.conversations import BOT
from bot.errors import Refused, SendError
from bot.handoff import audit, tickets
from bot.handoff.agents import Agent
from bot.http import PlainPage, render
from bot.messages import File
from bot.service import Service
from bot.store.tx import Tx
from flows.messages import Reply

log = logging.getLogger("motcua.files")

_AT_ONCE = 4  # files that are fetched from platforms at a time: each is held in memory
_SECONDS = 30.0  # that a platform may take


def routes(service: Service, agent_of: Callable[[Request], Awaitable[Agent | None]]) -> APIRouter:
    """Make the routes.

    Args:
        agent_of: the member whose browser it is, if it is one's.
    """
    router, turn = APIRouter(), asyncio.Semaphore(_AT_ONCE)

    @router.get("/tep/{token}")
    @router.get("/tep/{token}/anh")
    @router.get("/tep/{token}/nghe")
    async def open_file(request: Request, token: str) -> Response:
        file_id = files.verify_link(service.settings, token, service.clock())
        found = await service.database.read(lambda tx: files.find_file(tx, file_id)) if file_id else None
        if found is None:
            return _gone(service, 404)
        channel, file = found
        try:
            async with asyncio.timeout(_SECONDS), nullcontext() if file.content else turn:
                fetched = await content_of(service.channels, channel, file, service.settings.file_limit)
                content = await make_playable(fetched, files.type_of(fetched))
        except (SendError, TimeoutError) as error:
            log.warning("a file can't be fetched: %s", error)
            if isinstance(error, Refused) and file_id:
                await service.database.write(lambda tx: _tell_both(service, tx, file_id))
                service.delivery.wake()
            return _gone(service, 502)
        if file_id and (agent := await agent_of(request)):
            await service.database.write(partial(_note_opened, agent, file_id))
        return _answer(file, content)

    return router


def _note_opened(agent: Agent, file_id: int, tx: Tx) -> None:
    ticket = tickets.newest_of(tx, files.owner_of(tx, file_id))
    about, commune = (f"#{ticket.id}", ticket.commune) if ticket else (f"tệp {file_id}", None)
    audit.record_audit(tx, agent.name, "opened", about, commune)


def _tell_both(service: Service, tx: Tx, file_id: int) -> None:
    """Tell the citizen and whoever helps them, once, that something can't be had any more."""
    if not conversations.record_once(tx, "file", f"lost:{file_id}"):
        return
    conversation = conversations.by_id(tx, files.owner_of(tx, file_id))
    team, sentences = service.team, service.content.library.sentences
    team.sender.say(tx, conversation, BOT, Reply(sentences.file_lost))
    ticket = tickets.current_of(tx, conversation.id)
    if ticket and ticket.agent:
        team.tell_agent(tx, ticket, team.words.file_lost)


def _answer(file: File, content: bytes) -> Response:
    kind = files.type_of(content)
    name = file.name or "tep"
    if kind != files.DOWNLOAD and mimetypes.guess_type(name)[0] != kind:
        name += f".{kind.partition('/')[2]}"  # saved and opened from there, it is taken for what it is
    how = "attachment" if kind == files.DOWNLOAD else "inline"
    headers = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=kind, headers=headers)


def _gone(service: Service, status: int) -> Response:
    page = service.content.library.sentences.page
    return render(PlainPage(title=page["title"], text=page["file_gone"]), status)
