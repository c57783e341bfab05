"""Simulated citizens: one says a few lines, one after each answer of the member who tries out what a ticket is like."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy import select

from bot import conversations
from bot.channels.protocol import NoWebhook
from bot.conversations import BOT, CITIZEN, Said
from bot.messages import Inbound, Outgoing
from bot.store.database import Database
from bot.store.tables import tickets
from bot.store.tx import Tx
from flows.definition.team_texts import PracticeCitizen
from flows.messages import Message, Reply

NAME = "practice"


class Practice(NoWebhook):
    """The contact is the id of the member who practises."""

    name = NAME

    def __init__(
        self,
        database: Database,
        citizens: Callable[[], Sequence[PracticeCitizen]],
        receive: Callable[[Inbound], Awaitable[None]],
    ) -> None:
        """
        Args:
            receive: takes what a citizen says, as from any other.
        """
        self._database, self._citizens, self._receive = database, citizens, receive

    def render(self, reply: Reply, contact: str) -> Sequence[Outgoing]:
        return [Outgoing(contact, {"text": reply.text})]

    async def send(self, outgoing: Outgoing) -> None:
        """Answer a person, not the bot, with the next line; the number of the line names the message, so none comes twice."""
        found = await self._database.read(lambda tx: conversations.find_conversation(tx, NAME, outgoing.contact))
        conversation_id = found.id if found else 0
        said = await self._database.read(lambda tx: _heard(tx, conversation_id))
        spoken = [line.author for line in said if line.author != BOT]
        number, citizen = spoken.count(CITIZEN), find_citizen(self._citizens(), said)
        lines = citizen.lines if citizen else ()
        if spoken and spoken[-1] != CITIZEN and number < len(lines):
            first = said[0].id  # each practice begins with a line of its own
            message = Message(text=lines[number])
            await self._receive(Inbound(NAME, outgoing.contact, f"{first}:{number}", message))


def find_citizen(citizens: Sequence[PracticeCitizen], said: Sequence[Said]) -> PracticeCitizen | None:
    """Find who spoke in a practice by the first words of it; None before the first practice, or for words that nobody has
    any more."""
    return next((one for one in citizens if said and one.lines[0] == said[0].text), None)


def _heard(tx: Tx, conversation_id: int) -> list[Said]:
    """Read the talk, as long as somebody helps: whoever practises "xong" hears nothing more."""
    helped = (tickets.c.conversation_id == conversation_id) & (tickets.c.state == "claimed")
    claimed = tx.execute(select(tickets.c.id).where(helped)).first()
    return conversations.read_transcript(tx, conversation_id) if claimed else []
