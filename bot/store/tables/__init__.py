"""The tables. Times are UTC; JSON is kept as text, so that it comes back exactly as it went in.

`sqlite_autoincrement`: ids that people and pages have seen never name another row after an erasure.
Some bear another name in the database, the one that they were first given: a word is no reason for a migration.
"""

from bot.store.tables.columns import metadata
from bot.store.tables.counting import event_counts, event_keys, events
from bot.store.tables.running import alarms, key_values, leases, rate_limits, tries
from bot.store.tables.sharing import arrivals, link_days, links
from bot.store.tables.talk import conversations, files, follow_ups, inbound, misses, outbox, transcript
from bot.store.tables.team import (
    agents,
    audit,
    bans,
    content_feedback,
    kept_answers,
    push_subscriptions,
    sessions,
    telegram_topics,
    ticket_events,
    ticket_notes,
    tickets,
    view_log,
    work_chats,
)

__all__ = [
    "agents",
    "alarms",
    "arrivals",
    "audit",
    "bans",
    "content_feedback",
    "conversations",
    "event_counts",
    "event_keys",
    "events",
    "files",
    "follow_ups",
    "inbound",
    "kept_answers",
    "key_values",
    "leases",
    "link_days",
    "links",
    "metadata",
    "misses",
    "outbox",
    "push_subscriptions",
    "rate_limits",
    "sessions",
    "telegram_topics",
    "ticket_events",
    "ticket_notes",
    "tickets",
    "transcript",
    "tries",
    "view_log",
    "work_chats",
]
