"""Coming in and going out: with a code the first time, with a password from then on."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.channels import web_push
from bot.channels.web_push import WebPushChannel
from bot.console.door import LONGEST, SHORTEST, Door, NotNow, is_weak
from bot.console.page import read_form, render
from bot.console.second_factor_pages import come_in
from bot.handoff import agents, browsers, practice
from bot.http import RowId, row_id, same_site
from bot.service import Service
from bot.settings import Settings

_WRONG = "Tên hoặc mật khẩu chưa đúng. Lần đầu vào thì anh chị dùng mã mời."
_BAD_CODE = "Mã này không đúng, đã dùng hoặc hết hạn. Anh chị xin trưởng nhóm mã mới."
_BAD_PASSWORD = f"Mật khẩu cần từ {SHORTEST} chữ trở lên."
_NOT_THEIRS = "Mật khẩu hoặc sáu số chưa đúng. Anh chị gõ lại để lấy mã."
_WEAK = "Mật khẩu này dễ đoán quá. Anh chị ghép ba bốn tiếng không liên quan nhau, ví dụ tên một con vật, một món ăn, một nơi."
_ELSEWHERE = "Trang này mở từ nơi khác. Anh chị thử lại ở đây."


def routes(service: Service, door: Door) -> APIRouter:
    router = APIRouter()

    @router.get("/login", response_class=HTMLResponse)
    async def login(request: Request, to: RowId = 0) -> Response:
        return render(request, "login.html", to=to)

    @router.post("/login")
    async def enter(request: Request) -> Response:
        form = await read_form(request)
        name, to = " ".join(form.get("name", "").split()), row_id(form.get("to", ""))
        try:
            agent = await door.enter(request, name, form.get("password", "")[:LONGEST])
        except NotNow as problem:
            return render(request, "login.html", 429, problem=problem, to=to, name=name)
        if agent is None or not same_site(request):
            return render(
                request, "login.html", 403, problem=_WRONG if same_site(request) else _ELSEWHERE, to=to, name=name
            )
        return await come_in(door, request, agent, f"/console/{to}" if to else "/console")

    @router.get("/join", response_class=HTMLResponse)
    async def join(request: Request) -> Response:
        """The code stands behind the # of the link: no log, and no preview of the link in a chat, ever sees it."""
        return render(request, "join.html")

    @router.post("/join")
    async def choose(request: Request) -> Response:
        return await _join(door, request)

    @router.get("/me", response_class=HTMLResponse)
    async def me(request: Request) -> Response:
        agent = await door.member(request)
        chats = await service.database.read(lambda c: agents.chats(c, agent))
        session = door.session(request)
        alerted = await service.database.read(lambda c: browsers.is_subscribed(c, session))
        push = service.channels[web_push.NAME]
        key = push.public_key if isinstance(push, WebPushChannel) else ""
        shown: dict[str, Any] = {"chats": chats, "push_key": key, "alerted": alerted, "agent": agent}
        shown |= {"words": service.content.library.team, "second": await door.has_second_factor(agent)}
        return render(request, "me.html", **shown)

    @router.post("/me/code", response_class=HTMLResponse)
    async def code(request: Request) -> Response:
        """A code with which the member makes a chat on Zalo or Telegram a place of work, or chooses another password: whoever
        found their phone open must not have it."""
        agent, form, now = await door.member(request), await read_form(request), service.clock()
        words, second = service.content.library.team, await door.has_second_factor(agent)
        try:
            sure = await door.confirms_both(request, agent, form.get("password", "")[:LONGEST], form.get("code", ""))
        except NotNow as problem:
            return render(request, "me.html", 429, agent=agent, problem=problem, words=words, second=second)
        if not sure:
            return render(request, "me.html", 403, agent=agent, problem=_NOT_THEIRS, words=words, second=second)
        made = await service.database.write(lambda c: agents.invite(c, agent, now))
        links = [
            link for channel in service.channels.values() if (link := channel.link(made)) and channel.name != "web"
        ]
        return render(request, "me.html", agent=agent, code=made, links=links, words=words)

    @router.post("/me/practice")
    async def practise(request: Request) -> Response:
        agent, now = await door.member(request), service.clock()
        ticket = await service.database.write(lambda c: practice.begin(service.turns.team, c, agent, now))
        service.delivery.wake()
        return RedirectResponse(f"/console/{ticket.id}", 303)

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        agent, form = await door.member(request), await read_form(request)
        await door.let_out(request, agent, everywhere="everywhere" in form)
        return RedirectResponse("/console/login", 303)

    return router


async def _join(door: Door, request: Request) -> Response:
    form = await read_form(request)
    code, password = form.get("code", ""), form.get("password", "")
    if not same_site(request):
        return render(request, "join.html", 403, problem=_ELSEWHERE)
    if not SHORTEST <= len(password) <= LONGEST:
        return render(request, "join.html", 422, problem=_BAD_PASSWORD, code=code)
    if await asyncio.to_thread(is_weak, password):
        return render(request, "join.html", 422, problem=_WEAK, code=code)
    try:
        agent = await door.choose(code, password)
    except NotNow as problem:
        return render(request, "join.html", 429, problem=problem, code=code)
    if agent is None:
        return render(request, "join.html", 403, problem=_BAD_CODE, code=code)
    return await come_in(door, request, agent, "/console")


def join_link(settings: Settings, code: str) -> str:
    return f"{settings.url}/console/join#{code}"
