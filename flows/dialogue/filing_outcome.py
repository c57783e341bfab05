"""Filing outcome: handlers of the answers to how it went at the office. bot/follow_up.py asks it some days later."""

from dataclasses import replace

from flows.definition.steps import Trouble
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.screens import FILED, LATER, NO_MORE
from flows.dialogue.transitions import Outcome
from flows.messages import OTHER, AnalyticsEvent, Filed, Missed, OpenTicket, Returned, TicketParagraph

OWN_WORDS = "ly-do-khac"  # the reason of bot.yaml that stands for all others
_TOLD = 12  # procedures whose outcome a conversation remembers


def record_outcome(context: TurnContext, procedure: str, value: str) -> Outcome:
    """Record what the citizen tells: filed (how), returned (ask why) or not yet (ask what is in the way)."""
    filed: Filed = next(one for one in FILED if one == value)
    events = (AnalyticsEvent("outcome", procedure, None, filed),)
    if filed == "not_yet":
        return Outcome(context.ask("stuck_at", procedure), events=events)
    others = tuple(id_ for id_ in context.state.told if id_ != procedure)
    context = context.with_state(told=(*others, procedure)[-_TOLD:])
    if filed == "returned":
        return Outcome(context.ask("returned", procedure), events=events)
    brief = _was_read(context, procedure)
    return Outcome(context.ask(None), (context.sentences.filed_kept,), events=events, brief=brief)


def _was_read(context: TurnContext, procedure: str) -> bool:
    """Tell whether they stand at the end of this procedure, which they read before they were asked."""
    return context.walk is not None and context.state.procedure == procedure and context.walk.at_end


def pick_outcome(context: TurnContext, value: str) -> Outcome:
    if value == LATER:
        return Outcome(context.ask(None), (context.sentences.no_hurry,))
    if value == NO_MORE:
        return Outcome(context.with_state(checkins=False).ask(None), (context.sentences.checkins_off,))
    return record_outcome(context, _about(context), value)


def pick_reason(context: TurnContext, value: str) -> Outcome:
    """Count the reason, then ask for a word on it, for the editors."""
    events = (AnalyticsEvent("returned", _about(context), None, value),)
    return Outcome(context.ask("returned_word", _about(context), value), events=events)


def keep_reason(context: TurnContext, text: str) -> Outcome:
    """Take the reason in their own words; there is nothing left to ask."""
    about = _about(context)
    events = (AnalyticsEvent("returned", about, None, OWN_WORDS),)
    told = Returned(about, OWN_WORDS, text)
    kept, brief = (context.sentences.returned_kept,), _was_read(context, about)
    return Outcome(context.ask(None), kept, (told,), events=events, brief=brief)


def keep_trouble(context: TurnContext, text: str) -> Outcome:
    """Take a trouble in their own words: a person reads it, and the editors."""
    opened = pick_trouble(context, OTHER)
    return replace(opened, effects=(*opened.effects, Missed(text, _about(context), None)))


def keep_word(context: TurnContext, text: str) -> Outcome:
    procedure, reason = context.state.offered
    told, brief = Returned(procedure, reason, text), _was_read(context, procedure)
    return Outcome(context.ask(None), (context.sentences.returned_kept,), (told,), brief=brief)


def skip_word(context: TurnContext, _: str) -> Outcome:
    return Outcome(context.ask(None), (context.sentences.returned_kept,), brief=_was_read(context, _about(context)))


def pick_trouble(context: TurnContext, value: str) -> Outcome:
    """Open a ticket about the procedure asked about, which need not be the one under way; tell a known cure at once."""
    if value == LATER:
        return Outcome(context.ask(None), (context.sentences.no_hurry,))
    step, trouble = _known(context, value)
    own = context.state.procedure == _about(context)
    answers = dict(context.walk.live) if context.walk and own else dict(context.state.drafts.get(_about(context), {}))
    missing = tuple(paper.name for paper in context.missing) if own else ()
    ticket = OpenTicket("checkin", _about(context), step, answers, missing, trouble.id if trouble else None)
    cure = (
        (fill_in(context.sentences.cure, cure=context.with_certainty_mark(trouble.cure, trouble)),) if trouble else ()
    )
    told = TicketParagraph(context.sentences.ticket_opened, "ticket_opened")
    return Outcome(context.ask(None), (*cure, told), (ticket,))


def _known(context: TurnContext, value: str) -> tuple[str | None, Trouble | None]:
    """Return (step, trouble) of this id in the procedure asked about."""
    procedure = context.find_procedure(_about(context))
    if procedure is None or value == OTHER:
        return None, None
    found = procedure.trouble(value)
    return (found[0].id, found[1]) if found else (None, None)


def _about(context: TurnContext) -> str:
    return next(iter(context.state.offered), "")
