"""Statistics for leads and admins: numbers of their communes, never a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from bot.console.auth import Auth
from bot.console.page import MemberPage
from bot.handoff import audit
from bot.handoff.agents import Agent
from bot.http import read_form, render
from bot.insight import disclosure, misunderstood, monthly_pdf
from bot.insight.charts import draw_chart
from bot.insight.export import as_csv
from bot.insight.months import month_of, months_after
from bot.insight.scope import Scope, first_month
from bot.insight.sections import SECTIONS, all_tables
from bot.service import Service
from bot.store.tx import Tx

_SHOWN = 3  # months, where none are asked for
_LONGEST = 36  # months that can be picked
_NAMES = {"people": "Bà con", "steps": "Từng bước", "outcomes": "Kết quả", "help": "Tổ giúp", "words": "Lời chưa hiểu"}


@dataclass(frozen=True)
class _Asked:
    """What a page is asked for, and `months` that could be."""

    scope: Scope
    months: list[date]

    @property
    def query(self) -> str:
        return urlencode(self.fields)

    @property
    def fields(self) -> dict[str, str]:
        months = {"since": f"{self.scope.since:%Y-%m}", "until": f"{self.scope.until:%Y-%m}"}
        return {**months, "commune": self.commune, "procedure": self.scope.procedure}

    @property
    def commune(self) -> str:
        """The one that is asked for, or ""."""
        return self.scope.communes[0] if len(self.scope.communes) == 1 else ""


@dataclass(frozen=True, kw_only=True)
class InsightPage(MemberPage):
    """
    Attributes:
        section: which page of numbers this is; `names`: of all sections.
        pictured: each table with its picture, if it has one.
        groups: of words that were not understood, and `answers` that the team found: on the page of words alone.
        communes: id -> name of those that this lead serves.
        procedures: id -> title.
    """

    template = "console/insight.html"
    section: str
    names: dict[str, str]
    asked: _Asked
    pictured: list[tuple[disclosure.Table, Markup | None]]
    groups: list[misunderstood.Group]
    answers: list[misunderstood.Answer]
    communes: dict[str, str]
    procedures: dict[str, str]


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter(prefix="/insight")

    @router.get("/csv/{table}")
    async def as_file(request: Request, table: str) -> Response:
        boss = await door.require_lead(request)

        def read(tx: Tx) -> str | None:
            found = all_tables(tx, _asked(service, tx, boss, request.query_params).scope)
            return next((as_csv(one) for one in found if one.name == table), None)

        if (text := await service.database.read(read)) is None:
            return Response(status_code=404)
        commune = audit.commune_of(boss)
        await service.database.write(lambda tx: audit.record_audit(tx, boss.name, "exported", table, commune))
        return _file(text.encode(), "text/csv; charset=utf-8", f"{table}.csv")

    @router.get("/pdf")
    async def on_paper(request: Request, commune: str = "") -> Response:
        """Serve the PDF of one commune, for the last of the months asked for."""
        boss = await door.require_lead(request)
        if commune not in service.content.library.communes or not boss.serves(commune):
            return Response(status_code=404)

        def read(tx: Tx) -> tuple[bytes, date]:
            month = _asked(service, tx, boss, request.query_params).scope.until
            scope = Scope(service.content.library, month, month, (commune,))
            return monthly_pdf.monthly_pdf(tx, scope, month, commune), month

        page, month = await service.database.read(read)
        await service.database.write(lambda tx: audit.record_audit(tx, boss.name, "exported", "pdf", commune))
        return _file(page, "application/pdf", f"{commune}-{month:%Y-%m}.pdf")

    @router.post("/words")
    async def hand_over(request: Request) -> Response:
        """Give words that were not understood to the editors: as a way to say a procedure, or to look at."""
        boss, form = await door.require_lead(request), await read_form(request)
        means = form.get("means", "")
        procedure = means if means in service.content.library.procedures else None

        def work(tx: Tx) -> str:
            asked = _asked(service, tx, boss, form)
            misunderstood.hand_over(tx, asked.scope, form.get("text", ""), procedure, boss.name)
            return asked.query

        return RedirectResponse(f"/insight/words?{await service.database.write(work)}", 303)

    @router.get("", response_class=HTMLResponse)
    async def first(request: Request) -> Response:
        return await _page(service, door, request, "people")

    @router.get("/{section}", response_class=HTMLResponse)
    async def section(request: Request, section: str) -> Response:
        return await _page(service, door, request, section if section in SECTIONS else "people")

    return router


async def _page(service: Service, door: Auth, request: Request, section: str) -> Response:
    boss, library = await door.require_lead(request), service.content.library

    def read(tx: Tx) -> tuple[_Asked, list[disclosure.Table], list[misunderstood.Group], list[misunderstood.Answer]]:
        asked = _asked(service, tx, boss, request.query_params)
        if section == "words":
            return asked, [], misunderstood.group_misses(tx, asked.scope), misunderstood.list_answers(tx, asked.scope)
        return asked, SECTIONS[section](tx, asked.scope), [], []

    asked, tables, groups, answers = await service.database.read(read)
    page = InsightPage(
        agent=boss,
        section=section,
        names=_NAMES,
        asked=asked,
        pictured=[(table, draw_chart(table)) for table in tables],
        groups=groups,
        answers=answers,
        communes={id_: commune.name for id_, commune in library.communes.items() if boss.serves(id_)},
        procedures={id_: procedure.title for id_, procedure in library.procedures.items()},
    )
    return render(page)


def _asked(service: Service, tx: Tx, boss: Agent, query: Mapping[str, str]) -> _Asked:
    """Read what a page is asked for, whatever a browser sends: months that there are, communes that this lead serves."""
    library, this = service.content.library, month_of(tx.now)
    earliest = max(min(first_month(tx) or this, this), months_after(this, 1 - _LONGEST))
    months = [month for back in range(_LONGEST) if (month := months_after(this, -back)) >= earliest]
    by_name = {f"{month:%Y-%m}": month for month in months}
    until = by_name.get(query.get("until", ""), this)
    since = by_name.get(query.get("since", ""), max(months_after(until, 1 - _SHOWN), earliest))
    commune, procedure = query.get("commune", ""), query.get("procedure", "")
    one = commune in library.communes and boss.serves(commune)
    procedure = procedure if procedure in library.procedures else ""
    communes = (commune,) if one else boss.communes
    return _Asked(Scope(library, min(since, until), max(since, until), communes, procedure), months)


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
