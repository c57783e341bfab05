"""What the service does by itself, now and then."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot import alarms, checkin, conversations, files, outbox, pace, retention
from bot.conversations import BOT, Conversation
from bot.errors import StoreUnavailable
from bot.handoff import desk, tickets
from bot.handoff.reach import PARENT
from bot.handoff.tickets import Ticket
from bot.insight import events, partitions, rollups
from bot.store.database import news_in
from bot.turns import Turns
from flows.definition.texts import AlarmKey
from flows.dialogue.context import say
from flows.messages import Reply

log = logging.getLogger("motcua.upkeep")

_PAUSE = 60.0  # seconds between two looks
_PIECE = 1000  # rows that one transaction deletes
_HELD_UP: Mapping[str, AlarmKey] = {"zalo-bot": "zalo_bot_quota"}


@dataclass(frozen=True)
class Upkeep:
    """Each thing is looked for by reading, then done in a transaction that looks again: once, with any replicas."""

    turns: Turns

    async def run(self) -> None:
        """Look after things until cancelled."""
        while True:
            try:
                await self.once()
            except Exception:  # whatever it was, the next look may go well
                log.exception("upkeep: not done, tried again in %.0f s", _PAUSE)
            await asyncio.sleep(_PAUSE)

    async def once(self) -> None:
        settings = self.turns.settings
        await self.turns.database.write(self._repair_after_clock_jump)
        await self._each(self._unanswered(settings.answer_minutes), self._release)
        await self._each(self._unanswered(settings.nudge_minutes), self._nudge)
        await self._each(self._quiet, self._close_silent)
        await self._each(tickets.waiting, self._escalate)
        old = self.turns.clock() - timedelta(days=settings.file_days)
        await self.turns.database.write(lambda connection: files.expire(connection, old))
        for channel in self.turns.channels.values():
            await channel.look_after()
        await self._purge()
        await self.turns.database.write(self._clear_quota_alarms)
        await self.turns.database.write(self._tell_alarms)
        done = self.turns.clock() - timedelta(days=settings.phone_days)
        await self.turns.database.write(lambda connection: tickets.expire_phones(connection, done))
        await self._ask_how_it_went()
        await self._keep_count()

    async def _ask_how_it_went(self) -> None:
        turns, now = self.turns, self.turns.clock()
        for conversation_id in await turns.database.read(lambda connection: checkin.due(connection, now)):
            work = partial(checkin.ask, turns.voice, conversation_id=conversation_id, now=now)
            if await turns.database.write(work):
                turns.delivery.wake()

    async def _keep_count(self) -> None:
        turns, now = self.turns, self.turns.clock()
        months = turns.settings.event_months
        await turns.database.write(lambda connection: partitions.keep_up(connection, months, now))
        await turns.database.write(lambda connection: events.forget_keys(connection, now))
        await turns.database.write(lambda connection: rollups.roll_up(connection, now))

    def _repair_after_clock_jump(self, connection: Connection) -> None:
        """Bring moments back that lie too far ahead since the clock was put back."""
        outbox.set_right(connection, self.turns.clock())
        pace.set_right(connection, self.turns.clock(), _HELD_UP)

    async def _purge(self) -> None:
        """The outbox, what is remembered of messages, and what was said."""
        settings, now, database = self.turns.settings, self.turns.clock(), self.turns.database
        await self.turns.delivery.drop_late()
        for expire, days in (
            (retention.expire_sent, settings.sent_days),
            (retention.expire_lost, settings.dead_days),
            (retention.expire_inbound, settings.inbound_days),
            (retention.expire_said, settings.transcript_days),
            (retention.expire_misses, settings.transcript_days),
            (retention.expire_arrivals, settings.transcript_days),
        ):
            piece = partial(expire, before=now - timedelta(days=days), most=_PIECE)
            while await database.write(piece) == _PIECE:
                pass
        await database.write(lambda connection: pace.forget(connection, now))

    def _clear_quota_alarms(self, connection: Connection) -> None:
        """End the alarm of a channel that is open again: its month turned, or the operator said so."""
        for channel, alarm in _HELD_UP.items():
            if pace.is_over(connection, channel, self.turns.clock()):
                alarms.end(connection, alarm)

    def _tell_alarms(self, connection: Connection) -> None:
        now, words = self.turns.clock(), self.turns.content.library.team
        for alarm in alarms.take_untold(connection, now):
            log.error("alarm: %s: %s", alarm.key, alarm.detail)
            self.turns.team.warn_admins(connection, say(words.alarms[alarm.key], detail=alarm.detail), now)

    async def _each(self, find: Callable[[Connection], list[Ticket]], act: "_Act") -> None:
        for ticket in await self.turns.database.read(find):
            try:
                done = await self.turns.database.write(partial(_held, act, ticket))
            except StoreUnavailable:
                raise
            except Exception:  # one ticket must not keep the others waiting
                log.exception("upkeep: ticket %d", ticket.id)
                continue
            if done:
                self.turns.delivery.wake()

    def _unanswered(self, minutes: float) -> Callable[[Connection], list[Ticket]]:
        before = self.turns.clock() - timedelta(minutes=minutes)
        return lambda connection: tickets.unanswered(connection, before)

    def _quiet(self, connection: Connection) -> list[Ticket]:
        before = self.turns.clock() - timedelta(minutes=self.turns.settings.tool_minutes)
        return tickets.quiet(connection, self.turns.content.library.team.platform.values(), before)

    def _close_silent(self, connection: Connection, conversation: Conversation, ticket: Ticket) -> bool:
        """End the ticket of who answers in a platform's own tool: they can't say that it is done but by falling silent."""
        return desk.resolve(self.turns.voice, connection, ticket, ticket.agent or "", self.turns.clock()) is None

    def _release(self, connection: Connection, conversation: Conversation, ticket: Ticket) -> bool:
        """Give a citizen who is left without an answer the bot back; the ticket waits for anybody again."""
        now, library = self.turns.clock(), self.turns.content.library
        answered = tickets.get(connection, ticket.id) != ticket
        if answered or self.turns.team.give_back(connection, ticket, ticket.agent or "", now):
            return False
        self.turns.team.tell_agent(connection, ticket, library.team.taken_back, now)
        return True

    def _nudge(self, connection: Connection, conversation: Conversation, ticket: Ticket) -> bool:
        """Remind who owes an answer, in the team's hours: nobody is woken up."""
        now = self.turns.clock()
        if not self.turns.content.library.hours(ticket.commune, ticket.procedure).is_open(now) or not tickets.nudge(
            connection, ticket, now
        ):
            return False
        self.turns.team.tell_agent(connection, ticket, self.turns.content.library.team.nudge, now)
        return True

    def _escalate(self, connection: Connection, conversation: Conversation, ticket: Ticket) -> bool:
        """Call others for a ticket that nobody takes; the citizen hears it."""
        now, library = self.turns.clock(), self.turns.content.library
        level = self._level(ticket)
        if ticket.practice_of is not None or level <= ticket.level or not tickets.climb(connection, ticket, level, now):
            return False
        climbed = tickets.get(connection, ticket.id)
        assert climbed
        self.turns.team.remind(connection, climbed, now)
        said = library.sentences.still_waiting[level - 1]
        if level == PARENT:
            self.turns.voice.ask_again(connection, conversation, said, now)
        else:
            self.turns.voice.say(connection, conversation, BOT, Reply(said), now)
        return True

    def _level(self, ticket: Ticket) -> int:
        """The level where a ticket should be by now; time counts only while its team is there."""
        settings, hours = self.turns.settings, self.turns.content.library.hours(ticket.commune, ticket.procedure)
        waited = hours.worked(ticket.waiting_since, self.turns.clock()) / timedelta(minutes=1)
        return sum(
            waited >= limit for limit in (settings.remind_minutes, settings.lead_minutes, settings.parent_minutes)
        )


_Act = Callable[[Connection, Conversation, Ticket], bool]


def _held(act: _Act, ticket: Ticket, connection: Connection) -> bool:
    """Do something about a ticket while its conversation is held."""
    done = act(connection, conversations.lock_by_id(connection, ticket.conversation_id), ticket)
    if done:
        news_in(connection).add(ticket.conversation_id)
    return done
