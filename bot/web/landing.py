"""The pages that shared links lead to: they answer before they ask, and need no script."""

import asyncio
import re
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.http import Page, render
from bot.service import Service
from bot.sharing import links, prints
from bot.sharing.leaflet import Leaflet, leaflet_for
from bot.sharing.links import Link
from bot.sharing.ways import Ways, ways_to
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM

_CODE = 20  # characters of ?ma= that are read
_DAY = 24 * 3600  # seconds that a chat may keep a preview picture
# They fetch a page for its preview or for a search engine; nobody has read it.
_ROBOTS = re.compile(r"bot\b|crawler|spider|facebookexternalhit|preview", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class LandingPage(Page):
    """`url`: of this site; `where`: the commune with its province."""

    template = "landing.html"
    cache = "no-cache"
    about: Leaflet
    link: Link
    ways: Ways
    where: str
    url: str
    page: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class NowherePage(Page):
    template = "nowhere.html"
    status = 404


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.get("/g/{commune}/anh.png")
    @router.get("/g/{commune}/{procedure}/anh.png")
    async def picture(commune: str, procedure: str = "") -> Response:
        """Serve the picture that chats show beside the address."""
        about = _leaflet(service, commune, procedure)
        if about is None:
            return Response(status_code=404)
        drawn = await asyncio.to_thread(prints.draw_preview, about)
        return Response(drawn, media_type="image/png", headers={"Cache-Control": f"public, max-age={_DAY}"})

    @router.get("/g/{commune}", response_class=HTMLResponse)
    @router.get("/g/{commune}/{procedure}", response_class=HTMLResponse)
    async def page(request: Request, commune: str, procedure: str = "", ma: str = "") -> Response:
        about = _leaflet(service, commune, procedure)
        if about is None:
            return render(NowherePage())
        counts = not _ROBOTS.search(request.headers.get("user-agent", ""))
        link = await service.database.write(partial(_came, about, ma[:_CODE], counts))
        shown = LandingPage(
            about=about,
            link=link,
            ways=ways_to(service.settings, service.channels, link),
            where=prints.commune_heading(about),
            url=service.settings.url,
            page=service.content.library.sentences.page,
        )
        return render(shown)

    return router


def _leaflet(service: Service, commune: str, procedure: str) -> Leaflet | None:
    return leaflet_for(service.content.library, commune, procedure, service.clock().astimezone(VIETNAM).date())


def _came(about: Leaflet, code: str, counts: bool, tx: Tx) -> Link:
    procedure = about.procedure.id if about.procedure else ""
    link = links.link_of_page(tx, about.commune.id, procedure, code)
    if counts:
        links.record_visit(tx, link)
    return link
