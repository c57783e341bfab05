"""One call to the OpenAPI of an Official Account (A2.3): the token, and what its answer means."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp

from bot import alarms
from bot.channels.client import Answer, Client, NoAnswer
from bot.channels.json_reading import json_object
from bot.channels.zalo_errors import ACCOUNT, TOKEN_DEAD, send_error, told
from bot.channels.zalo_tokens import ZaloTokens
from bot.clock import Clock
from bot.errors import TryAgain
from bot.settings import Settings
from bot.store.database import Database

log = logging.getLogger("motcua.zalo_oa")


class ZaloAPI:
    def __init__(
        self, settings: Settings, database: Database, client: Client, tokens: ZaloTokens, clock: Clock
    ) -> None:
        self._base = settings.zalo_oa_api.rstrip("/")
        self._database = database
        self._client = client
        self._tokens = tokens
        self._clock = clock
        self._troubled = False

    async def look_at_alarm(self) -> None:
        """Whether an alarm stands that the next success will end. What a call has noted meanwhile stays noted: this may have
        read before that was written."""
        if any(alarm.key == "zalo_account" for alarm in await self._database.read(alarms.list_standing)):
            self._troubled = True

    async def call(self, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Call Zalo and return its answer. A dead access token is refreshed once.

        Raises:
            TryAgain, Refused, Unreachable: by the table A8.
        """
        return await self._ask(lambda token: self._client.post_json(f"{self._base}{path}", given, token))

    async def upload(self, path: str, name: str, content: bytes) -> dict[str, Any]:
        """Upload a file, as `call` does."""
        return await self._ask(lambda token: self._client.post(f"{self._base}{path}", _form(name, content), token))

    async def _ask(self, post: Callable[[Mapping[str, str]], Awaitable[Answer]]) -> dict[str, Any]:
        if not self._tokens.access:
            await self._tokens.refresh(instead_of="")
        token = self._tokens.access
        answer = await _read(post({"access_token": token}))
        if answer.get("error") in TOKEN_DEAD:
            await self._tokens.refresh(instead_of=token)
            answer = await _read(post({"access_token": self._tokens.access}))
        await self._watch_account(answer)
        if answer.get("error") != 0:
            raise send_error(answer)
        return answer

    async def _watch_account(self, answer: dict[str, Any]) -> None:
        """Set off an alarm for an account that takes nothing, until it takes something again."""
        if answer.get("error") in ACCOUNT:
            self._troubled = True
            detail = told(answer)
            await self._database.write(lambda tx: alarms.set_off(tx, "zalo_account", detail))
        elif self._troubled and answer.get("error") == 0:
            self._troubled = False
            await self._database.write(lambda tx: alarms.end_alarm(tx, "zalo_account"))


async def _read(asked: Awaitable[Answer]) -> dict[str, Any]:
    try:
        answer = await asked
    except NoAnswer as error:
        raise TryAgain(f"zalo-oa: {error}") from None
    if answer.status >= 500 or not (found := json_object(answer.content)):
        raise TryAgain(f"zalo-oa: HTTP {answer.status}")
    return found


def _form(name: str, content: bytes) -> aiohttp.FormData:
    """Make a form with one file; it can be posted once."""
    form = aiohttp.FormData(quote_fields=False)  # names as browsers write them
    form.add_field("file", content, filename=name)
    return form
