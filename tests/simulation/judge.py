"""Compares notes: what citizens sent and saw, and what the database says that they said and were told."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, func, select

from bot import conversations
from bot.conversations import CITIZEN, Conversation
from bot.privacy import redact
from bot.store.tables import misses, outbox, tickets
from bot.store.tx import Tx
from tests.simulation.phones import Phone, WebPhone

_LINK = re.compile(r"https?://\S+")
_EVERYTHING = 10_000  # lines of one talk
ANYTHING = "*"


@dataclass(frozen=True)
class Verdict:
    """
    Attributes:
        lost: messages, of either side, that the other one never had.
        doubled: messages that were there more often than they were said.
        disordered: 1 when all is there, once, but in another order.
    """

    lost: int = 0
    doubled: int = 0
    disordered: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.lost + other.lost, self.doubled + other.doubled, self.disordered + other.disordered)


@dataclass(frozen=True)
class Record:
    """What the database holds of one talk."""

    verdict: Verdict
    misses: int
    tickets: int


def judge(tx: Tx, phone: Phone) -> Record:
    talk = conversations.find_conversation(tx, phone.channel, phone.contact)
    if talk is None:
        return Record(Verdict(lost=len(phone.made)), 0, 0)
    verdict = _said(tx, talk, phone) + _told(tx, talk, phone)
    return Record(verdict, _count(tx, misses, talk), _count(tx, tickets, talk))


def _said(tx: Tx, talk: Conversation, phone: Phone) -> Verdict:
    """What the citizen sent stands in the transcript."""
    lines = [
        line.text for line in conversations.read_transcript(tx, talk.id, last=_EVERYTHING) if line.author == CITIZEN
    ]
    made = [ANYTHING if words is None else redact(words).text for words in phone.made]
    if len(made) == len(lines):
        lines = [ANYTHING if sent == ANYTHING else line for sent, line in zip(made, lines, strict=True)]
    return compare(made, lines)


def _told(tx: Tx, talk: Conversation, phone: Phone) -> Verdict:
    """What the database says was told stands on the phone: every call of the outbox, and every line of the transcript."""
    lines = conversations.read_transcript(tx, talk.id, last=_EVERYTHING)
    if isinstance(phone, WebPhone):
        shown = [(id_, text) for id_, _, text in phone.lines]
        return compare([f"{line.id} {line.text}" for line in lines], [f"{id_} {text}" for id_, text in shown])
    heard = phone.heard()
    query = select(outbox.c.payload).where((outbox.c.conversation_id == talk.id) & (outbox.c.state == "sent"))
    calls = [json.loads(row.payload) for row in tx.execute(query.order_by(outbox.c.id))]
    verdict = compare([call["text"] for call in calls if call.get("call", "say") == "say"], heard)
    return verdict + _contained([line.text for line in lines if line.author != CITIZEN], heard)


def _contained(lines: Sequence[str], heard: Sequence[str]) -> Verdict:
    """Each line of the transcript was heard, one after the other; a line may have come in pieces."""
    everything, at, lost = plain("\n".join(heard)), 0, 0
    for line in map(plain, lines):
        found = everything.find(line, at)
        lost += found < 0
        at = found + len(line) if found >= 0 else at
    return Verdict(lost=lost)


def compare(expected: Sequence[str], got: Sequence[str]) -> Verdict:
    """
    >>> compare(["a", "b"], ["a", "a"])
    Verdict(lost=1, doubled=1, disordered=0)
    """
    wanted, found = [*map(plain, expected)], [*map(plain, got)]
    missing, extra = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    same = not missing and not extra
    return Verdict(missing.total(), extra.total(), int(same and wanted != found))


def plain(text: str) -> str:
    """White space and the shortened links of a page are no difference."""
    return " ".join(_LINK.sub("…", text).split())


def unsent(tx: Tx) -> int:
    """Calls that nobody was sent: pending for ever, or dead."""
    query = select(func.count()).select_from(outbox).where((outbox.c.state != "sent") & ~outbox.c.optional)
    return int(tx.execute(query).scalar_one())


def _count(tx: Tx, table: Table, talk: Conversation) -> int:
    query = select(func.count()).select_from(table).where(table.c.conversation_id == talk.id)
    return int(tx.execute(query).scalar_one())
