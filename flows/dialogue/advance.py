"""Entry of the engine: advance(library, state, message, now) -> Turn.

A turn says something (`said`), may change the state, may ask for effects, and puts exactly one question: the bot's own
or the step's. Each function below `advance` answers one kind of message with an Outcome.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.procedure import Ask, FactKind
from flows.definition.texts import Emergency
from flows.dialogue import position
from flows.dialogue.analytics import analytics_events
from flows.dialogue.answers import keep_phone, read_stars_and_word
from flows.dialogue.commands import COMMANDS
from flows.dialogue.context import TurnContext, say
from flows.dialogue.questions import apply_answer, current_screen, question_of
from flows.dialogue.screens import Screen, put
from flows.dialogue.stuck_detection import offer_help_if_stuck
from flows.dialogue.transitions import (
    Outcome,
    begin_procedure,
    open_topic,
    papers_lines,
    with_answer,
    with_progress,
)
from flows.messages import AnalyticsEvent, Command, Effect, Message, Missed, Reply
from flows.state import State
from flows.text.language import clean
from flows.understanding.meaning import Meaning
from flows.understanding.understand import answered_already, understand


@dataclass(frozen=True)
class Limits:
    """Limits of one conversation.

    Attributes:
        text: characters of a message that are read.
        state: bytes of JSON that the state may take; the oldest drafts go first.
        drafts: unfinished procedures that are kept.
        away: hours of silence after which a citizen is welcomed back.
        linger: minutes on one step after which a person is offered.
    """

    text: int = 2000
    state: int = 16_384
    drafts: int = 3
    away: float = 12.0
    linger: float = 5.0


@dataclass(frozen=True)
class Turn:
    """Result of one message. `events` are counted, and ask for nothing."""

    state: State
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    events: tuple[AnalyticsEvent, ...] = ()


def advance(library: Library, state: State, message: Message, now: datetime, limits: Limits = Limits()) -> Turn:
    """Answer one message. Pure: the same arguments give the same turn.

    Args:
        now: an aware datetime; rules see the day in Vietnam.
    """
    today = now.astimezone(VIETNAM).date()
    context, news = _up_to_date(TurnContext(library, state, today))
    away = state.last_at is not None and now - state.last_at >= timedelta(hours=limits.away)
    outcome, still = offer_help_if_stuck(state, _act(context, message, away, limits), now, limits.linger, away=away)
    intro = () if state.greeted else (library.sentences.intro,)
    opened = (AnalyticsEvent("opened"),) if away or state.last_at is None else ()
    events = (*opened, *outcome.events, *analytics_events(context, outcome.context, outcome.effects))
    shown = current_screen(outcome.context)
    reply = _reply(outcome, shown, (*intro, *news, *outcome.said))
    kept = {**_place(outcome.context, shown), "greeted": True, "last_at": now, "standstill": still}
    return Turn(_within(outcome.context.state.model_copy(update=kept), limits), (reply,), outcome.effects, events)


def opening(library: Library, state: State, now: datetime) -> Reply:
    """Return the reply that a page shows before its citizen has said a word."""
    context, _ = _up_to_date(TurnContext(library, state, now.astimezone(VIETNAM).date()))
    return put(context, current_screen(context), ())


def _reply(outcome: Outcome, shown: Screen, said: tuple[str, ...]) -> Reply:
    return Reply("\n\n".join(said)) if outcome.quiet else put(outcome.context, shown, said)


def _place(context: TurnContext, shown: Screen) -> dict[str, str]:
    """Return the fields of the state that find the citizen's place again when the content changes meanwhile."""
    at = context.walk.here.id if context.walk and shown.slot.startswith("@") else shown.slot
    return {"at": at, "version": context.procedure.version if context.procedure else ""}


def _within(state: State, limits: Limits) -> State:
    if not state.drafts:
        return state
    drafts = dict(list(state.drafts.items())[-limits.drafts :])
    while drafts and len(state.model_copy(update={"drafts": drafts}).model_dump_json().encode()) > limits.state:
        drafts.pop(next(iter(drafts)))
    return state.model_copy(update={"drafts": drafts})


def _up_to_date(context: TurnContext) -> tuple[TurnContext, tuple[str, ...]]:
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


def _act(context: TurnContext, message: Message, away: bool, limits: Limits) -> Outcome:
    text = clean(message.text, limits.text)
    if message.sensitive in ("id", "otp", "card"):
        return Outcome(context, (context.sentences.sensitive,))
    if message.sensitive == "phone" and context.state.asking == "phone":
        return keep_phone(context)
    if message.start is not None:
        return _start(context, message.start, away)
    if message.choice is not None:
        return _tap(context, message.choice)
    if message.edited:
        return Outcome(context, (context.sentences.edited,))
    if message.attachment:
        return _attachment(context, message.attachment)
    if not any(ch.isalnum() for ch in text):
        return Outcome(context, (context.sentences.smile,) if text else ())
    return _text(context, text, away, too_long=len(message.text) > limits.text)


def _start(context: TurnContext, payload: str, away: bool) -> Outcome:
    """Apply a link's payload: a commune, a procedure or both, such as "na-ri_lop-1". Unknown names are skipped."""
    names = payload.split("_")
    communes = [name for name in names if name in context.library.communes]
    procedures = [name for name in names if name in context.library.procedures]
    if communes:
        context = context.with_state(commune=communes[0])
        context = context.ask(None) if context.state.asking == "commune" else context
    return begin_procedure(context, procedures[0]) if procedures else _welcome(context, away)


def _welcome(context: TurnContext, away: bool) -> Outcome:
    """Answer a hello or a return: say where they were, and ask again for what was missing."""
    if context.procedure is None or context.walk is None or not away or context.state.asking == "outcome":
        return Outcome(context)
    said = [with_progress(context, context.sentences.welcome_back)]
    if context.missing:
        said.append(
            say(
                context.sentences.still_missing,
                papers="\n".join(f"{context.sentences.lack_mark} {p.name}" for p in context.missing),
            )
        )
    reopened = context.with_state(answers=position.reopen_missing(context.state.answers)).ask(None)
    return Outcome(reopened, tuple(said))


def _attachment(context: TurnContext, kind: str) -> Outcome:
    if kind == "sticker":
        return Outcome(context, (context.sentences.smile,))
    return Outcome(context.ask("human", "attachment"), (context.sentences.attachment,))


def _tap(context: TurnContext, token: str) -> Outcome:
    """Apply a button while its question is on screen; epoch and slot tell an old one apart."""
    shown = current_screen(context)
    epoch, _, rest = token.partition(":")
    slot, _, value = rest.rpartition(":")
    current = epoch == str(context.state.epoch) and slot == shown.slot
    if current and value in ("!back", "!human"):
        return COMMANDS[cast(Command, value[1:])](context)
    if current and any(candidate.id == value for candidate in shown.candidates):
        return apply_answer(_heard(context), shown, value)
    return Outcome(context, (context.sentences.old_button,))


def _heard(context: TurnContext) -> TurnContext:
    return context.with_state(misses=0) if context.state.misses else context


def _text(context: TurnContext, text: str, away: bool, *, too_long: bool) -> Outcome:
    if context.state.asking == "rating" and (rated := read_stars_and_word(context, text)):
        return rated
    context, shown, meaning = _meant(context, text)
    question = question_of(context)
    if question and question.typed and meaning.kind not in ("answer", "command"):
        return question.typed(context, text)
    named = {id_ for id_, _ in meaning.top} - {context.state.procedure}
    if meaning.action == "unsure" or (meaning.action == "choose" and not named):
        return _miss(context, text, away, too_long=too_long)
    context = _heard(context)
    if meaning.kind == "answer":
        return apply_answer(context, shown, meaning.id)
    if meaning.kind == "command":
        return (
            _welcome(context, away) if meaning.id == "resume" and away else COMMANDS[cast(Command, meaning.id)](context)
        )
    if meaning.kind == "fact":
        return _fact(context, meaning)
    if meaning.kind in ("procedure", "event", "catalogue"):
        return _named(context, meaning, text)
    return _talk(context, meaning, away)


def _talk(context: TurnContext, meaning: Meaning, away: bool) -> Outcome:
    """Answer what is no answer and no errand; danger and anger get the offer of a person."""
    sentences = context.sentences
    if meaning.kind == "greeting":
        return _welcome(context, away)
    if meaning.kind == "emergency":
        return Outcome(context.ask("human", "emergency"), (sentences.emergency[cast(Emergency, meaning.id)],))
    if meaning.kind == "frustration":
        return Outcome(context.ask("human", "frustration"), (sentences.frustration,))
    if meaning.kind == "term":
        term = context.library.terms[meaning.id]
        said = context.with_certainty_mark(say(sentences.term, term=term.term, meaning=term.meaning), term)
        return Outcome(context, (said,), events=(_aside(context, "term"),))
    said_of = {"thanks": sentences.thanks, "status": sentences.status, "out_of_scope": sentences.out_of_scope}
    asked = (_aside(context, "status"),) if meaning.kind == "status" else ()
    return Outcome(context, (said_of[meaning.kind],), events=asked)


def _meant(context: TurnContext, text: str) -> tuple[TurnContext, Screen, Meaning]:
    """Understand a text on this screen; while the bot offers something, also as an answer to the step beneath."""
    shown = current_screen(context)
    meaning = _understood(context, shown, text)
    question = question_of(context)
    if not question or not question.answered_below or meaning.kind in ("answer", "command"):
        return context, shown, meaning
    below = context.ask(None)
    beneath = current_screen(below)
    answered = _understood(below, beneath, text)
    return (below, beneath, answered) if answered.kind == "answer" else (context, shown, meaning)


def _understood(context: TurnContext, shown: Screen, text: str) -> Meaning:
    at_step = shown.slot not in ("@menu", "@which", "@event")
    return understand(context.library, text, shown.candidates, shown.hidden, at_step=at_step)


def _miss(context: TurnContext, text: str, away: bool, *, too_long: bool) -> Outcome:
    """Fall back when nothing was understood: say so with a hint; the second time in a row, offer a person."""
    missed = Missed(text, context.state.procedure, context.state.at or None)
    if away and context.procedure and context.state.asking != "outcome":
        welcome = _welcome(context, away)
        return Outcome(welcome.context, welcome.said, (missed,))
    said = (context.sentences.too_long,) if too_long else ()
    if context.library.says_stuck(text):
        return Outcome(context.ask("human", "stuck"), said, (missed,))
    if context.state.misses == 0:
        return Outcome(context.with_state(misses=1), (*said, context.sentences.not_understood), (missed,))
    again = context.with_state(misses=0).ask("human", "misses")
    return Outcome(again, (*said, context.sentences.not_understood_again), (missed,))


def _fact(context: TurnContext, meaning: Meaning) -> Outcome:
    """Answer a question on the side, at any step; the step is put again."""
    if meaning.id in context.library.words.commune:
        return Outcome(context, (context.fill(f"{{commune.{meaning.id}}}"),), events=(_aside(context, meaning.id),))
    procedure = context.library.procedures.get(meaning.procedure or "") or context.procedure
    if procedure is None:
        return Outcome(context, (context.sentences.which_procedure_fact,))
    asked = (_aside(context, meaning.id, procedure.id),)
    if meaning.id == "papers":
        return Outcome(context, (_papers_said(context, procedure.id),), events=asked)
    said = context.fact(cast(FactKind, meaning.id), procedure)
    return Outcome(context if context.procedure else context.ask("which", procedure.id), (said,), events=asked)


def _aside(context: TurnContext, about: str, procedure: str | None = None) -> AnalyticsEvent:
    """Build the event of a question on the side. `procedure`: the one that it is about, where it is not the one under way."""
    own = context.state.procedure if procedure in (None, context.state.procedure) else None
    step = context.walk.here.step.id if context.walk and own else None
    return AnalyticsEvent("aside", procedure or own, step, about)


def _papers_said(context: TurnContext, procedure_id: str) -> str:
    """List the papers as far as the answers so far tell; of another procedure, as if nothing had been answered."""
    if context.state.procedure != procedure_id:
        context = context.with_state(procedure=procedure_id, answers={})
    listed = papers_lines(context)
    return listed or context.sentences.no_papers


def _named(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Begin the procedure that was named, or ask first: when another one is under way or two are close."""
    if meaning.action == "choose":
        return _close(context, meaning)
    if meaning.kind != "procedure":
        return open_topic(context, meaning.id)
    if context.procedure is None or meaning.id == context.procedure.id:
        return _begun(context, meaning.id, text)
    return Outcome(context.ask("switch", meaning.id))


def _close(context: TurnContext, meaning: Meaning) -> Outcome:
    """Offer the close topics; if they were offered already, take the closest of those."""
    close = [id_ for id_, _ in meaning.top if id_ != context.state.procedure]
    offered = current_screen(context)
    known = [id_ for id_ in close if any(c.id == id_ for c in offered.candidates)]
    return apply_answer(context, offered, known[0]) if known else Outcome(context.ask("which", *close))


def _begun(context: TurnContext, procedure_id: str, text: str) -> Outcome:
    """Begin a procedure; what was said of its first question beside its name is not asked again."""
    begun = begin_procedure(context, procedure_id)
    procedure, walk = begun.context.procedure, begun.context.walk
    if begun.context.state.answers or not procedure or not walk or not isinstance(walk.here.step, Ask):
        return begun
    first = current_screen(begun.context.ask(None))
    said = answered_already(context.library, text, first.candidates, procedure.title)
    if said is None:
        return begun
    heard = say(context.sentences.heard, answer=said.label)
    return Outcome(with_answer(begun.context, first.slot, said.id), (*begun.said, heard))
