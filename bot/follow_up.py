"""Follow-up some days later: could the citizen file it? The answers are the engine's (flows/dialogue/filing_outcome.py)."""

from datetime import datetime, timedelta
from typing import assert_never

from sqlalchemy import Insert, bindparam, delete, select

from bot import conversations
from bot.conversations import BOT, Conversation
from bot.handoff import tickets
from bot.sender import Sender
from bot.store.prepared import InsertInto, Prepared
from bot.store.tables import follow_ups
from bot.store.tx import Tx
from flows.definition.hours import VIETNAM
from flows.definition.steps import Do
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.opening import opening
from flows.messages import Remind, ReminderTime
from flows.state import State

_SPARE = timedelta(hours=12)  # before a window closes, so that it is still open after a night
_MORNING, _EVENING = 7, 21  # hours between which people are asked


def plan_follow_up(sender: Sender, tx: Tx, conversation: Conversation) -> None:
    """Plan to ask about the procedure that was worked on last, until the citizen tells or wants no questions.

    On the web nothing is sent: the question stands on the page when they come back.
    """
    state, usual_days = conversation.state, sender.settings.checkin_days
    if state.remind or any(kept.remind for kept in state.others.values()):  # when they wanted it, and not before
        return
    if state.person:  # whoever helps others is not asked about theirs
        _FORGET.execute(tx, conversation_id=conversation.id)
        return
    asks = usual_days > 0 and state.checkins and _is_filed(sender, state)
    if asks and state.procedure and state.answers and state.procedure not in state.told:
        days = max(usual_days, _days_of_step(sender, state, tx.now))
        wait = _in_window(sender, conversation, timedelta(days=days))
        row = {"conversation_id": conversation.id, "procedure": state.procedure, "due_at": tx.now + wait}
        _PLAN.execute(tx, **row)
    elif not asks:
        _FORGET.execute(tx, conversation_id=conversation.id)
    else:
        for told in state.told:
            _TOLD.execute(tx, conversation_id=conversation.id, procedure=told)


def plan_reminder(sender: Sender, tx: Tx, conversation: Conversation, asked: Remind) -> None:
    """Plan to remind them of a step, at the hour that they chose or as late as the platform lets us."""
    wait = _in_window(sender, conversation, _reminder_at(asked.when, tx.now) - tx.now)
    _PLAN.execute(tx, conversation_id=conversation.id, procedure=asked.procedure, due_at=tx.now + wait)


def _reminder_at(when: ReminderTime, now: datetime) -> datetime:
    here = now.astimezone(VIETNAM)
    tonight, next_morning = here.replace(hour=19, minute=0), here.replace(hour=7, minute=30) + timedelta(days=1)
    match when:
        case "tonight":
            soon = max(tonight, here + timedelta(hours=1))
            return soon if soon.date() == here.date() and soon.hour < _EVENING else next_morning
        case "tomorrow":
            return next_morning
        case "week":
            return next_morning + timedelta(days=6)
        case _:
            assert_never(when)


def _in_window(sender: Sender, conversation: Conversation, wait: timedelta) -> timedelta:
    window = sender.channels[conversation.channel].window
    return min(wait, window.free - _SPARE) if window else wait


def _is_filed(sender: Sender, state: State) -> bool:
    procedure = sender.library.procedures.get(state.procedure or "")
    return procedure is None or procedure.files


def _days_of_step(sender: Sender, state: State, now: datetime) -> int:
    """Look up how many days the step takes at which they are."""
    walk = TurnContext(sender.library, state, now.astimezone(VIETNAM).date()).walk
    step = walk.last_slot.step if walk else None
    return step.takes or 0 if isinstance(step, Do) else 0


def _upsert(insert: InsertInto) -> Insert:
    made = insert(follow_ups)
    changed = {"procedure": made.excluded.procedure, "due_at": made.excluded.due_at}
    statement: Insert = made.on_conflict_do_update(index_elements=["conversation_id"], set_=changed)
    return statement


_PLAN = Prepared(_upsert, "conversation_id", "procedure", "due_at")
_OF_ONE = delete(follow_ups).where(follow_ups.c.conversation_id == bindparam("conversation_id"))
_FORGET = Prepared(_OF_ONE)
_TOLD = Prepared(_OF_ONE.where(follow_ups.c.procedure == bindparam("procedure")))


def list_due(tx: Tx) -> list[int]:
    """List the conversations in which it is time to ask; none at night."""
    if not _MORNING <= tx.now.astimezone(VIETNAM).hour < _EVENING:
        return []
    query = select(follow_ups.c.conversation_id).where(follow_ups.c.due_at <= tx.now).order_by(follow_ups.c.due_at)
    return list(tx.execute(query).scalars())


def ask_how_it_went(sender: Sender, tx: Tx, conversation_id: int) -> bool:
    """Ask once, if it is still due and nothing else is under way. True when it was asked."""
    conversation = conversations.lock_by_id(tx, conversation_id)
    still = (follow_ups.c.conversation_id == conversation.id) & (follow_ups.c.due_at <= tx.now)
    procedure = tx.execute(select(follow_ups.c.procedure).where(still)).scalar_one_or_none()
    if procedure is None or tickets.current_of(tx, conversation.id):
        return False
    tx.execute(delete(follow_ups).where(follow_ups.c.conversation_id == conversation.id))
    if not _can_be_asked(sender, tx, conversation, procedure):
        return False
    library = sender.library
    if (whose := _find_other(conversation.state, procedure)) is not None:
        return _remind_of(sender, tx, conversation, whose)
    reminds = conversation.state.remind == procedure == conversation.state.procedure
    state = conversation.state.model_copy(update={"remind": ""})
    state = state.ask(None) if reminds else state.ask("outcome", procedure)
    said = (fill_in(library.sentences.reminded, title=library.title(procedure)),) if reminds else ()
    conversations.save_state(tx, conversation.id, state)
    sender.say(tx, conversation, BOT, opening(library, state, tx.now, *said))
    return True


def _find_other(state: State, procedure: str) -> str | None:
    """Find for whom, other than the one who is served now, they wanted to be reminded."""
    return next((name for name, kept in state.others.items() if kept.remind == procedure), None)


def _remind_of(sender: Sender, tx: Tx, conversation: Conversation, whose: str) -> bool:
    """Remind them of somebody's errand by the name alone, as another's is on screen."""
    state, sentences = conversation.state, sender.library.sentences
    others = {**state.others, whose: state.others[whose].model_copy(update={"remind": ""})}
    state = state.model_copy(update={"others": others})
    said = fill_in(sentences.reminded_for, person=whose) if whose else sentences.reminded_oneself
    conversations.save_state(tx, conversation.id, state)
    sender.say(tx, conversation, BOT, opening(sender.library, state, tx.now, said))
    return True


def _can_be_asked(sender: Sender, tx: Tx, conversation: Conversation, procedure: str) -> bool:
    """Tell whether the platform takes the question for no money."""
    state = conversation.state
    known = procedure in sender.library.procedures and procedure not in state.told
    if state.person and state.remind != procedure and _find_other(state, procedure) is None:
        return False
    return known and state.asking in (None, "menu") and sender.messaging_window(tx, conversation) == "free"
