"""Transport of python-telegram-bot's calls over our own client instead of its default, httpx."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.channels.client import Client, NoAnswer

_HEADERS = {"User-Agent": BaseRequest.USER_AGENT, "Content-Type": "application/json"}


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
        self._timeout = timeout
        self._client = Client(timeout, in_flight)

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        """Do nothing: the first call connects."""

    async def shutdown(self) -> None:
        await self._client.close()

    async def post_json(self, url: str, given: Mapping[str, Any]) -> Any:
        """Make a call of which the parameters are plain values, and return its result.

        Raises:
            TelegramError: as for any other call.
        """
        return await self.post(url, _Written(to_json(given)))  # type: ignore[arg-type]  # see _Written

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        """We send no files, and every call may take as long as any other."""
        body = request_data.json_payload if request_data else None
        try:
            async with self._client.request(method, url, data=body, headers=_HEADERS) as answer:
                return answer.status, await answer.read()
        except NoAnswer as error:
            raise NetworkError(str(error)) from None
