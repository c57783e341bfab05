"""Some days later: whether the citizen could file it. The answers are the engine's (flows/dialogue/filing_outcome.py)."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Insert, bindparam, delete, select

from bot import conversations
from bot.conversations import BOT, Conversation
from bot.handoff import tickets
from bot.settings import Settings
from bot.store.prepared import InsertInto, Prepared
from bot.store.tables import checkins
from bot.voice import Voice
from flows.definition.hours import VIETNAM
from flows.dialogue.advance import opening
from flows.state import State

_SPARE = timedelta(hours=12)  # before a window closes, so that it is still open after a night
_MORNING, _EVENING = 7, 20  # hours between which people are asked


def plan(
    voice: Voice, connection: Connection, conversation: Conversation, state: State, settings: Settings, now: datetime
) -> None:
    """Remembers to ask about the procedure that was worked on last, until the citizen tells or wants no questions. On the web
    nothing is sent: the question stands on the page when they come back."""
    asks = settings.checkin_days > 0 and state.checkins
    if asks and state.procedure and state.answers and state.procedure not in state.told:
        window = voice.channels[conversation.channel].window
        wait = timedelta(days=settings.checkin_days)
        wait = min(wait, window.free - _SPARE) if window else wait
        row = {"conversation_id": conversation.id, "procedure": state.procedure, "due_at": now + wait}
        _PLAN.run(connection, **row)
    elif not asks:
        _FORGET.run(connection, conversation_id=conversation.id)
    else:
        for told in state.told:
            _TOLD.run(connection, conversation_id=conversation.id, procedure=told)


def _upsert(insert: InsertInto) -> Insert:
    made = insert(checkins)
    changed = {"procedure": made.excluded.procedure, "due_at": made.excluded.due_at}
    statement: Insert = made.on_conflict_do_update(index_elements=["conversation_id"], set_=changed)
    return statement


_PLAN = Prepared(_upsert, "conversation_id", "procedure", "due_at")
_OF_ONE = delete(checkins).where(checkins.c.conversation_id == bindparam("conversation_id"))
_FORGET = Prepared(_OF_ONE)
_TOLD = Prepared(_OF_ONE.where(checkins.c.procedure == bindparam("procedure")))


def due(connection: Connection, now: datetime) -> list[int]:
    """The conversations in which it is time to ask; nobody at night."""
    if not _MORNING <= now.astimezone(VIETNAM).hour < _EVENING:
        return []
    query = select(checkins.c.conversation_id).where(checkins.c.due_at <= now).order_by(checkins.c.due_at)
    return list(connection.execute(query).scalars())


def ask(voice: Voice, connection: Connection, conversation_id: int, now: datetime) -> bool:
    """Asks once, if it is still due and nothing else is under way. True when it was asked."""
    conversation = conversations.lock_by_id(connection, conversation_id)
    still = (checkins.c.conversation_id == conversation.id) & (checkins.c.due_at <= now)
    procedure = connection.execute(select(checkins.c.procedure).where(still)).scalar_one_or_none()
    if procedure is None or tickets.current(connection, conversation.id):
        return False
    connection.execute(delete(checkins).where(checkins.c.conversation_id == conversation.id))
    if not _can_be_asked(voice, connection, conversation, procedure, now):
        return False
    state = conversation.state.ask("outcome", procedure)
    conversations.save(connection, conversation.id, state, now)
    voice.say(connection, conversation, BOT, opening(voice.content.library, state, now), now)
    return True


def _can_be_asked(
    voice: Voice, connection: Connection, conversation: Conversation, procedure: str, now: datetime
) -> bool:
    """Only where the platform wants no money for it."""
    state = conversation.state
    known = procedure in voice.content.library.procedures and procedure not in state.told
    return known and state.asking in (None, "menu") and voice.reach(connection, conversation, now) == "free"
