"""What is put before a citizen: one question, and the things that answer it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flows import position
from flows.meaning import Candidate
from flows.messages import Choice, Filed, Reply
from flows.position import Slot, options_of
from flows.procedure import AnyStep, Ask, Do, Done, Papers, Tell
from flows.scene import Scene, say

YES, NO, OTHER = "co", "khong", "khac"
FILED: tuple[Filed, ...] = ("online", "in_person", "returned", "not_yet")
LATER, NO_MORE = "de-sau", "dung-hoi"
_TROUBLES = 6  # that are listed, the first ones of the procedure


@dataclass(frozen=True)
class Screen:
    """`slot` is what the answer will be stored under; the bot's own questions begin with "@".

    `hidden` are the troubles of a step: not on screen, but understood when somebody says them.
    """

    slot: str
    text: str
    candidates: tuple[Candidate, ...] = ()
    hidden: tuple[Candidate, ...] = ()


def screen(scene: Scene) -> Screen:
    """The question that is open now: the bot's own, else the step's."""
    asking, _, about = (scene.state.asking or "").partition(":")
    if asking == "redo" and isinstance(step := scene.procedure and scene.procedure.step(about), Ask):
        return _redo(scene, step)
    if asking in _QUESTIONS:
        return _QUESTIONS[asking](scene)
    if scene.walk is None:
        return _menu(scene)
    return _step(scene, scene.walk.here)


def put(scene: Scene, shown: Screen, said: tuple[str, ...]) -> Reply:
    """The reply that says what there is to say and puts the question."""
    text = "\n\n".join(part for part in (*said, shown.text) if part)
    choices = tuple(Choice(c.label, token(scene, shown, c.id)) for c in shown.candidates)
    return Reply(text, choices, _nav(scene, shown), scene.sentences.more_choices)


def told(scene: Scene, step: AnyStep) -> str:
    """What a step says, without the buttons: for somebody who is told about it by a person."""
    text = scene.marked(step.text, step)
    if not isinstance(step, Papers):
        return text
    said = scene.walk.live if scene.walk else {}
    papers = (scene.paper(paper, step) for paper in position.papers_of(step, said, scene.today))
    return "\n".join((text, *(f"{number}. {paper}" for number, paper in enumerate(papers, 1))))


def token(scene: Scene, shown: Screen, value: str) -> str:
    return f"{scene.state.epoch}:{shown.slot}:{value}"


def _nav(scene: Scene, shown: Screen) -> tuple[Choice, ...]:
    if scene.walk is None:
        return ()
    commands = ("back", "human") if scene.walk.settled or scene.state.asking else ("human",)
    return tuple(Choice(scene.labels[name], token(scene, shown, f"!{name}")) for name in commands)


def _step(scene: Scene, slot: Slot) -> Screen:
    step = slot.step
    if slot.paper:
        return _paper(scene, slot)
    text = scene.marked(step.text, step)
    if isinstance(step, Papers):
        return _papers(scene, slot, text)
    if isinstance(step, Done):
        left = say(scene.sentences.still_missing, papers=_listed(scene)) if scene.missing else ""
        other = Candidate("menu", scene.labels["other_procedure"], scene.library.words.commands["menu"])
        next_ = _titled(scene, scene.state.plan[:1])
        untold = scene.state.procedure not in scene.state.told
        asked, filed = (scene.sentences.filed, _filed(scene)) if untold else ("", ())
        text = "\n\n".join(filter(None, (text, left, asked)))
        return Screen(slot.id, text, (*filed, *next_, *_unfinished(scene), other))
    text = f"{_progress(scene)}\n{text}"
    if isinstance(step, Ask):
        return Screen(slot.id, text, _options(scene, step))
    if isinstance(step, Tell):
        return Screen(slot.id, text, (_next(scene),))
    stuck = Candidate(position.STUCK, scene.labels["stuck"], (), "no", scene.library.words.stuck)
    return Screen(slot.id, text, (_finished(scene, "finished"), stuck), _troubles(step))


def _troubles(step: Do) -> tuple[Candidate, ...]:
    return tuple(Candidate(trouble.id, trouble.title, trouble.says) for trouble in step.troubles)


def _options(scene: Scene, step: Ask) -> tuple[Candidate, ...]:
    return tuple(Candidate(o.id, o.label, o.says, o.spoken) for o in options_of(step, scene.today))


def _next(scene: Scene) -> Candidate:
    return Candidate(position.NEXT, scene.labels["next"], (), "yes", _done_words(scene))


def _finished(scene: Scene, label: str) -> Candidate:
    return Candidate(position.FINISHED, scene.labels[label], (), "yes", _done_words(scene))


def _done_words(scene: Scene) -> tuple[str, ...]:
    return (*scene.library.words.finished, *scene.library.words.next)


def _progress(scene: Scene) -> str:
    number, total = scene.walk.progress if scene.walk else (0, 0)
    return say(scene.sentences.progress, number=number, total=total)


def _papers(scene: Scene, slot: Slot, text: str) -> Screen:
    assert isinstance(slot.step, Papers)
    assert scene.walk
    papers = position.papers_of(slot.step, scene.walk.live, scene.today)
    if not papers:
        return Screen(slot.id, f"{_progress(scene)}\n{scene.sentences.no_papers_needed}", (_all(scene, "next"),))
    listed = "\n".join(f"{number}. {scene.paper(paper, slot.step)}" for number, paper in enumerate(papers, 1))
    body = say(scene.sentences.papers_all, papers=listed)
    one_by_one = Candidate(position.ONE_BY_ONE, scene.labels["one_by_one"], (), "not_yet")
    return Screen(slot.id, f"{_progress(scene)}\n{text}\n\n{body}", (_all(scene, "have_all"), one_by_one))


def _all(scene: Scene, label: str) -> Candidate:
    return Candidate(position.HAVE_ALL, scene.labels[label], (), "yes", _done_words(scene))


def _paper(scene: Scene, slot: Slot) -> Screen:
    assert isinstance(slot.step, Papers)
    assert slot.paper
    assert scene.walk
    papers = position.needed(slot.step, scene.walk.live, scene.today)
    number = papers.index(slot.paper) + 1
    body = say(scene.sentences.paper_one, number=number, total=len(papers), paper=scene.paper(slot.paper))
    have = Candidate(position.HAVE, scene.labels["have"], (), "yes")
    lack = Candidate(position.LACK, scene.labels["lack"], (), "not_yet")
    return Screen(slot.id, f"{_progress(scene)}\n{body}", (have, lack))


def _listed(scene: Scene) -> str:
    return "\n".join(f"{scene.sentences.lack_mark} {scene.paper(paper)}" for paper in scene.missing)


def _menu(scene: Scene) -> Screen:
    """What was left half-way, then the groups; once a group is picked, its procedures."""
    groups = scene.library.groups
    picked = groups.get(next(iter(scene.state.offered), ""))
    if picked:
        other = Candidate(OTHER, scene.labels["other_group"], ("quay lại",), "no")
        text = say(scene.sentences.which_of_group, title=picked.title)
        return Screen("@menu", text, (*_titled(scene, picked.procedures), other))
    if not groups:
        return Screen("@menu", scene.sentences.menu, _titled(scene, scene.library.procedures))
    listed = (Candidate(id_, group.title) for id_, group in groups.items())
    news = scene.library.news_on(scene.today)
    text = "\n\n".join((*(one.headline for one in news.values()), scene.sentences.menu))
    told = (Candidate(id_, one.title) for id_, one in news.items())
    return Screen("@menu", text, (*_unfinished(scene), *listed, *told))


def _titled(scene: Scene, ids: Iterable[str]) -> tuple[Candidate, ...]:
    """Procedures, life events and entries of the catalogue by their names."""
    titles = ((id_, scene.library.title(id_)) for id_ in ids)
    return tuple(Candidate(id_, title) for id_, title in titles if title)


def _unfinished(scene: Scene) -> tuple[Candidate, ...]:
    """What was left half-way, the latest first."""
    titles = ((id_, scene.library.title(id_)) for id_ in reversed(scene.state.drafts))
    return tuple(Candidate(id_, say(scene.labels["resume"], title=title)) for id_, title in titles if title)


def _event(scene: Scene) -> Screen:
    event = scene.library.events.get(next(iter(scene.state.offered), ""))
    if event is None:
        return _menu(scene.now(offered=()))
    none = Candidate(OTHER, scene.labels["none_of_these"], (), "no")
    return Screen("@event", event.text, (*_titled(scene, event.procedures), none))


def _which(scene: Scene) -> Screen:
    none = Candidate(OTHER, scene.labels["none_of_these"], (), "no")
    return Screen("@which", scene.sentences.which_procedure, (*_titled(scene, scene.state.offered), none))


def _switch(scene: Scene) -> Screen:
    wanted = scene.library.procedures.get(next(iter(scene.state.offered), ""))
    current = scene.procedure.title if scene.procedure else ""
    text = say(scene.sentences.switch, title=wanted.title if wanted else "", current=current)
    return Screen("@switch", text, _yes_no(scene, "switch", "stay"))


def _yes_no(scene: Scene, yes: str, no: str) -> tuple[Candidate, ...]:
    return Candidate(YES, scene.labels[yes], (), "yes"), Candidate(NO, scene.labels[no], (), "no")


def _sure_or_no(scene: Scene, yes: str) -> tuple[Candidate, ...]:
    """What can't be undone wants its own words or a tap: a "dung" may be "đúng" or "đừng"."""
    return Candidate(YES, scene.labels[yes]), Candidate(NO, scene.labels["keep_going"], (), "no")


def _commune(scene: Scene) -> Screen:
    communes = scene.library.communes.values()
    known = tuple(Candidate(c.id, c.name, (*c.merged_from, *c.says)) for c in communes)
    other = Candidate(OTHER, scene.labels["other_commune"], ("xã khác", "không rõ", "bỏ qua"), "unsure")
    return Screen("@commune", scene.sentences.which_commune, (*known, other))


def _change(scene: Scene) -> Screen:
    given = answered(scene)
    lines = [f"{number}. {question}\n   → {label}" for number, (_, question, label) in enumerate(given, 1)]
    candidates = tuple(Candidate(step, f"{number}. {label}") for number, (step, _, label) in enumerate(given, 1))
    stay = Candidate(NO, scene.labels["keep_going"], (), "no")
    return Screen("@change", "\n".join((scene.sentences.change, *lines)), (*candidates, stay))


def answered(scene: Scene) -> list[tuple[str, str, str]]:
    """(step id, question, label of the answer) of each question answered so far."""
    found = []
    for slot in scene.walk.settled if scene.walk else ():
        if isinstance(slot.step, Ask) and scene.walk and (value := scene.walk.live[slot.id]):
            label = next((o.label for o in options_of(slot.step, scene.today) if o.id == value), value)
            found.append((slot.id, scene.fill(slot.step.text), label))
    return found


def _redo(scene: Scene, step: Ask) -> Screen:
    label = next((label for id_, _, label in answered(scene) if id_ == step.id), "")
    note = say(scene.sentences.redo, answer=label)
    return Screen(step.id, f"{note}\n{scene.marked(step.text, step)}", _options(scene, step))


def _restart(scene: Scene) -> Screen:
    return Screen("@restart", scene.sentences.restart, _sure_or_no(scene, "restart"))


def _erase(scene: Scene) -> Screen:
    return Screen("@erase", scene.sentences.erase, _sure_or_no(scene, "erase"))


def _human(scene: Scene) -> Screen:
    return Screen("@human", scene.sentences.offer_person, _yes_no(scene, "human", "keep_going"))


def _trouble(scene: Scene) -> Screen:
    step = scene.walk.here.step if scene.walk else None
    known = _troubles(step) if isinstance(step, Do) else ()
    other = Candidate(OTHER, scene.labels["other_trouble"])
    return Screen("@trouble", scene.sentences.which_trouble, (*known, other))


def _cured(scene: Scene) -> Screen:
    step = scene.walk.here.step if scene.walk else None
    troubles = step.troubles if isinstance(step, Do) else ()
    trouble = next((t for t in troubles if t.id in scene.state.offered), None)
    text = say(scene.sentences.cure, cure=scene.marked(trouble.cure, trouble)) if trouble else ""
    still = Candidate(NO, scene.labels["still_stuck"], (), "not_yet", scene.library.words.stuck)
    return Screen("@cured", text, (_finished(scene, "solved"), still))


def _helped(scene: Scene) -> Screen:
    """A person has helped: whether it is really done."""
    yes = Candidate(YES, scene.labels["helped"], (), "yes", _done_words(scene))
    no = Candidate(NO, scene.labels["not_helped"], (), "not_yet", scene.library.words.stuck)
    return Screen("@helped", scene.sentences.helped, (yes, no))


def _rating(scene: Scene) -> Screen:
    """From bad to good, so that a typed number means that many stars on every channel."""
    stars = tuple(Candidate(str(n), scene.labels[f"stars_{n}"], (f"{n} sao", f"{n} điểm")) for n in range(1, 6))
    return Screen("@rating", scene.sentences.rating, (*stars, _skip(scene)))


def _word(scene: Scene) -> Screen:
    return Screen("@word", scene.sentences.rating_word, (_skip(scene),))


def _callback(scene: Scene) -> Screen:
    """Before any number: what becomes of it, and a yes."""
    return Screen("@callback", scene.sentences.callback, _yes_no(scene, "callback_yes", "callback_no"))


def _phone(scene: Scene) -> Screen:
    return Screen("@phone", scene.sentences.which_phone, (Candidate(NO, scene.labels["callback_no"], ("thôi",), "no"),))


def _filed(scene: Scene) -> tuple[Candidate, ...]:
    """How it went. Who says that they are stuck has not filed yet."""
    online, in_person, returned, not_yet = (Candidate(one, scene.labels[f"filed_{one}"]) for one in FILED)
    return online, in_person, returned, replace(not_yet, spoken="not_yet", says=scene.library.words.stuck)


def _outcome(scene: Scene) -> Screen:
    """Some days later: whether they could file it."""
    text = say(scene.sentences.checkin, title=scene.library.title(next(iter(scene.state.offered), "")) or "")
    no_more = Candidate(NO_MORE, scene.labels["no_checkins"])
    return Screen("@outcome", text, (*_filed(scene), no_more))


def _returned(scene: Scene) -> Screen:
    procedure = scene.library.procedures.get(next(iter(scene.state.offered), ""))
    own = tuple(Candidate(o.id, o.label, o.says) for o in procedure.returned) if procedure else ()
    common = tuple(Candidate(id_, label) for id_, label in scene.sentences.returned.items())
    return Screen("@returned", scene.sentences.why_returned, own or common)


def _returned_word(scene: Scene) -> Screen:
    return Screen("@returned_word", scene.sentences.returned_word, (_skip(scene),))


def _stuck_at(scene: Scene) -> Screen:
    """What the procedure knows to go wrong, whichever step it is at."""
    procedure = scene.library.procedures.get(next(iter(scene.state.offered), ""))
    steps = procedure.steps if procedure else ()
    known = [candidate for step in steps if isinstance(step, Do) for candidate in _troubles(step)]
    other = Candidate(OTHER, scene.labels["other_trouble"])
    later = Candidate(LATER, scene.labels["not_stuck"])
    return Screen("@stuck_at", scene.sentences.which_trouble, (*known[:_TROUBLES], other, later))


def _skip(scene: Scene) -> Candidate:
    return Candidate(OTHER, scene.labels["skip"], ("thôi", "không"), "no")


_QUESTIONS: dict[str, Callable[[Scene], Screen]] = {
    "menu": _menu,
    "which": _which,
    "event": _event,
    "switch": _switch,
    "commune": _commune,
    "change": _change,
    "restart": _restart,
    "erase": _erase,
    "human": _human,
    "trouble": _trouble,
    "cured": _cured,
    "helped": _helped,
    "rating": _rating,
    "word": _word,
    "outcome": _outcome,
    "returned": _returned,
    "returned_word": _returned_word,
    "stuck_at": _stuck_at,
    "callback": _callback,
    "phone": _phone,
}
