"""Single values by name, shared by all replicas."""

from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.prepared import InsertInto, Prepared, insert_new
from bot.store.tables import key_values
from bot.store.tx import Tx


def _upsert(insert: InsertInto) -> Any:
    row = insert(key_values)
    return row.on_conflict_do_update(index_elements=[key_values.c.key], set_={"value": row.excluded.value})


_GET = Prepared(select(key_values.c.value).where(key_values.c.key == bindparam("name")))
_SET = Prepared(_upsert, "key", "value")


def get(tx: Tx, key: str) -> str | None:
    row = _GET.fetch_first(tx, name=key)
    return row.value if row else None


def set_value(tx: Tx, key: str, value: str) -> None:
    _SET.execute(tx, key=key, value=value)


def set_if_new(tx: Tx, key: str, value: str) -> str:
    """Set it unless there is a value already. Return the one that is there then."""
    insert_new(tx, key_values, key=key, value=value)
    return get(tx, key) or value


def swap(tx: Tx, key: str, before: str, value: str) -> None:
    """Set it in place of this one only."""
    this = (key_values.c.key == key) & (key_values.c.value == before)
    tx.execute(update(key_values).where(this).values(value=value))
