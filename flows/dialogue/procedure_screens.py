"""The bot's own questions about the procedure under way: ways on, papers, corrections, troubles."""

from dataclasses import replace

from flows.definition.steps import Ask, Trouble
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.household_papers import count_questions
from flows.dialogue.menu_screens import menu
from flows.dialogue.paper_lists import list_household_papers
from flows.dialogue.position import options_of
from flows.dialogue.screens import (
    ANYWHERE,
    HOUSEHOLD,
    IN_TROUBLE,
    MOST_TROUBLES,
    WALK,
    Screen,
    offer_elsewhere,
    offer_finished,
    offer_no,
    offer_options,
    offer_trouble,
    offer_troubles,
    slot_of,
)
from flows.dialogue.step_screens import step_or_menu, troubles_shown
from flows.messages import NO, OTHER, YES, numbers_of
from flows.understanding.meaning import Candidate


def leaflet(context: TurnContext) -> Screen:
    """Offer the ways on from a leaflet."""
    if context.procedure is None:
        return menu(context)
    ways = _ways_on(context)
    if context.procedure.papers:
        count = count_questions(context.procedure, context.state.answers, context.today)
        label = fill_in(context.labels["household_papers_asked" if count else "household_papers"], count=count)
        asked = context.library.words.household_papers
        ways = (Candidate(HOUSEHOLD, label, exact_phrases=asked), *ways)
    deadlines = context.library.deadlines_on(context.today, context.procedure.id)
    ways = (*ways, *(Candidate(id_, one.title) for id_, one in deadlines.items()))
    return Screen(slot_of("leaflet"), context.sentences.leaflet_next, ways)


def _ways_on(context: TurnContext) -> tuple[Candidate, ...]:
    known = context.library.words
    walk = Candidate(WALK, context.labels["walk"], known.next, exact_phrases=known.walk)
    # Whoever tells their case says "mất rồi", "đi vắng" as well: only the whole phrase picks it.
    stuck = Candidate(IN_TROUBLE, context.labels["in_trouble"], exact_phrases=known.stuck)
    return walk, stuck


def papers(context: TurnContext) -> Screen:
    """Ask the next question that changes the list of papers; the list, where all are answered."""
    known = context.household
    if known is None:
        return menu(context)
    if known.question is None:
        listed = list_household_papers(context, known)
        return Screen(slot_of("papers"), listed, _ways_on(context), again=context.sentences.leaflet_next)
    number, left = len(known.answered) + 1, count_questions(known.procedure, context.state.answers, context.today)
    line = fill_in(context.sentences.papers_question, number=number, total=number + left - 1)
    text = context.with_certainty_mark(known.question.text, known.question)
    return Screen(known.question.id, f"{line}\n{text}", offer_options(context, known.question))


def switch(context: TurnContext) -> Screen:
    wanted = context.find_procedure(next(iter(context.state.offered), ""))
    current = context.procedure.title if context.procedure else ""
    text = fill_in(context.sentences.switch, title=wanted.title if wanted else "", current=current)
    over = Candidate(YES, context.labels["switch"], ("chuyển", "chuyển đi", "chuyển luôn", "sang việc mới"), "yes")
    return Screen(slot_of("switch"), text, (over, offer_no(context, "stay")))


def change(context: TurnContext) -> Screen:
    given = list(zip(numbers_of(len(answered(context))), answered(context), strict=True))
    lines = [f"{number}. {question}\n   → {label}" for number, (_, question, label) in given]
    candidates = tuple(Candidate(step, f"{number}. {label}") for number, (step, _, label) in given)
    return Screen(slot_of("change"), "\n".join((context.sentences.change, *lines)), (*candidates, offer_no(context)))


def answered(context: TurnContext) -> list[tuple[str, str, str]]:
    """Return (step id, question, label of the answer) of each question answered so far."""
    found = []
    for slot in context.walk.settled if context.walk else ():
        if isinstance(slot.step, Ask) and context.walk and (value := context.walk.live[slot.id]):
            label = next((o.label for o in options_of(slot.step, context.today) if o.id == value), value)
            found.append((slot.id, context.fill(slot.step.text), label))
    return found


def redo(context: TurnContext) -> Screen:
    """Put a question again that was answered; the step on screen where it is gone from the content."""
    step = context.procedure.step(next(iter(context.state.offered), "")) if context.procedure else None
    if not isinstance(step, Ask):
        return step_or_menu(context)
    label = next((label for id_, _, label in answered(context) if id_ == step.id), "")
    note = fill_in(context.sentences.redo, answer=label)
    text = f"{note}\n{context.with_certainty_mark(step.text, step)}"
    return Screen(step.id, text, (*offer_options(context, step), offer_no(context)))


def between(context: TurnContext) -> Screen:
    """Ask which of two options was meant, or if it was this one; what is meant by none goes back to the step."""
    there = context.ask(None)
    step = papers(there) if there.state.asking == "papers" else step_or_menu(there)
    two = tuple(c for id_ in context.state.offered for c in step.candidates if c.id == id_)
    none = Candidate(OTHER, context.labels["none_of_these"])
    if len(two) == 1:
        one, none = replace(two[0], polarity="yes"), replace(none, polarity="no")
        return Screen(
            slot_of("between"), fill_in(context.sentences.if_meant, label=one.label), (one, none), step.hidden
        )
    return Screen(slot_of("between"), context.sentences.which_meant, (*two, none), step.hidden)


def trouble(context: TurnContext) -> Screen:
    """Ask which trouble it is: of the step on screen, or of the whole procedure for who has begun no step."""
    own = () if ANYWHERE in context.state.offered else troubles_shown(context)
    known = tuple(offer_trouble(trouble) for trouble in own) or offer_troubles(context, context.procedure)
    other = Candidate(OTHER, context.labels["other_trouble"])
    return Screen(
        slot_of("trouble"), context.sentences.which_trouble, (*known[:MOST_TROUBLES], other), known[MOST_TROUBLES:]
    )


def trouble_of(context: TurnContext) -> Trouble | None:
    """Return the trouble whose cure is told: of the step on screen, else of the first step that knows it."""
    anywhere = tuple(trouble for _, trouble in context.procedure.troubles) if context.procedure else ()
    known = (*troubles_shown(context), *anywhere)
    return next((trouble for trouble in known if trouble.id in context.state.offered), None)


def cured(context: TurnContext) -> Screen:
    trouble = trouble_of(context)
    text = fill_in(context.sentences.cure, cure=context.with_certainty_mark(trouble.cure, trouble)) if trouble else ""
    still = Candidate(NO, context.labels["still_stuck"], (), "not_yet", context.library.words.stuck)
    ways = offer_elsewhere(context, trouble.go) if trouble else ()
    return Screen(slot_of("cured"), text, (offer_finished(context, "solved"), still, *ways))
