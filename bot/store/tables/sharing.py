"""Links, and what they brought."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

from bot.store.tables.columns import BIG, TIME, metadata, row_id

# Links to a procedure in a commune. `procedure`: "" for all of them; `source`: which group or poster it is on, "" for the pages
# themselves; `made_by`: the member's name. A retired one still leads where it led.
links = Table(
    "links",
    metadata,
    row_id(),
    Column("code", String(12), nullable=False),
    Column("commune", String(40), nullable=False),
    Column("procedure", String(40), nullable=False),
    Column("source", String(80), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("made_at", TIME, nullable=False),
    Column("retired_at", TIME),
    Index("uq_links_code", "code", unique=True),
    Index("uq_links_place", "commune", "procedure", "source", unique=True),
    sqlite_autoincrement=True,
)

# What a link brought on a day in Vietnam. It holds nobody, so it stays when somebody erases their data.
link_days = Table(
    "link_days",
    metadata,
    Column("link_id", BIG, ForeignKey("links.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("visits", Integer, nullable=False),
    Column("conversations", Integer, nullable=False),
)

# Which links brought a conversation. It goes when the citizen's data goes.
arrivals = Table(
    "arrivals",
    metadata,
    Column("conversation_id", BIG, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("link_id", BIG, ForeignKey("links.id", ondelete="CASCADE"), primary_key=True),
    Column("at", TIME, nullable=False, index=True),
)
