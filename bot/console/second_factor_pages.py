"""The second step of coming in, and where a member chooses their second factor."""

from dataclasses import dataclass

import segno
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from bot.console import second_factor
from bot.console.auth import LONGEST, Auth, NotNow
from bot.console.page import DoorPage, MemberPage
from bot.handoff.agents import Agent
from bot.http import read_form, render, same_site
from bot.service import Service

_NOT_THEIRS = "Mật khẩu chưa đúng. Anh chị gõ lại mật khẩu của mình."
_BAD_SECOND = "Mã chưa đúng, hoặc đã dùng rồi. Anh chị đợi mã mới hiện ra rồi gõ lại; giờ trên điện thoại phải đúng."
_TOO_LONG = "Lâu quá rồi. Anh chị đăng nhập lại từ đầu."
_ELSEWHERE = "Trang này mở từ nơi khác. Anh chị thử lại ở đây."


@dataclass(frozen=True, kw_only=True)
class LoginPage(DoorPage):
    """`to`: the ticket that they were on their way to, or 0."""

    template = "console/login.html"
    to: int = 0
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class CodePage(DoorPage):
    """`half`: what shows that the password was right."""

    template = "console/code.html"
    half: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorPage(MemberPage):
    """`picture`: the address as a code to scan."""

    template = "console/second.html"
    address: str
    picture: Markup
    key: str
    problem: str


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()

    @router.post("/login/code")
    async def enter_code(request: Request) -> Response:
        return await _enter_code(door, request)

    @router.get("/me/second", response_class=HTMLResponse)
    async def page(request: Request) -> Response:
        agent = await door.require_member(request)
        if await door.has_second_factor(agent):
            return RedirectResponse("/console/me", 303)
        return _second_page(agent, second_factor.new_key())

    @router.post("/me/second")
    async def choose(request: Request) -> Response:
        return await _choose_second(service, door, request)

    return router


async def come_in(door: Auth, request: Request, agent: Agent, to: str) -> Response:
    """Let in who knows their password, or ask for the code of their second factor."""
    if half := await door.sign_halfway(agent, to):
        return render(CodePage(half=half))
    return await door.sign_in(request, agent, to)


async def _enter_code(door: Auth, request: Request) -> Response:
    form = await read_form(request)
    half = form.get("half", "")
    known = await door.read_halfway(half) if same_site(request) else None
    if known is None:
        return render(LoginPage(problem=_TOO_LONG if same_site(request) else _ELSEWHERE), 403)
    try:
        if await door.confirm_code(known[0], form.get("code", "")):
            return await door.sign_in(request, *known)
    except NotNow as problem:
        return render(CodePage(problem=str(problem), half=half), 429)
    return render(CodePage(problem=_BAD_SECOND, half=half), 403)


def _second_page(agent: Agent, key: str, status: int = 200, problem: str = "") -> Response:
    address = second_factor.provisioning_uri(agent, key)
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4, light="#fff")
    picture = Markup(drawn)  # noqa: S704 - squares that segno draws, none of the text that they hold
    page = SecondFactorPage(agent=agent, address=address, picture=picture, key=key, problem=problem)
    return render(page, status)


async def _choose_second(service: Service, door: Auth, request: Request) -> Response:
    """Take a member's first code from their app, and the password, so that nobody who finds a page open locks them out."""
    agent, form, now = await door.require_member(request), await read_form(request), service.clock()
    key = form.get("key", "")
    if not second_factor.is_key(key) or await door.has_second_factor(agent):
        return RedirectResponse("/console/me", 303)
    step = second_factor.matching_step(key, form.get("code", ""), now)
    if step is None:
        return _second_page(agent, key, 403, _BAD_SECOND)
    try:
        if not await door.confirm_password(request, agent, form.get("password", "")[:LONGEST]):
            return _second_page(agent, key, 403, _NOT_THEIRS)
    except NotNow as problem:
        return _second_page(agent, key, 429, str(problem))
    await service.database.write(lambda tx: second_factor.store_key(tx, door.key_encryption, agent, key, step))
    return RedirectResponse("/console/team" if agent.leads else "/console/me", 303)
