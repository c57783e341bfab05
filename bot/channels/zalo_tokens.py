"""The token pair of Zalo OA. A refresh token works once: the new pair is saved before it is used (A2.2)."""

import asyncio
import json
import logging

import httpx
from sqlalchemy import Connection, delete, insert, select

from bot.channels.text import json_object
from bot.errors import TryAgain
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import keep

log = logging.getLogger("motcua.zalo_oa")

_KEY = "zalo-oa"
_GRANT_LOST = 900.0  # seconds that messages wait before the next look for a new grant


class ZaloTokens:
    """
    Attributes:
        access: the token to call with now.
    """

    def __init__(self, settings: Settings, database: Database, client: httpx.AsyncClient) -> None:
        self._given = settings.zalo_oa_refresh_token.get_secret_value()
        self.access = settings.zalo_oa_access_token.get_secret_value()
        self._refresh = self._given
        self._url = f"{settings.zalo_oa_oauth.rstrip('/')}/v4/oa/access_token"
        self._app = settings.zalo_oa_app_id
        self._secret = settings.zalo_oa_app_secret.get_secret_value()
        self._database = database
        self._client = client
        self._one_at_a_time = asyncio.Lock()

    async def load(self) -> None:
        """Takes the saved pair, unless the operator has given a new one since."""
        saved = await self._database.read(_saved)
        if saved and saved["given"] == self._given:
            self.access, self._refresh = saved["access"], saved["refresh"]

    async def refresh(self, instead_of: str) -> None:
        """Gets a new pair, unless somebody has while we waited.

        Raises:
            TryAgain: Zalo's OAuth can't be reached, or the grant is dead and messages wait for an admin's new consent.
        """
        async with self._one_at_a_time:
            await self.load()
            if self.access != instead_of:
                return
            pair = await self._exchange()
            await self._database.write(lambda connection: _save(connection, {**pair, "given": self._given}))
            self.access, self._refresh = pair["access"], pair["refresh"]

    async def _exchange(self) -> dict[str, str]:
        form = {"refresh_token": self._refresh, "app_id": self._app, "grant_type": "refresh_token"}
        try:
            answer = await self._client.post(self._url, data=form, headers={"secret_key": self._secret})
        except httpx.HTTPError as error:
            raise TryAgain(f"zalo-oa: the token can't be refreshed ({error.__class__.__name__})") from None
        if answer.status_code >= 500:
            raise TryAgain(f"zalo-oa: the token can't be refreshed (HTTP {answer.status_code})")
        found = json_object(answer.content)
        # Failures come with HTTP 200 and sometimes without `error`: only a full pair counts (A2.2).
        if not (found.get("access_token") and found.get("refresh_token")):
            reason = f"zalo-oa: the grant is lost ({found.get('error_name') or found.get('error')})"
            log.error("%s. An admin of the OA must consent again; set the new token pair and restart.", reason)
            raise TryAgain(reason, after=_GRANT_LOST)
        return {"access": str(found["access_token"]), "refresh": str(found["refresh_token"])}


def _saved(connection: Connection) -> dict[str, str] | None:
    value = connection.execute(select(keep.c.value).where(keep.c.key == _KEY)).scalar()
    return json.loads(value) if value else None


def _save(connection: Connection, pair: dict[str, str]) -> None:
    connection.execute(delete(keep).where(keep.c.key == _KEY))
    connection.execute(insert(keep).values(key=_KEY, value=json.dumps(pair)))
