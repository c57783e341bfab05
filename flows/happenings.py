"""What there is to count in a turn, as far as the scenes before and after it tell."""

from collections.abc import Iterable, Iterator

from flows.messages import Effect, Happening, Missed
from flows.procedure import Done
from flows.scene import Scene


def happenings(before: Scene, after: Scene, effects: Iterable[Effect]) -> Iterator[Happening]:
    """Answers themselves are never told, only that there was one."""
    procedure = after.state.procedure
    yield from (Happening("missed", e.procedure, _step(e.step)) for e in effects if isinstance(e, Missed))
    if procedure is None or after.walk is None:
        return
    if procedure != before.state.procedure:
        yield Happening("chosen", procedure)
    yield from (Happening("answered", procedure, step) for step in _answered(before, after))
    here = after.walk.here.step
    if after.state.asking == "cured" and _asked(after) != _asked(before):
        yield Happening("trouble", procedure, here.id, next(iter(after.state.offered), None))
    if (shown := _shown(after)) and shown != _shown(before):
        yield Happening("shown", *shown)
    if isinstance(here, Done) and not _done(before, procedure):
        yield Happening("finished", procedure)


def _answered(before: Scene, after: Scene) -> Iterable[str]:
    """The steps with a new or another answer. What a draft brought back is not new."""
    state, procedure = before.state, after.state.procedure or ""
    known = state.answers if state.procedure == procedure else state.drafts.get(procedure, {})
    new = (slot for slot, answer in after.state.answers.items() if known.get(slot) != answer)
    return dict.fromkeys(slot.partition("/")[0] for slot in new)


def _asked(scene: Scene) -> tuple[str | None, tuple[str, ...]]:
    return scene.state.asking, scene.state.offered


def _shown(scene: Scene) -> tuple[str, str] | None:
    """(procedure, step) on screen, unless a question of the bot's own stands over it."""
    asking, _, about = (scene.state.asking or "").partition(":")
    if scene.walk is None or scene.state.procedure is None or asking not in ("", "redo"):
        return None
    return scene.state.procedure, about or scene.walk.here.step.id


def _done(scene: Scene, procedure: str) -> bool:
    return scene.state.procedure == procedure and scene.walk is not None and isinstance(scene.walk.here.step, Done)


def _step(slot: str | None) -> str | None:
    return slot.partition("/")[0] if slot else None
