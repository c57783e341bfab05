"""Leaflet of a procedure: what a skilled member of the team would send in one message, made from its facts.

The chat says it first; the landing page and the sheets of paper take their papers and their pitfall from here too.
"""

import re

from flows.definition.procedure import FactKind, Paper, Papers, Procedure, Sourced, Trouble, value_on
from flows.dialogue.context import TurnContext, say

_WORDS = 90  # of a leaflet that a phone shows at a glance
_LENGTHS = ((False, False), (True, False), (True, True))  # the fullest first: tight, and its facts cut
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_BEFORE_PAPERS: tuple[FactKind, ...] = ("who",)
_AFTER_PAPERS: tuple[FactKind, ...] = ("where", "time", "fee", "benefit", "result")


def leaflet_text(context: TurnContext, procedure: Procedure) -> str:
    """Write who, papers, where, how long, money, result and what goes wrong most; doubt is told once, at the end.

    Where it would become too long, the buttons say more: of what goes wrong only the name is told, of a fact without a short form
    its first sentence, and not that papers vary.
    """
    texts = (_text(context, procedure, tight=tight, cut=cut) for tight, cut in _LENGTHS)
    return next(
        (text for text in texts if len(text.split()) <= _WORDS), _text(context, procedure, tight=True, cut=True)
    )


def _text(context: TurnContext, procedure: Procedure, *, tight: bool, cut: bool) -> str:
    sentences, labels = context.sentences, context.sentences.fact_labels
    facts = {kind: _fact(context, procedure, kind, cut=cut) for kind in (*_BEFORE_PAPERS, *_AFTER_PAPERS)}
    said = {k: say(sentences.leaflet_fact, label=labels[k], text=text) for k, text in facts.items() if text}
    unsure = ", ".join(labels[kind].lower() for kind, text in facts.items() if text is None and kind in procedure.facts)
    before = [said[kind] for kind in _BEFORE_PAPERS if kind in said]
    doubled = tight and "benefit" in said  # what one gets is told by it
    after = [said[kind] for kind in _AFTER_PAPERS if kind in said and not (doubled and kind == "result")]
    papers, pitfall = _papers(context, procedure, tight=tight), _pitfall(context, procedure, with_cure=not tight)
    body = "\n".join(filter(None, (procedure.title, *before, papers, *after, pitfall)))
    doubts = [
        say(sentences.leaflet_unsure, facts=unsure) if unsure else "",
        sentences.leaflet_single if sentences.single_sign in body else "",
    ]
    return "\n".join(filter(None, (procedure.opening, body, *doubts)))


def papers_for_everybody(procedure: Procedure) -> tuple[tuple[Papers, Paper], ...]:
    """Return the papers that hang on no answer, each with the step that lists it."""
    return tuple(
        (step, paper)
        for step in procedure.steps
        if isinstance(step, Papers) and step.when is None
        for paper in step.papers
        if paper.when is None
    )


def pitfall_of(context: TurnContext, procedure: Procedure) -> Trouble | None:
    """Return what goes wrong most, where the editors have named it and it may be stated."""
    known = procedure.trouble(procedure.pitfall) if procedure.pitfall else None
    return known[1] if known and not known[1].unsure(context.today) else None


def _fact(context: TurnContext, procedure: Procedure, kind: FactKind, *, cut: bool) -> str | None:
    value = value_on(procedure.facts.get(kind, ()), context.today)
    if value is None or value.text is None or value.unsure(context.today):
        return None
    text = _SENTENCE.split(value.text)[0] if cut else value.text
    return _signed(context, context.fill(value.short or text), value)


def _papers(context: TurnContext, procedure: Procedure, *, tight: bool) -> str:
    if not any(isinstance(step, Papers) for step in procedure.steps):
        return ""
    needed = [paper for _, paper in papers_for_everybody(procedure) if not paper.optional]
    names = [_signed(context, paper.name, paper) for paper in needed if not paper.unsure(context.today)]
    if not names:
        return "" if tight else context.sentences.leaflet_papers_vary
    return say(context.sentences.leaflet_papers, papers=", ".join(dict.fromkeys(names)))


def _pitfall(context: TurnContext, procedure: Procedure, *, with_cure: bool) -> str:
    trouble = pitfall_of(context, procedure)
    if trouble is None:
        return ""
    cure = _signed(context, _SENTENCE.split(context.fill(trouble.cure), maxsplit=1)[0], trouble)
    return say(context.sentences.leaflet_pitfall, title=trouble.title, cure=cure if with_cure else "").rstrip()


def _signed(context: TurnContext, text: str, part: Sourced) -> str:
    """Put the sign after what rests on one source; what it means is said once, at the end."""
    return f"{text}{context.sentences.single_sign}" if part.certainty == "single" else text
