"""A day of 200 tickets and five agents, all at once: whatever the order, nothing is lost, doubled or said to the wrong one."""

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from bot.messages import Inbound
from bot.store.tables import conversations, misses, tickets, transcript
from flows.messages import Message
from tests.bot.conftest import CHANNEL, Office

pytestmark = pytest.mark.slow

CITIZENS, AGENTS, EACH, TURNS = 200, 5, 4, 240

UNDELIVERED = ("[nobody]", "[already_done]", "[taken]", "[not_sent]", "[not_yours]")
ASKED = re.compile(r"\[which_ticket\] (.*?) (\[way_yes\] .*)", re.DOTALL)
TICKET = re.compile(r"\[ticket_line\] (\d+)")


@dataclass
class Agent:
    """Works like a person: believes that what was said last about who listens is true, and says whom it is for when asked."""

    name: str
    speaking: str = ""
    said: list[str] = field(default_factory=list)
    told_undelivered: list[str] = field(default_factory=list)


@dataclass
class Day:
    office: Office
    chance: random.Random
    number: int = 0
    ticks: int = 0
    working: int = AGENTS
    beat: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def post(self, contact: str, text: str) -> None:
        self.number += 1
        inbound = Inbound(CHANNEL, contact, f"d{self.number}", Message(text=text))
        for _ in range(self.chance.choice((1, 1, 1, 2))):  # platforms post some twice
            await self.office.service.turns.receive(inbound)

    async def later(self) -> None:
        """Until the team has done some more, or has gone home: a clock that ticks with its messages."""
        until = self.ticks + self.chance.randrange(200)
        async with self.beat:
            await self.beat.wait_for(lambda: self.ticks >= until or not self.working)

    async def tick(self) -> None:
        async with self.beat:
            self.ticks += 1
            self.beat.notify_all()

    async def citizen(self, number: int) -> None:
        """Asks for a person, talks on whatever happens; some go back to the bot in the middle."""
        name = f"c{number}"
        await self.later()
        await self.post(name, "gặp người")
        for n in range(EACH):
            await self.later()
            await self.post(name, f"{name}x{n}")
            if self.chance.random() < 0.05:
                await self.post(name, "quay lại bot")

    async def agent(self, agent: Agent, waiting: set[int]) -> None:
        """Takes what waits, talks, ends it, gives some back; until everything is done."""
        contact = agent.name.lower()
        for turn in range(TURNS):
            await self.tick()
            what = self.chance.random()
            if what < 0.35:
                await self.post(contact, f"nhận {self.chance.choice(sorted(waiting))}" if waiting else "nhận")
            elif what < 0.85 and agent.speaking:
                await self.tell(agent, f"{agent.name}y{turn}y{agent.speaking}", waiting)
                continue
            else:
                await self.post(contact, self.chance.choice(("xong", "xong", "thả", "phiếu")))
            self.listens(agent, await self.office.hears(contact), waiting)
        self.working -= 1
        await self.tick()

    async def tell(self, agent: Agent, text: str, waiting: set[int]) -> None:
        """Says something to whom the agent speaks with; names them, or answers when asked to whom it goes."""
        contact, whom = agent.name.lower(), agent.speaking
        agent.said.append(text)
        await self.post(contact, self.chance.choice((text, text, f"{whom}: {text}")))
        heard = await self.office.hears(contact)
        self.listens(agent, heard, waiting)
        if asked := next((found for part in heard if (found := ASKED.match(part))), None):
            ways = TICKET.findall(asked[2])
            goes = asked[1] == text and whom in ways  # nothing else waits that was meant for somebody else
            answer = self.chance.choice((whom, "gửi" if whom == ways[0] else whom)) if goes else f"nói {ways[0]}"
            await self.post(contact, answer)
            answered = await self.office.hears(contact)
            self.listens(agent, answered, waiting)
            heard = answered if goes else ["[not_sent]"]
        if any(part.startswith(UNDELIVERED) for part in heard):
            agent.told_undelivered.append(text)

    def listens(self, agent: Agent, heard: list[str], waiting: set[int]) -> None:
        for text in heard:
            if alert := re.match(r"\[(?:alert|reopened)\] (\d+)", text):
                waiting.add(int(alert[1]))
            if listed := re.search(r"\[waiting\] (.*)", text):  # of many at once only some are told one by one
                waiting.update(int(number) for number in TICKET.findall(listed[1]))
            if claimed := re.match(r"\[claimed\] (\d+)", text):
                agent.speaking = claimed[1]
                waiting.discard(int(claimed[1]))
            if over := re.match(r"\[(?:done|released|citizen_left)\] (\d+)", text):
                agent.speaking = "" if over[1] == agent.speaking else agent.speaking
            if talking := re.search(r"\[talking\] (\d+)|\[talk_next\] \[ticket_line\] (\d+)", text):
                agent.speaking = talking[1] or talking[2]
            if (mine := re.match(r"\[mine\] \[ticket_line\] (\d+)", text)) and not agent.speaking:
                agent.speaking = mine[1]
            if text.startswith("[nobody]"):
                agent.speaking = ""


async def test_nothing_is_lost_doubled_or_said_to_the_wrong_one(office: Office) -> None:
    day = Day(office, random.Random(20261124))
    team = [Agent(f"A{n}") for n in range(AGENTS)]
    for agent in team:
        await office.hire(agent.name)
    for n in range(CITIZENS):
        await office.say(f"c{n}", start="ban-moi_lam-nha")
        await office.say(f"c{n}", "tiếp tục")
        office.read.pop(f"c{n}")
    known: set[int] = set()
    await asyncio.gather(*(day.citizen(n) for n in range(CITIZENS)), *(day.agent(agent, known) for agent in team))

    to_citizens = {f"c{n}": await sent_to(office, f"c{n}") for n in range(CITIZENS)}
    to_agents = [text for agent in team for text in await sent_to(office, agent.name.lower())]
    read = office.service.database.read
    owner = {str(row.id): row.contact for row in await read(lambda c: c.execute(_OWNERS).all())}
    missed = Counter(row.text for row in await read(lambda c: c.execute(select(misses.c.text)).all()))

    # What agents said: each text reached one citizen, the ticket's own, once - or the agent was told that it did not.
    delivered = Counter(
        text.removeprefix("[person_says] ")
        for heard in to_citizens.values()
        for text in heard
        if "[person_says]" in text
    )
    for name, heard in to_citizens.items():
        for text in heard:
            if said := re.match(r"\[person_says\] A\dy\d+y(\d+)", text):
                assert owner[said[1]] == name, f"{text} reached {name}"
    for agent in team:
        for text in agent.said:
            assert delivered[text] + (text in agent.told_undelivered) == 1, text
    assert sum(delivered.values()) > CITIZENS

    # What citizens said: each text was heard once, by the agent or by the bot.
    heard_by_agents = (re.search(r"\[says(?:_other)?\] \d+ (c\d+x\d)$", text) for text in to_agents)
    relayed = Counter(said[1] for said in heard_by_agents if said)
    for n in range(CITIZENS):
        for m in range(EACH):
            text = f"c{n}x{m}"
            assert relayed[text] + missed[text] == 1, text
    assert sum(relayed.values()) > CITIZENS / 4  # how many depends on who is quicker

    # Both transcripts say the same: what a citizen was sent by agents stands in their own, in that order.
    lines = await read(lambda c: c.execute(_LINES).all())
    for name, heard in to_citizens.items():
        written = [line.text for line in lines if line.contact == name and line.author.startswith("A")]
        assert [text for text in heard if "[person_says]" in text] == written


_OWNERS = select(tickets.c.id, conversations.c.contact).join(
    conversations, conversations.c.id == tickets.c.conversation_id
)
_LINES = (
    select(conversations.c.contact, transcript.c.author, transcript.c.text)
    .join(conversations, conversations.c.id == transcript.c.conversation_id)
    .order_by(transcript.c.id)
)


async def sent_to(office: Office, contact: str) -> list[str]:
    """Everything that was ever sent to this person."""
    office.read.pop(contact, None)
    return await office.hears(contact)
