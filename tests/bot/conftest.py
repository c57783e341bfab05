"""A team at work: citizens ask, members answer in their private chats; one clock that stands still."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot import conversations
from bot.handoff import agents, tickets
from bot.handoff.agents import Role
from bot.messages import Inbound
from bot.service import Service, build_service
from bot.store.tables import outbox
from flows.messages import AttachmentKind, Message
from tests.bot.house import House
from tests.conftest import MakeSettings, look_after
from tests.emulators.server import serve
from webhook import create_app

CHANNEL = "zalo-bot"


@dataclass
class Office:
    service: Service
    now: datetime
    count: int = 0
    read: dict[str, int] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    async def say(
        self,
        contact: str,
        text: str = "",
        start: str | None = None,
        attachment: AttachmentKind | None = None,
        edited: bool = False,
    ) -> list[str]:
        """What this person hears from then on, their own answer among it. `edited`: they mend what they said last."""
        await self.hears(contact)
        self.count += 1
        message = Message(text=text, start=start, attachment=attachment, edited=edited)
        id_ = f"{self.last[contact]}:{self.count}" if edited else f"m{self.count}"
        self.last[contact] = self.last[contact] if edited else id_
        await self.service.turns.receive(Inbound(CHANNEL, contact, id_, message))
        return await self.hears(contact)

    async def hears(self, contact: str) -> list[str]:
        """What was sent to this person since somebody last looked."""
        query = select(outbox.c.id, outbox.c.payload).where(outbox.c.contact == contact).order_by(outbox.c.id)
        rows = await self.service.database.read(lambda c: c.execute(query).all())
        new = [json.loads(row.payload)["text"] for row in rows if row.id > self.read.get(contact, 0)]
        self.read[contact] = max([row.id for row in rows], default=0)
        return new

    async def hire(self, name: str, role: Role = "member", communes: tuple[str, ...] = ()) -> list[str]:
        """Somebody joins the team and links their chat; their contact is their name in small letters."""
        code = await self.service.database.write(
            lambda c: agents.make_invitation(c, agents.add_agent(c, name, role, communes))
        )
        return await self.say(name.lower(), code)

    async def passes(self, **time: float) -> None:
        """Time goes by; the service looks after things."""
        self.now += timedelta(**time)
        await look_after(self.service.turns)

    async def state(self, ticket_id: int = 1) -> tuple[str, str | None]:
        found = await self.service.database.read(lambda c: tickets.get(c, ticket_id))
        assert found
        return found.state, found.agent

    async def transcript(self, conversation_id: int) -> str:
        lines = await self.service.database.read(lambda c: conversations.read_transcript(c, conversation_id))
        return "\n".join(f"{line.author}: {line.text}" for line in lines)


@pytest.fixture
async def office(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr("bot.watch._WAITS", timedelta.max)  # what waits is no alarm here
    nowhere = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}
    settings = make_settings(**nowhere, late_answer_hours=10_000)  # nothing arrives here, and nobody minds
    made = Office(build_service(settings, lambda: made.now), datetime(2026, 11, 23, 2, tzinfo=UTC))
    await made.service.open()
    await made.say("hoa", start="ban-moi_lam-nha")
    await made.say("hoa", "tiếp tục")
    yield made
    await made.service.stop()


@pytest.fixture
def house(make_settings: MakeSettings) -> Iterator[House]:
    with ExitStack() as stack:
        service = build_service(make_settings(), lambda: made.now)
        made = House("", service, stack)
        made.url = stack.enter_context(serve(create_app(service)))
        yield made
