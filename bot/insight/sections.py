"""The pages: which tables stand on which."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.insight import help as helping
from bot.insight import outcomes, reach, steps, words
from bot.insight.cells import Table
from bot.insight.scope import Scope
from bot.store.tx import Tx

Tables = Callable[[Tx, Scope], list[Table]]


def _steps(tx: Tx, scope: Scope) -> list[Table]:
    """Count the steps of the procedure that most people chose, where none was asked for."""
    chosen = scope.procedure or steps.busiest(tx, scope)
    funnel = [steps.funnel(tx, replace(scope, procedure=chosen))] if chosen else []
    return [*funnel, steps.troubles(tx, scope)]


def _words(tx: Tx, scope: Scope) -> list[Table]:
    return [words.table(words.groups(tx, scope))]


SECTIONS: Mapping[str, Tables] = {
    "people": reach.tables,
    "steps": _steps,
    "outcomes": outcomes.tables,
    "help": helping.tables,
    "words": _words,
}


def everything(tx: Tx, scope: Scope) -> list[Table]:
    return [table for tables in SECTIONS.values() for table in tables(tx, scope)]
