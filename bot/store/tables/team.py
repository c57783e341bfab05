"""Tickets, the members of the team, where they work and what they note."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.store.tables.columns import BIG, TIME, metadata, of_conversation, row_id

# `state`: waiting, claimed or resolved. At most one that is not resolved for each conversation. `outcome`: what the agent said
# became of it: helped, in_person, wrong or spam. `stars` (1-5) and `word`: what the citizen said of the help.
# `level`: who was called while nobody took it: 0 the team, 1 the team again, 2 its leads, 3 the parent team.
# `question`: what they asked the team to find out, masked. `languages`: ids of those in which they want to be spoken with, as
# JSON, [] where it is not known which; none where Vietnamese will do.
# `phone`: where they want to be called, with their yes; erased some days after the end. `held_since`: when its agent got it;
# `answered_at`: their last word to the citizen, none yet in their hands; `nudged_at`: when they were reminded since.
tickets = Table(
    "tickets",
    metadata,
    row_id(),
    of_conversation(),
    Column("state", String(10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("commune", String(40)),
    Column("procedure", String(40)),
    Column("step", String(60)),
    Column("answers", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("tried", String(40)),
    Column("question", Text),
    Column("languages", Text),
    Column("agent", String(60)),
    Column("outcome", String(10)),
    Column("stars", Integer),
    Column("word", Text),
    Column("opened_at", TIME, nullable=False),
    Column("changed_at", TIME, nullable=False),
    Column("waiting_since", TIME, nullable=False),
    Column("level", Integer, nullable=False, server_default="0"),
    Column("nudged_at", TIME),
    Column("phone", String(20)),
    Column("held_since", TIME),
    Column("answered_at", TIME),
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
    row_id(),
    Column("ticket_id", BIG, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("who", String(60), nullable=False),
    Column("at", TIME, nullable=False),
)

# The members of the team. `role`: member, lead or admin. `communes`: ids as JSON, [] for all. `code_hash`: of the invitation
# that is open. `password_hash`: for the console, none before the first sign-in. `factor`: the sealed key of their second factor,
# and `factor_step`: the last of its codes that was used, see bot/console/second_factor.py. `duty`: when they are there, as JSON,
# see bot/handoff/duty.py. `speaks`: ids of languages beside Vietnamese, as JSON. Who is removed stays as a row, so that a name
# never becomes somebody else's.
agents = Table(
    "agents",
    metadata,
    row_id(),
    Column("name", String(60), nullable=False),
    Column("role", String(10), nullable=False),
    Column("communes", Text, nullable=False),
    Column("code_hash", String(64), index=True),
    Column("code_until", TIME),
    Column("password_hash", String(200)),
    Column("factor", Text),
    Column("factor_step", BigInteger),
    Column("duty", Text),
    Column("speaks", Text),
    Column("created_at", TIME, nullable=False),
    Column("removed_at", TIME),
    Index("uq_agents_name", "name", unique=True),
    sqlite_autoincrement=True,
)

# Private chats on Zalo and Telegram in which a member works. `ticket_id`: whom they speak with there. `named_at`: when they last
# said so, none since something about somebody else came. `offered`: marks of the ready answers that were listed to them last, as
# JSON. `draft`: their words that went to nobody yet, see bot/handoff/drafts.py, and since when.
work_chats = Table(
    "work_chats",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("contact", String(200), primary_key=True),
    Column("agent_id", BIG, ForeignKey("agents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("ticket_id", BIG, ForeignKey("tickets.id", ondelete="SET NULL")),
    Column("offered", Text),
    Column("named_at", TIME),
    Column("draft", Text),
    Column("drafted_at", TIME),
)

# What the team tells itself about a ticket, masked. The citizen never sees it.
ticket_notes = Table(
    "ticket_notes",
    metadata,
    row_id(),
    Column("ticket_id", BIG, ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("who", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", TIME, nullable=False),
)

# Answers that members keep for the next time; those who share a commune share them.
kept_answers = Table(
    "kept_answers",
    metadata,
    row_id(),
    Column("agent_id", BIG, ForeignKey("agents.id", ondelete="CASCADE"), nullable=False, index=True),
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

# Browsers that are signed in to the console. `used_at`: when a page was last opened, to the hour.
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", BIG, ForeignKey("agents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", TIME, nullable=False),
    Column("until", TIME, nullable=False),
    Column("used_at", TIME, nullable=False, index=True),
)

# Browsers that hear of tickets while the page is closed, as long as they are signed in. `keys`: as JSON, what to encrypt for.
push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    row_id(),
    Column("token_hash", String(64), ForeignKey("sessions.token_hash", ondelete="CASCADE"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False),
    Column("keys", Text, nullable=False),
    sqlite_autoincrement=True,
)

# Who saw which conversation, from when to when. It outlives the ticket: that somebody looked is not the citizen's data.
view_log = Table(
    "looks",
    metadata,
    row_id(),
    Column("agent", String(60), nullable=False),
    Column("ticket_id", BIG, nullable=False, index=True),
    Column("commune", String(40)),
    Column("since", TIME, nullable=False),
    Column("until", TIME, nullable=False),
)

# What was done with people's data: `act` as in bot/handoff/audit.py, `about`: a name, "#12", the name of a table. `commune`:
# whose leads may read it, none for all.
audit = Table(
    "audit",
    metadata,
    row_id(),
    Column("who", String(60), nullable=False),
    Column("act", String(10), nullable=False),
    Column("about", String(80), nullable=False),
    Column("commune", String(40)),
    Column("at", TIME, nullable=False),
)

# Citizens who may open no tickets for now, and over which ticket. It stays when they erase their data: it is not about them but
# about the team.
bans = Table(
    "barred",
    metadata,
    Column("conversation_id", BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("ticket_id", BIG, nullable=False),
    Column("who", String(60), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", TIME, nullable=False),
)

# What the editors of the content are told: where, and in which words. `kind`: "wrong" for what the bot says wrongly, "tip" for
# what helped somebody who was stuck there; "phrase" for words that should mean this procedure, "unclear" for words to look at;
# "returned" for why an office gave papers back, masked and without a name; "answer" for a question with the answer that the team
# found, for citizens of `commune`. `about_id`: whose own words they are, so that they go when that citizen erases their data.
content_feedback = Table(
    "content_notes",
    metadata,
    row_id(),
    Column("commune", String(40)),
    Column("about_id", BIG, index=True),
    Column("procedure", String(40)),
    Column("step", String(60)),
    Column("kind", String(10), nullable=False, server_default="wrong"),
    Column("text", Text, nullable=False),
    Column("who", String(60), nullable=False),
    Column("at", TIME, nullable=False),
)
