"""Transport of python-telegram-bot's calls over aiohttp instead of its default, httpx: the same calls in a fifth of the CPU time.

aiohttp: Apache-2.0, kept up by aio-libs for twelve years. Measured by `make bench`, see docs/benchmarks.md.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData


@dataclass(frozen=True)
class _Written:
    """What `do_request` reads of a RequestData, which is a final class and would write the body anew."""

    json_payload: bytes


class AiohttpRequest(BaseRequest):
    """
    Args:
        in_flight: calls at the same time.
        timeout: seconds for one call.
    """

    def __init__(self, in_flight: int, timeout: float) -> None:
        self._in_flight = in_flight
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        """Do nothing: a session belongs to a running loop, and is opened by the first call."""

    async def shutdown(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def post_json(self, url: str, given: Mapping[str, Any]) -> Any:
        """Make a call of which the parameters are plain values, and return its result.

        Raises:
            TelegramError: as for any other call.
        """
        return await self.post(url, _Written(json.dumps(given).encode()))  # type: ignore[arg-type]  # see _Written

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """We send no files, and every call may take as long as any other."""
        body = request_data.json_payload if request_data else None
        try:
            async with self._opened(url).request(method, url, data=body, allow_redirects=False) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:  # its text may hold the address, and that holds the token
            raise NetworkError(error.__class__.__name__) from None

    def _opened(self, url: str) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._in_flight),
                timeout=aiohttp.ClientTimeout(self._timeout),
                headers={"User-Agent": self.USER_AGENT, "Content-Type": "application/json"},
                proxy=_proxy(url),
            )
        return self._session


def _proxy(url: str) -> str | None:
    """Find the proxy that an operator set in HTTPS_PROXY and NO_PROXY. aiohttp's own `trust_env` would look anew at each
    call."""
    to = urlsplit(url)
    return None if proxy_bypass(to.hostname or "") else getproxies().get(to.scheme)
