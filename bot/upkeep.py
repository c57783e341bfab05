"""Periodic duties: what the service does by itself every minute. One that fails is an alarm, and stops no other."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot import alarms, clock_jumps, conversations, follow_up, leases, retention, watch
from bot.clock import Clock
from bot.delivery import Delivery
from bot.errors import StoreUnavailable
from bot.handoff import drafts, escalation, group_topics, ticket_lists, tickets
from bot.handoff.team import Team
from bot.handoff.tickets import Ticket
from bot.insight import events, partitions, rollups
from bot.outbox import outbox, rate_limits
from bot.sender import Sender
from bot.store.database import Database
from bot.store.tables import tickets as ticket_table
from bot.store.tx import Tx
from bot.team_keys import AlarmKey
from flows.checks.status import due_reviews
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.dialogue.context import fill_in

log = logging.getLogger("motcua.upkeep")

_PAUSE = 60.0  # seconds between two rounds
_LIMIT = 60.0  # seconds that the others wait for a duty
_ALARMING = 3  # failures of a duty in a row
_PIECE = 1000  # rows that one transaction deletes
_PURGING = timedelta(minutes=10)  # in which a replica deletes what ended, undisturbed
_HELD_UP: Mapping[str, AlarmKey] = {"zalo-bot": "zalo_bot_quota"}


@dataclass(frozen=True)
class Duty:
    """What is looked after in every round. `name`: on /readyz, in the log and in docs/van-hanh.md."""

    name: str
    run: Callable[[], Coroutine[Any, Any, object]]


@dataclass
class Health:
    """How a duty fares in this process.

    Attributes:
        failures: in a row.
        error: the class of the last one.
        alarm: whether this process set one off, and has to end it.
    """

    last_success: datetime | None = None
    failures: int = 0
    error: str = ""
    alarm: bool = False


@dataclass(frozen=True)
class Upkeep:
    """Each thing is looked for by reading, then done in a transaction that looks again: once, with any replicas.

    Attributes:
        health: of each duty that was tried.
    """

    database: Database
    team: Team
    delivery: Delivery
    clock: Clock
    health: dict[str, Health] = field(default_factory=dict)
    _under_way: dict[str, asyncio.Task[object]] = field(default_factory=dict)

    @property
    def sender(self) -> Sender:
        return self.team.sender

    @property
    def library(self) -> Library:
        return self.sender.library

    async def run(self) -> None:
        """Look after things until cancelled."""
        try:
            while True:
                await self.run_once()
                await asyncio.sleep(_PAUSE)
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def run_once(self) -> None:
        """Do every duty; each fails alone."""
        for duty in self.list_duties():
            await self._run_duty(duty)

    def list_duties(self) -> Sequence[Duty]:
        """List the duties of a round that begins now, in their order."""
        settings, channels, write = self.sender.settings, self.sender.channels, self.database.write
        each = self._for_each_ticket
        return (
            Duty("clock", partial(write, self._repair_after_clock_jump)),
            Duty(
                "release", partial(each, self._find_unanswered(settings.answer_minutes), escalation.release_unanswered)
            ),
            Duty("nudge", partial(each, self._find_unanswered(settings.nudge_minutes), escalation.nudge_agent)),
            Duty("silent", partial(each, self._find_silent, escalation.close_silent)),
            Duty("escalation", partial(each, ticket_lists.list_waiting, escalation.escalate)),
            *(Duty(f"channel {name}", channel.every_minute) for name, channel in channels.items()),
            Duty("late", self.delivery.drop_late),
            *(self._deleting(end.name, partial(self._purge_ended, end)) for end in retention.list_ends(settings)),
            self._deleting("erased", partial(write, partial(retention.forget_erased, key=settings.signing_key))),
            Duty("paces", partial(write, rate_limits.forget_quiet)),
            Duty("drafts", partial(write, drafts.expire_drafts)),
            self._deleting("phones", partial(self._expire_older, tickets.expire_phones, settings.phone_days)),
            Duty("checkins", self._ask_how_it_went),
            self._deleting(
                "partitions", partial(write, partial(partitions.keep_partitions, months=settings.event_months))
            ),
            self._deleting("keys", partial(write, events.forget_keys)),
            Duty("counts", partial(write, rollups.roll_up)),
            Duty("log", self.database.forget_log),
            Duty("content", partial(write, self._watch_content)),
            Duty("quota", partial(write, self._clear_quota_alarms)),
            Duty("reviews", partial(write, self._warn_of_reviews)),
            Duty("national", self._compare_with_national),
            Duty("stuck", partial(self._watch_for, "outbox", watch.outbox_stuck)),
            Duty("refused", partial(self._watch_for, "dead", watch.dead_letters)),
            Duty("silence", partial(self._watch_for, "silence", lambda tx: watch.find_silent(tx, channels, settings))),
            Duty("backup", partial(self._watch_for, "backup", lambda tx: watch.backup_missing(tx, settings))),
            Duty("disk", partial(self._watch_for, "disk", lambda _: watch.disk_full(settings), watch.HOST)),
            Duty("alarms", self._set_alarms),
            Duty("telling", partial(write, self._tell_alarms)),
        )

    def _deleting(self, name: str, work: Callable[[], Coroutine[Any, Any, object]]) -> Duty:
        """Return a duty that deletes by the clock; while that can't be trusted it does nothing."""

        async def run() -> None:
            if await self.database.read(clock_jumps.is_steady):
                await work()

        return Duty(name, run)

    async def _run_duty(self, duty: Duty) -> None:
        """Start a duty, and wait for it, but not for ever.

        A duty that takes too long has failed, but is not cancelled: what it asked of the database runs to its end on a thread
        anyway, and a new try would wait on one more thread behind the same lock. It is not started again before it is back.
        """
        health = self.health.setdefault(duty.name, Health())
        task = self._under_way.get(duty.name)
        if task is None:
            task = self._under_way[duty.name] = asyncio.create_task(duty.run())
            await asyncio.wait([task], timeout=_LIMIT)
        try:
            if not task.done():
                raise TimeoutError("it is not back yet")
            del self._under_way[duty.name]
            task.result()
        except (Exception, asyncio.CancelledError) as error:  # whatever it was, the next round may go well
            health.failures, health.error = health.failures + 1, type(error).__name__
            # Without the database they all fail: a line each is enough.
            mistake = not isinstance(error, StoreUnavailable | TimeoutError)
            log.error("upkeep: %s failed, %d in a row: %s", duty.name, health.failures, error, exc_info=mistake)
        else:
            health.last_success, health.failures = self.clock(), 0

    async def _purge_ended(self, end: retention.End) -> None:
        """Delete what ended, a piece at a time, on one replica only."""
        key = f"end of {end.name}"
        if end.every is None and not await self.database.read(partial(end.list_due, most=1)):
            return
        until = await self.database.write(partial(leases.take_lease, key=key, lasting=end.every or _PURGING))
        if until is None:
            return
        gone, piece = 0, _PIECE
        while piece == _PIECE and self.clock() < until:
            piece = await self.database.write(partial(self._delete_piece, end))
            gone += piece
        if end.every is None:
            await self.database.write(partial(leases.give_lease_back, key=key, until=until))
        if gone:
            log.info("upkeep: %s: %d rows older than %g days deleted", end.name, gone, end.days)

    def _delete_piece(self, end: retention.End, tx: Tx) -> int:
        keys = end.list_due(tx, _PIECE)
        if end.table is ticket_table:  # what the team's group holds of it goes with it
            for key in keys:
                if ticket := tickets.get(tx, key[0]):
                    group_topics.delete_topic(self.sender, tx, ticket)
        return end.delete_rows(tx, keys) if keys else 0

    async def _expire_older(self, expire: Callable[[Tx, datetime], int], days: float) -> None:
        await self.database.write(lambda tx: expire(tx, tx.now - timedelta(days=days)))

    async def _ask_how_it_went(self) -> None:
        due = await self.database.read(follow_up.list_due)
        await self._one_by_one(
            {f"conversation {id_}": partial(follow_up.ask_how_it_went, self.sender, conversation_id=id_) for id_ in due}
        )

    def _repair_after_clock_jump(self, tx: Tx) -> None:
        """Bring moments back that lie too far ahead since the clock was put back; note how it runs."""
        clock_jumps.note_time(tx)
        outbox.repair_after_clock_jump(tx)
        rate_limits.repair_after_clock_jump(tx, _HELD_UP)

    def _watch_content(self, tx: Tx) -> None:
        """Set off an alarm while the folder of the content can't be used, with the first thing that is wrong."""
        content = self.sender.content
        if content.problem:
            first = content.problem.splitlines()[0]
            alarms.set_off(tx, "content", f"{content.version}; {first}")
        else:
            alarms.end_alarm(tx, "content")

    def _clear_quota_alarms(self, tx: Tx) -> None:
        """End the alarm of a channel that is open again: its month turned, or the operator said so."""
        for channel, alarm in _HELD_UP.items():
            if rate_limits.is_pause_over(tx, channel):
                alarms.end_alarm(tx, alarm)

    def _warn_of_reviews(self, tx: Tx) -> None:
        """Set off an alarm 30, 7 and 0 days before statements must be looked at again; end it once they were."""
        due = due_reviews(self.library, tx.now.astimezone(VIETNAM).date())
        found = {
            f"{one.review_by}, {one.days_before}": f"{one.review_by:%d/%m/%Y}: {one.statements} ({', '.join(one.where)})"
            for one in due
        }
        alarms.set_standing(tx, "review", found)

    async def _compare_with_national(self) -> None:
        """Set off an alarm while the snapshot that the operator keeps differs from what is said, and no reason is written."""
        folder, today = self.sender.settings.national_dir, self.clock().astimezone(VIETNAM).date()
        found = await asyncio.to_thread(watch.national_differs, self.library, folder, today) if folder else {}
        await self._watch_for("national", lambda _: found)

    async def _watch_for(self, key: AlarmKey, look: Callable[[Tx], watch.Found], *among: str) -> None:
        """Look by reading, and write only what changed."""
        database, about = self.database, set(among) or None
        found, standing = await database.read(lambda tx: (look(tx), alarms.standing_about(tx, key)))
        if found.keys() != (standing if about is None else standing & about):
            await database.write(partial(alarms.set_standing, key=key, found=found, among=about))

    async def _set_alarms(self) -> None:
        """Set off an alarm for each duty that failed three times in a row; end it when the duty goes well again.

        Failures are counted by each process, alarms are shared. A replica where a duty fails sets its alarm off in every round,
        which is nothing while it stands; one where it goes well ends only what it set off itself, and at its start what earlier
        processes left. So two replicas don't undo each other's alarms minute after minute: what a starting or recovering one
        ends too early is back, and told again, once.
        """
        own = self.health["alarms"]
        first = own.last_success is None
        good = [name for name, health in self.health.items() if health.alarm and not health.failures]
        bad = [name for name, health in self.health.items() if health.failures >= _ALARMING]
        if own.failures:  # the database was away, and what that stopped has yet to go well again
            bad = []

        def work(tx: Tx) -> None:
            if first:
                alarms.end_all(tx, "upkeep")
            for name in good:
                alarms.end_alarm(tx, "upkeep", name)
            for name in bad:
                detail = f"{name}: {self.health[name].error}"
                alarms.set_off(tx, "upkeep", detail, name)

        if first or good or bad:
            await self.database.write(work)
        for name in (*good, *bad):
            self.health[name].alarm = name in bad

    def _tell_alarms(self, tx: Tx) -> None:
        words = self.library.team
        for alarm in alarms.take_untold(tx):
            log.error("alarm: %s: %s", alarm.name, alarm.detail)
            self.team.warn_admins(tx, fill_in(words.alarms[alarm.key], detail=alarm.detail))

    async def _for_each_ticket(self, find: Callable[[Tx], list[Ticket]], act: "_Act") -> None:
        found = await self.database.read(find)
        await self._one_by_one({f"ticket {ticket.id}": partial(_act_on, self.team, act, ticket) for ticket in found})

    async def _one_by_one(self, works: Mapping[str, Callable[[Tx], bool]]) -> None:
        """Do each in a transaction of its own: one that goes wrong keeps no other waiting, yet the duty has failed."""
        failed: Exception | None = None
        for name, work in works.items():
            try:
                done = await self.database.write(work)
            except StoreUnavailable:
                raise
            except Exception as error:
                log.exception("upkeep: %s", name)
                failed = error
                continue
            if done:
                self.delivery.wake()
        if failed:
            raise failed

    def _find_unanswered(self, minutes: float) -> Callable[[Tx], list[Ticket]]:
        wait = timedelta(minutes=minutes)
        return lambda tx: ticket_lists.list_unanswered(tx, tx.now - wait)

    def _find_silent(self, tx: Tx) -> list[Ticket]:
        before = tx.now - timedelta(minutes=self.sender.settings.tool_minutes)
        return ticket_lists.list_silent(tx, self.library.team.platform.values(), before)


_Act = Callable[[Team, Tx, Ticket], bool]


def _act_on(team: Team, act: _Act, ticket: Ticket, tx: Tx) -> bool:
    """Do something about a ticket while its conversation is locked."""
    conversations.lock_by_id(tx, ticket.conversation_id)
    done = act(team, tx, ticket)
    if done:
        tx.changed.add(ticket.conversation_id)
    return done
