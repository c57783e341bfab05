"""Pages on which leads make the links that they share, see what each brought, and print what hangs on walls."""

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import get_args

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.console.auth import Auth
from bot.console.page import MemberPage
from bot.handoff.agents import Agent
from bot.http import read_form, render
from bot.service import Service
from bot.sharing import groups, links, prints
from bot.sharing.leaflet import Leaflet, leaflet_for
from bot.sharing.links import Counted, Link
from bot.sharing.prints import SHEETS
from bot.sharing.ways import ways_to
from bot.store.tx import Tx
from bot.typesetting import Kind
from flows.definition.hours import VIETNAM

_TYPES = {"pdf": "application/pdf", "png": "image/png"}
_UNKNOWN = "Không làm được: anh chị chọn lại xã và việc."
_NO_SOURCE = "Anh chị ghi chỗ sẽ chia sẻ: tên nhóm, hay nơi dán."
_TAKEN = "Tên này trống, hoặc đã dùng cho một đường dẫn khác của cùng việc."


@dataclass(frozen=True)
class LinkRow:
    """A link in the list, with the address of its page and the text to paste into a group."""

    counted: Counted
    about: Leaflet
    address: str
    text: str

    @property
    def link(self) -> Link:
        return self.counted.link


@dataclass(frozen=True, kw_only=True)
class LinksPage(MemberPage):
    """
    Attributes:
        communes: id -> name of those that this lead serves.
        errands: id -> title of all procedures.
        public: whether the address of this site can be reached by others.
        new: the code of the link that was just made, or "".
        source: that was typed and not taken.
    """

    template = "console/links.html"
    links: list[LinkRow]
    communes: dict[str, str]
    errands: dict[str, str]
    public: bool
    new: str = ""
    problem: str = ""
    source: str = ""


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()

    @router.get("/links", response_class=HTMLResponse)
    async def page(request: Request, new: str = "") -> Response:
        return render(replace(await _page(service, await door.require_lead(request)), new=new))

    @router.post("/links", response_class=HTMLResponse)
    async def make(request: Request) -> Response:
        boss, form = await door.require_lead(request), await read_form(request)
        commune, procedure, source = (form.get(name, "") for name in ("commune", "procedure", "source"))
        if not source.strip():
            return render(replace(await _page(service, boss), problem=_NO_SOURCE), 422)
        if not boss.serves(commune) or _leaflet(service, commune, procedure) is None:
            return render(replace(await _page(service, boss), problem=_UNKNOWN, source=source), 403)
        made = await service.database.write(lambda tx: links.make_link(tx, commune, procedure, source, boss.name))
        return RedirectResponse(f"/links?new={made.code}", 303)

    @router.post("/links/{code}/{action}", response_class=HTMLResponse)
    async def manage(request: Request, code: str, action: str) -> Response:
        """Change a link: `name` calls its place something else, `retire` takes it out of the list."""
        boss, form = await door.require_lead(request), await read_form(request)
        done = await service.database.write(partial(_managed, boss, code, action, form.get("source", "")))
        if not done:
            return render(replace(await _page(service, boss), problem=_TAKEN), 422)
        return RedirectResponse("/links", 303)

    @router.get("/links/{code}/{file}")
    async def printed(request: Request, code: str, file: str) -> Response:
        """Serve a sheet to print: `poster-a4.pdf`, `poster-a5.png`, `cards.pdf`, `guide.pdf` and so on."""
        boss = await door.require_lead(request)
        link = await service.database.read(lambda tx: _theirs(tx, boss, code))
        about = _leaflet(service, link.commune, link.procedure) if link else None
        sheet = next((name for name in SHEETS if file.rpartition(".")[0] == name), None)
        kind: Kind | None = next((kind for kind in get_args(Kind) if file.rpartition(".")[2] == kind), None)
        if not (link and about and sheet and kind and prints.is_offered(sheet, kind, link)):
            return Response(status_code=404)
        ways_ = ways_to(service.settings, service.channels, link)
        made = await asyncio.to_thread(prints.print_sheet, sheet, about, link, ways_, kind)
        name = {"Content-Disposition": f'inline; filename="{link.code}-{file}"', "Cache-Control": "no-store"}
        return Response(made, media_type=_TYPES[kind], headers=name)

    return router


def _theirs(tx: Tx, boss: Agent, code: str) -> Link | None:
    """Find a link, if it leads to a commune of theirs."""
    link = links.find_in_text(tx, code)
    return link if link and boss.serves(link.commune) else None


def _managed(boss: Agent, code: str, action: str, source: str, tx: Tx) -> bool:
    link = _theirs(tx, boss, code)
    if link is None:
        return False
    if action == "name":
        return links.rename_link(tx, link, source)
    if action == "retire":
        links.retire_link(tx, link)
    return True


def _leaflet(service: Service, commune: str, procedure: str) -> Leaflet | None:
    return leaflet_for(service.content.library, commune, procedure, service.clock().astimezone(VIETNAM).date())


async def _page(service: Service, boss: Agent) -> LinksPage:
    library = service.content.library
    found = await service.database.read(lambda tx: links.list_links(tx, boss.communes))
    return LinksPage(
        agent=boss,
        links=[row for counted in found if (row := _row(service, counted))],
        communes={id_: one.name for id_, one in library.communes.items() if boss.serves(id_)},
        errands={id_: procedure.title for id_, procedure in library.procedures.items()},
        public=bool(service.settings.public_url),
    )


def _row(service: Service, counted: Counted) -> LinkRow | None:
    """Make the row that the page shows of a link; None once its procedure or commune is gone from the content."""
    link = counted.link
    about = _leaflet(service, link.commune, link.procedure)
    if about is None:
        return None
    address = ways_to(service.settings, service.channels, link).page
    return LinkRow(counted, about, address, groups.write_card(about, link, address))
