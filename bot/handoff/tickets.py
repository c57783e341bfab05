"""Tickets: waiting -> claimed -> resolved, each change kept as an event."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import bindparam, insert, literal_column, select, update

from bot.conversations import CITIZEN
from bot.insight import events
from bot.insight.events import Source
from bot.outbox import outbox
from bot.store.prepared import Prepared
from bot.store.tables import conversations, ticket_events, tickets
from bot.store.tx import Tx
from bot.team_keys import TicketOutcome
from flows.definition.hours import VIETNAM
from flows.dialogue.position import step_of
from flows.messages import AnalyticsEvent, OpenTicket, Rate, Reason

TicketState = Literal["waiting", "claimed", "resolved"]
Became = Literal["opened", "reopened", "asked again", "in danger", "language"]
TicketEvent = Literal[
    Became, TicketOutcome,
    "claimed", "handed over", "released", "resolved", "rated", "nudged", "barred", "lifted", "level 1", "level 2", "level 3",
]  # fmt: skip

WAITING: TicketState = "waiting"
CLAIMED: TicketState = "claimed"
RESOLVED: TicketState = "resolved"
PRACTICE: Reason = "practice"
_LASTING: tuple[Reason, ...] = ("language", "literacy")  # who asks for something else needs it still
EMERGENCY: Reason = "emergency"
LEADS_CALLED, PARENT_CALLED = 2, 3  # levels of escalation; on 1 the team was called again
_LEVELS: tuple[TicketEvent, ...] = ("level 1", "level 2", "level 3")


@dataclass(frozen=True)
class Ticket:
    """Everything that spares a citizen from saying it twice. `missing` are names of papers; `step` is a slot.

    `languages`: in which its citizen wants to be spoken with, see `OpenTicket`.
    `changed_at`: when it was opened, taken, answered, let go or resolved, whichever was last. `held_since`, `answered_at`: since
    when its agent has it, and their last word to the citizen, None before the first.
    """

    id: int
    conversation_id: int
    channel: str
    contact: str
    state: TicketState
    reason: Reason
    commune: str | None
    procedure: str | None
    step: str | None
    answers: dict[str, str]
    missing: tuple[str, ...]
    tried: str | None
    question: str | None
    languages: tuple[str, ...] | None
    agent: str | None
    outcome: TicketOutcome | None
    stars: int | None
    word: str | None
    opened_at: datetime
    changed_at: datetime
    waiting_since: datetime
    level: int
    held_since: datetime | None
    answered_at: datetime | None
    nudged_at: datetime | None
    phone: str | None

    @property
    def open(self) -> bool:
        """Tell whether somebody still helps, or should."""
        return self.state != RESOLVED

    @property
    def read_until(self) -> datetime | None:
        """Up to when the team may read what the citizen says: what comes after the end is none of their business, until they are
        asked again."""
        return None if self.open else self.changed_at

    @property
    def urgent(self) -> bool:
        """Tell whether somebody is in danger."""
        return self.reason == EMERGENCY

    @property
    def practice_of(self) -> int | None:
        """The id of the member who tries things out with it; None for a citizen's."""
        return int(self.contact) if self.reason == PRACTICE else None


_UNTOLD: dict[str, object] = {"answered_at": None, "nudged_at": None}  # whoever has it now has said nothing yet
_AFRESH = {"state": WAITING, "agent": None, "level": 0, "outcome": None, "stars": None, "word": None, **_UNTOLD}
QUERY = select(tickets, conversations.c.channel, conversations.c.contact).join(
    conversations, conversations.c.id == tickets.c.conversation_id
)
# As a literal, so that databases see that the partial index fits.
_IS_OPEN = tickets.c.state != literal_column(f"'{RESOLVED}'")
_CURRENT = Prepared(QUERY.where((tickets.c.conversation_id == bindparam("conversation_id")) & _IS_OPEN))


def open_ticket(
    tx: Tx, conversation_id: int, asked: OpenTicket, commune: str | None, soon: timedelta
) -> tuple[Ticket, Became]:
    """Open a ticket, and say what became of it.

    "opened"; "reopened" when one about the same was resolved less than `soon` ago; "asked again" when it is open already
    and was only brought up to date; "in danger" when it became urgent by it, "language" when it waits and a speaker is needed
    from now on. A ticket that is urgent stays so until it is resolved.
    """
    there, before = current_of(tx, conversation_id), last_resolved(tx, conversation_id)
    lately = before if before and before.procedure == asked.procedure and tx.now - before.changed_at < soon else None
    carried = {**_carry(asked, there or lately), "commune": commune or None, "changed_at": tx.now}
    afresh = {**_AFRESH, "waiting_since": tx.now}
    became: Became
    if there:
        became = _news_of(there, asked)
        tx.execute(update(tickets).where(tickets.c.id == there.id).values(carried))
    elif lately:
        became = "reopened"
        tx.execute(update(tickets).where(tickets.c.id == lately.id).values({**carried, **afresh}))
    else:
        became = "opened"
        row = {"conversation_id": conversation_id, "opened_at": tx.now, **carried, **afresh}
        tx.execute(insert(tickets).values(row))
    ticket = current_of(tx, conversation_id)
    assert ticket
    record_event(tx, ticket, became, CITIZEN)
    if there is None:
        _count_event(tx, ticket, AnalyticsEvent("ticket", detail=asked.reason))
    return ticket, became


def reopen(tx: Tx, ticket: Ticket, who: str) -> bool:
    """Let a resolved ticket wait again. True when it was resolved until now."""
    resolved = (tickets.c.id == ticket.id) & (tickets.c.state == RESOLVED)
    changes = {**_AFRESH, "changed_at": tx.now, "waiting_since": tx.now}
    done = tx.execute(update(tickets).where(resolved).values(changes)).rowcount == 1
    if done:
        record_event(tx, ticket, "reopened", who)
        _count_event(tx, ticket, AnalyticsEvent("ticket", detail=ticket.reason))
    return done


def record_outcome(tx: Tx, ticket: Ticket, outcome: TicketOutcome, who: str) -> None:
    """Record what became of the ticket, as the agent says; it may be said again."""
    tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(outcome=outcome))
    record_event(tx, ticket, outcome, who)


def record_rating(tx: Tx, ticket: Ticket, rated: Rate) -> Ticket:
    """Record the citizen's rating: stars and a word may come one after the other."""
    said = {key: value for key, value in (("stars", rated.stars), ("word", rated.word)) if value}
    tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(said))
    record_event(tx, ticket, "rated", CITIZEN)
    if rated.stars:
        _count_event(tx, ticket, AnalyticsEvent("rated", value=rated.stars))
    return replace(ticket, stars=rated.stars or ticket.stars, word=rated.word or ticket.word)


def keep_phone(tx: Tx, ticket: Ticket, phone: str | None) -> None:
    """Keep where the citizen wants to be called; None for nowhere any more."""
    tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(phone=phone))


def drop_phones(tx: Tx, conversation_id: int) -> None:
    """Drop the number from all tickets of this citizen, and where the team was told."""
    outbox.forget_told(tx, [conversation_id])
    tx.execute(update(tickets).where(tickets.c.conversation_id == conversation_id).values(phone=None))


def expire_phones(tx: Tx, before: datetime) -> int:
    """Forget the numbers of tickets that were resolved before then, also where the team was told, and count them."""
    old = (tickets.c.state == RESOLVED) & (tickets.c.changed_at < before) & tickets.c.phone.is_not(None)
    outbox.forget_told(tx, list(tx.execute(select(tickets.c.conversation_id).where(old)).scalars()))
    return tx.execute(update(tickets).where(old).values(phone=None)).rowcount


def last_resolved(tx: Tx, conversation_id: int) -> Ticket | None:
    where = (tickets.c.conversation_id == conversation_id) & (tickets.c.state == RESOLVED)
    row = tx.execute(QUERY.where(where).order_by(tickets.c.changed_at.desc()).limit(1)).one_or_none()
    return from_row(row) if row else None


def current_of(tx: Tx, conversation_id: int) -> Ticket | None:
    """Find the ticket of this conversation that is not resolved."""
    row = _CURRENT.fetch_first(tx, conversation_id=conversation_id)
    return from_row(row) if row else None


def all_of(tx: Tx, conversation_id: int) -> list[Ticket]:
    """Every ticket of this citizen, the oldest first."""
    rows = tx.execute(QUERY.where(tickets.c.conversation_id == conversation_id).order_by(tickets.c.id))
    return [from_row(row) for row in rows]


def newest_of(tx: Tx, conversation_id: int) -> Ticket | None:
    """Find the last ticket of this conversation."""
    return next(reversed(all_of(tx, conversation_id)), None)


def get(tx: Tx, ticket_id: int) -> Ticket | None:
    row = tx.execute(QUERY.where(tickets.c.id == ticket_id)).one_or_none()
    return from_row(row) if row else None


def claim(tx: Tx, ticket: Ticket, agent: str) -> bool:
    """Claim a ticket. True when this agent has it: one that somebody else has stays theirs, one's own stays as it is."""
    if ticket.state == CLAIMED and ticket.agent == agent:
        return True
    free = (tickets.c.id == ticket.id) & (tickets.c.state == WAITING)
    changes = {"state": CLAIMED, "agent": agent, "held_since": tx.now, "changed_at": tx.now, **_UNTOLD}
    taken = tx.execute(update(tickets).where(free).values(changes)).rowcount == 1
    if taken:
        record_event(tx, ticket, "claimed", agent)
        _count_wait(tx, ticket)
    return taken


def record_answer(tx: Tx, ticket: Ticket) -> None:
    """Record that whoever has the ticket said something to the citizen."""
    changes = {"answered_at": tx.now, "nudged_at": None, "changed_at": tx.now}
    tx.execute(update(tickets).where(tickets.c.id == ticket.id).values(changes))


def hand_over(tx: Tx, ticket: Ticket, to: str, who: str) -> bool:
    """Give an open ticket to another agent. True when it has not changed hands since it was read."""
    holder = tickets.c.agent.is_(None) if ticket.agent is None else tickets.c.agent == ticket.agent
    same = (tickets.c.id == ticket.id) & (tickets.c.state == ticket.state) & (tickets.c.state != RESOLVED) & holder
    changes = {"state": CLAIMED, "agent": to, "held_since": tx.now, "changed_at": tx.now, **_UNTOLD}
    done = tx.execute(update(tickets).where(same).values(changes)).rowcount == 1
    if done:
        record_event(tx, ticket, "handed over", who)
        record_event(tx, ticket, "claimed", to)
    if done and ticket.state == WAITING:
        _count_wait(tx, ticket)
    return done


def release(tx: Tx, ticket: Ticket) -> bool:
    """Let a claimed ticket wait again. True when it has not changed since it was read."""
    same = (tickets.c.id == ticket.id) & (tickets.c.state == CLAIMED) & (tickets.c.changed_at == ticket.changed_at)
    changes = {**_AFRESH, "changed_at": tx.now, "waiting_since": tx.now}
    done = tx.execute(update(tickets).where(same).values(changes)).rowcount == 1
    if done:
        record_event(tx, ticket, "released", ticket.agent or "")
    return done


def escalate(tx: Tx, ticket: Ticket, level: int) -> bool:
    """Escalate a waiting ticket to this level. True when it has not changed since it was read: once, with any replicas."""
    same = (tickets.c.id == ticket.id) & (tickets.c.state == WAITING) & (tickets.c.level == ticket.level)
    done = tx.execute(update(tickets).where(same).values(level=level)).rowcount == 1
    if done:
        record_event(tx, ticket, _LEVELS[level - 1], "")
    return done


def record_nudge(tx: Tx, ticket: Ticket) -> bool:
    """Record a nudge. True when it is the first since the agent's last word."""
    same = (tickets.c.id == ticket.id) & (tickets.c.state == CLAIMED) & (tickets.c.changed_at == ticket.changed_at)
    changes = update(tickets).where(same & tickets.c.nudged_at.is_(None)).values(nudged_at=tx.now)
    done = tx.execute(changes).rowcount == 1
    if done:
        record_event(tx, ticket, "nudged", ticket.agent or "")
    return done


def resolve(tx: Tx, ticket: Ticket, who: str) -> bool:
    """Resolve a ticket. True when it was open until now."""
    open_ticket = (tickets.c.id == ticket.id) & (tickets.c.state != RESOLVED)
    done = tx.execute(update(tickets).where(open_ticket).values(state=RESOLVED, changed_at=tx.now)).rowcount == 1
    if done:
        record_event(tx, ticket, "resolved", who)
        _count_event(tx, ticket, AnalyticsEvent("resolved"))
    return done


def record_event(tx: Tx, ticket: Ticket, kind: TicketEvent, who: str) -> None:
    """Record something that happened to a ticket."""
    tx.execute(insert(ticket_events).values(ticket_id=ticket.id, kind=kind, who=who, at=tx.now))


def _carry(asked: OpenTicket, last: Ticket | None) -> dict[str, object]:
    """Return what the ticket carries from now on; of the last one what holds still."""
    reason, question, languages = asked.reason, asked.question or None, asked.languages
    if last:
        lasts = last.reason in _LASTING and asked.reason not in (*_LASTING, EMERGENCY)
        reason = last.reason if lasts or (last.open and last.urgent) else reason
        question = _join_questions(last.question, asked.question) if last.open else question
        languages = _join_languages(last.languages, asked.languages)
    return {
        "reason": reason,
        "procedure": asked.procedure,
        "step": asked.step,
        "answers": json.dumps(asked.answers, ensure_ascii=False),
        "missing": json.dumps(asked.missing, ensure_ascii=False),
        "tried": asked.tried,
        "question": question,
        "languages": None if languages is None else json.dumps(languages),
    }


def _news_of(there: Ticket, asked: OpenTicket) -> Became:
    """Say what an open ticket becomes when its citizen asks again, see `open_ticket`."""
    if asked.reason == EMERGENCY and not there.urgent:
        return "in danger"
    other = _join_languages(there.languages, asked.languages) != there.languages
    return "language" if other and there.state == WAITING else "asked again"


def _join_languages(before: tuple[str, ...] | None, named: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Keep the languages that are known until others are named."""
    return before if named is None or (before and not named) else named


def _join_questions(before: str | None, question: str) -> str | None:
    """Put a question below the first one that has no answer yet."""
    if not question or (before and question in before.splitlines()):
        return before
    return f"{before}\n{question}" if before else question


def _count_wait(tx: Tx, ticket: Ticket) -> None:
    """Count how long somebody waited, by the hour in which they began to. Whom the team wrote to first did not wait."""
    if ticket.reason != "answered":
        minutes = round((tx.now - ticket.waiting_since) / timedelta(minutes=1))
        hour = f"{ticket.waiting_since.astimezone(VIETNAM):%H}"
        _count_event(tx, ticket, AnalyticsEvent("claimed", detail=hour, value=minutes))


def _count_event(tx: Tx, ticket: Ticket, event: AnalyticsEvent) -> None:
    """Count an event where its ticket stands; a practice ticket counts nowhere."""
    if ticket.practice_of is not None:
        return
    step = step_of(ticket.step) if ticket.step else None
    source = Source(ticket.conversation_id, ticket.channel, ticket.commune)
    events.record_events(tx, source, (replace(event, procedure=ticket.procedure, step=step),))


def from_row(row: Any) -> Ticket:
    held = row._asdict()
    lists = ("answers", "missing", "languages")
    plain = {name: held[name] for name in Ticket.__dataclass_fields__ if name not in lists}
    languages = None if held["languages"] is None else tuple(json.loads(held["languages"]))
    answers, missing = json.loads(held["answers"]), tuple(json.loads(held["missing"]))
    return Ticket(**plain, answers=answers, missing=missing, languages=languages)
