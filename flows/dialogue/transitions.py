"""Transitions that commands and answers share: each takes a context and returns an Outcome or another context."""

from dataclasses import dataclass

from flows.definition.catalogue import Entry
from flows.definition.statements import Sourced
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.leaflet import leaflet_text
from flows.messages import UNCLEAR, AnalyticsEvent, Effect, Heard, OpenTicket, Paragraph, Reason, TicketParagraph


@dataclass(frozen=True)
class Outcome:
    """Outcome of a message.

    Attributes:
        quiet: leaves the question unasked ("dừng").
        events: what the contexts do not tell.
        heard: what the message was taken for.
        brief: shows the choices alone, as what stands above them was read a moment ago.
        mends: whether a button mends what was just recorded.
        stated: the statement that was said in answer to a question, for whoever asks where it comes from.
    """

    context: TurnContext
    said: tuple[Paragraph, ...] = ()
    effects: tuple[Effect, ...] = ()
    quiet: bool = False
    events: tuple[AnalyticsEvent, ...] = ()
    heard: Heard = UNCLEAR
    brief: bool = False
    mends: bool = False
    stated: Sourced | None = None


def with_answer(context: TurnContext, slot: str, value: str) -> TurnContext:
    return context.with_state(answers={**context.state.answers, slot: value})


def begin_procedure(context: TurnContext, procedure_id: str) -> Outcome:
    """Begin a procedure, or go on where it was left."""
    if procedure_id == context.state.procedure:
        context = context if context.state.asking in ("commune", "leaflet", "papers") else context.ask(None)
        return Outcome(
            context, (fill_in(context.sentences.resuming, title=context.procedure.title if context.procedure else ""),)
        )
    drafts = drafts_with_current(context)
    answers = drafts.pop(procedure_id, {})
    begun = context.with_state(
        procedure=procedure_id,
        answers=answers,
        drafts=drafts,
        came_from=context.state.procedure or "",
        epoch=context.state.epoch + 1,
        beneath=None,
    ).ask(None)
    if begun.walk and begun.walk.at_end:
        begun = begun.with_state(answers={})
    assert begun.procedure
    deadlines = tuple(one.headline for one in context.library.deadlines_on(context.today, procedure_id).values())
    if begun.state.answers:
        return Outcome(begun, (fill_in(context.sentences.resuming, title=begun.procedure.title), *deadlines))
    afresh = begun.with_state(told=tuple(told for told in begun.state.told if told != procedure_id))
    return Outcome(afresh.ask("leaflet"), (leaflet_text(afresh, begun.procedure), *deadlines))


def open_topic(context: TurnContext, id_: str) -> Outcome:
    """Begin a procedure, list what follows from a life event, or show the card of an entry of the catalogue."""
    if id_ in context.library.procedures:
        return begin_procedure(context, id_)
    if id_ in context.library.life_events:
        return Outcome(context.ask("event", id_))
    entry = context.library.catalogue.get(id_)
    return Outcome(context.ask("human", "asked"), (catalogue_card(context, entry),)) if entry else Outcome(context)


def catalogue_card(context: TurnContext, entry: Entry) -> str:
    """Render what the national snapshot says of a procedure that we have no steps for."""
    unknown = context.sentences.entry_unknown
    limits = {way: limit for way in context.sentences.ways if (limit := getattr(entry, way))}
    if len(limits) > 1 and len(set(limits.values())) == 1:
        said = [fill_in(context.sentences.entry_any_way, limit=next(iter(limits.values())))]
    else:
        ways = context.sentences.ways
        said = [fill_in(context.sentences.entry_way, way=ways[way], limit=limit) for way, limit in limits.items()]
    fee = f"{entry.fee:,} đồng".replace(",", ".") if entry.fee else unknown
    return fill_in(
        context.sentences.entry,
        name=entry.name,
        code=entry.code,
        level=entry.level.lower() or unknown,
        time=", ".join(said) or unknown,
        fee=fee,
        date=entry.snapshot.strftime("%d/%m/%Y"),
    )


def drafts_with_current(context: TurnContext) -> dict[str, dict[str, str]]:
    """Return the drafts with the procedure under way among them, unless it is finished or untouched."""
    drafts = dict(context.state.drafts)
    if context.procedure and context.walk and context.state.answers:
        drafts.pop(context.procedure.id, None)
        if not context.walk.at_end:
            drafts[context.procedure.id] = context.state.answers
    return drafts


def open_menu(context: TurnContext) -> Outcome:
    drafts = drafts_with_current(context)
    return Outcome(
        context.with_state(procedure=None, answers={}, drafts=drafts, came_from="", epoch=context.state.epoch + 1).ask(
            "menu"
        )
    )


def open_ticket(context: TurnContext, reason: Reason, question: str = "", about: str | None = None) -> Outcome:
    """Open a ticket that carries all we know, so that nobody asks the citizen twice; the step stays on screen.

    Args:
        about: the procedure that the question is about, where it may be another one than that under way.
    """
    carries = bool(context.walk and context.walk.live)
    opened = context.sentences.ticket_opened if carries else context.sentences.ticket_opened_bare
    told = TicketParagraph(opened, "ticket_opened")
    if about and about != context.state.procedure:
        ticket = OpenTicket(reason, about, None, question=question)
        return Outcome(context.ask(None), (told,), (ticket,))
    tried = context.state.offered[0] if context.state.asking == "cured" and context.state.offered else None
    step = context.walk.last_slot.id if context.walk else None
    live = dict(context.walk.live) if context.walk else {}
    missing = tuple(paper.name for paper in context.missing)
    ticket = OpenTicket(reason, context.state.procedure, step, live, missing, tried, question)
    after = context if context.state.asking in ("leaflet", "papers") else context.ask(None)
    return Outcome(after, (told,), (ticket,))


def with_progress(context: TurnContext, sentence: str) -> str:
    number, total = context.walk.progress if context.walk else (0, 0)
    return fill_in(sentence, title=context.procedure.title if context.procedure else "", number=number, total=total)
