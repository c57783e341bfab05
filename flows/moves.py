"""The moves that commands and answers share: each takes a scene and leads to an Outcome or another scene."""

from dataclasses import dataclass
from typing import cast

from flows import position
from flows.catalogue import Entry
from flows.messages import Effect, Happening, OpenTicket, Reason
from flows.procedure import Done
from flows.scene import Scene, say


@dataclass(frozen=True)
class Outcome:
    """What a message led to. `quiet` leaves the question unasked ("dừng"). `happened`: what the scene does not tell."""

    scene: Scene
    said: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    quiet: bool = False
    happened: tuple[Happening, ...] = ()


def ask(scene: Scene, asking: str | None, *offered: str) -> Scene:
    """The scene with a question of the bot's own on screen."""
    return scene.now(asking=asking, offered=offered)


def settled(scene: Scene, slot: str, value: str) -> Scene:
    return scene.now(answers={**scene.state.answers, slot: value})


def begin(scene: Scene, procedure_id: str) -> Outcome:
    """Starts a procedure, or goes on where it was left."""
    if procedure_id == scene.state.procedure:
        scene = scene if scene.state.asking == "commune" else ask(scene, None)
        return Outcome(scene, (say(scene.sentences.resuming, title=scene.procedure.title if scene.procedure else ""),))
    drafts = drafts_with_current(scene)
    answers = drafts.pop(procedure_id, {})
    asking = "commune" if scene.state.commune is None else None
    begun = scene.now(
        procedure=procedure_id, answers=answers, drafts=drafts, asking=asking, offered=(), epoch=scene.state.epoch + 1
    )
    if begun.walk and isinstance(begun.walk.here.step, Done):
        begun = begun.now(answers={})
    assert begun.procedure
    news = tuple(one.text for one in scene.library.news_on(scene.today, procedure_id).values())
    if begun.state.answers:
        return Outcome(begun, (say(scene.sentences.resuming, title=begun.procedure.title), *news))
    afresh = begun.now(told=tuple(told for told in begun.state.told if told != procedure_id))
    return Outcome(
        afresh,
        (
            say(scene.sentences.starting, title=begun.procedure.title, summary=begun.fill(begun.procedure.summary)),
            *news,
        ),
    )


def about(scene: Scene, id_: str) -> Outcome:
    """A procedure begins, a life event lists what follows from it, an entry of the catalogue shows its card."""
    if id_ in scene.library.procedures:
        return begin(scene, id_)
    if id_ in scene.library.events:
        return Outcome(ask(scene, "event", id_))
    entry = scene.library.catalogue.get(id_)
    return Outcome(ask(scene, "human", "asked"), (card(scene, entry),)) if entry else Outcome(scene)


def card(scene: Scene, entry: Entry) -> str:
    """What the national snapshot says of a procedure that we have no steps for."""
    unknown = scene.sentences.entry_unknown
    limits = {way: getattr(entry, way) for way in scene.sentences.ways}
    said = (
        say(scene.sentences.entry_way, way=scene.sentences.ways[way], limit=limit)
        for way, limit in limits.items()
        if limit
    )
    fee = f"{entry.fee:,} đồng".replace(",", ".") if entry.fee else unknown
    return say(
        scene.sentences.entry,
        name=entry.name,
        code=entry.code,
        level=entry.level.lower() or unknown,
        time=", ".join(said) or unknown,
        fee=fee,
        date=entry.snapshot.strftime("%d/%m/%Y"),
    )


def drafts_with_current(scene: Scene) -> dict[str, dict[str, str]]:
    """The drafts with the procedure under way among them, unless it is finished or untouched."""
    drafts = dict(scene.state.drafts)
    if scene.procedure and scene.walk and scene.state.answers:
        drafts.pop(scene.procedure.id, None)
        if not isinstance(scene.walk.here.step, Done):
            drafts[scene.procedure.id] = scene.state.answers
    return drafts


def menu(scene: Scene) -> Outcome:
    drafts = drafts_with_current(scene)
    return Outcome(
        scene.now(procedure=None, answers={}, drafts=drafts, asking="menu", offered=(), epoch=scene.state.epoch + 1)
    )


def person(scene: Scene, reason: str) -> Outcome:
    """Opens a ticket that carries all we know, so that nobody asks the citizen twice; the step stays on screen."""
    tried = scene.state.offered[0] if scene.state.asking == "cured" and scene.state.offered else None
    step = scene.walk.here.id if scene.walk else None
    live = dict(scene.walk.live) if scene.walk else {}
    missing = tuple(paper.name for paper in scene.missing)
    ticket = OpenTicket(cast(Reason, reason), scene.state.procedure, step, live, missing, tried)
    return Outcome(ask(scene, None), (scene.sentences.ticket_opened,), (ticket,))


def where(scene: Scene, sentence: str) -> str:
    number, total = scene.walk.progress if scene.walk else (0, 0)
    return say(sentence, title=scene.procedure.title if scene.procedure else "", number=number, total=total)


def papers_lines(scene: Scene) -> str:
    if scene.procedure is None or scene.walk is None:
        return ""
    has = {paper.id for paper, there in scene.walk.papers(scene.today) if there}
    lines = []
    for step in scene.procedure.steps:
        if step.kind == "papers" and position.holds(step.when, scene.walk.live, scene.today):
            for paper in position.papers_of(step, scene.walk.live, scene.today):
                mark = scene.sentences.have_mark if paper.id in has else scene.sentences.lack_mark
                lines.append(f"{mark} {scene.paper(paper)}")
    return "\n".join(lines)
