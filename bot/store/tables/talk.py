"""Conversations: with whom, what was said, what is to be sent."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from bot.store.tables.columns import BIG, TIME, metadata, of_conversation, row_id

# `busy_until`, `share_until`: how much they said lately, and this month, see bot/message_rate_limit.py. `erased_at`: when they
# erased their data, and have said nothing since; see bot/retention.py for what becomes of the row.
conversations = Table(
    "conversations",
    metadata,
    row_id(),
    Column("channel", String(20), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("state", Text, nullable=False),
    Column("blocked", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    Column("busy_until", TIME),
    Column("share_until", TIME),
    Column("erased_at", TIME),
    Index(
        "ix_conversations_erased",
        "erased_at",
        sqlite_where=text("erased_at IS NOT NULL"),
        postgresql_where=text("erased_at IS NOT NULL"),
    ),
    Index("uq_conversations_contact", "channel", "contact", unique=True),
)

# Messages that were accepted: the same id again changes nothing. `ticket_id`: whose citizen an agent's words went to. `words`: a
# keyed hash of what it said last, to tell an edit that changes no word.
inbound = Table(
    "inbound",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("message_id", String(200), primary_key=True),
    Column("received_at", TIME, nullable=False, index=True),
    Column("ticket_id", BIG),
    Column("words", String(16)),
)

# What was said, masked. `author`: citizen, bot or the agent's name. `choices`: the buttons as JSON.
transcript = Table(
    "transcript",
    metadata,
    row_id(),
    of_conversation(),
    Column("author", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("choices", Text, nullable=False, server_default="[]"),
    Column("at", TIME, nullable=False),
    Index("ix_transcript_conversation", "conversation_id", "id"),
    sqlite_autoincrement=True,
)

# One row is one call to a platform. `kind`: why, see bot/outbox/outbox.py. `state`: pending, sent, dead (never taken)
# or late (not sent, because it came to make no sense any more). `about_id`: the conversation of the citizen of whom it tells the
# team, so that it goes when they erase their data. `message`: what the platform calls it, so that it can be deleted there.
outbox = Table(
    "outbox",
    metadata,
    row_id(),
    of_conversation(),
    Column("channel", String(20), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("payload", Text, nullable=False),
    Column("optional", Boolean, nullable=False),
    Column("kind", String(10), nullable=False, server_default="answer"),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", TIME, nullable=False),
    Column("claimed_until", TIME),
    Column("error", Text),
    Column("created_at", TIME, nullable=False),
    Column("done_at", TIME),
    Column("about_id", BIG, index=True),
    Column("message", String(40)),
    Index(
        "ix_outbox_due",
        "channel",
        "next_at",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_outbox_order",
        "conversation_id",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_outbox_done",
        "state",
        "done_at",
        sqlite_where=text("state <> 'pending'"),
        postgresql_where=text("state <> 'pending'"),
    ),
    sqlite_autoincrement=True,
)

# What people sent instead of words. `reference`: where it lies with the platform; `content`: what was uploaded on our own pages.
files = Table(
    "files",
    metadata,
    row_id(),
    Column("conversation_id", BIG, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reference", Text, nullable=False),
    Column("name", String(200), nullable=False),
    Column("content", LargeBinary),
    Column("at", TIME, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# Words that were not understood, masked, for the content editors.
misses = Table(
    "misses",
    metadata,
    row_id(),
    of_conversation(),
    Column("text", Text, nullable=False),
    Column("procedure", String(40)),
    Column("step", String(60)),
    Column("at", TIME, nullable=False, index=True),
    Column("commune", String(40)),
    Column("handled_at", TIME),
)

# Whom to ask how it went, about which procedure, from when on.
follow_ups = Table(
    "checkins",
    metadata,
    Column("conversation_id", BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("procedure", String(40), nullable=False),
    Column("due_at", TIME, nullable=False, index=True),
)
