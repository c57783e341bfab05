"""What an answer does: to a step of the procedure, or to a question of the bot's own."""

import re
from collections.abc import Callable

from flows import position
from flows.messages import Erase, KeepPhone, Rate, Reopen
from flows.moves import Outcome, about, ask, begin, menu, person, settled
from flows.outcomes import outcome_picked, return_picked, stuck_picked, told, words_left
from flows.position import Slot
from flows.procedure import Do, Done
from flows.scene import Scene, say
from flows.screens import FILED, NO, OTHER, YES, Screen
from flows.state import State

_GOOD = 4  # stars from which nobody is asked why
_STARS_AND_WORD = re.compile(r"([1-5])(?: sao| điểm)?\b[\s.,:;–-]*(\S.*)", re.DOTALL)


def answer(scene: Scene, shown: Screen, value: str) -> Outcome:
    if shown.slot.startswith("@"):
        return _QUESTIONS[shown.slot](scene, value)
    if scene.state.asking == f"redo:{shown.slot}":
        return Outcome(ask(settled(scene, shown.slot, value), None), (scene.sentences.changed,))
    assert scene.walk
    slot = scene.walk.here
    if isinstance(slot.step, Done) and value in FILED:
        return told(scene, scene.state.procedure or "", value)
    if isinstance(slot.step, Done):
        return menu(scene) if value == "menu" else _next_of_plan(scene, value)
    if isinstance(slot.step, Do) and value == position.STUCK:
        return Outcome(ask(scene, "trouble")) if slot.step.troubles else person(scene, "stuck")
    if isinstance(slot.step, Do) and any(trouble.id == value for trouble in slot.step.troubles):
        return Outcome(ask(scene, "cured", value))
    return _go_on(scene, slot, value)


def _go_on(scene: Scene, slot: Slot, value: str) -> Outcome:
    after = settled(scene, slot.id, value)
    leaves_papers = slot.paper and after.walk and after.walk.here.step.id != slot.step.id
    if leaves_papers and not after.missing:
        return Outcome(after, (scene.sentences.nothing_missing,))
    if leaves_papers:
        listed = "\n".join(f"{scene.sentences.lack_mark} {paper.name}" for paper in after.missing)
        return Outcome(after, (say(scene.sentences.still_missing, papers=listed),))
    return Outcome(after)


def _next_of_plan(scene: Scene, value: str) -> Outcome:
    return begin(scene.now(plan=tuple(id_ for id_ in scene.state.plan if id_ != value)), value)


def _menu_picked(scene: Scene, value: str) -> Outcome:
    if value == OTHER or value in scene.library.groups:
        return Outcome(ask(scene, "menu", *(() if value == OTHER else (value,))))
    news = scene.library.news.get(value)
    return begin(ask(scene, None), news.procedures[0] if news else value)


def _which_picked(scene: Scene, value: str) -> Outcome:
    if value == OTHER:
        return Outcome(ask(scene, None), (scene.sentences.help,))
    return about(ask(scene, None), value)


def _event_picked(scene: Scene, value: str) -> Outcome:
    """The first errand of the event; the others are kept and offered when it is done."""
    event = scene.library.events.get(next(iter(scene.state.offered), ""))
    if value == OTHER or event is None:
        return Outcome(ask(scene, None), (scene.sentences.help,))
    rest = tuple(id_ for id_ in event.procedures if id_ != value)
    return begin(ask(scene.now(plan=rest), None), value)


def _switch_picked(scene: Scene, value: str) -> Outcome:
    scene_, offered = ask(scene, None), scene.state.offered
    return begin(scene_, offered[0]) if value == YES and offered else Outcome(scene_)


def commune_picked(scene: Scene, value: str) -> Outcome:
    commune = "" if value == OTHER else value
    kept = ask(scene.now(commune=commune), None)
    return Outcome(kept, (say(scene.sentences.commune_kept, commune=kept.commune_name),) if commune else ())


def _change_picked(scene: Scene, value: str) -> Outcome:
    return Outcome(ask(scene, None if value == NO else f"redo:{value}"))


def _restart_picked(scene: Scene, value: str) -> Outcome:
    if value == NO:
        return Outcome(ask(scene, None))
    return Outcome(ask(scene.now(answers={}, epoch=scene.state.epoch + 1), None))


def _erase_picked(scene: Scene, value: str) -> Outcome:
    if value == NO:
        return Outcome(ask(scene, None))
    fresh = Scene(scene.library, State(epoch=scene.state.epoch + 1), scene.today)
    return Outcome(fresh, (scene.sentences.erased,), (Erase(),), quiet=True)


def _human_picked(scene: Scene, value: str) -> Outcome:
    return Outcome(ask(scene, None)) if value == NO else person(scene, next(iter(scene.state.offered), "asked"))


def _trouble_picked(scene: Scene, value: str) -> Outcome:
    return person(scene, "stuck") if value == OTHER else Outcome(ask(scene, "cured", value))


def _cured_picked(scene: Scene, value: str) -> Outcome:
    if value == NO:
        return person(scene, "stuck")
    assert scene.walk
    return _go_on(ask(scene, None), scene.walk.here, value)


def _helped_picked(scene: Scene, value: str) -> Outcome:
    if value == YES:
        return Outcome(ask(scene, "rating"))
    return Outcome(ask(scene, None), (scene.sentences.ticket_reopened,), (Reopen(),))


def _rating_picked(scene: Scene, value: str) -> Outcome:
    """Who was not helped well is asked why."""
    if value == OTHER:
        return _not_now(scene)
    stars = int(value)
    said = (scene.sentences.rated,)
    return Outcome(ask(scene, "word" if stars < _GOOD else None), said if stars >= _GOOD else (), (Rate(stars),))


def _not_now(scene: Scene) -> Outcome:
    return Outcome(ask(scene, None), (scene.sentences.welcome_any_time,))


def stars_and_word(scene: Scene, text: str) -> Outcome | None:
    """ "5 cô Lan nhiệt tình lắm": the stars and why, in one go."""
    match = _STARS_AND_WORD.fullmatch(text)
    return Outcome(ask(scene, None), (scene.sentences.rated,), (Rate(int(match[1]), match[2]),)) if match else None


def word(scene: Scene, text: str) -> Outcome:
    return Outcome(ask(scene, None), (scene.sentences.rated,), (Rate(None, text),))


def _callback_picked(scene: Scene, value: str) -> Outcome:
    return Outcome(ask(scene, "phone" if value == YES else None))


def phone_told(scene: Scene) -> Outcome:
    """The number they agreed to give: it goes on the ticket, which is opened if there is none."""
    opened = person(scene, "callback")
    return Outcome(opened.scene, (scene.sentences.phone_kept,), (*opened.effects, KeepPhone()))


_QUESTIONS: dict[str, Callable[[Scene, str], Outcome]] = {
    "@menu": _menu_picked,
    "@callback": _callback_picked,
    "@phone": lambda scene, _: Outcome(ask(scene, None)),
    "@which": _which_picked,
    "@event": _event_picked,
    "@switch": _switch_picked,
    "@commune": commune_picked,
    "@change": _change_picked,
    "@restart": _restart_picked,
    "@erase": _erase_picked,
    "@human": _human_picked,
    "@trouble": _trouble_picked,
    "@cured": _cured_picked,
    "@helped": _helped_picked,
    "@rating": _rating_picked,
    "@outcome": outcome_picked,
    "@returned": return_picked,
    "@returned_word": lambda scene, _: words_left(scene),
    "@stuck_at": stuck_picked,
    "@word": lambda scene, _: _not_now(scene),
}
