"""What a text means on the screen that is shown, and which step waits for it."""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from flows.definition.procedure import Procedure
from flows.definition.steps import Ask, Papers
from flows.dialogue import position
from flows.dialogue.bot_questions import current_screen, question_of
from flows.dialogue.citizen_questions import spoken_of
from flows.dialogue.context import TurnContext
from flows.dialogue.procedure_screens import answered
from flows.dialogue.screens import Screen, option_of
from flows.messages import DIGITS
from flows.understanding.at_menu import Place
from flows.understanding.meaning import Candidate, Meaning
from flows.understanding.readings import At, Where
from flows.understanding.understand import understand

SURE = 0.7  # score from which words answer what is not on screen: the step beneath a question, the commune nobody asked
_STEP_WAITS = (None, "redo", "between", "leaflet", "papers")  # what the bot may be asking of its own while a step waits
_ASIDES = ("ask_team", "go", "human")  # offers that whoever says something else passes over


def understand_on_screen(context: TurnContext, text: str) -> tuple[TurnContext, Screen, Meaning]:
    """Understand a text on this screen; while the bot offers something, also as an answer to what lies beneath."""
    shown = current_screen(context)
    meaning = understand_said_on(context, shown, text)
    question = question_of(context)
    clear = meaning.kind in ("answer", "ahead", "command", "danger", "person") and meaning.id != "resume"
    clear = clear or (context.state.asking == "switch" and meaning.kind == "procedure" and meaning.action == "go")
    if not question or not question.answered_below or clear or _reads_step_too(context):
        return context, shown, meaning
    below, beneath, answer = understand_on_screen(context.ask(None), text)
    sure = answer.kind == "ahead" or (answer.kind == "answer" and answer.top[0][1] >= SURE)
    not_ours = meaning.kind in ("signpost", "out_of_scope")  # which only the menu hears, and a step waits
    over = answer.action != "unsure" or not_ours
    aside = context.state.asking in _ASIDES and over and step_that_waits(below, beneath)
    return (below, beneath, replace(answer, other_words=True)) if sure or aside else (context, shown, meaning)


def _reads_step_too(context: TurnContext) -> bool:
    """Tell whether a screen takes an answer to the step beneath as well: a leaflet takes those to all questions to come."""
    return (
        context.state.asking == "leaflet" and context.walk is not None and isinstance(context.walk.last_slot.step, Ask)
    )


def understand_said_on(context: TurnContext, shown: Screen, text: str) -> Meaning:
    """Return what a text means on a screen; a digit that is no choice of it means nothing, and names no errand."""
    at, place = step_that_waits(context, shown), _place(context)
    meaning = understand(context.library, text, shown.candidates, shown.hidden, place=place, at=at, today=context.today)
    if text.strip() in DIGITS and meaning.kind != "answer":
        return Meaning("unknown", "", ())
    return (_typed_command(context, text) or meaning) if meaning.kind in ("danger", "person") else meaning


def _typed_command(context: TurnContext, text: str) -> Meaning | None:
    """Return the command that was typed to the letter, as the bot says to: "gọi lại", "đừng gọi nữa" are no cries for help."""
    said = " ".join(text.casefold().split())
    typed = (id_ for id_, phrases in context.library.words.commands.items() if id_ != "human" and said in phrases)
    command = next(typed, None)
    return Meaning("command", command, ((command, 1.0),), "go") if command else None


def step_that_waits(context: TurnContext, shown: Screen) -> At | None:
    """Return the step that waits for what is said on a screen, if one does."""
    if context.procedure is None or context.walk is None or context.state.asking not in _STEP_WAITS:
        return None
    own = context.state.asking is not None
    deed = context.walk.asks_a_deed
    papers = isinstance(context.walk.last_slot.step, Papers)
    where: Where = "step" if own else "deed" if deed else "papers" if papers else "step"
    step = context.walk.last_slot.step.id if shown.slot.startswith("@") else shown.slot
    asked = context.state.asking != "leaflet"
    ahead = still_to_come(context, besides=step if asked else "")
    return At(context.procedure.id, step, where, asked, ahead, answered=bool(answered(context)))


def still_to_come(context: TurnContext, besides: str = "") -> tuple[tuple[str, tuple[Candidate, ...]], ...]:
    """Return the questions of the procedure that no answer has settled or shut out, with their options.

    Args:
        besides: the one that is on screen.
    """
    answers = context.state.answers
    settled = {*answers, besides}
    return tuple(
        (step.id, options)
        for step, options in (_questions_of(context.procedure, context.today) if context.procedure else ())
        if step.id not in settled and position.may_hold(step.when, answers)
    )


@lru_cache(maxsize=128)  # of what is asked for at every typed word
def _questions_of(procedure: Procedure, today: date) -> tuple[tuple[Ask, tuple[Candidate, ...]], ...]:
    """Return the questions of a procedure with their options."""
    return tuple((step, tuple(map(option_of, position.options_of(step, today)))) for step in procedure.asks)


def _place(context: TurnContext) -> Place:
    free = context.state.asking in (None, "menu", "event") or (
        context.state.asking == "which" and not spoken_of(context)
    )
    return "menu" if free else "question"
