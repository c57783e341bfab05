"""Makes the calls that turns wrote into the outbox: in order for each person, again and again until they are taken."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot import conversations, outbox
from bot.bell import nap
from bot.channels.protocol import Channel
from bot.clock import Clock
from bot.errors import Refused, SendError, StoreUnavailable, TryAgain, Unreachable
from bot.outbox import Row
from bot.settings import Settings
from bot.store.database import Database

log = logging.getLogger("motcua.delivery")

_BACKOFF = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0)  # seconds; the last one repeats
_LOOK = 1.0  # seconds between looks for rows that other replicas wrote or that came due
_AFTER_TROUBLE = 2.0  # seconds of rest when the database can't be reached


class Delivery:
    def __init__(self, database: Database, channels: Mapping[str, Channel], settings: Settings, clock: Clock) -> None:
        self._database = database
        self._channels = channels
        self._settings = settings
        self._clock = clock
        # Called in the transaction that gives up on a message: (connection, conversation id, now).
        self.on_lost: Callable[[Connection, int, datetime], None] = lambda *_: None
        self._woken = asyncio.Event()
        self._on_their_way: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There is something new to send."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until cancelled; what is on its way then is finished by `drain`."""
        while True:
            try:
                took = await self._take()
            except StoreUnavailable as error:
                log.error("delivery: %s", error)
                await asyncio.sleep(_AFTER_TROUBLE)
                continue
            if not took:
                await self._rest()

    async def drain(self) -> None:
        """Waits for the calls that are on their way."""
        await asyncio.gather(*self._on_their_way, return_exceptions=True)

    async def deliver_due(self) -> None:
        """Sends everything that is due now, and what became free by that; for tests."""
        while await self._take():
            await self.drain()

    async def _rest(self) -> None:
        await nap(self._woken, _LOOK)
        self._woken.clear()

    async def _take(self) -> int:
        """Starts calls for rows that are due, as many as there is room for."""
        room = self._settings.send_in_flight - len(self._on_their_way)
        if room <= 0:
            await asyncio.wait(self._on_their_way, return_when=asyncio.FIRST_COMPLETED)
            return 1
        rows = await self._database.write(lambda connection: outbox.claim(connection, self._clock(), room))
        for row in rows:
            task = asyncio.create_task(self._deliver(row))
            self._on_their_way.add(task)
            task.add_done_callback(self._arrived)
        return len(rows)

    def _arrived(self, task: asyncio.Task[None]) -> None:
        self._on_their_way.discard(task)
        self._woken.set()  # the next row of the same person is free now

    async def _deliver(self, row: Row) -> None:
        """One call, and what came of it. When the database is gone afterwards, the claim runs out and the row is sent again."""
        error = await self._send(row)
        try:
            await self._database.write(lambda connection: self._record(connection, row, error, self._clock()))
        except StoreUnavailable as trouble:
            log.error("delivery: row %d: its outcome could not be kept: %s", row.id, trouble)

    async def _send(self, row: Row) -> SendError | None:
        channel = self._channels.get(row.channel)
        if channel is None:
            return TryAgain(f"{row.channel} is off: set its MOTCUA_* variables")
        try:
            async with asyncio.timeout(self._settings.send_timeout):  # in all: clients count for each step of a call
                await channel.send(row.outgoing)
        except SendError as error:
            return error
        except (TimeoutError, StoreUnavailable) as error:
            return TryAgain(f"{row.channel}: {error.__class__.__name__}")
        except Exception as error:  # a bug in a channel must not stop the others' messages
            log.exception("delivery: row %d", row.id)
            return Refused(f"{error.__class__.__name__} in {row.channel}")
        return None

    def _record(self, connection: Connection, row: Row, error: SendError | None, now: datetime) -> None:
        if error is None or (row.outgoing.optional and isinstance(error, Refused)):
            outbox.sent(connection, row.id, now)
        elif isinstance(error, Unreachable):
            conversations.set_blocked(connection, row.conversation_id, True)
            outbox.bury_all(connection, row.conversation_id, now, str(error))
            self.on_lost(connection, row.conversation_id, now)
        elif isinstance(error, TryAgain) and row.attempts + 1 < self._settings.send_attempts:
            outbox.retry(connection, row.id, now + _wait(error, row.attempts), str(error))
        else:
            log.error("delivery: row %d is a dead letter: %s", row.id, error)
            outbox.bury(connection, row.id, now, str(error))
            self.on_lost(connection, row.conversation_id, now)


def _wait(error: TryAgain, attempts: int) -> timedelta:
    """At least as long as the platform asked for."""
    return timedelta(seconds=max(error.after or 0.0, _BACKOFF[min(attempts, len(_BACKOFF) - 1)]))
