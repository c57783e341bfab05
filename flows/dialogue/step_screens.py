"""Screens of the steps of a procedure: what stands there, how far it is, what may be picked."""

from dataclasses import replace
from typing import assert_never

from flows.definition.steps import AnyStep, Ask, Do, Done, Papers, Tell, Trouble
from flows.dialogue import position
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.menu_screens import menu
from flows.dialogue.paper_lists import paper_lines
from flows.dialogue.position import Slot, Walk
from flows.dialogue.screens import (
    ASK_TEAM,
    LATER,
    Screen,
    offer_drafts,
    offer_elsewhere,
    offer_finished,
    offer_options,
    offer_outcomes,
    offer_titles,
    offer_trouble,
    words_for_done,
)
from flows.understanding.meaning import Candidate

_FRAME = 8  # words around the papers of a step


def step_or_menu(context: TurnContext) -> Screen:
    """Build the screen of the step where the citizen stands, or the menu where no procedure is under way."""
    return _step(context, context.walk) if context.walk else menu(context)


def _step(context: TurnContext, walk: Walk) -> Screen:
    """Build the screen of a step; what the team may find out and ways elsewhere come last, unless they are there already."""
    shown = _own_step(context, walk)
    there = {candidate.id for candidate in shown.candidates}
    asks = (Candidate(ASK_TEAM, context.labels["ask_team"], aside=True),) if question_to_ask(context) else ()
    ways = (way for way in offer_elsewhere(context, ways_elsewhere(context)) if way.id not in there)
    more = (*asks, *ways)
    return replace(shown, candidates=(*shown.candidates, *more)) if more else shown


def _own_step(context: TurnContext, walk: Walk) -> Screen:
    slot = walk.last_slot
    if slot.paper:
        return _paper(context, slot)
    body, doubts = _texts(context, [each.step for each in walk.shown])
    text = "\n\n".join((body, *doubts))
    numbered = f"{_progress(context)}\n{text}"
    match slot.step:
        case Ask():
            again = f"{_progress(context)}\n{context.fill(slot.step.text)}"
            return Screen(slot.id, numbered, offer_options(context, slot.step), again=again)
        case Papers():
            return _papers(context, slot, body, doubts)
        case Done():
            return _done(context, slot, text)
        case Tell() | Do():
            if not walk.asks_a_deed:
                return Screen(slot.id, numbered, (_next(context),), again=_progress(context))
            stuck = Candidate(position.STUCK, context.labels["stuck"], (), "no", context.library.words.stuck)
            known = tuple(offer_trouble(trouble) for trouble in troubles_shown(context))
            later = Candidate(LATER, context.labels["later"])
            return Screen(
                slot.id, numbered, (offer_finished(context, "finished"), stuck, later), known, _progress(context)
            )
        case _:
            assert_never(slot.step)


def _texts(context: TurnContext, steps: list[AnyStep]) -> tuple[str, tuple[str, ...]]:
    """Join the texts of one screen. Return them, and each kind of doubt once; where it is not about all of them, a sign after a
    text tells what it is about. What was said on a screen before is only a sign, after all of them or after that text."""
    signs = [context.sign_of(step) for step in steps]
    texts = [context.fill(step.text) for step in steps]
    known = context.sentences.single_signed if _was_unsure_before(context) else ""
    if len(set(signs)) > 1:
        signed = (f"{text} {sign}".rstrip() for text, (sign, _) in zip(texts, signs, strict=True))
        return "\n\n".join(signed), context.told_once(doubt for _, doubt in signs if doubt != known)
    joined, (sign, doubt) = "\n\n".join(texts), signs[0]
    if doubt and doubt == known:
        return f"{joined} {sign}", ()
    return joined, context.told_once((context.doubt_of(steps[0], steps[0].text),))


def _was_unsure_before(context: TurnContext) -> bool:
    """Tell whether a step before this screen rests on one source, which was said there."""
    sign = context.sentences.single_sign
    return context.walk is not None and any(context.sign_of(slot.step)[0] == sign for slot in context.walk.settled)


def _done(context: TurnContext, slot: Slot, text: str) -> Screen:
    left = fill_in(context.sentences.still_missing, papers=_listed(context)) if context.missing else ""
    other = Candidate("menu", context.labels["other_procedure"], context.library.words.commands["menu"])
    next_ = offer_titles(context, context.state.plan[:1])
    files = context.procedure and context.procedure.files and _reached_filing(context)
    untold = files and context.procedure and context.procedure.id not in context.state.told
    asked, filed = (context.sentences.filed, offer_outcomes(context)) if untold else ("", ())
    text = "\n\n".join(filter(None, (text, left, asked)))
    return Screen(slot.id, text, (*filed, *next_, *offer_drafts(context), other), again=asked)


def _reached_filing(context: TurnContext) -> bool:
    """Tell whether the way led past papers or a thing to do: who was told that it can't be done files nothing."""
    passed = (*context.walk.settled, *context.walk.shown) if context.walk else ()
    return any(_prepares_filing(slot.step) for slot in passed)


def _prepares_filing(step: AnyStep) -> bool:
    match step:
        case Papers() | Do():
            return True
        case Ask() | Tell() | Done():
            return False
        case _:
            assert_never(step)


def _next(context: TurnContext) -> Candidate:
    return Candidate(position.NEXT, context.labels["next"], (), "yes", words_for_done(context))


def _progress(context: TurnContext) -> str:
    number, total = context.walk.progress if context.walk else (0, 0)
    line = fill_in(context.sentences.progress, number=number, total=total)
    return (
        fill_in(context.sentences.progress_for, line=line, person=context.state.person)
        if context.state.person
        else line
    )


def _papers(context: TurnContext, slot: Slot, text: str, doubts: tuple[str, ...]) -> Screen:
    assert isinstance(slot.step, Papers)
    assert context.walk
    papers = position.papers_of(slot.step, context.walk.live, context.today)
    if not papers:
        return Screen(
            slot.id, f"{_progress(context)}\n{context.sentences.no_papers_needed}", (_have_all(context, "next"),)
        )
    signed = [context.signed_paper(paper, slot.step) for paper in papers]
    known = context.sentences.single_signed if _was_unsure_before(context) else ""
    doubts = context.told_once((*doubts, *(meaning for _, meaning in signed if meaning != known)))
    beside = len(" ".join((text, *doubts)).split()) + _FRAME
    lines = paper_lines(context, papers, slot.step, beside)
    listed = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    body = fill_in(context.sentences.papers_all, papers="\n\n".join((listed, *doubts)))
    some = Candidate(position.ONE_BY_ONE, context.labels["some_missing"], (), "not_yet")
    again = f"{_progress(context)}\n{fill_in(context.sentences.papers_all, papers='').strip()}"
    shown = f"{_progress(context)}\n{text}\n\n{body}"
    return Screen(slot.id, shown, (_have_all(context, "have_all"), some), again=again)


def _paper(context: TurnContext, slot: Slot) -> Screen:
    """Ask which papers are missing: each that is named leaves the list, the rest is there."""
    assert isinstance(slot.step, Papers)
    assert context.walk
    told = (context.state.answers.get(f"{slot.step.id}/{paper.id}") for paper in slot.step.papers)
    lacking = position.LACK in told
    rest = position.unticked(slot.step, context.walk.live, context.state.answers, context.today)
    named = tuple(Candidate(paper.id, paper.name, (), None) for paper in rest)
    body = context.sentences.which_missing_more if lacking else context.sentences.which_missing
    rest_is_there = _have_all(context, "only_these" if lacking else "have_all")
    return Screen(f"{slot.step.id}/", f"{_progress(context)}\n{body}", (*named, rest_is_there))


def _listed(context: TurnContext) -> str:
    return "\n".join(f"{context.sentences.lack_mark} {paper.name}" for paper in context.missing)


def step_text(context: TurnContext, step: AnyStep) -> str:
    """Return the text of a step without its buttons, for a person to send."""
    text = context.with_certainty_mark(step.text, step)
    match step:
        case Papers():
            said = context.walk.live if context.walk else {}
            papers = (context.paper(paper, step) for paper in position.papers_of(step, said, context.today))
            return "\n".join((text, *(f"{number}. {paper}" for number, paper in enumerate(papers, 1))))
        case Ask() | Tell() | Do() | Done():
            return text
        case _:
            assert_never(step)


def step_words(step: AnyStep) -> str:
    """Return all that a step says of itself, not filled in."""
    match step:
        case Papers():
            return "\n".join((step.text, *(paper.note or "" for paper in step.papers)))
        case Ask() | Tell() | Do() | Done():
            return step.text
        case _:
            assert_never(step)


def question_to_ask(context: TurnContext) -> str:
    """Return the question that the team may find out about what is on screen; "" for none."""
    shown = context.walk.shown if context.walk else ()
    return context.question_in("\n".join(slot.step.text for slot in shown if slot.paper is None))


def ways_elsewhere(context: TurnContext) -> tuple[str, ...]:
    """Return the procedures to which what is on screen leads."""
    shown = context.walk.shown if context.walk else ()
    return tuple(dict.fromkeys(id_ for slot in shown if slot.paper is None for id_ in slot.step.go))


def troubles_shown(context: TurnContext) -> tuple[Trouble, ...]:
    """Return the troubles known of all that is on screen."""
    shown = context.walk.shown if context.walk else ()
    return tuple(trouble for slot in shown if isinstance(slot.step, Do) for trouble in slot.step.troubles)


def _have_all(context: TurnContext, label: str) -> Candidate:
    return Candidate(position.HAVE_ALL, context.labels[label], (), "yes", context.library.words.finished)
