"""Handlers of answers: to a step of the procedure, or to a question of the bot's own."""

import re
from collections.abc import Callable

from flows.definition.procedure import Do, Done
from flows.dialogue import position
from flows.dialogue.context import TurnContext, say
from flows.dialogue.filing_outcome import outcome_picked, return_picked, stuck_picked, told, words_left
from flows.dialogue.position import Slot
from flows.dialogue.screens import FILED, Screen
from flows.dialogue.transitions import Outcome, ask, begin_procedure, open_menu, open_ticket, open_topic, with_answer
from flows.messages import NO, OTHER, YES, Erase, KeepPhone, Rate, Reopen
from flows.state import State

_GOOD = 4  # least stars that need no reason
_STARS_AND_WORD = re.compile(r"([1-5])(?: sao| điểm)?\b[\s.,:;–-]*(\S.*)", re.DOTALL)


def answer(context: TurnContext, shown: Screen, value: str) -> Outcome:
    """Apply an answer to the question on screen. `value`: the id of one of its candidates."""
    if shown.slot.startswith("@"):
        return _QUESTIONS[shown.slot](context, value)
    if context.state.asking == f"redo:{shown.slot}":
        return Outcome(ask(with_answer(context, shown.slot, value), None), (context.sentences.changed,))
    assert context.walk
    slot = context.walk.here
    if isinstance(slot.step, Done) and value in FILED:
        return told(context, context.state.procedure or "", value)
    if isinstance(slot.step, Done):
        return open_menu(context) if value == "menu" else _next_of_plan(context, value)
    if isinstance(slot.step, Do) and value == position.STUCK:
        return Outcome(ask(context, "trouble")) if slot.step.troubles else open_ticket(context, "stuck")
    if isinstance(slot.step, Do) and any(trouble.id == value for trouble in slot.step.troubles):
        return Outcome(ask(context, "cured", value))
    return _go_on(context, slot, value)


def _go_on(context: TurnContext, slot: Slot, value: str) -> Outcome:
    after = with_answer(context, slot.id, value)
    leaves_papers = slot.paper and after.walk and after.walk.here.step.id != slot.step.id
    if leaves_papers and not after.missing:
        return Outcome(after, (context.sentences.nothing_missing,))
    if leaves_papers:
        listed = "\n".join(f"{context.sentences.lack_mark} {paper.name}" for paper in after.missing)
        return Outcome(after, (say(context.sentences.still_missing, papers=listed),))
    return Outcome(after)


def _next_of_plan(context: TurnContext, value: str) -> Outcome:
    return begin_procedure(context.with_state(plan=tuple(id_ for id_ in context.state.plan if id_ != value)), value)


def _menu_picked(context: TurnContext, value: str) -> Outcome:
    if value == OTHER or value in context.library.groups:
        return Outcome(ask(context, "menu", *(() if value == OTHER else (value,))))
    news = context.library.news.get(value)
    return begin_procedure(ask(context, None), news.procedures[0] if news else value)


def _which_picked(context: TurnContext, value: str) -> Outcome:
    if value == OTHER:
        return Outcome(ask(context, None), (context.sentences.help,))
    return open_topic(ask(context, None), value)


def _event_picked(context: TurnContext, value: str) -> Outcome:
    """Begin the picked procedure of a life event; the others are planned, and offered when it is done."""
    event = context.library.life_events.get(next(iter(context.state.offered), ""))
    if value == OTHER or event is None:
        return Outcome(ask(context, None), (context.sentences.help,))
    rest = tuple(id_ for id_ in event.procedures if id_ != value)
    return begin_procedure(ask(context.with_state(plan=rest), None), value)


def _switch_picked(context: TurnContext, value: str) -> Outcome:
    context_, offered = ask(context, None), context.state.offered
    return begin_procedure(context_, offered[0]) if value == YES and offered else Outcome(context_)


def commune_picked(context: TurnContext, value: str) -> Outcome:
    commune = "" if value == OTHER else value
    kept = ask(context.with_state(commune=commune), None)
    return Outcome(kept, (say(context.sentences.commune_kept, commune=kept.commune_name),) if commune else ())


def _change_picked(context: TurnContext, value: str) -> Outcome:
    return Outcome(ask(context, None if value == NO else f"redo:{value}"))


def _restart_picked(context: TurnContext, value: str) -> Outcome:
    if value == NO:
        return Outcome(ask(context, None))
    return Outcome(ask(context.with_state(answers={}, epoch=context.state.epoch + 1), None))


def _erase_picked(context: TurnContext, value: str) -> Outcome:
    if value == NO:
        return Outcome(ask(context, None))
    fresh = TurnContext(context.library, State(epoch=context.state.epoch + 1), context.today)
    return Outcome(fresh, (context.sentences.erased,), (Erase(),), quiet=True)


def _human_picked(context: TurnContext, value: str) -> Outcome:
    return (
        Outcome(ask(context, None)) if value == NO else open_ticket(context, next(iter(context.state.offered), "asked"))
    )


def _trouble_picked(context: TurnContext, value: str) -> Outcome:
    return open_ticket(context, "stuck") if value == OTHER else Outcome(ask(context, "cured", value))


def _cured_picked(context: TurnContext, value: str) -> Outcome:
    if value == NO:
        return open_ticket(context, "stuck")
    assert context.walk
    return _go_on(ask(context, None), context.walk.here, value)


def _helped_picked(context: TurnContext, value: str) -> Outcome:
    if value == YES:
        return Outcome(ask(context, "rating"))
    return Outcome(ask(context, None), (context.sentences.ticket_reopened,), (Reopen(),))


def _rating_picked(context: TurnContext, value: str) -> Outcome:
    """Rate the help; below `_GOOD` stars ask why."""
    if value == OTHER:
        return _not_now(context)
    stars = int(value)
    said = (context.sentences.rated,)
    return Outcome(ask(context, "word" if stars < _GOOD else None), said if stars >= _GOOD else (), (Rate(stars),))


def _not_now(context: TurnContext) -> Outcome:
    return Outcome(ask(context, None), (context.sentences.welcome_any_time,))


def stars_and_word(context: TurnContext, text: str) -> Outcome | None:
    """Rate the help with stars and why in one go: "5 cô Lan nhiệt tình lắm". None for any other text."""
    match = _STARS_AND_WORD.fullmatch(text)
    return Outcome(ask(context, None), (context.sentences.rated,), (Rate(int(match[1]), match[2]),)) if match else None


def word(context: TurnContext, text: str) -> Outcome:
    """Add a comment to the rating."""
    return Outcome(ask(context, None), (context.sentences.rated,), (Rate(None, text),))


def _callback_picked(context: TurnContext, value: str) -> Outcome:
    return Outcome(ask(context, "phone" if value == YES else None))


def phone_told(context: TurnContext) -> Outcome:
    """Keep the number they agreed to give: it goes on the ticket, which is opened if there is none."""
    opened = open_ticket(context, "callback")
    return Outcome(opened.context, (context.sentences.phone_kept,), (*opened.effects, KeepPhone()))


_QUESTIONS: dict[str, Callable[[TurnContext, str], Outcome]] = {
    "@menu": _menu_picked,
    "@callback": _callback_picked,
    "@phone": lambda context, _: Outcome(ask(context, None)),
    "@which": _which_picked,
    "@event": _event_picked,
    "@switch": _switch_picked,
    "@commune": commune_picked,
    "@change": _change_picked,
    "@restart": _restart_picked,
    "@erase": _erase_picked,
    "@human": _human_picked,
    "@trouble": _trouble_picked,
    "@cured": _cured_picked,
    "@helped": _helped_picked,
    "@rating": _rating_picked,
    "@outcome": outcome_picked,
    "@returned": return_picked,
    "@returned_word": lambda context, _: words_left(context),
    "@stuck_at": stuck_picked,
    "@word": lambda context, _: _not_now(context),
}
