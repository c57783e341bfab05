"""Delivery of what turns wrote into the outbox: in order for each person, with retries and back-off until it is taken.

That a call was taken is written down in the transaction of the next claim, which follows at once: half of the commits, and under
load one for many calls. What a crash in between repeats stands in docs/decisions/003-outbox.md.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot import alarms, conversations
from bot.channels.protocol import Channel, Deletes
from bot.clock import Clock
from bot.errors import Halted, Refused, SendError, StoreUnavailable, TryAgain, Unreachable, WindowClosed
from bot.live.subscriptions import wait_for_event
from bot.messages import Outgoing
from bot.metrics import Metrics, Result
from bot.outbox import outbox, rate_limits
from bot.outbox.outbox import Row
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tx import Tx

log = logging.getLogger("motcua.delivery")

_BACKOFF = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 1800.0)  # seconds; the last one repeats
_LOOK = 1.0  # seconds between looks for rows that other replicas wrote or that came due
_DROPS = 200  # rows of each kind that one look drops
_RECALLED = timedelta(days=2)  # after which no platform deletes a message any more
_AFTER_TROUBLE = 2.0  # seconds of rest when the database can't be reached


class Delivery:
    """
    Args:
        on_lost: called in the transaction that gives up on a message to this conversation.
        on_left: the same for what could not be taken back.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
        on_lost: Callable[[Tx, int], None] = lambda *_: None,
        on_left: Callable[[Tx, Outgoing], None] = lambda *_: None,
    ) -> None:
        self._database = database
        self._channels = channels
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self.on_lost = on_lost
        self.on_left = on_left
        self._late = {
            outbox.ANSWER: timedelta(hours=settings.late_answer_hours),
            outbox.NOTE: timedelta(hours=settings.late_note_hours),
            outbox.CALL: timedelta(minutes=settings.late_call_minutes),
            outbox.RECALL: _RECALLED,
        }
        self._woken = asyncio.Event()
        self._pause = _LOOK
        self._on_their_way: dict[int, asyncio.Task[None]] = {}  # by the row's id
        self._taken: dict[int, _Taken] = {}  # by the row's id: what platforms took, which is not written down yet
        self._stopping = False

    def wake(self) -> None:
        """There is something new to send."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until told to stop, and finish what is on its way then."""
        while not self._stopping:
            try:
                took = await self._start_due()
            except StoreUnavailable as error:
                log.error("delivery: %s", error)
                await asyncio.sleep(_AFTER_TROUBLE)
                continue
            if not took:
                await self._wait_for_work()
        await self.drain()

    def stop(self) -> None:
        """End `run`. Not by cancelling it: rows that it claims in that moment would wait until the claim runs out."""
        self._stopping = True
        self.wake()

    async def drain(self) -> None:
        """Wait for the calls that are on their way."""
        await asyncio.gather(*self._on_their_way.values(), return_exceptions=True)
        if taken := dict(self._taken):
            await self._write_outcome(partial(self._write_down, taken=taken.values()))
            self._forget_taken(taken)

    async def deliver_due(self) -> None:
        """Send everything that is due now, and what became free by that; for tests."""
        while await self._start_due():
            await self.drain()

    async def drop_late(self) -> None:
        """Give up on rows that came to make no sense while nobody could take them, a bounded number of them."""
        for kind, life in self._late.items():
            if rows := await self._database.read(partial(outbox.list_late, kind=kind, life=life, most=_DROPS)):
                await self._database.write(partial(self._drop_rows, rows=rows))

    async def _wait_for_work(self) -> None:
        await wait_for_event(self._woken, self._pause)
        self._woken.clear()

    async def _start_due(self) -> int:
        """Start calls for rows that are due, as many as there is room for."""
        room = self._settings.send_in_flight - len(self._on_their_way)
        if room <= 0:
            await asyncio.wait(self._on_their_way.values(), return_when=asyncio.FIRST_COMPLETED)
            return 1
        taken = dict(self._taken)
        claim = await self._database.write(partial(self._claim_rows, taken=taken.values(), room=room))
        self._forget_taken(taken)
        again = (claim.again - self._clock()).total_seconds() if claim.again else _LOOK
        self._pause = min(_LOOK, max(0.0, again))
        known = {*self._on_their_way, *self._taken}  # only renewed: a claim ran out, or the clock was put forward
        for row in claim.rows:
            if row.id not in known:
                self._on_their_way[row.id] = asyncio.create_task(self._deliver_row(row))
        return len(claim.rows)

    def _claim_rows(self, tx: Tx, taken: Collection["_Taken"], room: int) -> outbox.Claim:
        self._write_down(tx, taken)
        return outbox.claim_due(tx, room, {name: channel.rate_limits for name, channel in self._channels.items()})

    def _write_down(self, tx: Tx, taken: Collection["_Taken"]) -> None:
        """Record that platforms took these rows. What tells of a citizen who erased their data meanwhile is taken back."""
        outbox.record_sent(tx, {one.row.id: one.message for one in taken})
        telling = {one.row.id: one for one in taken if one.message}
        for row_id in telling.keys() - outbox.filter_existing(tx, telling):
            row, message = telling[row_id].row, telling[row_id].message or ""
            channel = self._channels[row.channel]
            if isinstance(channel, Deletes):
                call = channel.deletion(row.outgoing.contact, [message])
                outbox.add_calls(tx, conversations.by_id(tx, row.conversation_id), [call], outbox.RECALL)

    def _forget_taken(self, taken: Mapping[int, "_Taken"]) -> None:
        for row_id in taken:
            self._taken.pop(row_id, None)

    async def _deliver_row(self, row: Row) -> None:
        """Make one call, and write down what came of it; none for what comes too late."""
        try:
            if self._clock() - row.created_at > self._late[row.kind]:
                await self._write_outcome(partial(self._drop_rows, rows=[row]))
                return
            took = await self._send_row(row)
            if isinstance(took, SendError) and not (row.outgoing.optional and isinstance(took, Refused)):
                await self._write_outcome(partial(self._record_error, row=row, error=took))
            else:
                message = took if row.about_id is not None and isinstance(took, str) else None
                self._taken[row.id] = _Taken(row, message)
                self._metrics.count_delivery(row.channel, "sent")
        finally:
            del self._on_their_way[row.id]
            self._woken.set()  # the next row of the same person is free now

    async def _write_outcome(self, outcome: Callable[[Tx], None]) -> None:
        """Write an outcome down, tried until the database takes it: a row whose outcome is not kept is sent again."""
        while True:
            try:
                await self._database.write(outcome)
                return
            except StoreUnavailable as trouble:
                log.error("delivery: an outcome could not be kept yet: %s", trouble)
                await asyncio.sleep(_AFTER_TROUBLE)

    async def _send_row(self, row: Row) -> SendError | str | None:
        """Send a row. Return what the platform calls the message, if it says so, or why it did not take it."""
        try:
            async with asyncio.timeout(self._settings.send_timeout):  # in all: clients count for each step of a call
                return await self._channels[row.channel].send(row.outgoing)
        except SendError as error:
            return error
        except (TimeoutError, StoreUnavailable) as error:
            return TryAgain(f"{row.channel}: {error.__class__.__name__}")
        except Exception as error:  # a bug in a channel must not stop the others' messages
            log.exception("delivery: row %d", row.id)
            return Refused(f"{error.__class__.__name__} in {row.channel}")

    def _drop_rows(self, tx: Tx, rows: Sequence[Row]) -> None:
        """Drop rows. Answers to a citizen that are dropped are told to whoever helps them, like one that was refused."""
        dropped = [row for row in rows if outbox.drop_late(tx, row)]
        for row in dropped:
            self._metrics.count_delivery(row.channel, "late")
        for conversation_id in {row.conversation_id for row in dropped if row.kind == outbox.ANSWER}:
            log.warning("delivery: conversation %d: what came too late is not sent", conversation_id)
            self.on_lost(tx, conversation_id)
        for row in dropped:
            if row.kind == outbox.RECALL:
                self.on_left(tx, row.outgoing)

    def _record_error(self, tx: Tx, row: Row, error: SendError) -> None:
        result: Result = "retried"
        if row.kind == outbox.RECALL and isinstance(error, Refused | Unreachable):
            result = "refused"
            outbox.make_dead_letter(tx, row, str(error))
            self.on_left(tx, row.outgoing)
        elif isinstance(error, Unreachable):
            result = "unreachable"
            if not isinstance(error, WindowClosed):
                conversations.set_blocked(tx, row.conversation_id, True)
            outbox.make_dead_letters(tx, row.conversation_id, str(error))
            self.on_lost(tx, row.conversation_id)
        elif isinstance(error, Halted):
            result = "held"
            outbox.put_back(tx, row.id, str(error))
            rate_limits.pause_until(tx, row.channel, [rate_limits.WHOLE], tx.now + timedelta(seconds=error.after))
            if error.alarm:
                alarms.set_off(tx, error.alarm, str(error))
        elif isinstance(error, TryAgain) and row.attempts + 1 < self._settings.send_attempts:
            self._schedule_retry(tx, row, error)
        else:
            result = "refused"
            log.error("delivery: row %d is a dead letter: %s", row.id, error)
            outbox.make_dead_letter(tx, row, str(error))
            self.on_lost(tx, row.conversation_id)
        self._metrics.count_delivery(row.channel, result)

    def _schedule_retry(self, tx: Tx, row: Row, error: TryAgain) -> None:
        """Schedule the next attempt: to the second, where the platform said how long; the chat's other rows wait as well."""
        until = tx.now + timedelta(seconds=_backoff(row.attempts) if error.after is None else error.after)
        outbox.schedule_retry(tx, row, until, str(error))
        chat = {name for name in self._channels[row.channel].rate_limits(row.outgoing) if name != rate_limits.WHOLE}
        if error.after and chat:
            rate_limits.pause_until(tx, row.channel, chat, until)


@dataclass(frozen=True)
class _Taken:
    """A call that a platform took. `message`: how it can be named later, kept only where it tells of a citizen."""

    row: Row
    message: str | None


def _backoff(attempts: int) -> float:
    return _BACKOFF[min(attempts, len(_BACKOFF) - 1)]
