"""What leads and admins see: who is in the team, and who looked at which conversation."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from bot.console import sessions
from bot.console.door import Door
from bot.console.page import read_form, render
from bot.console.signin import join_link
from bot.errors import MotcuaError
from bot.handoff import agents, looks
from bot.handoff.agents import Agent, Role
from bot.http import RowId
from bot.service import Service

_LOOKS = 300  # that are shown
_ROLES: dict[str, Role] = {"member": "member", "lead": "lead", "admin": "admin"}


def routes(service: Service, door: Door) -> APIRouter:
    router = APIRouter()

    @router.get("/team", response_class=HTMLResponse)
    async def team(request: Request) -> Response:
        return await _page(service, request, await door.lead(request))

    @router.post("/team/add", response_class=HTMLResponse)
    async def add(request: Request) -> Response:
        """A new member, within the communes of whoever adds them."""
        boss, form = await door.lead(request), await read_form(request)
        name, commune, now = form.get("name", ""), form.get("commune", ""), service.clock()
        served = (commune,) if commune else boss.communes
        asked = Agent(0, name, _ROLES.get(form.get("role", ""), "member"), served)
        unknown = commune and commune not in service.content.library.communes
        if unknown or not boss.manages(asked) or name.casefold() in service.turns.team.speakers:
            return await _page(
                service, request, boss, 403, problem="Không thêm được: xem lại tên, xã và vai trò.", name=name
            )

        def work(connection: Connection) -> str:
            return agents.invite(connection, agents.add(connection, name, asked.role, served, now), now)

        try:
            code = await service.database.write(work)
        except MotcuaError as problem:
            return await _page(service, request, boss, 422, problem=problem, name=name)
        return await _page(service, request, boss, code=code, invited=name, link=join_link(service.settings, code))

    @router.post("/team/{agent_id}/{action}", response_class=HTMLResponse)
    async def manage(request: Request, agent_id: RowId, action: str) -> Response:
        boss, now = await door.lead(request), service.clock()

        other, code = await service.database.write(lambda c: _managed(service, c, boss, agent_id, action, now))
        service.delivery.wake()
        if other is None:
            return await _page(
                service, request, boss, 404, problem="Không có người này, hoặc anh chị không quản người này."
            )
        if code:
            return await _page(
                service, request, boss, code=code, invited=other.name, link=join_link(service.settings, code)
            )
        done = f"{other.name} không còn trong tổ." if action == "remove" else f"{other.name} đã ra khỏi mọi máy."
        return await _page(service, request, boss, told=done)

    @router.get("/looks", response_class=HTMLResponse)
    async def who_looked(request: Request) -> Response:
        boss = await door.lead(request)
        found = await service.database.read(lambda c: looks.newest(c, boss, _LOOKS))
        return render(request, "looks.html", agent=boss, looks=found)

    return router


async def _page(service: Service, request: Request, agent: Agent, status: int = 200, **more: object) -> Response:
    everyone = await service.database.read(agents.everyone)
    names = {id_: commune.name for id_, commune in service.content.library.communes.items()}
    served = {id_: name for id_, name in names.items() if agent.serves(id_)}
    people = [one for one in everyone if agent.manages(one)]
    return render(request, "team.html", status, agent=agent, people=people, served=served, names=names, **more)


def _managed(
    service: Service, connection: Connection, boss: Agent, agent_id: int, action: str, now: datetime
) -> tuple[Agent | None, str]:
    """(whom it was done to, their new code): None for somebody whom the boss does not manage."""
    other = agents.with_id(connection, agent_id)
    if other is None or not boss.manages(other):
        return None, ""
    if action == "remove":
        service.turns.team.dismiss(connection, other, now)
    if action in ("remove", "signout"):
        sessions.end_all(connection, other)
    return other, agents.invite(connection, other, now) if action == "invite" else ""
