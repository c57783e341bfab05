"""What a conversation begins from at any moment: its state moved to the content of today, and the question that is open."""

from datetime import datetime

from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.dialogue import position
from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.dialogue.screens import build_reply
from flows.messages import Reply
from flows.state import State


def opening(library: Library, state: State, now: datetime, *said: str) -> Reply:
    """Return the reply that stands there before a citizen has said a word."""
    context, _ = bring_up_to_date(TurnContext(library, state, now.astimezone(VIETNAM).date()))
    return build_reply(context, current_screen(context), said)


def bring_up_to_date(context: TurnContext) -> tuple[TurnContext, tuple[str, ...]]:
    """Move the context to today's content: a changed procedure resumes at the same step, a removed one at the menu."""
    state = context.state
    if state.procedure is None or (context.procedure and context.procedure.version == state.version):
        return context, ()
    if context.procedure is None:
        gone = context.with_state(procedure=None, answers={}, epoch=state.epoch + 1).ask("menu")
        return gone, (context.sentences.procedure_gone,)
    answers = position.carry_over(context.procedure, state.answers, state.at, context.today)
    changed = context.with_state(answers=answers, epoch=state.epoch + 1).ask(None)
    return changed, (context.sentences.content_changed,)
