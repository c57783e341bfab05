"""How it went at the office: what the answers to that question do. bot/checkin.py asks it some days later."""

from flows.messages import Filed, Happening, OpenTicket, Returned
from flows.moves import Outcome, ask
from flows.procedure import Do, Trouble
from flows.scene import Scene, say
from flows.screens import FILED, LATER, NO_MORE, OTHER

_TOLD = 12  # procedures that a conversation remembers to have been told of


def told(scene: Scene, procedure: str, value: str) -> Outcome:
    """What the citizen says: filed (how), returned (why?) or not yet (what is in the way?)."""
    filed: Filed = next(one for one in FILED if one == value)
    happened = (Happening("outcome", procedure, None, filed),)
    if filed == "not_yet":
        return Outcome(ask(scene, "stuck_at", procedure), happened=happened)
    others = tuple(id_ for id_ in scene.state.told if id_ != procedure)
    scene = scene.now(told=(*others, procedure)[-_TOLD:])
    if filed == "returned":
        return Outcome(ask(scene, "returned", procedure), happened=happened)
    return Outcome(ask(scene, None), (scene.sentences.filed_kept,), happened=happened)


def outcome_picked(scene: Scene, value: str) -> Outcome:
    if value == NO_MORE:
        return Outcome(ask(scene.now(checkins=False), None), (scene.sentences.checkins_off,))
    return told(scene, _about(scene), value)


def return_picked(scene: Scene, value: str) -> Outcome:
    """The reason is counted; then a word on it, for the editors."""
    happened = (Happening("returned", _about(scene), None, value),)
    return Outcome(ask(scene, "returned_word", _about(scene), value), happened=happened)


def own_words(scene: Scene, text: str) -> Outcome:
    procedure, reason = scene.state.offered
    return Outcome(ask(scene, None), (scene.sentences.returned_kept,), (Returned(procedure, reason, text),))


def words_left(scene: Scene) -> Outcome:
    return Outcome(ask(scene, None), (scene.sentences.returned_kept,))


def stuck_picked(scene: Scene, value: str) -> Outcome:
    """A ticket about the procedure that was asked about, which need not be the one under way; a known cure is told at once."""
    if value == LATER:
        return Outcome(ask(scene, None), (scene.sentences.no_hurry,))
    step, trouble = _known(scene, value)
    own = scene.state.procedure == _about(scene)
    answers = dict(scene.walk.live) if scene.walk and own else dict(scene.state.drafts.get(_about(scene), {}))
    missing = tuple(paper.name for paper in scene.missing) if own else ()
    ticket = OpenTicket("checkin", _about(scene), step, answers, missing, trouble.id if trouble else None)
    cure = (say(scene.sentences.cure, cure=scene.marked(trouble.cure, trouble)),) if trouble else ()
    return Outcome(ask(scene, None), (*cure, scene.sentences.ticket_opened), (ticket,))


def _known(scene: Scene, value: str) -> tuple[str | None, Trouble | None]:
    """(step, trouble) of this id in the procedure asked about."""
    procedure = scene.library.procedures.get(_about(scene))
    if procedure is None or value == OTHER:
        return None, None
    found = ((s.id, t) for s in procedure.steps if isinstance(s, Do) for t in s.troubles if t.id == value)
    return next(found, (None, None))


def _about(scene: Scene) -> str:
    return next(iter(scene.state.offered), "")
