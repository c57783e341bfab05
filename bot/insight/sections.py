"""The pages: which tables stand on which."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.insight import misunderstood, outcomes, people, steps
from bot.insight import waits as helping
from bot.insight.disclosure import Table
from bot.insight.scope import Scope
from bot.store.tx import Tx

Tables = Callable[[Tx, Scope], list[Table]]


def _steps(tx: Tx, scope: Scope) -> list[Table]:
    """Count the steps of the procedure that most people chose, where none was asked for."""
    chosen = scope.procedure or steps.busiest_procedure(tx, scope)
    funnel = [steps.funnel_table(tx, replace(scope, procedure=chosen))] if chosen else []
    return [*funnel, steps.troubles_table(tx, scope)]


def _words(tx: Tx, scope: Scope) -> list[Table]:
    return [misunderstood.groups_table(misunderstood.group_misses(tx, scope))]


SECTIONS: Mapping[str, Tables] = {
    "people": people.people_tables,
    "steps": _steps,
    "outcomes": outcomes.outcome_tables,
    "help": helping.wait_tables,
    "words": _words,
}


def all_tables(tx: Tx, scope: Scope) -> list[Table]:
    return [table for tables in SECTIONS.values() for table in tables(tx, scope)]
