"""Handlers of commands: "quay lại", "gặp người", "sửa" and the others, typed or tapped."""

from collections.abc import Callable
from dataclasses import replace

from flows.definition.steps import Ask
from flows.dialogue import position
from flows.dialogue.answers import pick_commune
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.paper_lists import papers_so_far
from flows.dialogue.procedure_screens import answered
from flows.dialogue.transitions import (
    Outcome,
    begin_procedure,
    open_menu,
    open_ticket,
    with_progress,
)
from flows.messages import OTHER, AnalyticsEvent, Command, DropPhone, Export, Heard, LeaveTicket
from flows.state import FormOfAddress


def _back(context: TurnContext) -> Outcome:
    """Take the bot's own question off the screen, else forget the one answer before this step."""
    if context.walk is None:
        return open_menu(context)
    if context.state.asking == "commune" and context.state.commune is None:
        return pick_commune(context, OTHER)
    if context.state.asking == "leaflet":
        return _return(context) or open_menu(context)
    if context.state.asking == "papers":
        return _back_in_papers(context)
    if context.state.asking:
        return Outcome(context.ask(None))
    if not context.walk.settled:
        return _return(context) or Outcome(context, (context.sentences.nothing_to_undo,))
    left = context.with_state(answers=position.take_back(context.walk, context.state.answers))
    return Outcome(left, events=(AnalyticsEvent("back", context.state.procedure, context.walk.last_slot.step.id),))


def _return(context: TurnContext) -> Outcome | None:
    """Go back to the procedure from which they crossed over to this one."""
    before = context.state.came_from
    if before not in context.library.procedures:
        return None
    returned = begin_procedure(context, before)
    return replace(returned, context=returned.context.with_state(came_from=""))


def _back_in_papers(context: TurnContext) -> Outcome:
    """Forget the last answer for the papers; before the first, the ways on from the leaflet."""
    known = context.household
    if known is None or not known.answered:
        return Outcome(context.ask("leaflet"))
    last = known.answered[-1].id
    return Outcome(context.with_state(answers={k: v for k, v in context.state.answers.items() if k != last}))


def _restart(context: TurnContext) -> Outcome:
    return Outcome(context.ask("restart")) if context.procedure else open_menu(context)


def _help(context: TurnContext) -> Outcome:
    return Outcome(context, (context.sentences.help,))


def _stop(context: TurnContext) -> Outcome:
    context = context.ask(None) if context.state.asking == "later" else context  # who stops there wants no reminder
    return Outcome(context, (context.sentences.stopped,), quiet=True)


def _resume(context: TurnContext) -> Outcome:
    """Go on ("tiếp tục") with what is on screen, or at the menu with the draft left last."""
    if context.procedure or not context.state.drafts:
        return Outcome(context)
    return begin_procedure(context.ask(None), list(context.state.drafts)[-1])


def _change(context: TurnContext) -> Outcome:
    if not answered(context):
        return Outcome(context, (context.sentences.change_none,))
    return Outcome(context.ask("change"))


def _summary(context: TurnContext) -> Outcome:
    if context.procedure is None:
        return Outcome(context, (context.sentences.no_answers,))
    answers = "\n".join(f"• {question}\n   → {label}" for _, question, label in answered(context))
    papers = papers_so_far(context)
    text = fill_in(
        with_progress(context, context.sentences.summary),
        answers=answers or context.sentences.no_answers,
        papers=papers or context.sentences.no_papers,
    )
    return Outcome(context, (text,))


def _tick(context: TurnContext) -> Outcome:
    """Ask again for each paper that was not there ("đánh dấu giấy tờ")."""
    if context.procedure is None or not context.missing:
        return Outcome(context, (context.sentences.nothing_missing,))
    return Outcome(context.with_state(answers=position.reopen_missing(context.state.answers)).ask(None))


def _why(context: TurnContext) -> Outcome:
    step = context.walk.last_slot.step if context.walk else None
    reason = context.fill(step.why) if isinstance(step, Ask) and step.why else context.sentences.why_unknown
    return Outcome(context, (reason,))


def _source(context: TurnContext) -> Outcome:
    """Say where the last statement comes from ("nguồn ở đâu", "có chắc không"), or whom to ask where nobody knows."""
    stated, sentences = context.state.stated, context.sentences
    source = context.library.sources.get(stated.source) if stated else None
    if stated is None or source is None or stated.as_of is None:
        return Outcome(context, (context.unsure(sentences.source_unknown),))
    said = fill_in(sentences.source_said, source=source.name, day=f"{stated.as_of:%d/%m/%Y}")
    return Outcome(context, (" ".join((said, sentences.source_single) if stated.single else (said,)),))


def _bot(context: TurnContext) -> Outcome:
    return Outcome(context, (context.sentences.bot_again,), (LeaveTicket(),))


def call_by(context: TurnContext, form: FormOfAddress) -> Outcome:
    """Call the citizen as they ask to be called ("gọi tôi là chị"), whatever they call themselves from then on."""
    called = context.with_state(called=form, chosen=True)
    return Outcome(called, (fill_in(context.sentences.called, form=form),), heard=Heard("command", "called"))


COMMANDS: dict[Command, Callable[[TurnContext], Outcome]] = {
    "back": _back,
    "menu": open_menu,
    "restart": _restart,
    "help": _help,
    "stop": _stop,
    "human": lambda context: open_ticket(context, "asked"),
    "resume": _resume,
    "change": _change,
    "commune": lambda context: Outcome(context.ask("commune")),
    "summary": _summary,
    "tick": _tick,
    "why": _why,
    "bot": _bot,
    "erase": lambda context: Outcome(context.ask("erase")),
    "callback": lambda context: Outcome(context.ask("callback")),
    "nocall": lambda context: Outcome(context, (context.sentences.phone_dropped,), (DropPhone(),)),
    "source": _source,
    "again": Outcome,  # the same screen once more
    "export": lambda context: Outcome(context, (context.sentences.exported,), (Export(),)),
}
