"""Stuck detection: offers a person after minutes of back and forth on one step, before the citizen gives up."""

from dataclasses import replace
from datetime import datetime, timedelta

from flows.dialogue.transitions import Outcome
from flows.messages import OpenTicket
from flows.state import Standstill, State

_TURNS = 4  # messages without a new answer; somebody who is only slow, or reads, sends fewer


def offer_help_if_stuck(
    before: State, outcome: Outcome, now: datetime, patience: timedelta, *, away: bool
) -> tuple[Outcome, Standstill]:
    """Return the outcome, with the offer of a person once the citizen is stuck, and the updated counters.

    Args:
        patience: least time without a new answer before the offer.
        away: whether they come back after a silence, which begins the counters anew.
    """
    still = _counted(before, outcome, now, away=away)
    calm = _on_a_step(outcome) and not outcome.quiet and not outcome.effects  # nothing else is going on
    if calm and still.since and not still.offered and still.turns >= _TURNS and now - still.since >= patience:
        still = still.model_copy(update={"offered": True})
        lingering = outcome.context.sentences.lingering
        outcome = replace(outcome, context=outcome.context.ask("human", "lingering"), said=(*outcome.said, lingering))
    return outcome, still


def _counted(before: State, outcome: Outcome, now: datetime, *, away: bool) -> Standstill:
    state, still = outcome.context.state, before.standstill
    began = before.asking == "leaflet" and state.asking is None
    moved = began or state.procedure != before.procedure or len(state.answers) > still.answers
    if away or moved or still.since is None:
        still = Standstill(answers=len(state.answers), since=now)
    elif _on_a_step(outcome) and not outcome.quiet:
        still = still.model_copy(update={"turns": still.turns + 1})
    else:  # a question of the bot's own is no standstill
        return still
    opened = any(isinstance(effect, OpenTicket) for effect in outcome.effects)
    return still.model_copy(update={"offered": True}) if opened else still


def _on_a_step(outcome: Outcome) -> bool:
    """Return whether the step puts the question, and the bot asks nothing of its own."""
    walk = outcome.context.walk
    return walk is not None and outcome.context.state.asking is None and not walk.at_end
