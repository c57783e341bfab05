"""Helping neighbours: what is under way for each is kept under a name, and nothing of one shows in another."""

import re
from dataclasses import replace

from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.transitions import Outcome, open_topic, with_progress
from flows.messages import NO, Heard
from flows.state import Standstill, Work
from flows.text.language import fold
from flows.understanding.helping import find_helped
from flows.understanding.meaning import ERRANDS, Meaning
from flows.understanding.topics import topic

_SHORTEST = 2  # words that name somebody: "bà Lý"
MOST = 8  # people beside the one who is served

_NOT_FOR_THAT = ("question", "fact", "term", "status")


def hear_helped(context: TurnContext, text: str, meaning: Meaning) -> Outcome | None:
    """Take "làm hộ bà hàng xóm": somebody new is asked about first, unless the words leave no doubt; None for other words."""
    if not any(map(str.isalpha, text)):
        return None  # the number of a choice
    names = (context.state.person, *context.state.others)
    helped = find_helped(context.library, text, [name for name in names if name])
    if helped is None and context.state.asking == "helping" and meaning.kind in ERRANDS and not _refuses(context, text):
        return _begin_for(context.ask(None), context.state.offered[0], text)  # an errand is a yes
    if helped is None or meaning.kind == "danger" or (meaning.kind in _NOT_FOR_THAT and not helped.sure):
        return None
    known = next((name for name in names if name and _may_be(name, helped.name)), None)
    known = "" if known is None and helped.name == "" and "" in names else known
    if helped.thing:
        return _begin_for(context, helped.name if known is None else known, helped.thing)
    answers = meaning.kind in ("answer", "ask_back", "person")
    if answers and not (helped.sure or context.state.person):
        return None
    if known is None and not helped.sure and helped.name:
        return Outcome(context.ask("helping", helped.name), heard=Heard("command", "helping"))
    return serve(context, helped.name if known is None else known)


def turn_to_named(context: TurnContext, text: str) -> tuple[Outcome, str] | None:
    """Go on for somebody who is helped already, where a text begins with their name and says more: "bà Lý cần giấy gì". Return
    that, and what is said beside; None for other texts."""
    said = text.split()
    for name in context.state.others:
        long = len(name.split())
        for length in range(long, min(long, _SHORTEST) - 1, -1):
            if name and _may_be(name, " ".join(said[:length])) and len(said) > length + 1:
                return serve(context, name), " ".join(said[length:])
    return None


def _may_be(name: str, called: str) -> bool:
    """Tell whether somebody may be meant who was told under a longer or a shorter name: "bà Lý", "bà Lý hàng xóm"."""
    one, other = fold(name).split(), fold(called).split()
    short = min(len(one), len(other))
    return one == other or (short >= _SHORTEST and one[:short] == other[:short])


def _begin_for(context: TurnContext, name: str, thing: str) -> Outcome | None:
    """Go on for this person with what was said beside their name; None where that names no errand."""
    errand = topic(context.library, thing)
    likely = [id_ for id_, _ in errand.top if context.library.title(id_)]
    if errand.kind not in ERRANDS or not likely:
        return None
    served = serve(context, name)
    if served.context.state.person != name:
        return served
    begun = (
        open_topic(served.context, errand.id)
        if errand.action == "go"
        else Outcome(served.context.ask("which", *likely))
    )
    told = fill_in(context.sentences.helping_for, person=name)
    procedure = errand.id if errand.kind == "procedure" else None
    return replace(begun, said=(told, *begun.said), heard=Heard("errand", errand.id, procedure))


def _refuses(context: TurnContext, text: str) -> bool:
    """Tell whether a text begins with a no: "không, tôi làm căn cước cho tôi"."""
    said, spoken = " ".join(text.casefold().split()), context.library.words.spoken
    return any(re.match(rf"{re.escape(no)}\b", said) for no in (*spoken["no"], *spoken["refuse"]))


def pick_helped(context: TurnContext, value: str) -> Outcome:
    """Begin with somebody new, after they were asked about."""
    name = next(iter(context.state.offered), "")
    return Outcome(context.ask(None)) if value == NO or not name else serve(context.ask(None), name)


def serve(context: TurnContext, name: str) -> Outcome:
    """Put away what is under way, and go on for this person; "" is the citizen. What is finished is not kept."""
    state, sentences = context.state, context.sentences
    heard = Heard("command", "helping")
    if name == state.person:
        return Outcome(context, (_now(context),), heard=heard)
    others = dict(state.others)
    found = others.pop(name, None)
    if under_way := _under_way(context):
        others[state.person] = under_way
    if len(others) > MOST:
        return Outcome(context.ask(None), (fill_in(sentences.helping_full, number=MOST),), heard=heard)
    kept = found or Work(commune=state.commune)
    after = context.with_state(
        **{field: getattr(kept, field) for field in Work.model_fields},
        person=name,
        others=others,
        epoch=state.epoch + 1,
        misses=0,
        standstill=Standstill(),
        stated=None,
        asking=None,
        beneath=None,
    ).ask(None if kept.answers else "leaflet" if kept.procedure else "menu")
    return Outcome(after, () if name and not kept.procedure else (_now(after),), heard=heard)


def _under_way(context: TurnContext) -> Work | None:
    """Return what is kept of the one who was served; None where all is finished, or nothing was begun."""
    state = context.state
    if context.walk and context.walk.at_end:
        state = state.model_copy(update={"procedure": None, "answers": {}})
    kept = Work.model_validate(state.model_dump(include=set(Work.model_fields)))
    return kept if kept.procedure or kept.drafts else None


def _now(context: TurnContext) -> str:
    """Tell in one line for whom this is, and how far they are."""
    person, sentences = context.state.person, context.sentences
    if person and context.walk:
        return fill_in(with_progress(context, sentences.helping_resumed), person=person)
    return fill_in(sentences.helping_now, person=person) if person else sentences.helping_oneself
