"""Entry of the engine: advance(library, state, message, now) -> Turn.

A turn says something (`said`), may change the state, may ask for effects, and puts exactly one question: the bot's own
or the step's. Each function below `advance` answers one kind of message with an Outcome.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from flows.definition.facts import value_on
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.definition.steps import Ask
from flows.dialogue.analytics import analytics_events
from flows.dialogue.answers import keep_phone
from flows.dialogue.bot_questions import apply_answer, current_screen
from flows.dialogue.commands import COMMANDS, call_by
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.hearing import hear, welcome
from flows.dialogue.opening import bring_up_to_date
from flows.dialogue.screens import Screen, build_reply
from flows.dialogue.step_screens import step_words
from flows.dialogue.stuck_detection import offer_help_if_stuck
from flows.dialogue.transitions import Outcome, begin_procedure, open_ticket
from flows.messages import (
    DIGITS,
    UNCLEAR,
    AnalyticsEvent,
    Command,
    Effect,
    Heard,
    Limits,
    Message,
    OpenTicket,
    Paragraph,
    Reply,
    TicketParagraph,
    UtteranceKind,
    numbers_of,
)
from flows.state import State, Stated
from flows.text.language import clean, fold
from flows.understanding.address import hear_form, read_form
from flows.understanding.urgent import find_wish, score_call

_MASKED = re.compile(r"\[[^\]]*\]")  # what stands for a number that nobody may keep
_WRITTEN_UNDER = ("photo", "voice", "video", "file")  # what people put words under
_LONGEST_NUMBER = 2  # digits of what may number a choice: "1990" is a year
_CALLS: tuple[UtteranceKind, ...] = ("danger", "person", "command")  # heard before "sao lâu thế",
_HEARD_FIRST: tuple[UtteranceKind, ...] = (*_CALLS, "answer")  # and an answer, by who waits for nobody
_BESIDE: tuple[UtteranceKind, ...] = ("question", "later", "thanks", "person", "signpost", "unclear")  # leave the step
_BESIDE_TOO: tuple[Command, ...] = ("human", "source")  # as it is
_READ_AS: tuple[UtteranceKind, ...] = (
    "answer",
    "ask_back",
)  # what "tôi không biết chữ" may be besides a call for a person
_OTHERS = frozenset(["me", "bo", "vo", "chong", "con", "cu", "nguoi"])  # of whom it may be told, without accents
_SHORT = 6  # words of who only says that they wait
_READABLE = 120  # words of a screen
_SENTENCE = 3  # words beside such a number that are worth an answer
_USUAL = Limits()


@dataclass(frozen=True)
class Turn:
    """Result of one message.

    Attributes:
        events: what is counted; they ask for nothing.
        heard: what the message was taken for.
    """

    state: State
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    events: tuple[AnalyticsEvent, ...] = ()
    heard: Heard = UNCLEAR


def advance(library: Library, state: State, message: Message, now: datetime, limits: Limits = _USUAL) -> Turn:
    """Answer one message. Pure: the same arguments give the same turn.

    Args:
        now: an aware datetime; rules see the day in Vietnam.
    """
    today = now.astimezone(VIETNAM).date()
    context, mended = bring_up_to_date(TurnContext(library, _mirror(state, message, limits), today))
    away = state.last_at is not None and now - state.last_at >= timedelta(hours=limits.away)
    acted = _ask_commune_if_needed(_act_or_say_waiting(context, message, away, limits))
    # Whoever waits for a person already is offered none.
    patience = timedelta.max if message.waits else timedelta(minutes=limits.linger)
    outcome, still = offer_help_if_stuck(state, acted, now, patience, away=away)
    outcome = _name_languages(outcome, clean(message.text, limits.text))
    danger = outcome.heard.kind == "danger"  # nothing stands before the number
    intro = () if state.greeted or danger else (library.sentences.intro,)
    opened = (AnalyticsEvent("opened"),) if away or state.last_at is None else ()
    events = (*opened, *outcome.events, *analytics_events(context, outcome.context, outcome.effects))
    shown = current_screen(outcome.context)
    said = outcome.said if danger else (*intro, *mended, *outcome.said)
    if state.greeted and not away and shown.again is not None and _stands_above(context, outcome, shown):
        shown = replace(shown, text=shown.again)  # they asked beside what stands right above
    reply = _reply(outcome, shown, said, limits)
    if intro and len(reply.text.split()) > _READABLE:
        reply = _reply(outcome, shown, (library.sentences.intro_short, *said[1:]), limits)
    kept = {
        **_place(outcome.context, shown),
        "greeted": state.greeted or not danger,
        "last_at": now,
        "standstill": still,
        "stated": _stated(outcome, state),
    }
    if outcome.context.state.answers != state.answers:
        kept["remind"] = ""
    after = _within(outcome.context.state.model_copy(update=kept), limits)
    return Turn(after, (reply,), outcome.effects, events, outcome.heard)


def _mirror(state: State, message: Message, limits: Limits) -> State:
    """Call a citizen as they call themselves, unless they have chosen. "Em" takes nothing back: who said of herself that she is
    a "chị", or told of her husband, stays one."""
    form = None if state.chosen or not message.text else hear_form(clean(message.text, limits.text))
    if form == "bạn" and state.called != "bác":
        return state
    return state.model_copy(update={"called": form}) if form else state


def _stands_above(context: TurnContext, outcome: Outcome, shown: Screen) -> bool:
    """Tell whether they have just read what would be put again, and said or heard something beside it."""
    if any(isinstance(effect, OpenTicket) for effect in outcome.effects) and shown == current_screen(context.ask(None)):
        return True  # beneath the offer that they took
    beside = outcome.heard.kind in _BESIDE or outcome.heard.id in _BESIDE_TOO
    return beside and bool(outcome.said) and shown == current_screen(context)


def _ask_commune_if_needed(outcome: Outcome) -> Outcome:
    """Ask for the commune where something of it is about to be said, and not before."""
    context = outcome.context
    if outcome.quiet or context.state.asking or context.state.commune is not None or context.walk is None:
        return outcome
    needed = any(context.speaks_of_commune(step_words(slot.step)) for slot in context.walk.shown)
    return replace(outcome, context=context.ask("commune")) if needed else outcome


def _name_languages(outcome: Outcome, text: str) -> Outcome:
    """Put on a ticket which languages a text names, where it asks to be spoken with in another one."""
    if not outcome.effects:
        return outcome
    return replace(outcome, effects=tuple(_name_in(outcome.context.library, text, one) for one in outcome.effects))


def _name_in(library: Library, text: str, effect: Effect) -> Effect:
    if not isinstance(effect, OpenTicket) or effect.reason != "language":
        return effect
    return replace(effect, languages=tuple(dict.fromkeys(match.id for match in library.language_frames.find(text))))


def _reply(outcome: Outcome, shown: Screen, said: tuple[Paragraph, ...], limits: Limits) -> Reply:
    if outcome.quiet:
        # {days}: told when everything is erased
        return Reply(tuple(fill_in(part, days=limits.backups) if isinstance(part, str) else part for part in said))
    return build_reply(outcome.context, replace(shown, text="") if outcome.brief else shown, said, mends=outcome.mends)


def _place(context: TurnContext, shown: Screen) -> dict[str, str]:
    """Return the fields of the state that find the citizen's place again when the content changes meanwhile."""
    at = context.walk.here.id if context.walk else shown.slot
    return {"at": at, "version": context.procedure.version if context.procedure else ""}


def _stated(outcome: Outcome, before: State) -> Stated | None:
    """Return where what was just said comes from: the answer to a question, the step or leaflet on screen, else as before."""
    context, part = outcome.context, outcome.stated
    on_step = context.walk and not context.state.asking and context.walk.here.id != context.state.at
    if part is None and context.walk and on_step:
        part = context.walk.here.paper or context.walk.here.step
    if part is None or (isinstance(part, Ask) and part.source is None):
        if context.procedure is None or context.state.procedure == before.procedure:
            return context.state.stated
        part = value_on(
            context.procedure.facts.get("name", ()), context.today
        )  # the portal, of which a leaflet tells most
    if part is None or part.source is None or part.unsure(context.today):
        return Stated()
    return Stated(source=part.source, as_of=context.library.as_of(part), single=part.certainty == "single")


def _within(state: State, limits: Limits) -> State:
    if not state.drafts and not state.others:
        return state
    drafts, others = dict(list(state.drafts.items())[-limits.drafts :]), dict(state.others)
    fitting = state.model_copy(update={"drafts": drafts, "others": others})
    while (drafts or others) and len(fitting.model_dump_json().encode()) > limits.state:
        oldest = drafts or others
        del oldest[next(iter(oldest))]
    return fitting


def _act_or_say_waiting(context: TurnContext, message: Message, away: bool, limits: Limits) -> Outcome:
    """Act on a message; who waits for a person and says so hears what is known of their ticket."""
    outcome = _act(context, message, away, limits)
    if message.waits and outcome.heard.kind not in _CALLS and context.library.waiting_frames.find(message.text):
        return Outcome(context, (TicketParagraph("", "ticket_waits"),), heard=outcome.heard)
    if message.waits and outcome.context.state.asking == "human":
        return _offer_no_second_person(outcome)
    return outcome


def _offer_no_second_person(outcome: Outcome) -> Outcome:
    """Tell who waits for a person that they do, instead of offering one; what was not for the bot is told so already."""
    told = any(isinstance(part, TicketParagraph) for part in outcome.said)
    waits = () if told else (TicketParagraph("", "ticket_waits"),)
    return replace(outcome, context=outcome.context.ask(None), said=(*outcome.said, *waits))


def _act(context: TurnContext, message: Message, away: bool, limits: Limits) -> Outcome:
    text = clean(message.text, limits.text)
    if message.sensitive in ("id", "otp", "card"):
        return _hear_masked(context, text, away)
    if message.sensitive == "phone" and context.state.asking == "phone":
        return keep_phone(context)
    if message.start is not None:
        return _start(context, message.start, away)
    if message.choice is not None:
        return _tap(context, message.choice)
    if message.edited:
        return _hear_mended(context, text, away)
    if message.attachment:
        return _attachment(context, message, text, away)
    if not any(ch.isalnum() for ch in text):
        signs = (context.sentences.puzzled if "?" in text else context.sentences.smile,)
        return Outcome(context, signs if text else ())
    if form := read_form(text):
        return call_by(context, form)
    if context.state.asking == "ask_team" and _only_read(context, text):
        return Outcome(context, (context.sentences.question_kept,), heard=Heard("thanks"), brief=True)
    outcome = hear(context, text, away, too_long=len(message.text) > limits.text)
    if outcome.heard.kind in _READ_AS and _can_not_read(context, text):
        return _call_reader(outcome)
    if context.procedure is None and outcome.heard.kind not in _HEARD_FIRST and _says_that_they_wait(context, text):
        said = (context.sentences.waits_for_what,)
        return Outcome(context.ask("human", "stuck"), said, heard=Heard("question", "status"))
    return _number(context, text) or outcome if outcome.heard.kind == "unclear" else outcome


def _can_not_read(context: TurnContext, text: str) -> bool:
    """Tell whether somebody says of themselves that they can't read or write, likelier than not."""
    wish = find_wish(context.library, text)
    if wish is None or wish.id != "literacy" or not wish.frames or not _OTHERS.isdisjoint(fold(text).split()):
        return False
    return score_call(context.library, text, "person", wish) > 0


def _call_reader(outcome: Outcome) -> Outcome:
    """Call a person for who can't read, though their words answer a question too: what they told is kept, not read to them."""
    opened = open_ticket(outcome.context, "literacy")
    said = (outcome.context.library.wishes["literacy"].text or "", *opened.said)
    heard, effects = Heard("person", "literacy"), (*outcome.effects, *opened.effects)
    return replace(opened, said=said, heard=heard, effects=effects, events=outcome.events, mends=outcome.mends)


def _only_read(context: TurnContext, text: str) -> bool:
    """Tell whether somebody lets us know that they read an answer ("ok", "biết rồi"): that asks nothing of the team yet."""
    said = " ".join(context.library.command_book.words(text))
    return fold(said) in {fold(read) for read in context.library.words.read}


def _says_that_they_wait(context: TurnContext, text: str) -> bool:
    """Tell whether somebody says that they wait, and little else: not for what, which a procedure may answer."""
    return len(text.split()) <= _SHORT and bool(context.library.waiting_frames.find(text))


def _hear_masked(context: TurnContext, text: str, away: bool) -> Outcome:
    """Warn of the number that was sent, and answer the rest of the sentence."""
    warning = context.sentences.sensitive
    rest = " ".join(_MASKED.sub(" ", text).split())
    if len(rest.split()) < _SENTENCE:
        return Outcome(context, (warning,))
    outcome = hear(context, rest, away, too_long=False)
    if outcome.heard.kind == "unclear":
        return Outcome(context, (warning,))
    danger = outcome.heard.kind == "danger"
    return replace(outcome, said=(*outcome.said, warning) if danger else (warning, *outcome.said))


def _start(context: TurnContext, payload: str, away: bool) -> Outcome:
    """Apply a link's payload: a commune, a procedure or both, such as "na-ri_lop-1". Unknown names are skipped."""
    names = payload.split("_")
    communes = [name for name in names if name in context.library.communes]
    procedures = [name for name in names if name in context.library.procedures]
    if communes:
        context = context.with_state(commune=communes[0])
        context = context.ask(None) if context.state.asking == "commune" else context
    return begin_procedure(context, procedures[0]) if procedures else welcome(context, away)


def _number(context: TurnContext, text: str) -> Outcome | None:
    """Take a bare number that no choice has: a way elsewhere, or one too many."""
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        return None
    if command := DIGITS.get(text):
        return replace(COMMANDS[command](context), heard=Heard("command", command))
    last = max(numbers_of(len(current_screen(context).candidates)), default=0)
    return Outcome(context, (fill_in(context.sentences.no_such_number, number=last),)) if last else None


def _hear_mended(context: TurnContext, text: str, away: bool) -> Outcome:
    """Read what now says something else, unless it was understood before: what was answered is not unmade. Where nothing is
    under way, nothing was answered."""
    outcome = hear(context, text, away, too_long=False) if text else None
    urgent = outcome and outcome.heard.kind in ("danger", "person")
    anew = urgent or context.state.misses or context.procedure is None
    return outcome if outcome and anew else Outcome(context, (context.sentences.edited,))


def _attachment(context: TurnContext, message: Message, text: str, away: bool) -> Outcome:
    """Take the words under a picture as if they had been typed; say beside it that the picture can't be seen. Who speaks
    instead of writing is never asked to write: a person hears it."""
    sentences = context.sentences
    if message.attachment == "sticker":
        return Outcome(context, (sentences.smile,))
    if message.attachment == "voice" and not text:
        opened = open_ticket(context, "attachment")
        return replace(opened, said=(sentences.voice, *opened.said), brief=True)
    if message.attachment == "contact" and message.sensitive == "phone":
        return Outcome(context, (sentences.phone_masked,))
    outcome = hear(context, text, away, too_long=False) if text and message.attachment in _WRITTEN_UNDER else None
    if outcome is None or outcome.heard.kind == "unclear":
        unseen = TicketParagraph(sentences.attachment, "not_answered")
        return Outcome(context.ask("human", "attachment"), (unseen,))
    beside = (sentences.attachment_unseen,)
    danger = outcome.heard.kind == "danger"
    return replace(outcome, said=(*outcome.said, *beside) if danger else (*beside, *outcome.said))


def _tap(context: TurnContext, token: str) -> Outcome:
    """Apply a button while its question is on screen; epoch and slot tell an old one apart."""
    shown = current_screen(context)
    epoch, _, rest = token.partition(":")
    slot, _, value = rest.rpartition(":")
    current = epoch == str(context.state.epoch) and slot == shown.slot
    if current and value in ("!back", "!human", "!change"):
        command = cast(Command, value[1:])
        return replace(COMMANDS[command](context), heard=Heard("command", command))
    if current and any(candidate.id == value for candidate in shown.candidates):
        return replace(apply_answer(context.with_state(misses=0), shown, value), heard=Heard("answer", value))
    return Outcome(context, (context.sentences.old_button,))
