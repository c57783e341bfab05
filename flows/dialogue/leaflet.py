"""Leaflet of a procedure: what a skilled member of the team would send in one message, made from its facts.

The chat says it first; the landing page and the sheets of paper take their pitfall from here too.
"""

import re
from typing import Literal

from flows.definition.facts import value_on
from flows.definition.procedure import Procedure
from flows.definition.statements import Sourced
from flows.definition.steps import Trouble
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.household_papers import papers_of_all

_WORDS = 90  # of a leaflet that a phone shows at a glance
_OF_PAPERS = 12  # of them the names of papers; the button for one's own household lists all
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_FactLine = Literal["who", "where", "time", "fee", "benefit", "result"]
_AFTER_PAPERS: tuple[_FactLine, ...] = ("where", "time", "fee")


def leaflet_text(context: TurnContext, procedure: Procedure) -> str:
    """Write who, papers, where, how long, money, result and what goes wrong most; what a sign means is told once, at the end.

    Where it would become too long, a fact without a short form is cut to its first sentence: the buttons say more.
    """
    full = _text(context, procedure, cut=False)
    deadlines = context.library.deadlines_on(context.today, procedure.id)  # told below
    beside = sum(len(one.headline.split()) for one in deadlines.values())
    return full if len(full.split()) + beside <= _WORDS else _text(context, procedure, cut=True)


def pitfall_of(context: TurnContext, procedure: Procedure) -> Trouble | None:
    """Return what goes wrong most, where the editors have named it and it may be stated."""
    known = procedure.trouble(procedure.pitfall) if procedure.pitfall else None
    return known[1] if known and not known[1].unsure(context.today) else None


def _text(context: TurnContext, procedure: Procedure, *, cut: bool) -> str:
    received: _FactLine = "benefit" if "benefit" in procedure.facts else "result"
    lines = (
        _fact(context, procedure, "who", cut=cut),
        _papers(context, procedure),
        *(_fact(context, procedure, kind, cut=cut) for kind in (*_AFTER_PAPERS, received)),
        _pitfall(context, procedure),
    )
    body = "\n".join(filter(None, (procedure.opening, procedure.title, *lines)))
    sentences = context.sentences
    return f"{body}\n{sentences.leaflet_single}" if sentences.single_sign in body else body


def _fact(context: TurnContext, procedure: Procedure, kind: _FactLine, *, cut: bool) -> str:
    """Return a line about a fact, also where nobody could confirm it; "" where the procedure has none of that kind."""
    value, sentences = value_on(procedure.facts.get(kind, ()), context.today), context.sentences
    label = sentences.leaflet_labels[kind]
    if value is None:
        return ""
    if value.text is None or value.unsure(context.today):
        return fill_in(sentences.leaflet_unsure, label=label)
    text = context.fill(value.short or (_SENTENCE.split(value.text)[0] if cut else value.text))
    text = f"{text[:1].upper()}{text[1:]}"  # what the commune fills in begins small
    return fill_in(sentences.leaflet_fact, label=label, text=_signed(context, text, value))


def _papers(context: TurnContext, procedure: Procedure) -> str:
    """Return a line about the papers that everybody needs; "" where there is nothing to bring."""
    if not procedure.papers:
        return ""
    sentences = context.sentences
    needed = [paper for _, paper in papers_of_all(procedure, context.today) if not paper.optional]
    sure = [_signed(context, paper.name, paper) for paper in needed if not paper.unsure(context.today)]
    if not sure:
        label = sentences.leaflet_labels["papers"]
        return fill_in(sentences.leaflet_unsure, label=label) if needed else sentences.leaflet_papers_vary
    told = [name for n, name in enumerate(sure, 1) if len(" ".join(sure[:n]).split()) <= _OF_PAPERS]
    listed = {paper.name for _, paper in procedure.papers}
    all_told = listed <= {paper.name for paper in needed[: len(told)]}
    return fill_in(sentences.leaflet_papers if all_told else sentences.leaflet_papers_more, papers="; ".join(told))


def _pitfall(context: TurnContext, procedure: Procedure) -> str:
    trouble = pitfall_of(context, procedure)
    if trouble is None or context.library.deadlines_on(context.today, procedure.id):  # a deadline is told in its place
        return ""
    text = trouble.short or f"{trouble.title}. {_SENTENCE.split(context.fill(trouble.cure), maxsplit=1)[0]}"
    return fill_in(context.sentences.leaflet_pitfall, text=_signed(context, text, trouble))


def _signed(context: TurnContext, text: str, part: Sourced) -> str:
    """Put the sign after what rests on one source; what it means is said once, at the end."""
    return f"{text}{context.sentences.single_sign}" if part.certainty == "single" else text
