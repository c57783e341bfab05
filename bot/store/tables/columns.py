"""Column types of the tables."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    String,
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
BIG: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite, which has no time zones, gives back naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Remember the last ones: a turn writes one moment into many rows. SQLAlchemy's own writes the same text into
        SQLite in several times the time."""
        process = _text if dialect.name == "sqlite" else super().bind_processor(dialect)
        return lru_cache(maxsize=16)(process) if process else None

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


TIME = Utc()


def row_id() -> Column[int]:
    return Column("id", BIG, primary_key=True, autoincrement=True)


def of_conversation() -> Column[int]:
    return Column("conversation_id", BIG, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)


def dimensions() -> tuple[Column[Any], ...]:
    """Make the columns by which events are counted apart. `value`: minutes waited, or stars."""
    texts = (("channel", 20), ("commune", 40), ("link", 40), ("procedure", 40), ("step", 60), ("detail", 60))
    return (*(Column(name, String(length)) for name, length in texts), Column("value", Integer))
