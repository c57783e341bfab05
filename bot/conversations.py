"""What is remembered of each conversation: its state and what was said."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from bot import privacy
from bot.store.prepared import Prepared, insert_new
from bot.store.tables import (
    agents,
    arrivals,
    content_feedback,
    conversations,
    event_keys,
    files,
    follow_ups,
    inbound,
    misses,
    outbox,
    ticket_events,
    tickets,
    transcript,
    work_chats,
)
from bot.store.tx import Tx
from flows.messages import Choice, Missed
from flows.state import State

CITIZEN, BOT = "citizen", "bot"
HIDDEN = "~"  # before the hash that stands for a contact; no platform's begin so

_CHOICES = TypeAdapter(list[tuple[str, str]])  # (label, token); pydantic writes JSON several times faster than json

_NAMES = ("id", "channel", "contact", "state", "blocked", "busy_until", "share_until", "erased_at")
_KEPT = select(*(conversations.c[name] for name in _NAMES))
_THIS = _KEPT.where(
    (conversations.c.channel == bindparam("channel")) & (conversations.c.contact == bindparam("contact"))
)
_FIND = Prepared(_THIS)
_SAVE = Prepared(update(conversations).where(conversations.c.id == bindparam("this")), "state", "updated_at")
_SAVE_TURN = Prepared(
    update(conversations).where(conversations.c.id == bindparam("this")),
    *("state", "busy_until", "share_until", "updated_at"),
)
_COUNT = Prepared(update(conversations).where(conversations.c.id == bindparam("this")), "busy_until", "share_until")
_RESTORE = Prepared(
    update(conversations).where(
        (conversations.c.channel == bindparam("channel_")) & (conversations.c.contact == bindparam("known_as"))
    ),
    *("contact", "erased_at"),
)
_WRITE_DOWN = Prepared(insert(transcript), "conversation_id", "author", "text", "choices", "at")
_SHOWN = Prepared(
    select(transcript.c.choices)
    .where(transcript.c.conversation_id == bindparam("conversation_id"))
    .order_by(transcript.c.id.desc())
    .limit(bindparam("last"))
)


@dataclass(frozen=True)
class Conversation:
    id: int
    channel: str
    contact: str
    state: State
    blocked: bool
    busy_until: datetime | None = None
    share_until: datetime | None = None


@dataclass(frozen=True)
class Said:
    """One line of a transcript. `author`: "citizen", "bot" or the name of an agent."""

    id: int
    author: str
    text: str
    choices: tuple[Choice, ...]
    at: datetime


def lock_or_begin(tx: Tx, channel: str, contact: str, fresh: State, key: str = "") -> Conversation:
    """Lock the conversation with this contact until the transaction ends; begin it if it is new.

    Args:
        key: of the hashes that stand for contacts who erased their data; "" where nobody does.
    """
    row = _HELD.fetch_first(tx, channel=channel, contact=contact)
    if key and (row is None or row.erased_at):
        _restore_returning(tx, channel, contact if row else hash_contact(channel, contact, key), contact)
        row = _HELD.fetch_first(tx, channel=channel, contact=contact)
    if row is None:
        _begin(tx, channel, contact, fresh)
        row = _HELD.fetch_first(tx, channel=channel, contact=contact)
    return _from_row(row)


def find_or_begin(tx: Tx, channel: str, contact: str, fresh: State) -> Conversation:
    """Find the conversation with this contact, or begin it, without a lock: only to send something there."""
    if found := find_conversation(tx, channel, contact):
        return found
    _begin(tx, channel, contact, fresh)
    return _from_row(_FIND.fetch_first(tx, channel=channel, contact=contact))


def _begin(tx: Tx, channel: str, contact: str, fresh: State) -> None:
    """Begin a conversation, unless another replica does so at this very moment."""
    start = {"state": fresh.model_dump_json(), "blocked": False, "created_at": tx.now, "updated_at": tx.now}
    insert_new(tx, conversations, channel=channel, contact=contact, **start)


def _restore_returning(tx: Tx, channel: str, known_as: str, contact: str) -> None:
    """Give back what had to stay of who erased their data and writes again (that they are banned, how much they said)."""
    _RESTORE.execute(tx, channel_=channel, known_as=known_as, contact=contact, erased_at=None)


def _lock_rows(query: Select[Any]) -> Select[Any]:
    """Lock the rows of a query until the transaction ends.

    Others may still write rows that only point to it: what is sent to an agent's chat while that agent's own message is
    worked on must not wait for it, or the two would wait for each other.
    """
    return query.with_for_update(key_share=True)


_HELD = Prepared(_lock_rows(_THIS))


def find_conversation(tx: Tx, channel: str, contact: str) -> Conversation | None:
    row = _FIND.fetch_first(tx, channel=channel, contact=contact)
    return _from_row(row) if row else None


def find_newest(tx: Tx, channel: str, contacts: Collection[str]) -> Conversation | None:
    """Find the one with any of these contacts that was begun last."""
    theirs = (conversations.c.channel == channel) & conversations.c.contact.in_(contacts)
    row = tx.execute(_KEPT.where(theirs).order_by(conversations.c.id.desc())).first() if contacts else None
    return _from_row(row) if row else None


def lock_by_id(tx: Tx, conversation_id: int) -> Conversation:
    """Lock the conversation until the transaction ends."""
    row = tx.execute(_lock_rows(_KEPT.where(conversations.c.id == conversation_id))).one()
    return _from_row(row)


def by_id(tx: Tx, conversation_id: int) -> Conversation:
    """Read the conversation without a lock: only to look."""
    return _from_row(tx.execute(_KEPT.where(conversations.c.id == conversation_id)).one())


def _from_row(row: Any) -> Conversation:
    state = _parse_state(row.state)
    return Conversation(row.id, row.channel, row.contact, state, row.blocked, row.busy_until, row.share_until)


def _parse_state(stored: str) -> State:
    """Parse a state. One that an older version wrote and this one can't read is no reason to leave a citizen without an
    answer."""
    try:
        return State.model_validate_json(stored)
    except ValidationError:
        return State(greeted=True)


def record_once(tx: Tx, channel: str, message_id: str, words: str | None = None) -> bool:
    """Record a message by its id, so that each changes something once (idempotency). False when it was accepted before.

    `words`: a hash of what it says.
    """
    return insert_new(tx, inbound, channel=channel, message_id=message_id, received_at=tx.now, words=words)


def is_mended(tx: Tx, channel: str, message_id: str, words: str) -> bool:
    """Tell whether a message says something else than when it last came; its new words are kept."""
    this = (inbound.c.channel == channel) & (inbound.c.message_id == message_id)
    before = tx.execute(select(inbound.c.words).where(this)).scalar_one_or_none()
    tx.execute(update(inbound).where(this).values(words=words))
    return before != words


def record_recipient(tx: Tx, channel: str, message_id: str, ticket_id: int) -> None:
    """Record to which ticket's citizen an agent's message went, for when the agent mends it."""
    this = (inbound.c.channel == channel) & (inbound.c.message_id == message_id)
    tx.execute(update(inbound).where(this).values(ticket_id=ticket_id))


def find_recipient(tx: Tx, channel: str, message_id: str) -> int | None:
    this = (inbound.c.channel == channel) & (inbound.c.message_id == message_id)
    return tx.execute(select(inbound.c.ticket_id).where(this)).scalar_one_or_none()


def save_state(tx: Tx, conversation_id: int, state: State) -> None:
    _SAVE.execute(tx, this=conversation_id, state=state.model_dump_json(), updated_at=tx.now)


def save_turn(tx: Tx, conversation: Conversation) -> None:
    """Save the state and how much this person said, at once."""
    _SAVE_TURN.execute(tx, state=conversation.state.model_dump_json(), updated_at=tx.now, **_counts(conversation))


def save_counts(tx: Tx, conversation: Conversation) -> None:
    """Save how much this person said, see bot/message_rate_limit.py."""
    _COUNT.execute(tx, **_counts(conversation))


def _counts(conversation: Conversation) -> dict[str, Any]:
    counts = {"busy_until": conversation.busy_until, "share_until": conversation.share_until}
    return {"this": conversation.id, **counts}


def set_blocked(tx: Tx, conversation_id: int, blocked: bool) -> None:
    tx.execute(update(conversations).where(conversations.c.id == conversation_id).values(blocked=blocked))


def write_down(tx: Tx, conversation_id: int, author: str, text: str, choices: Sequence[Choice] = ()) -> None:
    kept = _CHOICES.dump_json([(choice.label, choice.token) for choice in choices]).decode()
    tx.changed.add(conversation_id)
    _WRITE_DOWN.execute(tx, conversation_id=conversation_id, author=author, text=text, choices=kept, at=tx.now)


def read_transcript(
    tx: Tx, conversation_id: int, after: int = 0, last: int = 200, until: datetime | None = None
) -> list[Said]:
    """Read the last lines of the transcript after line `after`, and not later than `until`, oldest first."""
    where = (transcript.c.conversation_id == conversation_id) & (transcript.c.id > after)
    if until:
        where &= transcript.c.at <= until
    rows = tx.execute(select(transcript).where(where).order_by(transcript.c.id.desc()).limit(last)).all()
    return [
        Said(r.id, r.author, r.text, tuple(Choice(*pair) for pair in json.loads(r.choices)), r.at)
        for r in reversed(rows)
    ]


def last_words(tx: Tx, conversation_ids: Sequence[int], but: Collection[str] = ()) -> dict[int, Said]:
    """Read the last line of each of these citizens, `but` those that say nothing of what they need."""
    theirs = transcript.c.conversation_id.in_(conversation_ids) & (transcript.c.author == CITIZEN)
    theirs &= transcript.c.text.not_in(but)
    newest = select(func.max(transcript.c.id)).where(theirs).group_by(transcript.c.conversation_id)
    rows = tx.execute(select(transcript).where(transcript.c.id.in_(newest)))
    return {row.conversation_id: Said(row.id, row.author, row.text, (), row.at) for row in rows}


def count_said(tx: Tx, conversation_id: int) -> int:
    """Count the lines of this citizen that are kept."""
    theirs = (transcript.c.conversation_id == conversation_id) & (transcript.c.author == CITIZEN)
    return tx.execute(select(func.count()).select_from(transcript).where(theirs)).scalar_one()


def last_heard(tx: Tx, conversation_id: int) -> datetime | None:
    """Find when this citizen last did something here, as far as the transcript goes: who erased it is not written to
    unasked."""
    theirs = (transcript.c.conversation_id == conversation_id) & (transcript.c.author == CITIZEN)
    newest = select(transcript.c.at).where(theirs).order_by(transcript.c.id.desc()).limit(1)
    return tx.execute(newest).scalar()


def read_buttons(tx: Tx, conversation_id: int, last: int) -> Iterator[Choice]:
    """Yield the buttons on the last lines of the transcript, the newest first."""
    for row in _SHOWN.iterate(tx, conversation_id=conversation_id, last=last):
        yield from (Choice(*pair) for pair in json.loads(row.choices))


def note_miss(tx: Tx, conversation_id: int, missed: Missed, commune: str | None) -> None:
    where = {"commune": commune or None, "procedure": missed.procedure, "step": missed.step}
    row = {"text": missed.text, "at": tx.now, **where}
    tx.execute(insert(misses).values(conversation_id=conversation_id, **row))


def mark_erased(tx: Tx, conversation_id: int) -> None:
    """Note that the citizen is to be forgotten, unless they write again: see bot/retention.py."""
    tx.execute(update(conversations).where(conversations.c.id == conversation_id).values(erased_at=tx.now))


def hash_contact(channel: str, contact: str, key: str) -> str:
    """Hash a contact that nobody may read any more; who knows the contact and the key finds it again."""
    return f"{HIDDEN}{privacy.hash_text(f'{channel} {contact}', key)}"


def erase_citizen(tx: Tx, conversation_id: int) -> None:
    """Erase everything about a citizen, what the team was told of them too, but the bare row that new messages hang on.

    What was counted stays, nobody's now.
    """
    tx.changed.add(conversation_id)
    mine = select(tickets.c.id).where(tickets.c.conversation_id == conversation_id)
    holders = select(agents.c.id).join(tickets, tickets.c.agent == agents.c.name).where(tickets.c.id.in_(mine))
    tx.execute(update(work_chats).where(work_chats.c.agent_id.in_(holders)).values(draft=None))
    tx.execute(delete(ticket_events).where(ticket_events.c.ticket_id.in_(mine)))
    for table in (tickets, transcript, misses, files, outbox, arrivals, event_keys, follow_ups):
        tx.execute(delete(table).where(table.c.conversation_id == conversation_id))
    for told in (outbox, content_feedback):
        tx.execute(delete(told).where(told.c.about_id == conversation_id))
