"""The tables. Times are UTC; JSON is kept as text, so that it comes back exactly as it went in.

`sqlite_autoincrement`: ids that people and pages have seen never name another row after an erasure.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives row ids by itself only to a column that is declared INTEGER.
_BIG: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite, which has no time zones, gives back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Remembers the last ones: a turn writes one moment into many rows."""
        process = super().bind_processor(dialect)
        return lru_cache(maxsize=16)(process) if process else None

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_TIME = Utc()


def _id() -> Column[int]:
    return Column("id", _BIG, primary_key=True, autoincrement=True)


def _conversation() -> Column[int]:
    return Column("conversation_id", _BIG, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)


def _dimensions() -> tuple[Column[Any], ...]:
    """What is counted apart. `value`: minutes waited, or stars."""
    texts = (("channel", 20), ("commune", 40), ("link", 40), ("procedure", 40), ("step", 60), ("detail", 60))
    return (*(Column(name, String(length)) for name, length in texts), Column("value", Integer))


conversations = Table(
    "conversations",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("state", Text, nullable=False),
    Column("blocked", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", _TIME, nullable=False),
    Column("updated_at", _TIME, nullable=False),
    Index("uq_conversations_contact", "channel", "contact", unique=True),
)

# Messages that were accepted: the same id again changes nothing. `ticket_id`: whose citizen an agent's words went to.
inbound = Table(
    "inbound",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("message_id", String(200), primary_key=True),
    Column("received_at", _TIME, nullable=False, index=True),
    Column("ticket_id", _BIG),
)

# What was said, masked. `author`: citizen, bot or the agent's name. `choices`: the buttons as JSON.
transcript = Table(
    "transcript",
    metadata,
    _id(),
    _conversation(),
    Column("author", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("choices", Text, nullable=False, server_default="[]"),
    Column("at", _TIME, nullable=False),
    Index("ix_transcript_conversation", "conversation_id", "id"),
    sqlite_autoincrement=True,
)

# One row is one call to a platform. `kind`: answer, note or call, see bot/outbox.py. `state`: pending, sent, dead (never taken)
# or late (not sent, because it came to make no sense any more). `about_id`: the conversation of the citizen of whom it tells the
# team, so that it goes when they erase their data.
outbox = Table(
    "outbox",
    metadata,
    _id(),
    _conversation(),
    Column("channel", String(20), nullable=False),
    Column("contact", String(200), nullable=False),
    Column("payload", Text, nullable=False),
    Column("optional", Boolean, nullable=False),
    Column("kind", String(10), nullable=False, server_default="answer"),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", _TIME, nullable=False),
    Column("claimed_until", _TIME),
    Column("error", Text),
    Column("created_at", _TIME, nullable=False),
    Column("done_at", _TIME),
    Column("about_id", _BIG, index=True),
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

# From when the next call may go: to a whole channel (`name` is "") or to one chat there; see bot/pace.py.
paces = Table(
    "paces",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("opens_at", _TIME, nullable=False),
)

# `state`: waiting, claimed or resolved. At most one that is not resolved for each conversation. `outcome`: what the agent said
# became of it: helped, in_person, wrong or spam. `stars` (1-5) and `word`: what the citizen said of the help.
# `level`: who was called while nobody took it: 0 the team, 1 the team again, 2 its leads, 3 the parent team.
# `phone`: where they want to be called, with their yes; erased some days after the end. `held_since`: when its agent got it;
# `answered_at`: their last word to the citizen, none yet in their hands; `nudged_at`: when they were reminded since.
tickets = Table(
    "tickets",
    metadata,
    _id(),
    _conversation(),
    Column("state", String(10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("commune", String(40)),
    Column("procedure", String(40)),
    Column("step", String(60)),
    Column("answers", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("tried", String(40)),
    Column("agent", String(60)),
    Column("outcome", String(10)),
    Column("stars", Integer),
    Column("word", Text),
    Column("opened_at", _TIME, nullable=False),
    Column("changed_at", _TIME, nullable=False),
    Column("waiting_since", _TIME, nullable=False),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("nudged_at", _TIME),
    Column("phone", String(20)),
    Column("held_since", _TIME),
    Column("answered_at", _TIME),
    Index(
        "uq_tickets_open",
        "conversation_id",
        unique=True,
        sqlite_where=text("state <> 'resolved'"),
        postgresql_where=text("state <> 'resolved'"),
    ),
    sqlite_autoincrement=True,
)

ticket_events = Table(
    "ticket_events",
    metadata,
    _id(),
    Column("ticket_id", _BIG, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("who", String(60), nullable=False),
    Column("at", _TIME, nullable=False),
)

# The members of the team. `role`: member, lead or admin. `communes`: ids as JSON, [] for all. `code_hash`: of the invitation
# that is open. `password_hash`: for the console, none before the first sign-in. Who is removed stays as a row, so that a name
# never becomes somebody else's.
agents = Table(
    "agents",
    metadata,
    _id(),
    Column("name", String(60), nullable=False),
    Column("role", String(10), nullable=False),
    Column("communes", Text, nullable=False),
    Column("code_hash", String(64), index=True),
    Column("code_until", _TIME),
    Column("password_hash", String(200)),
    Column("created_at", _TIME, nullable=False),
    Column("removed_at", _TIME),
    Index("uq_agents_name", "name", unique=True),
    sqlite_autoincrement=True,
)

# Private chats on Zalo and Telegram in which a member works. `ticket_id`: whom they speak with there. `offered`: marks of the
# ready answers that were listed to them last, as JSON.
work_chats = Table(
    "work_chats",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("contact", String(200), primary_key=True),
    Column("agent_id", _BIG, ForeignKey("agents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ticket_id", _BIG, ForeignKey("tickets.id", ondelete="SET NULL")),
    Column("offered", Text),
)

# What the team tells itself about a ticket, masked. The citizen never sees it.
ticket_notes = Table(
    "ticket_notes",
    metadata,
    _id(),
    Column("ticket_id", _BIG, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("who", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", _TIME, nullable=False),
)

# Answers that members keep for the next time; those who share a commune share them.
kept_answers = Table(
    "kept_answers",
    metadata,
    _id(),
    Column("agent_id", _BIG, ForeignKey("agents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
)

# Where tickets stand in the team's Telegram group. `place`: "<chat>#<ticket>"; `thread`: the topic, none where the group itself
# is the place; `card`: the message that replies hang on.
telegram_topics = Table(
    "telegram_topics",
    metadata,
    Column("place", String(60), primary_key=True),
    Column("thread", BigInteger, index=True),
    Column("card", BigInteger),
)

# Browsers that are signed in to the console.
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", _BIG, ForeignKey("agents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", _TIME, nullable=False),
    Column("until", _TIME, nullable=False),
)

# Browsers that hear of tickets while the page is closed, as long as they are signed in. `keys`: as JSON, what to encrypt for.
push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    _id(),
    Column("token_hash", String(64), ForeignKey("sessions.token_hash", ondelete="CASCADE"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False),
    Column("keys", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Who saw which conversation, from when to when. It outlives the ticket: that somebody looked is not the citizen's data.
looks = Table(
    "looks",
    metadata,
    _id(),
    Column("agent", String(60), nullable=False),
    Column("ticket_id", _BIG, nullable=False, index=True),
    Column("commune", String(40)),
    Column("since", _TIME, nullable=False),
    Column("until", _TIME, nullable=False),
)

# Citizens who may open no tickets for now, and over which ticket. It stays when they erase their data: it is not about them but
# about the team.
barred = Table(
    "barred",
    metadata,
    Column("conversation_id", _BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", _BIG, nullable=False),
    Column("who", String(60), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", _TIME, nullable=False),
)

# What people sent instead of words. `reference`: where it lies with the platform; `content`: what was uploaded on our own pages.
files = Table(
    "files",
    metadata,
    _id(),
    Column("conversation_id", _BIG, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reference", Text, nullable=False),
    Column("name", String(200), nullable=False),
    Column("content", LargeBinary),
    Column("at", _TIME, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# Words that were not understood, masked, for the content editors.
misses = Table(
    "misses",
    metadata,
    _id(),
    _conversation(),
    Column("text", Text, nullable=False),
    Column("procedure", String(40)),
    Column("step", String(60)),
    Column("at", _TIME, nullable=False, index=True),
    Column("commune", String(40)),
    Column("handled_at", _TIME),
)

# What the editors of the content are told: where, and in which words. `kind`: "wrong" for what the bot says wrongly, "tip" for
# what helped somebody who was stuck there; "phrase" for words that should mean this procedure, "unclear" for words to look at;
# "returned" for why an office gave papers back, masked and without a name.
content_notes = Table(
    "content_notes",
    metadata,
    _id(),
    Column("procedure", String(40)),
    Column("step", String(60)),
    Column("kind", String(10), nullable=False, server_default="wrong"),
    Column("text", Text, nullable=False),
    Column("who", String(60), nullable=False),
    Column("at", _TIME, nullable=False),
)

# What an operator must mend by hand: one row while it lasts. `told_at`: when the admins of the team heard of it.
alarms = Table(
    "alarms",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("detail", Text, nullable=False),
    Column("since", _TIME, nullable=False),
    Column("told_at", _TIME),
)

# Links to a procedure in a commune. `procedure`: "" for all of them; `source`: which group or poster it is on, "" for the pages
# themselves; `made_by`: the member's name. A retired one still leads where it led.
links = Table(
    "links",
    metadata,
    _id(),
    Column("code", String(12), nullable=False),
    Column("commune", String(40), nullable=False),
    Column("procedure", String(40), nullable=False),
    Column("source", String(80), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("made_at", _TIME, nullable=False),
    Column("retired_at", _TIME),
    Index("uq_links_code", "code", unique=True),
    Index("uq_links_place", "commune", "procedure", "source", unique=True),
    sqlite_autoincrement=True,
)

# What a link brought on a day in Vietnam. It holds nobody, so it stays when somebody erases their data.
link_days = Table(
    "link_days",
    metadata,
    Column("link_id", _BIG, ForeignKey("links.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("visits", Integer, nullable=False),
    Column("conversations", Integer, nullable=False),
)

# Which links brought a conversation. It goes when the citizen's data goes.
arrivals = Table(
    "arrivals",
    metadata,
    Column("conversation_id", _BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("link_id", _BIG, ForeignKey("links.id", ondelete="CASCADE"), primary_key=True),
    Column("at", _TIME, nullable=False, index=True),
)

# Work that only one replica may do at a time, and until when it is somebody's.
leases = Table(
    "leases",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("until", _TIME, nullable=False),
)

# What happened, with no person in it. `at` is the full hour, so that no row can be laid beside a line of a transcript; for the
# same reason there is no id. `key`: a random number, another one each month, see `event_keys`. `first`: the first of its kind,
# procedure, step and detail under this key, so that the firsts of a month count people. On PostgreSQL a partition holds a month
# (bot/insight/partitions.py).
events = Table(
    "events",
    metadata,
    Column("at", _TIME, nullable=False, index=True),
    Column("key", BigInteger, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("kind", String(10), nullable=False),
    *_dimensions(),
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
    Column("conversation_id", _BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("month", Date, nullable=False, index=True),
    Column("key", BigInteger, nullable=False),
)

# Events counted (bot/insight/rollups.py): how many, and how many of them firsts. `span`: "day", or "month"
# for all days of it that are over, under its first day.
event_counts = Table(
    "event_counts",
    metadata,
    _id(),
    Column("day", Date, nullable=False),
    Column("span", String(5), nullable=False),
    Column("kind", String(10), nullable=False),
    *_dimensions(),
    Column("events", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    Index("ix_event_counts_day", "day", "span"),
    Index("ix_event_counts_kind", "kind", "day"),
    Index("ix_event_counts_procedure", "procedure", "day"),
)

# Whom to ask how it went, about which procedure, from when on.
checkins = Table(
    "checkins",
    metadata,
    Column("conversation_id", _BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("procedure", String(40), nullable=False),
    Column("due_at", _TIME, nullable=False, index=True),
)

# What must survive a restart and is no conversation, as JSON: the token pair of Zalo OA (sealed), the keys that sign web
# pushes, the ids of Telegram groups that moved.
keep = Table("keep", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))
