"""Coming in and going out: with a code the first time, with a password from then on."""

import asyncio
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.channels import web_push
from bot.channels.web_push import WebPushChannel
from bot.console.auth import LONGEST, SHORTEST, Auth, NotNow, is_weak
from bot.console.page import DoorPage, MemberPage
from bot.console.second_factor_pages import LoginPage, come_in
from bot.handoff import agents, practice, push_subscriptions
from bot.handoff.agents import Agent, WorkChat
from bot.http import RowId, read_form, render, row_id, same_site
from bot.service import Service
from bot.store.tx import Tx
from flows.definition.team_texts import TeamTexts

_WRONG = "Tên hoặc mật khẩu chưa đúng. Lần đầu vào thì anh chị dùng mã mời."
_BAD_CODE = "Mã này không đúng, đã dùng hoặc hết hạn. Anh chị xin trưởng nhóm mã mới."
_BAD_PASSWORD = f"Mật khẩu cần từ {SHORTEST} chữ trở lên."
_NOT_THEIRS = "Mật khẩu hoặc sáu số chưa đúng. Anh chị gõ lại để lấy mã."
_WEAK = "Mật khẩu này dễ đoán quá. Anh chị ghép ba bốn tiếng không liên quan nhau, ví dụ tên một con vật, một món ăn, một nơi."
_ELSEWHERE = "Trang này mở từ nơi khác. Anh chị thử lại ở đây."


@dataclass(frozen=True, kw_only=True)
class JoinPage(DoorPage):
    template = "console/join.html"
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class MePage(MemberPage):
    """
    Attributes:
        chats: the channels on which this member hears of tickets.
        second: whether they have a second factor.
        push_key: of this service, for browsers that ask to be told; "" where none is set.
        alerted: whether this browser is told.
        told: what was done, or "".
        problem: what was in the way of a code, or "".
        code: one that was just made, or "".
        links: to the chats in which it can be sent.
    """

    template = "console/me.html"
    words: TeamTexts
    chats: list[WorkChat]
    second: bool
    push_key: str
    alerted: bool
    told: str = ""
    problem: str = ""
    code: str = ""
    links: tuple[str, ...] = ()


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()

    @router.get("/login", response_class=HTMLResponse)
    async def login(to: RowId = 0) -> Response:
        return render(LoginPage(to=to))

    @router.post("/login")
    async def enter(request: Request) -> Response:
        form = await read_form(request)
        name, to = " ".join(form.get("name", "").split()), row_id(form.get("to", ""))
        try:
            agent = await door.check_password(request, name, form.get("password", "")[:LONGEST])
        except NotNow as error:
            return render(LoginPage(problem=str(error), to=to, name=name), 429)
        if agent is None or not same_site(request):
            problem = _WRONG if same_site(request) else _ELSEWHERE
            return render(LoginPage(problem=problem, to=to, name=name), 403)
        return await come_in(door, request, agent, f"/console/{to}" if to else "/console")

    @router.get("/join", response_class=HTMLResponse)
    async def join() -> Response:
        """Serve the page that reads the code behind the # of the link: no log, and no preview of the link in a chat, ever
        sees it."""
        return render(JoinPage())

    @router.post("/join")
    async def choose(request: Request) -> Response:
        return await _join(door, request)

    @router.get("/me", response_class=HTMLResponse)
    async def me(request: Request) -> Response:
        return render(await _me(service, door, request, await door.require_member(request)))

    @router.post("/me/code", response_class=HTMLResponse)
    async def code(request: Request) -> Response:
        return await _make_code(service, door, request)

    @router.post("/me/speaks", response_class=HTMLResponse)
    async def speaks(request: Request) -> Response:
        agent, form = await door.require_member(request), await read_form(request)
        spoken = tuple(id_ for id_ in service.content.library.team.languages if id_ in form)
        await service.database.write(lambda tx: agents.keep_speaks(tx, agent, spoken))
        page = await _me(service, door, request, replace(agent, speaks=spoken))
        return render(replace(page, told="Đã ghi tiếng anh chị nói được."))

    @router.post("/me/practice")
    async def practise(request: Request) -> Response:
        agent = await door.require_member(request)
        ticket = await service.database.write(lambda tx: practice.begin_practice(service.team, tx, agent))
        service.delivery.wake()
        return RedirectResponse(f"/console/{ticket.id}", 303)

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        agent, form = await door.require_member(request), await read_form(request)
        await door.sign_out(request, agent, everywhere="everywhere" in form)
        return RedirectResponse("/console/login", 303)

    return router


async def _me(service: Service, door: Auth, request: Request, agent: Agent) -> MePage:
    session, push = door.session_hash(request), service.channels[web_push.NAME]

    def read(tx: Tx) -> tuple[list[WorkChat], bool]:
        return agents.list_chats(tx, agent), push_subscriptions.is_subscribed(tx, session)

    chats, alerted = await service.database.read(read)
    return MePage(
        agent=agent,
        words=service.content.library.team,
        chats=chats,
        second=await door.has_second_factor(agent),
        push_key=push.public_key if isinstance(push, WebPushChannel) else "",
        alerted=alerted,
    )


async def _make_code(service: Service, door: Auth, request: Request) -> Response:
    """Make a code with which the member joins a chat on Zalo or Telegram, or chooses another password.

    The password is asked for: whoever found their phone open must not have a code.
    """
    agent, form = await door.require_member(request), await read_form(request)
    page = await _me(service, door, request, agent)
    try:
        sure = await door.confirm_password_and_code(
            request, agent, form.get("password", "")[:LONGEST], form.get("code", "")
        )
    except NotNow as error:
        return render(replace(page, problem=str(error)), 429)
    if not sure:
        return render(replace(page, problem=_NOT_THEIRS), 403)
    made = await service.database.write(lambda tx: agents.make_invitation(tx, agent))
    chats = (channel for channel in service.channels.values() if channel.name != "web")
    links = tuple(link for channel in chats if (link := channel.link(made)))
    return render(replace(page, code=made, links=links))


async def _join(door: Auth, request: Request) -> Response:
    form = await read_form(request)
    code, password = form.get("code", ""), form.get("password", "")
    if not same_site(request):
        return render(JoinPage(problem=_ELSEWHERE), 403)
    if not SHORTEST <= len(password) <= LONGEST:
        return render(JoinPage(problem=_BAD_PASSWORD, code=code), 422)
    if not await door.is_valid_code(code):
        return render(JoinPage(problem=_BAD_CODE, code=code), 403)
    if await asyncio.to_thread(is_weak, password):  # seconds of work for some: only for who has a code
        return render(JoinPage(problem=_WEAK, code=code), 422)
    try:
        agent = await door.set_password(code, password)
    except NotNow as problem:
        return render(JoinPage(problem=str(problem), code=code), 429)
    if agent is None:
        return render(JoinPage(problem=_BAD_CODE, code=code), 403)
    return await come_in(door, request, agent, "/console")
