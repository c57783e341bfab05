"""Prepared statements for what every turn runs: compiled by SQLAlchemy once, then executed on the driver's own cursor.

SQLAlchemy's own way of running it takes several times as long as the database does. What is asked now and then goes that way all
the same: it reads better.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Table, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from bot.store.tx import Tx

Statement = Select[Any] | Insert | Update | Delete

InsertInto = Callable[[Table], Any]  # the `insert` of one database

_Process = Callable[[Any], Any]

_FEW = 3  # rows: a pipeline of psycopg waits three times for the server, however many are in it


class Prepared:
    """
    Args:
        statement: its values have names (`bindparam`); lists of any length ("expanding") can't be given. What says ON CONFLICT
            is made from the `insert` of the database in use: each has its own.
        columns: what an INSERT or UPDATE sets, each given by its name.
    """

    def __init__(self, statement: Statement | Callable[[InsertInto], Statement], *columns: str) -> None:
        self._statement = statement
        self._columns = columns
        self._made: dict[str, _Compiled] = {}  # by the name of the dialect

    def fetch_all(self, tx: Tx, **values: Any) -> list[Any]:
        """Fetch the rows, as named tuples."""
        return list(self.iterate(tx, **values))

    def fetch_first(self, tx: Tx, **values: Any) -> Any:
        """Fetch the first row as a named tuple, or None."""
        return next(self.iterate(tx, **values), None)

    def iterate(self, tx: Tx, **values: Any) -> Iterator[Any]:
        """Yield the rows, each read when it is asked for; nothing is run before the first one is."""
        made, cursor = self._execute(tx.connection, values)
        try:
            for row in cursor:
                yield made.convert(row)
        except tx.connection.dialect.loaded_dbapi.Error as error:
            raise _translate_error(tx.connection, error) from error

    def execute(self, tx: Tx, **values: Any) -> int:
        """Run the statement and count the rows that it changed."""
        _, cursor = self._execute(tx.connection, values)
        return int(cursor.rowcount)

    def execute_many(self, tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run the statement for each row; a few go without the pipeline that psycopg opens for many."""
        if len(rows) <= _FEW:
            for row in rows:
                self._execute(tx.connection, row)
            return
        connection = tx.connection
        made = self._compile_for(connection.dialect)
        bound = [made.bind(row) for row in rows]
        try:
            _driver(connection).cursor().executemany(made.sql, bound)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _translate_error(connection, error) from error

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> "tuple[_Compiled, Any]":
        made = self._compile_for(connection.dialect)
        bound = made.bind(values)
        try:
            return made, _driver(connection).execute(made.sql, bound)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _translate_error(connection, error) from error

    def _compile_for(self, dialect: Dialect) -> "_Compiled":
        if dialect.name not in self._made:
            made = self._statement
            if callable(made):
                made = made(import_module(f"sqlalchemy.dialects.{dialect.name}").insert)
            self._made[dialect.name] = _Compiled(made, self._columns, dialect)
        return self._made[dialect.name]


def insert_new(tx: Tx, table: Table, **values: object) -> bool:
    """Insert the row unless it is there already. Return whether it was new."""
    return _insert_new(table, *values).execute(tx, **values) == 1


@cache
def _insert_new(table: Table, *columns: str) -> Prepared:
    return Prepared(lambda insert: insert(table).on_conflict_do_nothing(), *columns)


class _Compiled:
    """The statement in the words of one database."""

    def __init__(self, statement: Statement, columns: tuple[str, ...], dialect: Dialect) -> None:
        if isinstance(statement, Insert):
            statement = statement.inline()  # else it would return the new id, which nobody reads
        compiled = statement.compile(dialect=dialect, column_keys=columns or None)
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        order = compiled.positiontup
        self._picked = None if order is None else _picker(order)
        named = {name: bind for bind, name in compiled.bind_names.items()}
        self._constants = {
            name: bind.value for name, bind in named.items() if not (bind.value is None or bind.required)
        }
        self._into = [(name, process) for name, bind in named.items() if (process := _bind(bind.type, dialect))]
        returned = [*(statement.selected_columns if isinstance(statement, Select) else statement.exported_columns)]
        self._row = _maker([column.key for column in returned])
        self._out_of = [(at, p) for at, column in enumerate(returned) if (p := _result(column.type, dialect))]

    def bind(self, values: Mapping[str, Any]) -> Any:
        """Convert values to what the driver takes."""
        given = {**self._constants, **values}
        for name, process in self._into:
            given[name] = process(given[name])
        return given if self._picked is None else self._picked(given)

    def convert(self, found: Sequence[Any]) -> Any:
        """Convert a row of the driver's to what SQLAlchemy would give."""
        if self._out_of:
            found = list(found)
            for at, process in self._out_of:
                found[at] = process(found[at])
        return self._row(found)


def _picker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """Make a function that picks the values of these names, in their order."""
    return itemgetter(*names) if len(names) > 1 else lambda given: [given[name] for name in names]


def _maker(names: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    """Make a function that makes named tuples with these names."""
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # mypy wants to read the names here
    return row._make


@cache
def _bind(type_: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    """Find how a type is bound; one for all statements, so that it can remember a moment that many of them write."""
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _result(type_: TypeEngine[Any], dialect: Dialect) -> _Process | None:
    """Find how a type is read. `None` for the driver's name of the type: none of ours asks for it."""
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _translate_error(connection: Connection, error: Exception) -> BaseException:
    """Translate the driver's error into the one that callers know from every other statement."""
    base, dialect = connection.dialect.loaded_dbapi.Error, connection.dialect
    told = DBAPIError.instance(None, None, error, base, hide_parameters=True, dialect=dialect)
    assert isinstance(told, BaseException)
    return told


def _driver(connection: Connection) -> Any:
    """Get sqlite3's or psycopg's own connection, in SQLAlchemy's transaction: it begins here if it has not, as with any
    statement."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.dbapi_connection
