"""Analytics events and their counts, with no person in them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text

from bot.store.tables.columns import BIG, TIME, dimensions, metadata, row_id

# What happened, with no person in it. `at` is the full hour, so that no row can be laid beside a line of a transcript; for the
# same reason there is no id. `key`: a random number, another one each month, see `event_keys`. `first`: the first of its kind,
# procedure, step and detail under this key, so that the firsts of a month count people. On PostgreSQL a partition holds a month
# (bot/insight/partitions.py).
events = Table(
    "events",
    metadata,
    Column("at", TIME, nullable=False, index=True),
    Column("key", BigInteger, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("kind", String(10), nullable=False),
    *dimensions(),
    Index(
        "ix_events_firsts",
        "key",
        "kind",
        "step",
        sqlite_where=text("first = 1"),
        postgresql_where=text("first"),
    ),
    postgresql_partition_by="RANGE (at)",
)

# Under which key a conversation's events stand this month. The row goes with the month, or with the citizen's data: from then on
# nobody can tell whose they were.
event_keys = Table(
    "event_keys",
    metadata,
    Column("conversation_id", BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("month", Date, nullable=False, index=True),
    Column("key", BigInteger, nullable=False),
)

# Events counted (bot/insight/rollups.py): how many, and how many of them firsts. `span`: "day", or "month"
# for all days of it that are over, under its first day.
event_counts = Table(
    "event_counts",
    metadata,
    row_id(),
    Column("day", Date, nullable=False),
    Column("span", String(5), nullable=False),
    Column("kind", String(10), nullable=False),
    *dimensions(),
    Column("events", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Index("ix_event_counts_day", "day", "span"),
    Index("ix_event_counts_kind", "kind", "day"),
    Index("ix_event_counts_procedure", "procedure", "day"),
)
