"""What a command does: "quay lại", "gặp người", "sửa" and the others, typed or tapped."""

from collections.abc import Callable

from flows import position
from flows.answers import commune_picked
from flows.messages import Command, DropPhone, Export, Happening, LeaveTicket
from flows.moves import Outcome, ask, begin, menu, papers_lines, person, where
from flows.procedure import Ask
from flows.scene import Scene, say
from flows.screens import OTHER, answered


def _back(scene: Scene) -> Outcome:
    """Takes the bot's own question off the screen, else forgets the one answer before this step."""
    if scene.walk is None:
        return menu(scene)
    if scene.state.asking == "commune" and scene.state.commune is None:
        return commune_picked(scene, OTHER)
    if scene.state.asking:
        return Outcome(ask(scene, None))
    if not scene.walk.settled:
        return Outcome(scene, (scene.sentences.nothing_to_undo,))
    last = scene.walk.settled[-1].id
    left = scene.now(answers={slot: answer for slot, answer in scene.state.answers.items() if slot != last})
    return Outcome(left, happened=(Happening("back", scene.state.procedure, scene.walk.here.step.id),))


def _restart(scene: Scene) -> Outcome:
    return Outcome(ask(scene, "restart")) if scene.procedure else menu(scene)


def _help(scene: Scene) -> Outcome:
    return Outcome(scene, (scene.sentences.help,))


def _stop(scene: Scene) -> Outcome:
    return Outcome(scene, (scene.sentences.stopped,), quiet=True)


def _resume(scene: Scene) -> Outcome:
    """ "tiếp tục": what is on screen, or at the menu the draft left last."""
    if scene.procedure or not scene.state.drafts:
        return Outcome(scene)
    return begin(ask(scene, None), list(scene.state.drafts)[-1])


def _change(scene: Scene) -> Outcome:
    if not answered(scene):
        return Outcome(scene, (scene.sentences.change_none,))
    return Outcome(ask(scene, "change"))


def _summary(scene: Scene) -> Outcome:
    if scene.procedure is None:
        return Outcome(scene, (scene.sentences.no_answers,))
    answers = "\n".join(f"• {question}\n   → {label}" for _, question, label in answered(scene))
    papers = papers_lines(scene)
    text = say(
        where(scene, scene.sentences.summary),
        answers=answers or scene.sentences.no_answers,
        papers=papers or scene.sentences.no_papers,
    )
    return Outcome(scene, (text,))


def _tick(scene: Scene) -> Outcome:
    """ "đánh dấu giấy tờ": asks again for each paper that was not there."""
    if scene.procedure is None or not scene.missing:
        return Outcome(scene, (scene.sentences.nothing_missing,))
    return Outcome(ask(scene.now(answers=position.reopen_missing(scene.state.answers)), None))


def _why(scene: Scene) -> Outcome:
    step = scene.walk.here.step if scene.walk else None
    reason = scene.fill(step.why) if isinstance(step, Ask) and step.why else scene.sentences.why_unknown
    return Outcome(scene, (reason,))


def _bot(scene: Scene) -> Outcome:
    return Outcome(scene, (scene.sentences.bot_again,), (LeaveTicket(),))


COMMANDS: dict[Command, Callable[[Scene], Outcome]] = {
    "back": _back,
    "menu": menu,
    "restart": _restart,
    "help": _help,
    "stop": _stop,
    "human": lambda scene: person(scene, "asked"),
    "resume": _resume,
    "change": _change,
    "commune": lambda scene: Outcome(ask(scene, "commune")),
    "summary": _summary,
    "tick": _tick,
    "why": _why,
    "bot": _bot,
    "erase": lambda scene: Outcome(ask(scene, "erase")),
    "callback": lambda scene: Outcome(ask(scene, "callback")),
    "nocall": lambda scene: Outcome(scene, (scene.sentences.phone_dropped,), (DropPhone(),)),
    "export": lambda scene: Outcome(scene, (scene.sentences.exported,), (Export(),)),
}
