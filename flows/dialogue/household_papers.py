"""Papers of one household: only the questions that change the list, then the list.

A condition is True or False as soon as the answers decide it, and None while a question that it hangs on is still open.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from flows.definition import rules
from flows.definition.procedure import Procedure
from flows.definition.steps import Ask, Paper, Papers, When, both
from flows.dialogue import position

_REMEMBERED = 1024  # cached households, of a few KB each


@dataclass(frozen=True)
class Household:
    """What the answers tell so far.

    Attributes:
        procedure: the one that the papers are for.
        answered: the questions that change the list and have their answer, in the order of the file.
        question: the one to ask next; None when the list is known.
        papers: the papers that apply for sure, each with the step that lists it.
    """

    procedure: Procedure
    answered: tuple[Ask, ...]
    question: Ask | None
    papers: tuple[tuple[Papers, Paper], ...]


def household(procedure: Procedure, answers: Mapping[str, str], today: date) -> Household:
    """Work out the papers of a household, and what has to be asked for them.

    The last ones are cached, as walks are: most of a turn's time went into them.
    """
    return _household(procedure, tuple(answers.items()), today)


@lru_cache(maxsize=_REMEMBERED)
def _household(procedure: Procedure, given: tuple[tuple[str, str], ...], today: date) -> Household:
    answers = dict(given)
    live, open_ = _settle(procedure, answers, today)
    listed = [(step, paper, when, _decide(when, live, open_, today)) for step, paper, when in _listed(procedure)]
    needed = _needed(procedure, (when for _, _, when, holds in listed if holds is None), open_)
    asks = procedure.asks
    could_matter = _needed(procedure, (when for _, _, when, _ in listed), (ask.id for ask in asks)) & live.keys()
    question = next((a for a in asks if a.id in needed and _decide(a.when, live, open_, today)), None)
    answered = tuple(ask for ask in asks if ask.id in could_matter)
    return Household(procedure, answered, question, tuple((step, paper) for step, paper, _, holds in listed if holds))


def count_questions(procedure: Procedure, answers: Mapping[str, str], today: date) -> int:
    """Return how many questions are still to be asked for the papers, at most."""
    return _longest(procedure, tuple(sorted(answers.items())), today)


def papers_of_all(
    procedure: Procedure, today: date, told: Mapping[str, str] | None = None
) -> tuple[tuple[Papers, Paper], ...]:
    """Return the papers, one of a name, that every household brings which brings any, each with the step that lists it.

    Args:
        told: what is known of the household already.
    """
    return _of_all(procedure, tuple(sorted((told or {}).items())), today)


@lru_cache(maxsize=256)
def _of_all(procedure: Procedure, told: tuple[tuple[str, str], ...], today: date) -> tuple[tuple[Papers, Paper], ...]:
    lists = [found for found in _lists(procedure, dict(told), today) if found]
    names = set.intersection(*({paper.name for _, paper in found} for found in lists)) if lists else set[str]()
    first = {paper.name: (step, paper) for step, paper in reversed(lists[0])} if lists else {}
    return tuple(part for name, part in reversed(first.items()) if name in names)


def _lists(procedure: Procedure, answers: Mapping[str, str], today: date) -> Iterator[tuple[tuple[Papers, Paper], ...]]:
    """Yield the papers of each household, told apart by the questions that change the list."""
    known = household(procedure, answers, today)
    if known.question is None:
        yield known.papers
        return
    for value in _told_apart(procedure, known.question, today):
        yield from _lists(procedure, {**answers, known.question.id: value}, today)


@lru_cache(maxsize=4096)
def _longest(procedure: Procedure, given: tuple[tuple[str, str], ...], today: date) -> int:
    ask = household(procedure, dict(given), today).question
    if ask is None:
        return 0
    after = (tuple(sorted({**dict(given), ask.id: value}.items())) for value in _told_apart(procedure, ask, today))
    return 1 + max(_longest(procedure, each, today) for each in after)


def _told_apart(procedure: Procedure, ask: Ask, today: date) -> list[str]:
    """Return one option of each sort: those that no condition tells apart lead to the same list."""
    hanging = [when for _, _, when in _listed(procedure)] + [ask.when for ask in procedure.asks]
    conditions = [part for when in hanging if when for part in when.parts()]
    if any(part.rule and ask.id in rules.READS[part.rule] for part in conditions):
        return [option.id for option in position.options_of(ask, today)]
    wanted = [part.equals[ask.id] for part in conditions if ask.id in part.equals]
    sorts = {tuple(o.id in values for values in wanted): o.id for o in position.options_of(ask, today)}
    return list(sorts.values())


def _listed(procedure: Procedure) -> Iterator[tuple[Papers, Paper, When | None]]:
    return ((step, paper, both(step.when, paper.when)) for step, paper in procedure.papers)


def _settle(procedure: Procedure, answers: Mapping[str, str], today: date) -> tuple[dict[str, str], set[str]]:
    """Return the answers that count, and the questions that are open and may apply."""
    live, open_ = {slot: value for slot, value in answers.items() if "/" in slot}, set[str]()
    for ask in procedure.asks:
        if (applies := _decide(ask.when, live, open_, today)) is False:
            continue
        given = answers.get(ask.id)
        if applies and given and any(option.id == given for option in position.options_of(ask, today)):
            live[ask.id] = given
        else:
            open_.add(ask.id)
    return live, open_


def _needed(procedure: Procedure, conditions: Iterable[When | None], among: Iterable[str]) -> set[str]:
    """Return the questions `among` some on which conditions hang, directly or through others of them."""
    asks, known = {ask.id: ask for ask in procedure.asks}, set(among)
    found: set[str] = set()
    waiting = [name for when in conditions for name in _named(when)]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found and name in asks:
            found.add(name)
            waiting += _named(asks[name].when)
    return found


def _named(when: When | None) -> list[str]:
    parts = list(when.parts()) if when else []
    return [name for part in parts for name in (*part.equals, *(rules.READS[part.rule] if part.rule else ()))]


def _decide(when: When | None, live: Mapping[str, str], open_: set[str], today: date) -> bool | None:
    if when is None:
        return True
    results = [None if name in open_ else live.get(name) in wanted for name, wanted in when.equals.items()]
    results += [_decide(inner, live, open_, today) for inner in when.all]
    if when.any:
        results.append(_any([_decide(inner, live, open_, today) for inner in when.any]))
    if when.not_:
        inside = _decide(when.not_, live, open_, today)
        results.append(None if inside is None else not inside)
    if when.has_paper:
        results.append(position.holds(When(has_paper=when.has_paper), live, today))
    if when.rule:
        waits = any(name in open_ for name in rules.READS[when.rule])
        results.append(None if waits else rules.CONDITIONS[when.rule](live, today))
    return False if False in results else None if None in results else True


def _any(results: list[bool | None]) -> bool | None:
    return True if True in results else None if None in results else False
