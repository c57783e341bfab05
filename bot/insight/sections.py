"""The pages: which tables stand on which."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from bot.insight import help as helping
from bot.insight import outcomes, reach, steps, words
from bot.insight.cells import Table
from bot.insight.scope import Scope

Tables = Callable[[Connection, Scope], list[Table]]


def _steps(connection: Connection, scope: Scope) -> list[Table]:
    """Of the procedure that most people chose, where none was asked for."""
    chosen = scope.procedure or steps.busiest(connection, scope)
    funnel = [steps.funnel(connection, replace(scope, procedure=chosen))] if chosen else []
    return [*funnel, steps.troubles(connection, scope)]


def _words(connection: Connection, scope: Scope) -> list[Table]:
    return [words.table(words.groups(connection, scope))]


SECTIONS: Mapping[str, Tables] = {
    "people": reach.tables,
    "steps": _steps,
    "outcomes": outcomes.tables,
    "help": helping.tables,
    "words": _words,
}


def everything(connection: Connection, scope: Scope) -> list[Table]:
    return [table for tables in SECTIONS.values() for table in tables(connection, scope)]
