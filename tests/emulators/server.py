"""Any ASGI app on a free loopback port, for as long as a `with` block lasts."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp

from tests.patient import SECONDS

Seen = TypeVar("Seen")

_held: list[socket.socket] = []

POLL = 0.005  # seconds


class Server(uvicorn.Server):
    async def main_loop(self) -> None:
        """uvicorn looks every 0.1 s whether to stop; a suite of many short servers feels that."""
        while not await self.on_tick(0):
            await asyncio.sleep(POLL)


@contextmanager
def serve(app: ASGIApp, http: Any = "h11") -> Iterator[str]:
    """Runs `app` in a thread and gives its base URL, such as http://127.0.0.1:40123. `http`: as uvicorn's."""
    # asyncio sends small writes at once only where the socket itself names TCP: else every answer waits 40 ms.
    with socket.socket(proto=socket.IPPROTO_TCP) as door:
        door.bind(("127.0.0.1", 0))
        server = Server(_config(app, http))
        thread = Thread(target=_run, args=(server, door), daemon=True)
        thread.start()
        try:
            wait_for(lambda: server.started or not thread.is_alive())
            if not server.started:
                raise RuntimeError("the app did not start: its lifespan failed, see the log")
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(SECONDS)


def free_port() -> int:
    """A loopback port for a process that starts, dies and starts again. It stays bound here: the system gives it to nobody else,
    and who asks for it by its number may still listen on it."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", 0))
    _held.append(door)
    return int(door.getsockname()[1])


def wait_for(seen: Callable[[], Seen], timeout: float = SECONDS) -> Seen:
    """Asks again and again until the answer is truthy and returns it. For the test's thread, not for an event loop."""
    end = time.monotonic() + timeout
    while not (answer := seen()):
        if time.monotonic() > end:
            raise AssertionError(f"not seen within {timeout} s")
        time.sleep(POLL)
    return answer


def _run(server: Server, door: socket.socket) -> None:
    with suppress(SystemExit):  # how uvicorn reports a failed lifespan
        server.run([door])


def _config(app: ASGIApp, http: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=http,
        ws="none",  # importing a websocket library warns, and the tests treat warnings as errors
        log_config=None,
        log_level="error",
        timeout_graceful_shutdown=1,  # a request that a test slowed down must not hold the exit
    )
