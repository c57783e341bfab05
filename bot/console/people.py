"""Pages for leads and admins: who is in the team, who is banned, who looked at which conversation (access and audit log)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.console import second_factor, sessions
from bot.console.auth import Auth, join_link
from bot.console.page import MemberPage
from bot.errors import MotcuaError
from bot.handoff import agents, audit, bans, ticket_actions, ticket_lists, tickets, view_log
from bot.handoff.agents import Agent, Role
from bot.handoff.audit import Act, Entry
from bot.handoff.bans import Ban
from bot.handoff.duty import WEEKDAYS
from bot.handoff.view_log import View
from bot.http import RowId, read_form, render, row_id
from bot.service import Service
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.team_texts import TeamTexts

_LOOKS = 300  # that are shown
_ACTS: dict[str, Act] = {"invite": "invited", "signout": "signed out"}
_DONE = {
    "remove": "{name} không còn trong tổ. Nhớ đưa ra khỏi nhóm Zalo, Telegram của tổ.",
    "signout": "{name} đã ra khỏi mọi máy, lớp khoá thứ hai đã bỏ.",
    "duty": "Đã ghi ngày trực của {name}.",
    "speaks": "Đã ghi tiếng {name} nói được.",
}
_ROLES: dict[str, Role] = {"member": "member", "lead": "lead", "admin": "admin"}


@dataclass(frozen=True, kw_only=True)
class TeamPage(MemberPage):
    """
    Attributes:
        people: whom this lead manages, and the lead.
        held: name -> how many tickets they help with now; who has none is left out.
        today: the day for which those on duty are shown.
        served: id -> name of the communes that this lead serves; `names`: of all.
        bans: of whom.
        problem, told: what is in the way, or what was done; or "".
        words: of the team: what languages are called.
        code: of somebody who is `invited`, with the `link` to join by; or "".
        name: that was typed and not taken.
    """

    template = "console/team.html"
    people: list[Agent]
    held: dict[str, int]
    today: date
    served: dict[str, str]
    names: dict[str, str]
    bans: list[Ban]
    words: TeamTexts
    problem: str = ""
    told: str = ""
    code: str = ""
    invited: str = ""
    link: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class LooksPage(MemberPage):
    template = "console/looks.html"
    looks: list[View]
    done: Sequence[Entry]


@dataclass(frozen=True)
class _MemberForm:
    """A form that a lead posted about a member: what to do."""

    boss: Agent
    action: str
    fields: Mapping[str, str]


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()

    @router.get("/team", response_class=HTMLResponse)
    async def team(request: Request) -> Response:
        return render(await _page(service, await door.require_lead(request)))

    @router.post("/team/add", response_class=HTMLResponse)
    async def add(request: Request) -> Response:
        """Add a member, within the communes of whoever adds them."""
        boss, form = await door.require_lead(request), await read_form(request)
        name, commune = form.get("name", ""), form.get("commune", "")
        served = (commune,) if commune else boss.communes
        asked = Agent(0, name, _ROLES.get(form.get("role", ""), "member"), served)
        unknown = commune and commune not in service.content.library.communes
        if unknown or not boss.manages(asked) or agents.fold_name(name) in service.team.speakers:
            page = await _page(service, boss)
            return render(replace(page, problem="Không thêm được: xem lại tên, xã và vai trò.", name=name), 403)

        def work(tx: Tx) -> str:
            agent = agents.add_agent(tx, name, asked.role, served)
            audit.record_audit(tx, boss.name, "added", agent.name, audit.commune_of(agent))
            return agents.make_invitation(tx, agent)

        try:
            code = await service.database.write(work)
        except MotcuaError as problem:
            return render(replace(await _page(service, boss), problem=str(problem), name=name), 422)
        link = join_link(service.settings, code)
        return render(replace(await _page(service, boss), code=code, invited=name, link=link))

    @router.post("/team/lift", response_class=HTMLResponse)
    async def lift(request: Request) -> Response:
        """Lift a ban by the number of the ticket over which it was made, which may be erased by now."""
        boss, form = await door.require_lead(request), await read_form(request)
        ticket_id = row_id(form.get("ticket", ""))

        def work(tx: Tx) -> str | None:
            seen = any(ban.ticket_id == ticket_id for ban in _list_bans(service, tx, boss))
            sender, who = service.sender, boss.name
            return ticket_actions.unban(sender, tx, ticket_id, who) if seen else "Không có ai bị chặn vì phiếu này."

        problem = await service.database.write(work)
        page = await _page(service, boss)
        if problem:
            return render(replace(page, problem=problem), 404)
        return render(replace(page, told=f"Đã bỏ chặn người của phiếu #{ticket_id}."))

    @router.post("/team/{agent_id}/{action}", response_class=HTMLResponse)
    async def manage(request: Request, agent_id: RowId, action: str) -> Response:
        boss, form = await door.require_lead(request), await read_form(request)
        asked = _MemberForm(boss, action, form)
        other, code = await service.database.write(lambda tx: _manage(service, tx, agent_id, asked))
        service.delivery.wake()
        page = await _page(service, boss)
        if other is None:
            return render(replace(page, problem="Không có người này, hoặc anh chị không quản người này."), 404)
        if code:
            link = join_link(service.settings, code)
            return render(replace(page, code=code, invited=other.name, link=link))
        return render(replace(page, told=_DONE[action].format(name=other.name) if action in _DONE else ""))

    @router.get("/looks", response_class=HTMLResponse)
    async def who_looked(request: Request) -> Response:
        boss = await door.require_lead(request)
        seen = await service.database.read(lambda tx: view_log.newest_views(tx, boss, _LOOKS))
        done = await service.database.read(lambda tx: audit.newest_entries(tx, boss, _LOOKS))
        return render(LooksPage(agent=boss, looks=seen, done=done))

    return router


async def _page(service: Service, agent: Agent) -> TeamPage:
    def read(tx: Tx) -> tuple[list[Agent], list[Ban], dict[str, int]]:
        return agents.list_all(tx), _list_bans(service, tx, agent), ticket_lists.count_held(tx)

    everyone, standing, held = await service.database.read(read)
    library = service.content.library
    names = {id_: commune.name for id_, commune in library.communes.items()}
    served = {id_: name for id_, name in names.items() if agent.serves(id_)}
    people = [one for one in everyone if agent.manages(one) or one == agent]
    today = service.clock().astimezone(VIETNAM).date()
    return TeamPage(
        agent=agent,
        people=people,
        held=held,
        today=today,
        served=served,
        names=names,
        bans=standing,
        words=library.team,
    )


def _list_bans(service: Service, tx: Tx, boss: Agent) -> list[Ban]:
    """List bans over a ticket that this lead may see, or over one that is erased: of which commune is not known
    any more."""
    visibility = service.team.visibility_of(boss, agents.list_all(tx))
    found = [(ban, tickets.get(tx, ban.ticket_id)) for ban in bans.list_bans(tx)]
    return [ban for ban, ticket in found if ticket is None or visibility.can_see(ticket)]


def _manage(service: Service, tx: Tx, agent_id: int, form: _MemberForm) -> tuple[Agent | None, str]:
    """Do something to a member. Return (whom it was done to, their new code); None for somebody whom the boss does not manage.
    When they are on duty themselves and what they speak, every lead says."""
    member, boss = agents.with_id(tx, agent_id), form.boss
    if member is None or not (boss.manages(member) or (form.action in ("duty", "speaks") and member == boss)):
        return None, ""
    match form.action:
        case "duty":
            weekdays = tuple(day for day in WEEKDAYS if day in form.fields)
            agents.keep_duty(tx, member, replace(member.duty, weekdays=weekdays))
        case "speaks":
            languages = service.content.library.team.languages
            agents.keep_speaks(tx, member, [id_ for id_ in languages if id_ in form.fields])
        case "remove":
            service.team.remove_member(tx, member, boss.name)
            sessions.end_all(tx, member)
        case "signout":
            sessions.end_all(tx, member)
            second_factor.drop_key(tx, member)
    if act := _ACTS.get(form.action):
        audit.record_audit(tx, boss.name, act, member.name, audit.commune_of(member))
    return member, agents.make_invitation(tx, member) if form.action == "invite" else ""
