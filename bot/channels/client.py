"""The HTTP client of all channels, over aiohttp: a call takes a fifth of the CPU time that it takes over httpx.

aiohttp: Apache-2.0, kept up by aio-libs for twelve years. Measured by `make bench`, see docs/benchmarks.md.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from pydantic_core import to_json

_JSON = {"Content-Type": "application/json"}
_IN_FLIGHT = 100  # calls at the same time


class NoAnswer(Exception):
    """A call was not answered. The text is the kind of the trouble, no more: addresses hold tokens."""


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    headers: Mapping[str, str]


class Client:
    """
    Args:
        timeout: seconds for one call.
        in_flight: calls at the same time.

    Attributes:
        each_step: the timeout of a call that may go on for longer, as long as something comes.
    """

    def __init__(self, timeout: float, in_flight: int = _IN_FLIGHT) -> None:
        self.each_step = aiohttp.ClientTimeout(sock_connect=timeout, sock_read=timeout)
        self._timeout = aiohttp.ClientTimeout(timeout)
        self._in_flight = in_flight
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def post(self, url: str, data: Any, headers: Mapping[str, str] = {}, **options: Any) -> Answer:
        """Post bytes, the fields of a form, or a form with a file.

        Raises:
            NoAnswer
        """
        async with self.request("POST", url, data=data, headers=headers, **options) as answer:
            return Answer(answer.status, await answer.read(), answer.headers)

    async def post_json(self, url: str, given: Any, headers: Mapping[str, str] = {}, **options: Any) -> Answer:
        """Post a value as JSON.

        Raises:
            NoAnswer
        """
        return await self.post(url, to_json(given), {**_JSON, **headers}, **options)

    @asynccontextmanager
    async def request(self, method: str, url: str, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """Make a call that is read while this is open; options as of aiohttp. Who is sent elsewhere decides whether to go.

        Raises:
            NoAnswer
        """
        try:
            session, proxy = self._open_session(), self._find_proxy(url)
            async with session.request(method, url, proxy=proxy, allow_redirects=False, **options) as answer:
                yield answer
        except (
            aiohttp.ClientError,
            OSError,
            ValueError,
        ) as error:  # no time left is an OSError, no address a ValueError
            raise NoAnswer(error.__class__.__name__) from None

    def _open_session(self) -> aiohttp.ClientSession:
        """Open the session by the first call: it belongs to a running loop."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._in_flight),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _find_proxy(self, url: str) -> str | None:
        """Find the proxy that an operator set in HTTPS_PROXY and NO_PROXY. aiohttp's own `trust_env` would look anew at each
        call."""
        to = urlsplit(url)
        place = to.scheme, to.hostname or ""
        if place not in self._proxies:
            self._proxies[place] = None if proxy_bypass(place[1]) else getproxies().get(place[0])
        return self._proxies[place]
