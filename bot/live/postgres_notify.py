"""News between replicas over PostgreSQL's NOTIFY, so that an open page shows at once what another replica took.

Pages look by themselves every quarter of a minute too: news may be lost on the way, and nothing but time is lost with it.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable

import psycopg
from sqlalchemy import URL

from bot.live.subscriptions import Subscriptions
from bot.store.database import BACKEND, PATIENCE, is_pooled

log = logging.getLogger("motcua.news")

_CHANNEL = "motcua_news"
# Seconds over which news are gathered: commits that hold a NOTIFY wait for each other, in all of the server.
_TOGETHER = 0.2
_MOST = 400  # ids in one of them: PostgreSQL takes 8,000 bytes
_AFTER_TROUBLE = 2.0  # seconds


class PostgresNotify:
    def __init__(self, url: URL, subscriptions: Subscriptions) -> None:
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._subscriptions = subscriptions
        self._untold: set[int] = set()
        self._reaches_others = True

    def publish(self, conversation_ids: Collection[int]) -> None:
        """Wake those who wait for news of these conversations: here at once, on other replicas soon."""
        self._subscriptions.notify(conversation_ids)
        if self._reaches_others:
            self._untold.update(conversation_ids)

    async def run(self) -> None:
        """Pass on news from here and from other replicas, until cancelled."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True, **PATIENCE) as connection:
                    if is_pooled(connection, await (await connection.execute(BACKEND)).fetchone()):
                        await self._keep_still()
                    await connection.execute(f"LISTEN {_CHANNEL}")
                    while True:
                        await self._hear(connection)
                        await self._tell(connection)
            except (psycopg.Error, OSError) as error:
                log.warning("news: %s. Pages see what other replicas took somewhat later.", error.__class__.__name__)
                self._untold.clear()
                await asyncio.sleep(_AFTER_TROUBLE)

    async def _keep_still(self) -> None:
        """Wait for ever: nobody can listen through a pooler."""
        log.warning("news: the database is behind a pooler. Pages see what other replicas took after up to 15 s.")
        self._reaches_others = False
        await asyncio.Event().wait()

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        async for notice in connection.notifies(timeout=_TOGETHER):
            if notice.pid != connection.info.backend_pid:
                self._subscriptions.notify(_parse_ids(notice.payload))

    async def _tell(self, connection: psycopg.AsyncConnection) -> None:
        while self._untold:
            some = [str(self._untold.pop()) for _ in range(min(_MOST, len(self._untold)))]
            await connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, " ".join(some)))


def _parse_ids(payload: str) -> Iterable[int]:
    return (int(word) for word in payload.split() if word.isdecimal())
