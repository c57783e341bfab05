"""Screens: the one question that is put to a citizen, the candidates that answer it, and the reply made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from flows.definition.procedure import Procedure
from flows.definition.steps import Ask, Option, Range, Trouble
from flows.dialogue import position
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.position import options_of
from flows.messages import NO, YES, Choice, Filed, Paragraph, Reply
from flows.state import Asking
from flows.text.quantities import Measure
from flows.understanding.meaning import Candidate

HOUSEHOLD, WALK, IN_TROUBLE = "giay-nha", "tung-buoc", "dang-vuong"  # ways on from a leaflet
FILED: tuple[Filed, ...] = ("online", "in_person", "returned", "not_yet")
LATER, NO_MORE, ASK_TEAM = "sau", "dung-hoi", "nho-to"
ANYWHERE = "*"  # asked about troubles of any step
MOST_TROUBLES = 6  # listed at most, the first ones of the procedure


@dataclass(frozen=True)
class Screen:
    """Question with its candidates. `slot`: key of the answer; those of the bot's own questions begin with "@".

    `hidden`: the troubles of a step, not on screen, but understood when somebody says them. `again`: the text for who has just
    read it; None for the same.
    """

    slot: str
    text: str
    candidates: tuple[Candidate, ...] = ()
    hidden: tuple[Candidate, ...] = ()
    again: str | None = None


def slot_of(asking: Asking) -> str:
    """Return the slot of a question of the bot's own."""
    return f"@{asking}"


def build_reply(context: TurnContext, shown: Screen, said: tuple[Paragraph, ...], *, mends: bool = False) -> Reply:
    """Build the reply: what there is to say, then the question and its choices."""
    said = tuple(part for part in (*said, shown.text) if part)
    choices = tuple(Choice(c.label, token(context, shown, c.id)) for c in shown.candidates)
    return Reply(said, choices, _nav(context, shown, mends), context.sentences.more_choices)


def _nav(context: TurnContext, shown: Screen, mends: bool) -> tuple[Choice, ...]:
    back = ("back",) if context.walk and (context.walk.settled or context.state.asking) else ()
    person = () if context.state.asking == "human" else ("human",)
    commands = ("change", *person) if mends else (*back, *person)
    return tuple(Choice(context.labels[name], token(context, shown, f"!{name}")) for name in commands)


def token(context: TurnContext, shown: Screen, value: str) -> str:
    return f"{context.state.epoch}:{shown.slot}:{value}"


@lru_cache(maxsize=4096)  # of all questions: what is said is held against those of every question still to come
def option_of(option: Option) -> Candidate:
    """Return an option as something that may be picked."""
    typed: tuple[tuple[Measure, Range | None], ...]
    typed = ("age", option.age), ("born", option.born), ("days", option.days), ("count", option.count)
    ranges = tuple((measure, held) for measure, held in typed if held)
    return Candidate(option.id, option.label, option.says, option.spoken, ranges=ranges, abroad=option.abroad)


def offer_options(context: TurnContext, step: Ask) -> tuple[Candidate, ...]:
    return tuple(option_of(option) for option in options_of(step, context.today))


def offer_titles(context: TurnContext, ids: Iterable[str]) -> tuple[Candidate, ...]:
    """Return candidates for procedures, life events and entries of the catalogue, by their titles."""
    titles = ((id_, context.library.title(id_)) for id_ in ids)
    return tuple(Candidate(id_, title) for id_, title in titles if title)


def offer_drafts(context: TurnContext) -> tuple[Candidate, ...]:
    """Return candidates for the drafts, the latest first."""
    titles = ((id_, context.library.title(id_)) for id_ in reversed(context.state.drafts))
    return tuple(Candidate(id_, fill_in(context.labels["resume"], title=title)) for id_, title in titles if title)


def offer_elsewhere(context: TurnContext, ids: Iterable[str]) -> tuple[Candidate, ...]:
    """Return candidates that open another procedure than this one."""
    titles = ((id_, context.library.title(id_)) for id_ in ids if id_ != context.state.procedure)
    return tuple(
        Candidate(id_, fill_in(context.labels["go"], title=title), aside=True) for id_, title in titles if title
    )


def offer_trouble(trouble: Trouble) -> Candidate:
    return Candidate(trouble.id, trouble.title, trouble.says)


def offer_troubles(context: TurnContext, procedure: Procedure | None) -> tuple[Candidate, ...]:
    """Return candidates for the troubles: what goes wrong most first, and last what many procedures share."""
    if procedure is None:
        return ()
    shared = {step.id: context.library.is_shared(procedure.id, step.id) for step, _ in procedure.troubles}
    ranked = sorted(procedure.troubles, key=lambda one: (one[1].id != procedure.pitfall, shared[one[0].id]))
    return tuple(offer_trouble(trouble) for _, trouble in ranked)


def offer_outcomes(context: TurnContext) -> tuple[Candidate, ...]:
    """Return candidates for how the filing went. Somebody who says that they are stuck has not filed yet; who says that it is
    done has gone the way that they were shown."""
    online, in_person, returned, not_yet = (Candidate(one, context.labels[f"filed_{one}"]) for one in FILED)
    if context.walk and context.state.asking is None:
        portal = any("{procedure.agency}" in slot.step.text for slot in context.walk.settled)
        done = replace(online if portal else in_person, exact_phrases=context.library.words.finished)
        online, in_person = (done, in_person) if portal else (online, done)
    stuck = replace(not_yet, polarity="not_yet", phrases=context.library.words.stuck)
    return online, in_person, returned, stuck, Candidate(LATER, context.labels["filed_later"])


def offer_finished(context: TurnContext, label: str) -> Candidate:
    return Candidate(position.FINISHED, context.labels[label], (), "yes", words_for_done(context))


def words_for_done(context: TurnContext) -> tuple[str, ...]:
    return (*context.library.words.finished, *context.library.words.next)


def offer_yes_no(context: TurnContext, yes: str, no: str) -> tuple[Candidate, ...]:
    return Candidate(YES, context.labels[yes], (), "yes"), offer_no(context, no)


def offer_no(context: TurnContext, label: str = "keep_going") -> Candidate:
    """Return the candidate that leaves all as it is."""
    return Candidate(NO, context.labels[label], context.library.words.keep, "no")
