"""A month of made-up citizens, seeded, through the real turns; and what they did, written down beside it."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.handoff import ticket_actions, ticket_lists
from bot.handoff.acting import Acting
from bot.handoff.tickets import Ticket
from bot.messages import Inbound
from bot.sender import Sender
from bot.service import Service
from flows.messages import Message
from tests.conftest import look_after

BEGIN = datetime(2026, 10, 1, 1, tzinfo=UTC)  # eight in the morning in Vietnam
DAYS = 31
COMMUNES = ("ban-moi", "ban-cu")
CHANNEL = "zalo-bot"


@dataclass
class Clock:
    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Month:
    """`did`: the ledger of what citizens did, as far as they can know themselves."""

    service: Service
    clock: Clock
    luck: random.Random
    did: Counter[tuple[str, ...]] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)
    _said: int = 0

    async def run(self, citizens: int) -> None:
        """Each citizen comes on one day, all of a day at once; upkeep looks after things in the evening."""
        days = Counter(self.luck.randrange(DAYS) for _ in range(citizens))
        number = 0
        for day in range(DAYS):
            self.clock.now = BEGIN + timedelta(days=day, hours=self.luck.randrange(8), minutes=self.luck.randrange(60))
            walks = [self._citizen(f"c{number + n}", random.Random(self.luck.random())) for n in range(days[day])]
            number += days[day]
            await asyncio.gather(*walks)
            await self._help()
            await look_after(self.service.turns)

    async def say(self, contact: str, text: str = "", start: str | None = None) -> None:
        self._said += 1
        message = Message(text=text, start=start)
        await self.service.turns.receive(Inbound(CHANNEL, contact, f"m{self._said}", message))

    async def _citizen(self, contact: str, luck: random.Random) -> None:
        commune = luck.choices(COMMUNES, (9, 1))[0]
        self.did["person", commune] += 1
        await self.say(contact, start=f"{commune}_lam-nha")
        persona = luck.choices(
            (self._thorough, self._leaves, self._doubts, self._stuck, self._mumbles), (6, 3, 2, 2, 1)
        )[0]
        await persona(contact, commune, luck)

    async def _leaves(self, contact: str, commune: str, luck: random.Random) -> None:
        await self.say(contact, "có rồi")

    async def _doubts(self, contact: str, commune: str, luck: random.Random) -> None:
        for text in ("có rồi", "mất bao lâu", "quay lại", "có rồi"):
            await self.say(contact, text)
        self.did["back", commune] += 1
        self.did["aside", commune] += 1

    async def _mumbles(self, contact: str, commune: str, luck: random.Random) -> None:
        await self.say(contact, luck.choice(("xyz abc ghi", "xyz abc ghj", f"qwrt {contact} zzz")))
        self.did["missed", commune] += 1

    async def _stuck(self, contact: str, commune: str, luck: random.Random) -> None:
        await self.say(contact, "có rồi")
        await self.say(contact, "gặp người")
        self.did["ticket", commune] += 1

    async def _thorough(self, contact: str, commune: str, luck: random.Random) -> None:
        for text in ("có rồi", "nhà gỗ", "một tầng", "xong rồi", "xong rồi"):
            await self.say(contact, text)
        self.did["finished", commune] += 1
        if luck.random() < 0.8:
            filed = luck.choices((0, 1, 2), (5, 4, 1))[0]
            await self.say(contact, str(filed + 1))  # the first three of what is asked at the end
            self.did["outcome", ("online", "in_person", "returned")[filed]] += 1

    async def _do(self, deed: Callable[[Sender, Acting], object], ticket: Ticket) -> None:
        sender = self.service.sender
        await self.service.database.write(lambda tx: deed(sender, Acting(tx, ticket, "Lan")))

    async def _help(self) -> None:
        """Somebody takes what waits, some minutes later, and ends most of it."""
        for ticket in await self.service.database.read(ticket_lists.list_waiting):
            self.clock.now += timedelta(minutes=self.luck.randrange(1, 12))
            await self._do(ticket_actions.claim, ticket)
            self.waits.append(round((self.clock.now - ticket.waiting_since) / timedelta(minutes=1)))
            if self.luck.random() < 0.8:
                await self._do(ticket_actions.resolve, ticket)
                self.did["resolved", ticket.commune or ""] += 1
