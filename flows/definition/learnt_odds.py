"""Odds learnt from content, each against all else that people say: of a call, of a question, of a thing that is done."""

from collections.abc import Iterator, Mapping, Sequence

from flows.definition.sayings import ANSWERS, ANYWHERE, ASKS, AT_DEED, AT_STEP, NONE, NOT_OURS, PORTAL, TROUBLES
from flows.text.odds import Odds, Sort, Tallies

_TELLS = (
    "answer",
    "ambiguous",
    "snag",
    "later",
    "correction",
    "command",
    "noise",
    "thanks",
)  # kinds of what asks nothing
_WEIGHED = ("later", "correction", "command", "errand", "snag")  # kinds whose odds are weighed at a step
_NAMED = {"snag": TROUBLES[1]}  # what content itself names of a kind
_NEAR = (NOT_OURS, PORTAL, ANYWHERE)  # sets of what is taken for a call most easily


def weigh_calls(tallies: Tallies, set_: str, *, by_kind: bool) -> tuple[Odds | None, Mapping[str, Odds]]:
    """Return the odds that a text is a call of a set, and of each kind among these calls where they tell kinds apart."""
    calls = [sort for sort in tallies if sort[0] == set_ and sort[1] != NONE]
    if not calls:
        return None, {}
    several = calls if by_kind and len(calls) > 1 else ()
    kinds = {sort[1]: Odds(tallies, [sort], calls) for sort in several}
    # A call is weighed against all that people come with.
    all_ = [sort for sort in tallies if sort not in (ANSWERS, TROUBLES)]
    near = [sort for sort in all_ if sort not in calls and sort[0] in _NEAR]
    return Odds(tallies, calls, all_, near), kinds


def weigh_questions(tallies: Tallies) -> Odds | None:
    asked = (ASKS, *_at_steps("question", "errand"))
    return _weigh(tallies, asked, (ANSWERS, TROUBLES, *_at_steps(*_TELLS)))


def weigh_done(tallies: Tallies) -> Odds | None:
    return _weigh(tallies, [(AT_DEED, "answer")], (TROUBLES, *_at_steps("snag")))


def weigh_kinds(tallies: Tallies) -> Mapping[str, Odds]:
    all_ = (ANSWERS, TROUBLES, *_at_steps(*_TELLS, "question", "errand"))
    yes = {kind: [sort for sort in all_ if sort[1] in (kind, _NAMED.get(kind))] for kind in _WEIGHED}
    found = {kind: _weigh(tallies, yes[kind], [sort for sort in all_ if sort not in yes[kind]]) for kind in _WEIGHED}
    return {kind: odds for kind, odds in found.items() if odds}


def _weigh(tallies: Tallies, yes: Sequence[Sort], no: Sequence[Sort]) -> Odds | None:
    told, others = ([sort for sort in sorts if sort in tallies] for sorts in (yes, no))
    return Odds(tallies, told, [*told, *others]) if told and others else None


def _at_steps(*kinds: str) -> Iterator[Sort]:
    return ((where, kind) for where in (AT_STEP, AT_DEED) for kind in kinds)
