"""What the service does by itself, now and then."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot import conversations
from bot.handoff import tickets
from bot.handoff.tickets import Ticket
from bot.turns import Turns

log = logging.getLogger("motcua.upkeep")

_PAUSE = 60.0  # seconds between two looks


@dataclass(frozen=True)
class Upkeep:
    turns: Turns

    async def run(self) -> None:
        """Looks after things until cancelled."""
        while True:
            try:
                await self.once()
            except Exception:  # whatever it was, the next look may go well
                log.exception("upkeep: not done, tried again in %.0f s", _PAUSE)
            await asyncio.sleep(_PAUSE)

    async def once(self) -> None:
        await self._release()

    async def _release(self) -> None:
        """A citizen whom a person leaves without an answer gets the bot back, and the ticket waits for anybody again."""
        before = self.turns.clock() - timedelta(hours=self.turns.settings.answer_hours)
        database = self.turns.database
        for ticket in await database.read(lambda connection: tickets.unanswered(connection, before)):
            await database.write(partial(self._let_go, ticket))
            self.turns.delivery.wake()
            self.turns.bell.ring(ticket.conversation_id)

    def _let_go(self, ticket: Ticket, connection: Connection) -> None:
        now = self.turns.clock()
        conversation = conversations.lock_by_id(connection, ticket.conversation_id)
        if tickets.release(connection, ticket, now):
            library = self.turns.content.library
            self.turns.voice.ask_again(connection, conversation, library.sentences.person_away, now)
            self.turns.team.over(connection, ticket, library.team.taken_back, now)
