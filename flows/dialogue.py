"""The whole conversation: advance(library, state, message, now) -> Turn.

A turn says something (`said`), may change the state, may ask for effects, and puts exactly one question: the bot's own
or the step's. Everything below `advance` answers one kind of message with an Outcome.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flows import position
from flows.answers import answer, phone_told, stars_and_word, word
from flows.commands import COMMANDS
from flows.happenings import happenings
from flows.hours import VIETNAM
from flows.language import clean
from flows.library import Library
from flows.meaning import Meaning
from flows.messages import Command, Effect, Happening, Message, Missed, Reply
from flows.moves import Outcome, about, ask, begin, papers_lines, settled, where
from flows.outcomes import own_words
from flows.procedure import Ask, FactKind
from flows.scene import Scene, say
from flows.screens import Screen, put, screen
from flows.sentences import Emergency
from flows.standstill import watched
from flows.state import State
from flows.understanding import answered_already, understand


@dataclass(frozen=True)
class Limits:
    """How much one conversation may take.

    Attributes:
        text: characters of a message that are read.
        state: bytes of JSON that a conversation may remember; the oldest drafts go first.
        drafts: procedures left half-way that are kept.
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
    """`happened`: what there is to count; it asks for nothing."""

    state: State
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    happened: tuple[Happening, ...] = ()


def advance(library: Library, state: State, message: Message, now: datetime, limits: Limits = Limits()) -> Turn:
    """One message in, one turn out. Pure: the same arguments give the same turn.

    Args:
        now: an aware datetime; rules see the day in Vietnam.
    """
    today = now.astimezone(VIETNAM).date()
    scene, news = _up_to_date(Scene(library, state, today))
    away = state.last_at is not None and now - state.last_at >= timedelta(hours=limits.away)
    outcome, still = watched(state, _act(scene, message, away, limits), now, limits.linger, away=away)
    intro = () if state.greeted else (library.sentences.intro,)
    opened = (Happening("opened"),) if away or state.last_at is None else ()
    happened = (*opened, *outcome.happened, *happenings(scene, outcome.scene, outcome.effects))
    shown = screen(outcome.scene)
    reply = _reply(outcome, shown, (*intro, *news, *outcome.said))
    kept = {**_place(outcome.scene, shown), "greeted": True, "last_at": now, "standstill": still}
    return Turn(_within(outcome.scene.state.model_copy(update=kept), limits), (reply,), outcome.effects, happened)


def opening(library: Library, state: State, now: datetime) -> Reply:
    """What stands on a page before its citizen has said a word."""
    scene, _ = _up_to_date(Scene(library, state, now.astimezone(VIETNAM).date()))
    return put(scene, screen(scene), ())


def _reply(outcome: Outcome, shown: Screen, said: tuple[str, ...]) -> Reply:
    return Reply("\n\n".join(said)) if outcome.quiet else put(outcome.scene, shown, said)


def _place(scene: Scene, shown: Screen) -> dict[str, str]:
    """What the state keeps of where the citizen is, for when the content changes meanwhile."""
    at = scene.walk.here.id if scene.walk and shown.slot.startswith("@") else shown.slot
    return {"at": at, "version": scene.procedure.version if scene.procedure else ""}


def _within(state: State, limits: Limits) -> State:
    if not state.drafts:
        return state
    drafts = dict(list(state.drafts.items())[-limits.drafts :])
    while drafts and len(state.model_copy(update={"drafts": drafts}).model_dump_json().encode()) > limits.state:
        drafts.pop(next(iter(drafts)))
    return state.model_copy(update={"drafts": drafts})


def _up_to_date(scene: Scene) -> tuple[Scene, tuple[str, ...]]:
    """The scene under today's content: a changed procedure resumes at the same step, a removed one at the menu."""
    state = scene.state
    if state.procedure is None or (scene.procedure and scene.procedure.version == state.version):
        return scene, ()
    if scene.procedure is None:
        return scene.now(procedure=None, answers={}, asking="menu", epoch=state.epoch + 1), (
            scene.sentences.procedure_gone,
        )
    answers = position.carry_over(scene.procedure, state.answers, state.at, scene.today)
    return scene.now(answers=answers, asking=None, epoch=state.epoch + 1), (scene.sentences.content_changed,)


def _act(scene: Scene, message: Message, away: bool, limits: Limits) -> Outcome:
    text = clean(message.text, limits.text)
    if message.sensitive in ("id", "otp", "card"):
        return Outcome(scene, (scene.sentences.sensitive,))
    if message.sensitive == "phone" and scene.state.asking == "phone":
        return phone_told(scene)
    if message.start is not None:
        return _start(scene, message.start, away)
    if message.choice is not None:
        return _tap(scene, message.choice)
    if message.edited:
        return Outcome(scene, (scene.sentences.edited,))
    if message.attachment:
        return _attachment(scene, message.attachment)
    if not any(ch.isalnum() for ch in text):
        return Outcome(scene, (scene.sentences.smile,) if text else ())
    return _text(scene, text, away, too_long=len(message.text) > limits.text)


def _start(scene: Scene, payload: str, away: bool) -> Outcome:
    """A link's payload names a commune, a procedure or both: "na-ri_lop-1". What is not known is passed over."""
    names = payload.split("_")
    communes = [name for name in names if name in scene.library.communes]
    procedures = [name for name in names if name in scene.library.procedures]
    if communes:
        asking = None if scene.state.asking == "commune" else scene.state.asking
        scene = scene.now(commune=communes[0], asking=asking)
    return begin(scene, procedures[0]) if procedures else _welcome(scene, away)


def _welcome(scene: Scene, away: bool) -> Outcome:
    """Someone says hello or comes back: where they were, and what was still missing is asked again."""
    if scene.procedure is None or scene.walk is None or not away or scene.state.asking == "outcome":
        return Outcome(scene)
    said = [where(scene, scene.sentences.welcome_back)]
    if scene.missing:
        said.append(
            say(
                scene.sentences.still_missing,
                papers="\n".join(f"{scene.sentences.lack_mark} {p.name}" for p in scene.missing),
            )
        )
    return Outcome(scene.now(answers=position.reopen_missing(scene.state.answers), asking=None), tuple(said))


def _attachment(scene: Scene, kind: str) -> Outcome:
    if kind == "sticker":
        return Outcome(scene, (scene.sentences.smile,))
    return Outcome(ask(scene, "human", "attachment"), (scene.sentences.attachment,))


def _tap(scene: Scene, token: str) -> Outcome:
    """A button acts only while its question is on screen; an old one is told apart by epoch and slot."""
    shown = screen(scene)
    epoch, _, rest = token.partition(":")
    slot, _, value = rest.rpartition(":")
    current = epoch == str(scene.state.epoch) and slot == shown.slot
    if current and value in ("!back", "!human"):
        return COMMANDS[cast(Command, value[1:])](scene)
    if current and any(candidate.id == value for candidate in shown.candidates):
        return answer(_heard(scene), shown, value)
    return Outcome(scene, (scene.sentences.old_button,))


def _heard(scene: Scene) -> Scene:
    return scene.now(misses=0) if scene.state.misses else scene


def _text(scene: Scene, text: str, away: bool, *, too_long: bool) -> Outcome:
    if scene.state.asking == "rating" and (rated := stars_and_word(scene, text)):
        return rated
    scene, shown, meaning = _meant(scene, text)
    if scene.state.asking in _OWN_WORDS and meaning.kind not in ("answer", "command"):
        return _OWN_WORDS[scene.state.asking](scene, text)
    named = {id_ for id_, _ in meaning.top} - {scene.state.procedure}
    if meaning.action == "unsure" or (meaning.action == "choose" and not named):
        return _miss(scene, text, away, too_long=too_long)
    scene = _heard(scene)
    if meaning.kind == "answer":
        return answer(scene, shown, meaning.id)
    if meaning.kind == "command":
        return _welcome(scene, away) if meaning.id == "resume" and away else COMMANDS[cast(Command, meaning.id)](scene)
    if meaning.kind == "fact":
        return _fact(scene, meaning)
    if meaning.kind in ("procedure", "event", "catalogue"):
        return _named(scene, meaning, text)
    return _talk(scene, meaning, away)


def _talk(scene: Scene, meaning: Meaning, away: bool) -> Outcome:
    """What is no answer and no errand; danger and anger get a person."""
    sentences = scene.sentences
    if meaning.kind == "greeting":
        return _welcome(scene, away)
    if meaning.kind == "emergency":
        return Outcome(ask(scene, "human", "emergency"), (sentences.emergency[cast(Emergency, meaning.id)],))
    if meaning.kind == "frustration":
        return Outcome(ask(scene, "human", "frustration"), (sentences.frustration,))
    if meaning.kind == "term":
        term = scene.library.terms[meaning.id]
        said = scene.marked(say(sentences.term, term=term.term, meaning=term.meaning), term)
        return Outcome(scene, (said,), happened=(_aside(scene, "term"),))
    said_of = {"thanks": sentences.thanks, "status": sentences.status, "out_of_scope": sentences.out_of_scope}
    asked = (_aside(scene, "status"),) if meaning.kind == "status" else ()
    return Outcome(scene, (said_of[meaning.kind],), happened=asked)


def _meant(scene: Scene, text: str) -> tuple[Scene, Screen, Meaning]:
    """What a text means on this screen; while the bot offers something, also what it means to the step beneath."""
    shown = screen(scene)
    meaning = _understood(scene, shown, text)
    asking = scene.state.asking in ("human", "which", "switch", "helped", "rating", "outcome")
    if not asking or meaning.kind in ("answer", "command"):
        return scene, shown, meaning
    below = ask(scene, None)
    beneath = screen(below)
    answered = _understood(below, beneath, text)
    return (below, beneath, answered) if answered.kind == "answer" else (scene, shown, meaning)


def _understood(scene: Scene, shown: Screen, text: str) -> Meaning:
    at_step = shown.slot not in ("@menu", "@which", "@event")
    return understand(scene.library, text, shown.candidates, shown.hidden, at_step=at_step)


def _miss(scene: Scene, text: str, away: bool, *, too_long: bool) -> Outcome:
    """The first time we say so, with a hint; the second time in a row we offer a person."""
    missed = Missed(text, scene.state.procedure, scene.state.at or None)
    if away and scene.procedure and scene.state.asking != "outcome":
        welcome = _welcome(scene, away)
        return Outcome(welcome.scene, welcome.said, (missed,))
    said = (scene.sentences.too_long,) if too_long else ()
    if scene.library.says_stuck(text):
        return Outcome(ask(scene, "human", "stuck"), said, (missed,))
    if scene.state.misses == 0:
        return Outcome(scene.now(misses=1), (*said, scene.sentences.not_understood), (missed,))
    again = ask(scene.now(misses=0), "human", "misses")
    return Outcome(again, (*said, scene.sentences.not_understood_again), (missed,))


def _fact(scene: Scene, meaning: Meaning) -> Outcome:
    """A question on the side is answered at any step; the step is put again."""
    if meaning.id in scene.library.words.commune:
        return Outcome(scene, (scene.fill(f"{{commune.{meaning.id}}}"),), happened=(_aside(scene, meaning.id),))
    procedure = scene.library.procedures.get(meaning.procedure or "") or scene.procedure
    if procedure is None:
        return Outcome(scene, (scene.sentences.which_procedure_fact,))
    asked = (_aside(scene, meaning.id, procedure.id),)
    if meaning.id == "papers":
        return Outcome(scene, (_papers_said(scene, procedure.id),), happened=asked)
    said = scene.fact(cast(FactKind, meaning.id), procedure)
    return Outcome(scene if scene.procedure else ask(scene, "which", procedure.id), (said,), happened=asked)


def _aside(scene: Scene, about: str, procedure: str | None = None) -> Happening:
    """A question on the side. `procedure`: the one that it is about, where it is not the one under way."""
    own = scene.state.procedure if procedure in (None, scene.state.procedure) else None
    step = scene.walk.here.step.id if scene.walk and own else None
    return Happening("aside", procedure or own, step, about)


def _papers_said(scene: Scene, procedure_id: str) -> str:
    """The papers as far as the answers so far tell; of another procedure, as if nothing had been answered."""
    if scene.state.procedure != procedure_id:
        scene = scene.now(procedure=procedure_id, answers={})
    listed = papers_lines(scene)
    return listed or scene.sentences.no_papers


def _named(scene: Scene, meaning: Meaning, text: str) -> Outcome:
    """Someone says which procedure they want: begun, or asked about when another one is under way or two are close."""
    if meaning.action == "choose":
        return _close(scene, meaning)
    if meaning.kind != "procedure":
        return about(scene, meaning.id)
    if scene.procedure is None or meaning.id == scene.procedure.id:
        return _begun(scene, meaning.id, text)
    return Outcome(ask(scene, "switch", meaning.id))


def _close(scene: Scene, meaning: Meaning) -> Outcome:
    """Some are close: if they were offered already, the closest of those is meant."""
    close = [id_ for id_, _ in meaning.top if id_ != scene.state.procedure]
    offered = screen(scene)
    known = [id_ for id_ in close if any(c.id == id_ for c in offered.candidates)]
    return answer(scene, offered, known[0]) if known else Outcome(ask(scene, "which", *close))


def _begun(scene: Scene, procedure_id: str, text: str) -> Outcome:
    """A procedure begins; what was said of its first question beside its name is not asked again."""
    begun = begin(scene, procedure_id)
    procedure, walk = begun.scene.procedure, begun.scene.walk
    if begun.scene.state.answers or not procedure or not walk or not isinstance(walk.here.step, Ask):
        return begun
    first = screen(ask(begun.scene, None))
    said = answered_already(scene.library, text, first.candidates, procedure.title)
    if said is None:
        return begun
    heard = say(scene.sentences.heard, answer=said.label)
    return Outcome(settled(begun.scene, first.slot, said.id), (*begun.said, heard))


_OWN_WORDS = {"word": word, "returned_word": own_words}
