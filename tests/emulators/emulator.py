"""What the three emulators share: a server, a record of every call, and ways to go wrong."""

import asyncio
import hashlib
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tests import patient
from tests.emulators.server import serve

Json = dict[str, Any]
Now = Callable[[], int]


class NotDelivered(Exception):
    """The platform would never have posted this to the webhook."""


@dataclass(frozen=True)
class Call:
    """One request that reached the emulator; `name` is the API method, or the path where methods are paths.

    `files`: of a multipart form: field -> (file's name, what is in it).
    """

    name: str
    params: Json
    headers: dict[str, str]
    raw: bytes
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


class Clock:
    """Milliseconds since 1970 that move only when told to."""

    def __init__(self, ms: int = 1_795_413_000_000) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms

    def forward(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        self.ms += round(((days * 24 + hours) * 3600 + seconds) * 1000)


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Fault:
    """One way in which the next `times` calls (of `only` that name) go wrong."""

    times: int
    only: str | None
    response: Response | None = None
    seconds: float = 0
    drop: bool = False


@dataclass
class Faults:
    """Trouble to come, in the order in which it was asked for."""

    waiting: list[Fault] = field(default_factory=list)
    _odds: list[tuple[float, Response]] = field(default_factory=list)
    _dice: Random = field(default_factory=lambda: Random(1))

    def fail(self, status: int = 500, body: object = None, times: int = 1, only: str | None = None) -> None:
        """Answers without acting. A `str` body is sent as it is, anything else as JSON."""
        self.waiting.append(Fault(times, only, response=_told(status, body)))

    def sometimes(self, share: float, status: int = 500, body: object = None) -> None:
        """From now on this share of all calls is answered so, without acting."""
        self._odds.append((share, _told(status, body)))

    def drop(self, times: int = 1, only: str | None = None) -> None:
        """Acts, then breaks the connection before the answer is complete."""
        self.waiting.append(Fault(times, only, drop=True))

    def slow(self, seconds: float, times: int = 1, only: str | None = None) -> None:
        """Acts, then waits before it answers."""
        self.waiting.append(Fault(times, only, seconds=seconds))

    def take(self, name: str) -> Fault | None:
        fault = next((each for each in self.waiting if each.only in (None, name)), None)
        if fault is None:
            unlucky = (response for share, response in self._odds if self._dice.random() < share)
            return next((Fault(1, None, response) for response in unlucky), None)
        fault.times -= 1
        if fault.times <= 0:
            self.waiting.remove(fault)
        return fault


def _told(status: int, body: object) -> Response:
    text = body if isinstance(body, str) else json.dumps({} if body is None else body)
    return Response(text, status, media_type="application/json")


class Broken(Response):
    """Promises a body and never sends it, so uvicorn has to cut the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})


class Emulator:
    """A platform on the loopback: `with TelegramEmulator() as telegram:` serves it at `telegram.base`.

    All requests are answered in one event loop, so the handlers need no lock among themselves;
    the test's thread only appends, or sets whole values.
    """

    def __init__(self, now: Now = wall_clock) -> None:
        self.now = now
        self.base = ""
        self.closing = False  # who is held waiting for something is let go
        self.calls: list[Call] = []
        self.faults = Faults()
        self._count = itertools.count(1)
        # one client for all posts, thread-safe; neither proxies nor certificates matter on the loopback
        self._http = patient.client(trust_env=False, verify=False)
        self._open = ExitStack()

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.base = self._open.enter_context(serve(Starlette(routes=self.routes())))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing = True
        self._open.close()
        self._http.close()

    def called(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]

    async def answer(self, call: Call, act: Callable[[], Awaitable[Response]]) -> Response:
        """Records the call, acts, and lets a waiting fault spoil it."""
        self.calls.append(call)
        fault = self.faults.take(call.name)
        if fault is None:
            return await act()
        if fault.response is not None:
            return fault.response
        response = await act()
        await asyncio.sleep(fault.seconds)
        return Broken() if fault.drop else response

    def hex_id(self) -> str:
        """Twenty lower-case hex digits, like every message id of Zalo (docs/zalo.md A1)."""
        return hashlib.sha256(f"{type(self).__name__} {next(self._count)}".encode()).hexdigest()[:20]


async def read_call(request: Request, name: str) -> Call:
    """The parameters of a request, wherever they stand: query, JSON, form or multipart."""
    raw = await request.body()
    params: Json = dict(request.query_params)
    files = {}
    kind = request.headers.get("content-type", "")
    if "form" in kind:
        async with request.form() as form:
            params.update({key: value for key, value in form.items() if isinstance(value, str)})
            uploads = {key: value for key, value in form.items() if not isinstance(value, str)}
            files = {key: (value.filename or "", await value.read()) for key, value in uploads.items()}
    elif raw:
        params.update(read_object(raw))
    return Call(name, params, dict(request.headers), raw, files)


def read_object(raw: bytes | str) -> Json:
    """A JSON object, or nothing when it is something else."""
    try:
        value = json.loads(raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
