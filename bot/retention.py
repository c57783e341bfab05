"""Retention: each kind of row is deleted after its days; who erased their data, soon."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from bot.conversations import HIDDEN, erase_citizen, hash_contact
from bot.outbox.outbox import DEAD, LATE, PENDING, SENT
from bot.settings import Settings
from bot.store.tables import (
    arrivals,
    audit,
    bans,
    content_feedback,
    conversations,
    files,
    inbound,
    misses,
    outbox,
    sessions,
    tickets,
    transcript,
    view_log,
    work_chats,
)
from bot.store.tx import Tx
from flows.state import State

_AGAIN = timedelta(hours=1)  # within which platforms post a message again
_DAILY = timedelta(days=1)
_ALL = 10**9  # rows: more than there are

_DONE = outbox.c.state != literal_column(f"'{PENDING}'")  # in these words, so that databases see that the index fits

Find = Callable[[datetime, int], Select[Any]]  # (before then, at most so many) -> the primary keys of rows that end


@dataclass(frozen=True)
class End:
    """When one kind of rows ends.

    Attributes:
        name: of the duty.
        title: what it is, for an operator.
        every: how often it is looked for, where that reads the whole table; None for in every round.
    """

    name: str
    title: str
    table: Table
    days: float
    find: Find
    every: timedelta | None = None

    def ends_before(self, now: datetime) -> datetime:
        """Find the moment before which rows end."""
        return now - timedelta(days=self.days)

    def count_due(self, tx: Tx) -> int:
        """Count the rows that would go now."""
        return tx.execute(
            select(func.count()).select_from(self.find(self.ends_before(tx.now), _ALL).subquery())
        ).scalar_one()

    def list_due(self, tx: Tx, most: int) -> Sequence[Any]:
        """List the keys of rows that go now."""
        return tx.execute(self.find(self.ends_before(tx.now), most)).all()

    def delete_rows(self, tx: Tx, keys: Sequence[Any]) -> int:
        columns = [*self.table.primary_key]
        these = tuple_(*columns).in_(keys) if len(columns) > 1 else columns[0].in_([key[0] for key in keys])
        return tx.execute(delete(self.table).where(these)).rowcount


def list_ends(settings: Settings) -> Sequence[End]:
    """List everything that ends by itself."""
    said = settings.transcript_days
    return (
        End("files", "ảnh và tệp", files, settings.file_days, _older(files, files.c.at)),
        End("sent", "tin đã gửi trong hàng đợi", outbox, settings.sent_days, _settled(SENT)),
        End("dead", "tin không tới, tin bỏ vì muộn", outbox, settings.dead_days, _settled(DEAD, LATE)),
        End("inbound", "mã của tin đến", inbound, settings.inbound_days, _older(inbound, inbound.c.received_at)),
        End("transcripts", "lời đã nói", transcript, said, _lowest_said),
        End("misses", "câu máy không hiểu", misses, said, _older(misses, misses.c.at)),
        End("arrivals", "đường dẫn bà con theo tới", arrivals, said, _older(arrivals, arrivals.c.at)),
        End("tickets", "phiếu đã xong, ghi chú của tổ", tickets, settings.ticket_days, _resolved, _DAILY),
        End("contacts", "người im lặng lâu, câu trả lời của họ", conversations, settings.contact_days, _silent, _DAILY),
        End("bans", "lệnh chặn", bans, settings.ban_days, _older(bans, bans.c.at), _DAILY),
        End(
            "notes",
            "ghi chú cho người viết",
            content_feedback,
            settings.note_days,
            _older(content_feedback, content_feedback.c.at),
            _DAILY,
        ),
        End("looks", "sổ ai đã xem", view_log, settings.look_days, _older(view_log, view_log.c.until), _DAILY),
        End("audit", "sổ ai đã làm gì", audit, settings.look_days, _older(audit, audit.c.at), _DAILY),
        End("sessions", "máy im lặng lâu ở /console", sessions, settings.idle_days, _idle),
    )


def _older(table: Table, at: ColumnElement[datetime]) -> Find:
    return lambda before, most: select(*table.primary_key).where(at < before).limit(most)


def _settled(*states: str) -> Find:
    def find(before: datetime, most: int) -> Select[Any]:
        old = _DONE & outbox.c.state.in_(states) & (outbox.c.done_at < before)
        return select(outbox.c.id).where(old).limit(most)

    return find


def _lowest_said(before: datetime, most: int) -> Select[Any]:
    """Select the oldest lines of the transcript. Its ids grow with the time: only the lowest need to be looked at."""
    lowest = select(transcript.c.id, transcript.c.at).order_by(transcript.c.id).limit(most).subquery()
    return select(lowest.c.id).where(lowest.c.at < before)


def _resolved(before: datetime, most: int) -> Select[Any]:
    return select(tickets.c.id).where((tickets.c.state == "resolved") & (tickets.c.changed_at < before)).limit(most)


def _silent(before: datetime, most: int) -> Select[Any]:
    """Select who said nothing for so long that they begin anew if they come again; not while anything else of them is kept."""
    this = conversations.c.id
    kept = [exists().where(table.c.conversation_id == this) for table in (tickets, outbox, transcript, bans)]
    works = exists().where(
        (work_chats.c.channel == conversations.c.channel) & (work_chats.c.contact == conversations.c.contact)
    )
    return select(this).where((conversations.c.updated_at < before) & ~or_(*kept, works)).limit(most)


def _idle(before: datetime, most: int) -> Select[Any]:
    return select(sessions.c.token_hash).where(sessions.c.used_at < before).limit(most)


def forget_erased(tx: Tx, key: str) -> int:
    """Forget citizens who erased their data an hour ago and have said nothing since.

    Until then a message that the platform posts again must be known. The row goes; of who is banned, or said as much as one
    person may, a hash stays in place of the contact, so that erasing is no way around that.

    Args:
        key: of the hashes.
    """
    erased = conversations.c.erased_at.is_not(None) & (conversations.c.erased_at < tx.now - _AGAIN)
    is_barred = exists().where(bans.c.conversation_id == conversations.c.id)
    stays = is_barred | (conversations.c.busy_until > tx.now) | (conversations.c.share_until > tx.now)
    waits = exists().where((outbox.c.conversation_id == conversations.c.id) & ~_DONE)
    theirs = select(conversations.c.id, conversations.c.channel, conversations.c.contact, stays.label("stays"))
    query = theirs.where(erased & ~waits & ~(conversations.c.contact.startswith(HIDDEN) & stays))
    rows = tx.execute(query.with_for_update(skip_locked=True, of=conversations)).all()
    for row in rows:
        tx.execute(delete(inbound).where(_came_from(row.channel, row.contact)))
        this, hashed = conversations.c.id == row.id, hash_contact(row.channel, row.contact, key)
        if row.stays:
            erase_citizen(tx, row.id)
            before = (conversations.c.channel == row.channel) & (conversations.c.contact == hashed)
            tx.execute(delete(conversations).where(before & ~this))
            changes = {"contact": hashed, "state": State().model_dump_json()}
            tx.execute(update(conversations).where(this).values(changes))
        else:
            tx.execute(delete(conversations).where(this))
    return len(rows)


def _came_from(channel: str, contact: str) -> ColumnElement[bool]:
    """Match ids of messages that hold the contact."""
    return (inbound.c.channel == channel) & inbound.c.message_id.startswith(f"{contact}:", autoescape=True)
