"""A transaction as a value: what runs in it is handed this, and asks no clock of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVarTuple, overload

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.sql.selectable import TypedReturnsRows

Ts = TypeVarTuple("Ts")

_Values = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Tx:
    """
    Attributes:
        connection: holds the transaction open.
        now: the one moment at which all of it happens.
        changed: ids of conversations with something new in them; whoever has one open looks again once it is committed.
    """

    connection: Connection
    now: datetime
    changed: set[int] = field(default_factory=set)

    @overload
    def execute(self, statement: TypedReturnsRows[*Ts], values: _Values = None) -> CursorResult[*Ts]: ...

    @overload
    def execute(self, statement: Executable, values: _Values = None) -> CursorResult[*tuple[Any, ...]]: ...

    def execute(self, statement: Executable, values: _Values = None) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement, as SQLAlchemy's connection does."""
        return self.connection.execute(statement, values)
