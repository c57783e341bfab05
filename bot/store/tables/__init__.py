"""The tables. Times are UTC; JSON is kept as text, so that it comes back exactly as it went in.

`sqlite_autoincrement`: ids that people and pages have seen never name another row after an erasure.
"""

from bot.store.tables.columns import metadata
from bot.store.tables.counting import event_counts, event_keys, events
from bot.store.tables.running import alarms, keep, leases, paces, tries
from bot.store.tables.sharing import arrivals, link_days, links
from bot.store.tables.talk import checkins, conversations, files, inbound, misses, outbox, transcript
from bot.store.tables.team import (
    agents,
    audit,
    barred,
    content_notes,
    kept_answers,
    looks,
    push_subscriptions,
    sessions,
    telegram_topics,
    ticket_events,
    ticket_notes,
    tickets,
    work_chats,
)

__all__ = [
    "agents",
    "alarms",
    "arrivals",
    "audit",
    "barred",
    "checkins",
    "content_notes",
    "conversations",
    "event_counts",
    "event_keys",
    "events",
    "files",
    "inbound",
    "keep",
    "kept_answers",
    "leases",
    "link_days",
    "links",
    "looks",
    "metadata",
    "misses",
    "outbox",
    "paces",
    "push_subscriptions",
    "sessions",
    "telegram_topics",
    "ticket_events",
    "ticket_notes",
    "tickets",
    "transcript",
    "tries",
    "work_chats",
]
