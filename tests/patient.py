"""How long tests wait on a busy machine for what comes at once on a calm one: never the claim of a test, only its end."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx

SECONDS = 60.0

get = partial(httpx.get, timeout=SECONDS)
post = partial(httpx.post, timeout=SECONDS)


def client(**options: Any) -> httpx.Client:
    """Open a client; options as of httpx."""
    return httpx.Client(timeout=SECONDS, **options)


async def until(happened: Callable[[], object]) -> None:
    """Wait within an event loop; for a test's thread there is `wait_for` of tests/emulators/server.py."""
    async with asyncio.timeout(SECONDS):
        while not happened():
            await asyncio.sleep(0.005)
