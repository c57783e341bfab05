"""The pages that shared links lead to: they answer before they ask, and need no script."""

import asyncio
import re
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from bot.http import SAFE_HEADERS, templates
from bot.service import Service
from bot.sharing import links, prints
from bot.sharing.leaflet import Leaflet, leaflet
from bot.sharing.links import Link
from bot.sharing.ways import ways
from flows.definition.hours import VIETNAM

_CODE = 20  # characters of ?ma= that are read
_DAY = 24 * 3600  # seconds that a chat may keep a preview picture
# They fetch a page for its preview or for a search engine; nobody has read it.
_ROBOTS = re.compile(r"bot\b|crawler|spider|facebookexternalhit|preview", re.IGNORECASE)


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.get("/g/{commune}/anh.png")
    @router.get("/g/{commune}/{procedure}/anh.png")
    async def picture(commune: str, procedure: str = "") -> Response:
        """What chats show beside the address."""
        about = _leaflet(service, commune, procedure)
        if about is None:
            return Response(status_code=404)
        drawn = await asyncio.to_thread(prints.preview, about)
        return Response(drawn, media_type="image/png", headers={"Cache-Control": f"public, max-age={_DAY}"})

    @router.get("/g/{commune}", response_class=HTMLResponse)
    @router.get("/g/{commune}/{procedure}", response_class=HTMLResponse)
    async def page(request: Request, commune: str, procedure: str = "", ma: str = "") -> Response:
        about = _leaflet(service, commune, procedure)
        if about is None:
            return templates.TemplateResponse(request, "nowhere.html", {}, 404, headers=SAFE_HEADERS)
        counts = not _ROBOTS.search(request.headers.get("user-agent", ""))
        link = await service.database.write(partial(_came, service, about, ma[:_CODE], counts))
        offered = ways(service.settings, service.channels, link)
        shown = {"about": about, "link": link, "ways": offered, "where": prints.commune(about)}
        shown |= {"url": service.settings.url, "say": service.content.library.sentences}
        headers = {**SAFE_HEADERS, "Cache-Control": "no-cache"}
        return templates.TemplateResponse(request, "landing.html", shown, headers=headers)

    return router


def _leaflet(service: Service, commune: str, procedure: str) -> Leaflet | None:
    return leaflet(service.content.library, commune, procedure, service.clock().astimezone(VIETNAM).date())


def _came(service: Service, about: Leaflet, code: str, counts: bool, connection: Connection) -> Link:
    now, procedure = service.clock(), about.procedure.id if about.procedure else ""
    link = links.of_page(connection, about.commune.id, procedure, code, now)
    if counts:
        links.visited(connection, link, now)
    return link
