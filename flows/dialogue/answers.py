"""Handlers of answers: to a step of the procedure, or to a question of the bot's own."""

import re
from dataclasses import replace
from typing import assert_never, cast, get_args

from flows.definition.steps import Ask, Do, Done, Papers, Tell, parts_of
from flows.dialogue import position, screens
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.filing_outcome import record_outcome
from flows.dialogue.helping import serve
from flows.dialogue.menu_screens import people, told_in
from flows.dialogue.position import Slot
from flows.dialogue.procedure_screens import trouble_of
from flows.dialogue.screens import FILED, LATER
from flows.dialogue.step_screens import question_to_ask, troubles_shown, ways_elsewhere
from flows.dialogue.transitions import Outcome, begin_procedure, open_menu, open_ticket, open_topic, with_answer
from flows.messages import (
    NO,
    OTHER,
    YES,
    Erase,
    KeepPhone,
    Missed,
    Rate,
    Reason,
    Remind,
    ReminderTime,
    Reopen,
    TicketParagraph,
)
from flows.state import State

_GOOD = 4  # least stars that need no reason
_TOO_SHORT = 3  # words that tell nobody what is wrong
_STARS_AND_WORD = re.compile(r"([1-5])(?: sao| điểm)?\b[\s.,:;–-]*(\S.*)", re.DOTALL)


def answer_step(context: TurnContext, value: str) -> Outcome:
    """Apply an answer to the question on screen. `value`: the id of one of its candidates."""
    assert context.walk
    slot = context.walk.last_slot
    step = slot.step
    if value in ways_elsewhere(context):
        return open_topic(context, value)
    if value == screens.ASK_TEAM:
        return _hand_to_team(context, question_to_ask(context))
    match step:
        case Ask():
            return _go_on(context, slot, value)
        case Papers():
            return _tick(context, slot, value) if slot.paper else _go_on(context, slot, value)
        case Tell() | Do():
            if not context.walk.asks_a_deed:
                return _go_on(context, slot, value)
            if value == LATER:
                return Outcome(context.ask("later"))
            known = troubles_shown(context)
            if value == position.STUCK:
                return Outcome(context.ask("trouble")) if known else open_ticket(context, "stuck")
            if any(trouble.id == value for trouble in known):
                return Outcome(context.ask("cured", value))
            return _go_on(context, slot, value)
        case Done():
            if value == LATER:
                return Outcome(context.ask("later"))
            if value in FILED:
                return record_outcome(context, context.state.procedure or "", value)
            return open_menu(context) if value == "menu" else _next_of_plan(context, value)
        case _:
            assert_never(step)


def pick_again(context: TurnContext, value: str) -> Outcome:
    """Answer anew a question that was answered before."""
    step = next(iter(context.state.offered), "")
    if value == NO:
        return Outcome(context.ask(None))
    return Outcome(with_answer(context, step, value).ask(None), (context.sentences.changed,))


def _go_on(context: TurnContext, slot: Slot, value: str) -> Outcome:
    assert context.walk
    return _leave(context, slot, position.answer_shown(context.walk, value))


def _tick(context: TurnContext, slot: Slot, value: str) -> Outcome:
    """Note one paper as missing, or all that were not named as there."""
    assert context.walk
    assert isinstance(slot.step, Papers)
    if value != position.HAVE_ALL:
        return _leave(context, slot, {f"{slot.step.id}/{value}": position.LACK})
    rest = position.unticked(slot.step, context.walk.live, context.state.answers, context.today)
    return _leave(context, slot, {f"{slot.step.id}/{paper.id}": position.HAVE_REST for paper in rest})


def _leave(context: TurnContext, slot: Slot, new: dict[str, str]) -> Outcome:
    """Take answers; past the papers, name those that are missing."""
    after = context.with_state(answers={**context.state.answers, **new})
    leaves_papers = slot.paper and after.walk and after.walk.last_slot.step.id != slot.step.id
    if leaves_papers and not after.missing:
        return Outcome(after, (context.sentences.nothing_missing,))
    if leaves_papers:
        listed = "\n".join(f"{context.sentences.lack_mark} {paper.name}" for paper in after.missing)
        return Outcome(after, (fill_in(context.sentences.still_missing, papers=listed),))
    return Outcome(after)


def _next_of_plan(context: TurnContext, value: str) -> Outcome:
    return begin_procedure(context.with_state(plan=tuple(id_ for id_ in context.state.plan if id_ != value)), value)


def pick_way_on(context: TurnContext, value: str) -> Outcome:
    """Go on from a leaflet, or from the papers of one's household."""
    match value:
        case screens.HOUSEHOLD:
            return Outcome(context.ask("papers"))
        case screens.IN_TROUBLE:
            return Outcome(context.ask("trouble", screens.ANYWHERE))
        case deadline if deadline in context.library.deadlines:
            return Outcome(context, (context.library.deadlines[deadline].text,))
        case _:
            return Outcome(context.ask(None))


def pick_for_papers(context: TurnContext, value: str) -> Outcome:
    """Take the answer to a question that changes the list of papers; on the list itself, a way on."""
    known = context.household
    if known is None or known.question is None:
        return pick_way_on(context, value)
    return Outcome(with_answer(context, known.question.id, value))


def pick_from_menu(context: TurnContext, value: str) -> Outcome:
    if value in (known := people(context)):
        return serve(context, known[value])
    if value == OTHER or value in context.library.groups:
        return Outcome(context.ask("menu", *(() if value == OTHER else (value,))))
    if deadline := context.library.deadlines.get(value):
        return replace(begin_procedure(context.ask(None), deadline.procedures[0]), said=(deadline.text,))
    return begin_procedure(context.ask(None), value)


def pick_topic(context: TurnContext, value: str) -> Outcome:
    if value == OTHER:
        return Outcome(context.ask(None), (context.sentences.help,))
    papers = value == screens.HOUSEHOLD
    told = told_in(context.state.offered)
    opened = open_topic(context.ask(None), context.state.offered[0] if papers else value)
    after = opened.context
    if told and after.state.asking == "leaflet" and value in (screens.HOUSEHOLD, after.state.procedure):
        opened = replace(opened, context=after.with_state(answers=told))
    return Outcome(opened.context.ask("papers")) if papers else opened


def pick_of_event(context: TurnContext, value: str) -> Outcome:
    """Begin the picked procedure of a life event; the others are planned, and offered when it is done."""
    event = context.library.life_events.get(next(iter(context.state.offered), ""))
    if value == OTHER or event is None:
        return Outcome(context.ask(None), (context.sentences.help,))
    rest = tuple(id_ for id_ in event.procedures if id_ != value)
    return begin_procedure(context.with_state(plan=rest).ask(None), value)


def pick_switch(context: TurnContext, value: str) -> Outcome:
    context_, offered = context.ask(None), context.state.offered
    return begin_procedure(context_, offered[0]) if value == YES and offered else Outcome(context_)


def pick_commune(context: TurnContext, value: str) -> Outcome:
    commune = "" if value == OTHER else value
    kept = context.with_state(commune=commune).ask(None)
    return Outcome(kept, (fill_in(context.sentences.commune_kept, commune=kept.commune_name),) if commune else ())


def pick_change(context: TurnContext, value: str) -> Outcome:
    return Outcome(context.ask(None) if value == NO else context.ask("redo", value))


def pick_restart(context: TurnContext, value: str) -> Outcome:
    if value == NO:
        return Outcome(context.ask(None))
    return Outcome(context.with_state(answers={}, epoch=context.state.epoch + 1).ask(None))


def pick_erase(context: TurnContext, value: str) -> Outcome:
    if value == NO:
        return Outcome(context.ask(None))
    fresh = TurnContext(context.library, State(epoch=context.state.epoch + 1), context.today)
    return Outcome(fresh, (context.sentences.erased,), (Erase(),), quiet=True)


def pick_human(context: TurnContext, value: str) -> Outcome:
    if value == NO:
        return Outcome(context.ask(None))
    return open_ticket(context, cast(Reason, next(iter(context.state.offered), "asked")))


def pick_ask_team(context: TurnContext, value: str) -> Outcome:
    """Hand their question to the team, as they put it, or open what it may be about."""
    question, *about = context.state.offered
    if value == NO:
        return Outcome(context.ask(None))
    return open_topic(context.ask(None), value) if value in about else _hand_to_team(context, question, *about[:1])


def _hand_to_team(context: TurnContext, question: str = "", about: str | None = None) -> Outcome:
    opened = open_ticket(context, "question", question, about)
    return replace(opened, said=(fill_in(context.sentences.question_sent, question=question), *opened.said))


def pick_way_elsewhere(context: TurnContext, value: str) -> Outcome:
    """Open what an answer led to, or go on here."""
    return Outcome(context.ask(None)) if value == NO else open_topic(context.ask(None), value)


def pick_reminder(context: TurnContext, value: str) -> Outcome:
    """Let them go, with a reminder of this step if they want one; who wants none may go on after all."""
    procedure = context.state.procedure
    if value == NO or procedure is None:
        return Outcome(context.ask(None), (context.sentences.stopped,), brief=True)
    when = next(time for time in get_args(ReminderTime) if time == value)
    kept = context.with_state(remind=procedure).ask(None)
    said = fill_in(context.sentences.remind_kept, when=context.labels[value])
    return Outcome(kept, (said,), (Remind(procedure, when),), quiet=True)


def keep_trouble(context: TurnContext, text: str) -> Outcome:
    """Take a trouble in their own words: nobody here knows it, so a person reads it, and the editors. A word or two tell a
    person nothing yet: more is asked for, once."""
    if len(text.split()) <= _TOO_SHORT and context.state.misses == 0:
        return Outcome(context.with_state(misses=1), (context.sentences.trouble_more,))
    context = context.with_state(misses=0)
    opened = open_ticket(context, "stuck")
    missed = Missed(text, context.state.procedure, context.state.at or None)
    return replace(opened, effects=(*opened.effects, missed))


def pick_trouble(context: TurnContext, value: str) -> Outcome:
    return open_ticket(context, "stuck") if value == OTHER else Outcome(context.ask("cured", value))


def pick_cured(context: TurnContext, value: str) -> Outcome:
    if value == NO:
        return open_ticket(context, "stuck")
    assert context.walk
    trouble, on_screen = trouble_of(context), context.walk.shown
    if trouble and value in trouble.go:
        return open_topic(context.ask(None), value)
    solved = next((n for n, slot in enumerate(on_screen) if trouble in parts_of(slot.step)), None)
    if solved is None:
        return Outcome(context.ask("leaflet"))
    walk = replace(context.walk, beside=on_screen[1 : solved + 1])
    return _leave(context.ask(None), walk.last_slot, position.answer_shown(walk, value))


def pick_helped(context: TurnContext, value: str) -> Outcome:
    if value == YES:
        return Outcome(context.ask("rating"))
    told = TicketParagraph(context.sentences.ticket_reopened, "ticket_reopened")
    return Outcome(context.ask(None), (told,), (Reopen(),))


def pick_stars(context: TurnContext, value: str) -> Outcome:
    """Rate the help; below `_GOOD` stars ask why."""
    if value == OTHER:
        return _not_now(context)
    stars = int(value)
    said = (context.sentences.rated,)
    return Outcome(context.ask("word" if stars < _GOOD else None), said if stars >= _GOOD else (), (Rate(stars),))


def _not_now(context: TurnContext) -> Outcome:
    return Outcome(context.ask(None), (context.sentences.welcome_any_time,))


def read_stars_and_word(context: TurnContext, text: str) -> Outcome | None:
    """Rate the help with stars and why in one go: "5 cô Lan nhiệt tình lắm". None for any other text."""
    match = _STARS_AND_WORD.fullmatch(text)
    return Outcome(context.ask(None), (context.sentences.rated,), (Rate(int(match[1]), match[2]),)) if match else None


def keep_word(context: TurnContext, text: str) -> Outcome:
    return Outcome(context.ask(None), (context.sentences.rated,), (Rate(None, text),))


def pick_callback(context: TurnContext, value: str) -> Outcome:
    return Outcome(context.ask("phone" if value == YES else None))


def keep_phone(context: TurnContext) -> Outcome:
    """Keep the number they agreed to give: it goes on the ticket, which is opened if there is none."""
    opened = open_ticket(context, "callback")
    told = TicketParagraph(context.sentences.phone_kept, "phone_kept")
    return Outcome(opened.context, (told,), (*opened.effects, KeepPhone()))


def pick_between(context: TurnContext, value: str) -> Outcome:
    """Take one of the two options that were asked back; neither puts the step again."""
    there = context.ask(None)
    if value == OTHER:
        return Outcome(there)
    return pick_for_papers(there, value) if there.state.asking == "papers" else answer_step(there, value)


def skip_word(context: TurnContext, _: str) -> Outcome:
    return _not_now(context)


def skip_phone(context: TurnContext, _: str) -> Outcome:
    return Outcome(context.ask(None))
