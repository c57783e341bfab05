"""Drafts: what a member typed in their chat that waits until they say to whom it goes."""

from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, select, update

from bot.handoff.agents import WorkChat
from bot.messages import File
from bot.privacy import redact_answer
from bot.store.tables import work_chats
from bot.store.tx import Tx

FRESH = timedelta(hours=1)  # a yes after that was not meant for it
_MOST = 20  # parts


@dataclass(frozen=True)
class Part:
    """One message. `message_id`: "" for a ready answer, which nobody typed."""

    message_id: str
    text: str
    file: File | None = None


@dataclass(frozen=True)
class Draft:
    """`ticket_id`: to whom it goes with a plain yes; None where a number has to name them."""

    parts: tuple[Part, ...]
    ticket_id: int | None = None

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts if part.text)

    def with_edit(self, message_id: str, text: str) -> "Draft | None":
        """Return the draft with one message reworded; None when it holds no such message."""
        parts = tuple(replace(part, text=text) if part.message_id == message_id else part for part in self.parts)
        return replace(self, parts=parts) if parts != self.parts else None


_STORED = TypeAdapter(Draft)


def keep_draft(tx: Tx, chat: WorkChat, draft: Draft) -> None:
    """Masked as everything that is stored; instead of what waited there before."""
    parts = tuple(replace(part, text=redact_answer(part.text)) for part in draft.parts[-_MOST:])
    stored = _STORED.dump_json(replace(draft, parts=parts)).decode()
    tx.execute(update(work_chats).where(_of(chat)).values(draft=stored, drafted_at=tx.now))


def find_draft(tx: Tx, chat: WorkChat) -> Draft | None:
    fresh = _of(chat) & (work_chats.c.drafted_at > tx.now - FRESH)
    stored = tx.execute(select(work_chats.c.draft).where(fresh)).scalar_one_or_none()
    return _STORED.validate_json(stored) if stored else None


def expire_drafts(tx: Tx) -> int:
    """Forget what nobody said yes to, and count it."""
    old = work_chats.c.draft.is_not(None) & (work_chats.c.drafted_at < tx.now - FRESH)
    return tx.execute(update(work_chats).where(old).values(draft=None)).rowcount


def _of(chat: WorkChat) -> ColumnElement[bool]:
    return (work_chats.c.channel == chat.channel) & (work_chats.c.contact == chat.contact)
