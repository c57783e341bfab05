"""Analytics events of a turn, as far as the contexts before and after it tell."""

from collections.abc import Iterable, Iterator

from flows.dialogue.context import TurnContext
from flows.dialogue.position import step_of
from flows.messages import AnalyticsEvent, Effect, Missed


def analytics_events(before: TurnContext, after: TurnContext, effects: Iterable[Effect]) -> Iterator[AnalyticsEvent]:
    """Yield the events of a turn. Answers themselves are never told, only that there was one."""
    procedure = after.state.procedure
    yield from (AnalyticsEvent("missed", e.procedure, _step(e.step)) for e in effects if isinstance(e, Missed))
    if procedure is None or after.walk is None:
        return
    if procedure != before.state.procedure:
        yield AnalyticsEvent("chosen", procedure)
    yield from (AnalyticsEvent("answered", procedure, step) for step in _answered(before, after))
    here = after.walk.last_slot.step
    if after.state.asking == "cured" and _asked(after) != _asked(before):
        yield AnalyticsEvent("trouble", procedure, here.id, next(iter(after.state.offered), None))
    known = _shown(before)
    yield from (AnalyticsEvent("shown", *shown) for shown in _shown(after) if shown not in known)
    if after.walk.at_end and not _done(before, procedure):
        yield AnalyticsEvent("finished", procedure)


def _answered(before: TurnContext, after: TurnContext) -> Iterable[str]:
    """Return the steps with a new or another answer. What a draft brought back is not new."""
    state, procedure = before.state, after.state.procedure or ""
    known = state.answers if state.procedure == procedure else state.drafts.get(procedure, {})
    new = (slot for slot, answer in after.state.answers.items() if known.get(slot) != answer)
    return dict.fromkeys(step_of(slot) for slot in new)


def _asked(context: TurnContext) -> tuple[str | None, tuple[str, ...]]:
    return context.state.asking, context.state.offered


def _shown(context: TurnContext) -> tuple[tuple[str, str], ...]:
    """Return (procedure, step) of all on screen, unless a question of the bot's own stands over it."""
    asking, state = context.state.asking, context.state
    if context.walk is None or state.procedure is None or asking not in (None, "redo", "papers"):
        return ()
    if asking == "papers":
        known = context.household
        steps: tuple[str, ...] = (known.question.id,) if known and known.question else ()
    else:
        steps = (state.offered[0],) if asking == "redo" else tuple(slot.step.id for slot in context.walk.shown)
    return tuple((state.procedure, step) for step in steps)


def _done(context: TurnContext, procedure: str) -> bool:
    return context.state.procedure == procedure and context.walk is not None and context.walk.at_end


def _step(slot: str | None) -> str | None:
    return step_of(slot) if slot else None
