"""What must be true afterwards: each conversation is replayed through the pure engine and held against what was kept and sent."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import select

from bot import conversations
from bot.conversations import BOT, CITIZEN, Said
from bot.service import Service
from bot.store.tables import inbound, outbox, tickets
from bot.store.tx import Tx
from flows.dialogue.advance import Turn, advance
from flows.messages import Erase, LeaveTicket, OpenTicket, Paragraph
from flows.state import State
from tests.long.citizens import Citizen, Posted
from tests.long.platforms import Taken

_EVER = 1_000_000  # lines of a transcript
# What may stand in a reply for a paragraph of which the engine can't know all: who waits, and that the team is told.
_TOLD = {
    "ticket_waits": r"\[ticket_waits\][^\n]*(\n[^\n]+)?",
    "ticket_opened": r"(\[ticket_opened\]|\[ticket_waits\][^\n]*)(\n[^\n]+)?",
    "not_answered": r"(\[(not_understood|not_understood_again|question_unknown|question_elsewhere)\]|\[passed_on\](\n[^\n]+)?)",
}


@dataclass(frozen=True)
class Verdict:
    """How many messages were accepted, how many replies were sent, and how many of them twice for a lost answer."""

    accepted: int
    sent: int
    twice: int


def prove(
    service: Service, tx: Tx, citizens: Sequence[Citizen], taken: Sequence[Taken], ended: Collection[int]
) -> Verdict:
    """
    Args:
        ended: the numbers of the lives that are over; what one of them waited for, another may have sent again.

    Raises:
        AssertionError: something was lost, doubled, or came out of order.
    """
    left = tx.execute(select(outbox.c.state, outbox.c.error).where(outbox.c.state != "sent")).all()
    assert not left, "something was not delivered"
    accepted = sent = twice = 0
    for citizen in citizens:
        mine = [each for each in taken if each.chat == citizen.contact]
        twice += _delivered(citizen, _replay(service, tx, citizen), mine, ended)
        accepted += sum(len(group) for group in citizen.accepted)
        sent += len(mine)
    ids = Counter(each.id for citizen in citizens for group in citizen.accepted for each in group)
    kept = Counter(tx.execute(select(inbound.c.message_id)).scalars())
    assert ids == kept, f"what was accepted is what is remembered, each once: {ids - kept}, {kept - ids}"
    return Verdict(accepted, sent, twice)


def _replay(service: Service, tx: Tx, citizen: Citizen) -> list[str]:
    """Every accepted message changed the state once: the pure engine says the same, and ends at the same place. Gives the
    texts that were to be sent."""
    library, limits = service.content.library, service.settings.limits
    channel = service.channels[citizen.channel]
    state = State(greeted=channel.introduces)
    found = conversations.find_conversation(tx, citizen.channel, citizen.contact)
    assert found
    lines = conversations.read_transcript(tx, found.id, last=_EVER)
    talk, calls = iter(lines), iter(sent := _to_send(tx, found.id))
    waits = False  # nobody of the team takes a ticket meanwhile
    for posted, said in _in_order(citizen, lines):
        assert next(talk) is said
        turn = advance(library, state, replace(posted.message, waits=waits), said.at, limits)
        waits = _waits_after(turn, waits=waits)
        for reply in turn.replies:
            answer = next(talk)
            assert answer.author == BOT
            marked = replace(reply, said=tuple(map(_marked, reply.paragraphs)))
            assert _same(answer.text, marked.text), (
                citizen.contact,
                posted.message,
                said.text,
                answer.text,
                marked.text,
            )
            for call in channel.render(marked, citizen.contact):
                assert _same(next(calls), str(call.payload["text"])), (citizen.contact, posted.message)
        state = turn.state
    assert not [*talk, *calls], "something was said that nobody asked for"
    assert _bare(found.state) == _bare(state)
    open_ = select(tickets.c.id).where((tickets.c.conversation_id == found.id) & (tickets.c.state != "resolved"))
    assert len(tx.execute(open_).all()) <= 1
    return sent


def _waits_after(turn: Turn, *, waits: bool) -> bool:
    """Tell whether a ticket of theirs waits for a person after a turn."""
    for effect in turn.effects:
        if isinstance(effect, OpenTicket | LeaveTicket | Erase):
            waits = isinstance(effect, OpenTicket)
    return waits


def _to_send(tx: Tx, conversation_id: int) -> list[str]:
    query = select(outbox.c.payload).where(outbox.c.conversation_id == conversation_id).order_by(outbox.c.id)
    payloads = map(json.loads, tx.execute(query).scalars())
    return [payload["text"] for payload in payloads if payload.get("call", "say") == "say"]


def _in_order(citizen: Citizen, lines: Iterable[Said]) -> Iterator[tuple[Posted, Said]]:
    """Accepted messages as the service took them: of two that came at once either may be the first."""
    said = iter([line for line in lines if line.author == CITIZEN])
    for group in citizen.accepted:
        left = list(group)
        while left:
            line = next(said)
            pick = left[0] if len(group) == 1 else next(each for each in left if each.message.text == line.text)
            left.remove(pick)
            yield pick, line
    assert next(said, None) is None, "a message changed the state twice"


def _delivered(citizen: Citizen, texts: Sequence[str], taken: Sequence[Taken], ended: Collection[int]) -> int:
    """Every reply reached its citizen, in order. Gives how many did so twice; of each the first answer was lost: the platform
    dropped it, or the life that waited for it had ended."""
    wanted = [(text, len(list(group))) for text, group in groupby(texts)]
    got = [(text, list(group)) for text, group in groupby(taken, key=lambda each: each.text)]
    assert [text for text, _ in got] == [text for text, _ in wanted], f"{citizen.channel} {citizen.contact}"
    twice = 0
    for (_, times), (_, reached) in zip(wanted, got, strict=True):
        lost = sum(each.lost or each.life in ended for each in reached[:-1])
        assert times <= len(reached) <= times + lost, (times, reached)
        twice += len(reached) - times
    return twice


def _marked(part: Paragraph) -> str:
    if isinstance(part, str):
        return part
    return f"‹{part.about}›" if part.about in _TOLD else part.text


def _same(kept: str, replayed: str) -> bool:
    wanted = re.escape(replayed)
    for about, pattern in _TOLD.items():
        wanted = wanted.replace(re.escape(f"‹{about}›"), pattern)
    return re.fullmatch(wanted, kept) is not None


def _bare(state: State) -> State:
    return state.model_copy(update={"last_at": None})
