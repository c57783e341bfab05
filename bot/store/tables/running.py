"""State of the service itself: alarms, leases, rate limits, single values."""

from sqlalchemy import Column, Integer, String, Table, Text

from bot.store.tables.columns import TIME, metadata

# From when the next call may go: to a whole channel (`name` is "") or to one chat there; see bot/outbox/rate_limits.py.
rate_limits = Table(
    "paces",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("opens_at", TIME, nullable=False),
)

# What an operator must mend by hand: one row while it lasts. `told_at`: when the admins of the team heard of it.
alarms = Table(
    "alarms",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("detail", Text, nullable=False),
    Column("since", TIME, nullable=False),
    Column("told_at", TIME),
)

# Work that only one replica may do at a time, and until when it is somebody's.
leases = Table(
    "leases",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("until", TIME, nullable=False),
)

# Passwords and codes that were tried lately, by a hash of the member and the place (bot/console/tries.py).
tries = Table(
    "tries",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("since", TIME, nullable=False),
)

# What must survive a restart and is no conversation, as JSON: the token pair of Zalo OA (sealed), the keys that sign web
# pushes, the ids of Telegram groups that moved.
key_values = Table("keep", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))
