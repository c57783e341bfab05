"""Platforms that misbehave, and that remember to which life of the service they said yes."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.channels.conftest import telegram_settings, zalo_bot_settings, zalo_oa_settings
from tests.emulators.emulator import Broken, Call, Emulator
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator

Act = Callable[[], Awaitable[Response]]


@dataclass(frozen=True)
class Taken:
    """A message that reached a person. `lost`: the platform did not tell that it took it."""

    chat: str
    text: str
    life: int
    lost: bool = False


_caller: ContextVar[int] = ContextVar("caller")  # the number of the life whose call is answered


@dataclass
class Trouble:
    """What goes wrong with calls, each with its chance, and who is called at the worst moments.

    Attributes:
        before, after: called when a message arrives, and when it was taken but nobody knows yet.
    """

    chance: random.Random
    on: bool = True
    before: Callable[[], None] | None = None
    after: Callable[[], None] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    taken: list[Taken] = field(default_factory=list)

    async def meet(self, emulator: Emulator, sent: Callable[[], tuple[str, str]], act: Act) -> Response:
        if self.before:
            self.before()
        fate = self.chance.random() if self.on else 1.0
        if fate < 0.005:
            self.counts["5xx"] += 1
            return JSONResponse({"ok": False, "error_code": 500, "description": "Internal"}, 500)
        if fate < 0.008 and isinstance(emulator, TelegramEmulator):
            self.counts["429"] += 1
            told = {"description": "Too Many Requests: retry after 1", "parameters": {"retry_after": 1}}
            return JSONResponse({"ok": False, "error_code": 429, **told}, 429)
        if fate < 0.008 and isinstance(emulator, ZaloOAEmulator):
            self.counts["-200"] += 1
            return JSONResponse({"error": -200, "message": "Send message failed"})
        response = await act()
        if response.status_code != 200 or json.loads(bytes(response.body)).get("error"):  # Zalo refuses with HTTP 200
            self.counts["refused"] += 1
            return response
        lost = fate < 0.013
        self.taken.append(Taken(*sent(), _caller.get(), lost))
        if self.after:
            self.after()
        if lost:
            self.counts["answer dropped"] += 1
            return Broken()
        if fate < 0.03:
            self.counts["slow"] += 1
            await asyncio.sleep(0.2)
        return response


class UnsteadyTelegram(TelegramEmulator):
    trouble: Trouble

    def routes(self) -> list[Route]:
        return _named(super().routes())

    async def answer(self, call: Call, act: Act) -> Response:
        if call.name != "sendMessage":
            return await super().answer(call, act)
        return await self.trouble.meet(self, lambda: (str(self.sent[-1].chat_id), self.sent[-1].text), act)


class UnsteadyZaloBot(ZaloBotEmulator):
    trouble: Trouble

    def routes(self) -> list[Route]:
        return _named(super().routes())

    async def answer(self, call: Call, act: Act) -> Response:
        if call.name != "sendMessage":
            return await super().answer(call, act)
        return await self.trouble.meet(self, lambda: (self.sent[-1].chat_id, self.sent[-1].text), act)


class UnsteadyZaloOA(ZaloOAEmulator):
    trouble: Trouble

    def routes(self) -> list[Route]:
        return [*super().routes(), *_named(super().routes())]  # tokens are exchanged at an address of its own

    async def answer(self, call: Call, act: Act) -> Response:
        if call.name != "/v3.0/oa/message/cs":
            return await super().answer(call, act)
        return await self.trouble.meet(self, lambda: (self.sent[-1].chat_id, self.sent[-1].text), act)


def _named(routes: list[Route]) -> list[Route]:
    """The same below a life's number: `/7/bot…` is called by the seventh, even when it is answered after its death."""
    return [
        Route(f"/{{life:int}}{route.path}", _by_life(route.endpoint), methods=list(route.methods or ()))
        for route in routes
    ]


def _by_life(serve: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def served(request: Request) -> Response:
        life = request.path_params["life"]
        _caller.set(life)
        path = request.scope["path"].removeprefix(f"/{life}")
        return await serve(Request({**request.scope, "path": path}, request.receive))

    return served


@dataclass(frozen=True)
class Platforms:
    telegram: UnsteadyTelegram
    zalo_bot: UnsteadyZaloBot
    zalo_oa: UnsteadyZaloOA

    @property
    def settings(self) -> dict[str, str]:
        return {
            **telegram_settings(self.telegram),
            **zalo_bot_settings(self.zalo_bot),
            **zalo_oa_settings(self.zalo_oa),
            "person_burst": "10000",
        }


@contextmanager
def platforms(trouble: Trouble) -> Iterator[Platforms]:
    """All that people write on, without the limits on how much they may write."""
    with UnsteadyTelegram() as telegram, UnsteadyZaloBot() as zalo_bot, UnsteadyZaloOA() as zalo_oa:
        telegram.trouble = zalo_bot.trouble = zalo_oa.trouble = trouble
        zalo_bot.monthly_quota = zalo_bot.max_users = zalo_oa.limit_per_minute = 10**9
        yield Platforms(telegram, zalo_bot, zalo_oa)
