"""Turns: one inbound message, one transaction. Seen before (idempotent by its id)? Who speaks? What follows is saved with it."""

import asyncio
import logging
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter
from typing import assert_never

from bot import conversations, privacy
from bot.clock import Clock
from bot.conversations import Conversation
from bot.delivery import Delivery
from bot.handoff import group_topics
from bot.handoff.team import Team
from bot.handoff.telegram_group import TeamGroup
from bot.handoff.workchat import WorkChats, find_member
from bot.handoff.zalo_group import CallGroup
from bot.keyed_locks import KeyedLocks
from bot.messages import Inbound
from bot.metrics import Metrics, Outcome
from bot.outbox import outbox
from bot.privacy import Redacted
from bot.sender import Sender
from bot.sharing import groups
from bot.store.database import Database
from bot.store.tx import Tx
from bot.turns.citizens import Citizens
from bot.turns.platform_events import PlatformEvents
from flows.state import State

log = logging.getLogger("motcua.turn")

_LINE = "turn conversation=%(conversation)d channel=%(channel)s kind=%(kind)s outcome=%(outcome)s ms=%(ms).1f"
_FRESH = {introduces: State(greeted=introduces) for introduces in (True, False)}
_LONGEST = 20_000  # characters: more than any platform carries in one message
_SHORT = 1000  # characters: masked in less than a millisecond or two


@dataclass(frozen=True)
class Turns:
    database: Database
    team: Team
    delivery: Delivery
    clock: Clock
    metrics: Metrics
    _locks: KeyedLocks = field(default_factory=KeyedLocks)

    @property
    def sender(self) -> Sender:
        return self.team.sender

    @cached_property
    def citizens(self) -> Citizens:
        return Citizens(self.team)

    @cached_property
    def platform(self) -> PlatformEvents:
        return PlatformEvents(self.team)

    async def receive(self, inbound: Inbound) -> None:
        """Do everything that a message causes; it is durable when this returns. The same message again causes nothing.

        What one person or address sends at once is taken one by one: others wait for one of them, not for all.

        Raises:
            StoreUnavailable: nothing happened; the platform should post it again.
        """
        began = perf_counter()
        async with self._locks.lock_for(inbound.address or f"{inbound.channel} {inbound.contact}"):
            read = replace(inbound, masked=await _mask(inbound.message.text[:_LONGEST]))
            conversation, outcome = await self.database.write(lambda tx: self._run_turn(tx, read))
        self.delivery.wake()
        took = perf_counter() - began
        self.metrics.count_turn(inbound.channel, outcome, took, self.clock().timestamp())
        told = {"conversation": conversation, "channel": inbound.channel, "kind": inbound.kind, "outcome": outcome}
        log.info(_LINE, {**told, "ms": took * 1000})

    def _run_turn(self, tx: Tx, inbound: Inbound) -> tuple[int, Outcome]:
        """Return the conversation that it was in, and what became of it."""
        fresh = _FRESH[self.sender.channels[inbound.channel].introduces]
        key = self.sender.settings.signing_key
        conversation = conversations.lock_or_begin(tx, inbound.channel, inbound.contact, fresh, key)
        words = privacy.hash_text(inbound.message.text, key)
        if conversations.record_once(tx, inbound.channel, inbound.message_id, words) and (
            not inbound.message.edited or self._is_mended(tx, inbound, words)
        ):
            tx.changed.add(conversation.id)
            return conversation.id, self._dispatch(tx, conversation, inbound)
        return conversation.id, "repeated"

    def _is_mended(self, tx: Tx, inbound: Inbound, words: str) -> bool:
        """Tell whether words changed: platforms post an edit also for a link's preview, or when somebody put a heart on it."""
        first = inbound.message_id.rpartition(":")[0]
        return conversations.is_mended(tx, inbound.channel, first, words)

    def _dispatch(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> Outcome:
        """Hand it to whoever knows what to do with this speaker."""
        match inbound.kind:
            case "message":
                return self._hear_person(tx, conversation, inbound)
            case "group":
                self._hear_public_group(tx, conversation, inbound)
            case "team":
                self._hear_team_group(tx, conversation, inbound)
            case "answered":
                self.platform.record_tool_answer(tx, conversation, inbound)
            case "blocked":
                self.platform.record_blocked(tx, conversation)
            case "unblocked":
                self.platform.record_unblocked(tx, conversation)
            case "withdrawn":
                self.platform.erase_withdrawn(tx, conversation)
            case _:
                assert_never(inbound.kind)
        return "done"

    def _hear_person(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> Outcome:
        """Hear one person: a member of the team where they work, or a citizen."""
        calls = self.sender.channels[conversation.channel].acknowledge(inbound)
        outbox.add_calls(tx, conversation, calls)
        if conversation.blocked:
            conversations.set_blocked(tx, conversation.id, False)
        if member := find_member(tx, conversation, inbound):
            WorkChats(self.team).handle(tx, conversation, inbound, member)
            return "done"
        return self.citizens.handle(tx, conversation, inbound)

    def _hear_public_group(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        """Answer a group with links, never with a conversation; nothing of what was said there is kept."""
        reply = groups.answer_call(self.sender, tx, conversation, inbound.message.text)
        if reply:
            calls = self.sender.channels[conversation.channel].render(reply, conversation.contact)
            outbox.add_calls(tx, conversation, calls)

    def _hear_team_group(self, tx: Tx, conversation: Conversation, inbound: Inbound) -> None:
        group = TeamGroup(self.team) if conversation.channel == group_topics.CHANNEL else CallGroup(self.team)
        group.handle(tx, inbound)


async def _mask(text: str) -> Redacted:
    """Mask a text, a long one on a thread of its own: nobody else waits for it."""
    return privacy.redact(text) if len(text) <= _SHORT else await asyncio.to_thread(privacy.redact, text)
