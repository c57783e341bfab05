"""Screens: the one question that is put to a citizen, and the candidates that answer it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never, get_args

from flows.definition.procedure import AnyStep, Ask, Do, Done, Option, Paper, Papers, Procedure, Range, Tell, Trouble
from flows.dialogue import position
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.household_papers import Household, count_questions, has_papers, household
from flows.dialogue.position import Slot, Walk, options_of
from flows.messages import NO, OTHER, YES, Choice, Filed, Paragraph, ReminderTime, Reply
from flows.state import Asking
from flows.text.quantities import Measure
from flows.understanding.meaning import Candidate

HOUSEHOLD, WALK, IN_TROUBLE = "giay-nha", "tung-buoc", "dang-vuong"  # ways on from a leaflet
FILED: tuple[Filed, ...] = ("online", "in_person", "returned", "not_yet")
LATER, NO_MORE, ASK_TEAM = "sau", "dung-hoi", "nho-to"
ANYWHERE = "*"  # asked about troubles of any step
_READABLE = 120  # words of a screen
_FRAME = 8  # words around the papers of a step
_TROUBLES = 6  # listed at most, the first ones of the procedure


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


def step_or_menu(context: TurnContext) -> Screen:
    """Build the screen of the step where the citizen stands, or the menu where no procedure is under way."""
    return _step(context, context.walk) if context.walk else menu(context)


def build_reply(context: TurnContext, shown: Screen, said: tuple[Paragraph, ...], *, mends: bool = False) -> Reply:
    """Build the reply: what there is to say, then the question and its choices."""
    said = tuple(part for part in (*said, shown.text) if part)
    choices = tuple(Choice(c.label, token(context, shown, c.id)) for c in shown.candidates)
    return Reply(said, choices, _nav(context, shown, mends), context.sentences.more_choices)


def step_text(context: TurnContext, step: AnyStep) -> str:
    """Return the text of a step without its buttons, for a person to send."""
    text = context.with_certainty_mark(step.text, step)
    match step:
        case Papers():
            said = context.walk.live if context.walk else {}
            papers = (context.paper(paper, step) for paper in position.papers_of(step, said, context.today))
            return "\n".join((text, *(f"{number}. {paper}" for number, paper in enumerate(papers, 1))))
        case Ask() | Tell() | Do() | Done():
            return text
        case _:
            assert_never(step)


def step_words(step: AnyStep) -> str:
    """Return all that a step says of itself, not filled in."""
    match step:
        case Papers():
            return "\n".join((step.text, *(paper.note or "" for paper in step.papers)))
        case Ask() | Tell() | Do() | Done():
            return step.text
        case _:
            assert_never(step)


def token(context: TurnContext, shown: Screen, value: str) -> str:
    return f"{context.state.epoch}:{shown.slot}:{value}"


def _nav(context: TurnContext, shown: Screen, mends: bool) -> tuple[Choice, ...]:
    back = ("back",) if context.walk and (context.walk.settled or context.state.asking) else ()
    person = () if context.state.asking == "human" else ("human",)
    commands = ("change", *person) if mends else (*back, *person)
    return tuple(Choice(context.labels[name], token(context, shown, f"!{name}")) for name in commands)


def _step(context: TurnContext, walk: Walk) -> Screen:
    """Build the screen of a step; what the team may find out and ways elsewhere come last, unless they are there already."""
    shown = _own_step(context, walk)
    there = {candidate.id for candidate in shown.candidates}
    more = (candidate for candidate in _ways(context, ways_elsewhere(context)) if candidate.id not in there)
    asks = (Candidate(ASK_TEAM, context.labels["ask_team"], aside=True),) if question_to_ask(context) else ()
    return replace(shown, candidates=(*shown.candidates, *asks, *more))


def question_to_ask(context: TurnContext) -> str:
    """Return the question that the team may find out about what is on screen; "" for none."""
    shown = context.walk.shown if context.walk else ()
    return context.question_in("\n".join(slot.step.text for slot in shown if slot.paper is None))


def ways_elsewhere(context: TurnContext) -> tuple[str, ...]:
    """Return the procedures to which what is on screen leads."""
    shown = context.walk.shown if context.walk else ()
    return tuple(dict.fromkeys(id_ for slot in shown if slot.paper is None for id_ in slot.step.go))


def _ways(context: TurnContext, ids: Iterable[str]) -> tuple[Candidate, ...]:
    """Return candidates that open another procedure than this one."""
    titles = ((id_, context.library.title(id_)) for id_ in ids if id_ != context.state.procedure)
    return tuple(
        Candidate(id_, fill_in(context.labels["go"], title=title), aside=True) for id_, title in titles if title
    )


def _own_step(context: TurnContext, walk: Walk) -> Screen:
    slot = walk.last_slot
    if slot.paper:
        return _paper(context, slot)
    body, doubts = _texts(context, [each.step for each in walk.shown])
    text = "\n\n".join((body, *doubts))
    numbered = f"{_progress(context)}\n{text}"
    match slot.step:
        case Ask():
            again = f"{_progress(context)}\n{context.fill(slot.step.text)}"
            return Screen(slot.id, numbered, _options(context, slot.step), again=again)
        case Papers():
            return _papers(context, slot, body, doubts)
        case Done():
            return _done(context, slot, text)
        case Tell() | Do():
            if not any(isinstance(each.step, Do) for each in walk.shown):
                return Screen(slot.id, numbered, (_next(context),), again=_progress(context))
            stuck = Candidate(position.STUCK, context.labels["stuck"], (), "no", context.library.words.stuck)
            known = tuple(_trouble(trouble) for trouble in troubles_shown(context))
            later = Candidate(LATER, context.labels["later"])
            return Screen(slot.id, numbered, (_finished(context, "finished"), stuck, later), known, _progress(context))
        case _:
            assert_never(slot.step)


def _texts(context: TurnContext, steps: list[AnyStep]) -> tuple[str, tuple[str, ...]]:
    """Join the texts of one screen. Return them, and each kind of doubt once; where it is not about all of them, a sign after a
    text tells what it is about."""
    signs = [context.sign_of(step) for step in steps]
    of_all = len(set(signs)) == 1
    texts = (
        context.fill(step.text) if of_all else f"{context.fill(step.text)} {sign}".rstrip()
        for step, (sign, _) in zip(steps, signs, strict=True)
    )
    doubts = (
        (context.doubt_of(steps[0], steps[0].text),) if of_all else tuple(dict.fromkeys(doubt for _, doubt in signs))
    )
    return "\n\n".join(texts), tuple(filter(None, doubts))


def troubles_shown(context: TurnContext) -> tuple[Trouble, ...]:
    """Return the troubles known of all that is on screen."""
    shown = context.walk.shown if context.walk else ()
    return tuple(trouble for slot in shown if isinstance(slot.step, Do) for trouble in slot.step.troubles)


def _done(context: TurnContext, slot: Slot, text: str) -> Screen:
    left = fill_in(context.sentences.still_missing, papers=_listed(context)) if context.missing else ""
    other = Candidate("menu", context.labels["other_procedure"], context.library.words.commands["menu"])
    next_ = _titled(context, context.state.plan[:1])
    files = context.procedure and context.procedure.files and _reached_filing(context)
    untold = files and context.procedure and context.procedure.id not in context.state.told
    asked, filed = (context.sentences.filed, _filed(context)) if untold else ("", ())
    text = "\n\n".join(filter(None, (text, left, asked)))
    return Screen(slot.id, text, (*filed, *next_, *_unfinished(context), other))


def _reached_filing(context: TurnContext) -> bool:
    """Tell whether the way led past papers or a thing to do: who was told that it can't be done files nothing."""
    passed = (*context.walk.settled, *context.walk.shown) if context.walk else ()
    return any(_prepares_filing(slot.step) for slot in passed)


def _prepares_filing(step: AnyStep) -> bool:
    match step:
        case Papers() | Do():
            return True
        case Ask() | Tell() | Done():
            return False
        case _:
            assert_never(step)


def _trouble(trouble: Trouble) -> Candidate:
    return Candidate(trouble.id, trouble.title, trouble.says)


def _options(context: TurnContext, step: Ask) -> tuple[Candidate, ...]:
    return tuple(option_of(option) for option in options_of(step, context.today))


def option_of(option: Option) -> Candidate:
    """Return an option as something that may be picked."""
    typed: tuple[tuple[Measure, Range | None], ...]
    typed = ("age", option.age), ("born", option.born), ("days", option.days), ("count", option.count)
    ranges = tuple((measure, held) for measure, held in typed if held)
    return Candidate(option.id, option.label, option.says, option.spoken, ranges=ranges, abroad=option.abroad)


def _next(context: TurnContext) -> Candidate:
    return Candidate(position.NEXT, context.labels["next"], (), "yes", _done_words(context))


def _finished(context: TurnContext, label: str) -> Candidate:
    return Candidate(position.FINISHED, context.labels[label], (), "yes", _done_words(context))


def _done_words(context: TurnContext) -> tuple[str, ...]:
    return (*context.library.words.finished, *context.library.words.next)


def _progress(context: TurnContext) -> str:
    number, total = context.walk.progress if context.walk else (0, 0)
    line = fill_in(context.sentences.progress, number=number, total=total)
    return (
        fill_in(context.sentences.progress_for, line=line, person=context.state.person)
        if context.state.person
        else line
    )


def _papers(context: TurnContext, slot: Slot, text: str, doubts: tuple[str, ...]) -> Screen:
    assert isinstance(slot.step, Papers)
    assert context.walk
    papers = position.papers_of(slot.step, context.walk.live, context.today)
    if not papers:
        return Screen(slot.id, f"{_progress(context)}\n{context.sentences.no_papers_needed}", (_all(context, "next"),))
    signed = [context.signed_paper(paper, slot.step) for paper in papers]
    doubts = tuple(dict.fromkeys((*doubts, *(meaning for _, meaning in signed if meaning))))
    beside = len(" ".join((text, *doubts)).split()) + _FRAME
    lines = _paper_lines(context, papers, slot.step, beside)
    listed = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    body = fill_in(context.sentences.papers_all, papers="\n\n".join((listed, *doubts)))
    some = Candidate(position.ONE_BY_ONE, context.labels["some_missing"], (), "not_yet")
    return Screen(slot.id, f"{_progress(context)}\n{text}\n\n{body}", (_all(context, "have_all"), some))


def _all(context: TurnContext, label: str) -> Candidate:
    return Candidate(position.HAVE_ALL, context.labels[label], (), "yes", context.library.words.finished)


def _paper(context: TurnContext, slot: Slot) -> Screen:
    """Ask which papers are missing: each that is named leaves the list, the rest is there."""
    assert isinstance(slot.step, Papers)
    assert context.walk
    told = (context.state.answers.get(f"{slot.step.id}/{paper.id}") for paper in slot.step.papers)
    lacking = position.LACK in told
    rest = position.unticked(slot.step, context.walk.live, context.state.answers, context.today)
    named = tuple(Candidate(paper.id, paper.name, (), None) for paper in rest)
    body = context.sentences.which_missing_more if lacking else context.sentences.which_missing
    rest_is_there = _all(context, "only_these" if lacking else "have_all")
    return Screen(f"{slot.step.id}/", f"{_progress(context)}\n{body}", (*named, rest_is_there))


def _listed(context: TurnContext) -> str:
    return "\n".join(f"{context.sentences.lack_mark} {paper.name}" for paper in context.missing)


def menu(context: TurnContext) -> Screen:
    """Show for whom this is and who else is helped, drafts, groups and deadlines; once a group is picked, its procedures."""
    groups = context.library.groups
    picked = groups.get(next(iter(context.state.offered), ""))
    if picked:
        other = Candidate(OTHER, context.labels["other_group"], ("quay lại",), "no")
        text = fill_in(context.sentences.which_of_group, title=picked.title)
        return Screen("@menu", text, (*_titled(context, picked.procedures), other))
    person = context.state.person
    whose = (fill_in(context.sentences.helping_now, person=person),) if person else ()
    if not groups:
        titled = _titled(context, context.library.procedures)
        return Screen("@menu", "\n\n".join((*whose, context.sentences.menu)), (*_people(context), *titled))
    listed = (Candidate(id_, group.title) for id_, group in groups.items())
    deadlines = context.library.deadlines_on(context.today)
    text = "\n\n".join((*whose, *(one.headline for one in deadlines.values()), context.sentences.menu))
    told = (Candidate(id_, one.title) for id_, one in deadlines.items())
    return Screen("@menu", text, (*_unfinished(context), *_people(context), *listed, *told))


def _titled(context: TurnContext, ids: Iterable[str]) -> tuple[Candidate, ...]:
    """Return candidates for procedures, life events and entries of the catalogue, by their titles."""
    titles = ((id_, context.library.title(id_)) for id_ in ids)
    return tuple(Candidate(id_, title) for id_, title in titles if title)


def _unfinished(context: TurnContext) -> tuple[Candidate, ...]:
    """Return candidates for the drafts, the latest first."""
    titles = ((id_, context.library.title(id_)) for id_ in reversed(context.state.drafts))
    return tuple(Candidate(id_, fill_in(context.labels["resume"], title=title)) for id_, title in titles if title)


def people(context: TurnContext) -> dict[str, str]:
    """Return for whom the citizen may go on, by the ids of the choices; "" is the citizen."""
    names = dict.fromkeys((*(("",) if context.state.person else ()), *context.state.others))
    return {f"nguoi-{number}": name for number, name in enumerate(names)}


def _people(context: TurnContext) -> tuple[Candidate, ...]:
    labels = context.labels
    return tuple(
        Candidate(id_, fill_in(labels["help_person"], person=name) if name else labels["help_oneself"], aside=True)
        for id_, name in people(context).items()
    )


def helping(context: TurnContext) -> Screen:
    """Ask whether somebody new is to be helped."""
    text = fill_in(context.sentences.helping_begin, person=next(iter(context.state.offered), ""))
    return Screen(slot_of("helping"), text, _yes_no(context, "helping_yes", "keep_going"))


def leaflet(context: TurnContext) -> Screen:
    """Offer the ways on from a leaflet."""
    if context.procedure is None:
        return menu(context)
    ways = _ways_on(context)
    if has_papers(context.procedure):
        count = count_questions(context.procedure, context.state.answers, context.today)
        label = fill_in(context.labels["household_papers_asked" if count else "household_papers"], count=count)
        ways = (Candidate(HOUSEHOLD, label), *ways)
    deadlines = context.library.deadlines_on(context.today, context.procedure.id)
    ways = (*ways, *(Candidate(id_, one.title) for id_, one in deadlines.items()))
    return Screen(slot_of("leaflet"), context.sentences.leaflet_next, ways)


def _ways_on(context: TurnContext) -> tuple[Candidate, ...]:
    walk = Candidate(WALK, context.labels["walk"], context.library.words.next)
    stuck = Candidate(IN_TROUBLE, context.labels["in_trouble"], context.library.words.stuck)
    return walk, stuck


def papers(context: TurnContext) -> Screen:
    """Ask the next question that changes the list of papers; the list, where all are answered."""
    known = household_of(context)
    if known is None:
        return menu(context)
    if known.question is None:
        return Screen(slot_of("papers"), _household_papers(context, known), _ways_on(context))
    number, left = len(known.answered) + 1, count_questions(known.procedure, context.state.answers, context.today)
    line = fill_in(context.sentences.papers_question, number=number, total=number + left - 1)
    text = context.with_certainty_mark(known.question.text, known.question)
    return Screen(known.question.id, f"{line}\n{text}", _options(context, known.question))


def household_of(context: TurnContext) -> Household | None:
    return household(context.procedure, context.state.answers, context.today) if context.procedure else None


def _household_papers(context: TurnContext, known: Household) -> str:
    if not known.papers:
        return context.sentences.no_papers_needed
    papers = [paper for _, paper in known.papers]
    return fill_in(
        context.sentences.household_papers, papers=list_papers(context, papers, _missing_lines(context, papers))
    )


def papers_so_far(context: TurnContext) -> str:
    """List the papers of the procedure that apply so far: those that are there, then the others; "" if there are none."""
    if context.procedure is None or context.walk is None:
        return ""
    live, sentences = context.walk.live, context.sentences
    has = {paper.id for paper, there in context.walk.papers(context.today) if there}
    held = (step for step in context.procedure.steps if isinstance(step, Papers))
    steps = [step for step in held if position.holds(step.when, live, context.today)]
    papers = [paper for step in steps for paper in position.papers_of(step, live, context.today)]
    there, missing = [p for p in papers if p.id in has], [p for p in papers if p.id not in has]
    lines = (f"{sentences.have_mark} {paper.name}" for paper in there)
    return list_papers(context, missing, (*lines, *_missing_lines(context, missing)))


def list_papers(context: TurnContext, papers: Sequence[Paper], lines: Iterable[str]) -> str:
    """Put lines about papers under each other, each once, and at the end what their signs mean."""
    return "\n\n".join(("\n".join(dict.fromkeys(lines)), *_signs_of(context, papers)))


def _missing_lines(context: TurnContext, papers: Sequence[Paper]) -> Iterator[str]:
    words = len(" ".join((context.sentences.household_papers, *_signs_of(context, papers))).split())
    return (f"{context.sentences.lack_mark} {line}" for line in _paper_lines(context, papers, None, words))


def _signs_of(context: TurnContext, papers: Sequence[Paper]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(meaning for _, meaning in map(context.signed_paper, papers) if meaning))


def _paper_lines(context: TurnContext, listed: Sequence[Paper], step: Papers | None, beside: int) -> list[str]:
    """Render papers with their notes. Where all with the words `beside` are too many to read, the longest notes are left out.

    The note of what only some need stays as long as it can, as it tells them who they are; then one line names all of these.
    """
    full = [context.signed_paper(paper, step)[0] for paper in listed]
    short = [context.signed_paper(paper.model_copy(update={"note": None}), step)[0] for paper in listed]
    needed_by_all = [place for place, paper in enumerate(listed) if not paper.optional]
    for place in sorted(needed_by_all, key=lambda n: len(short[n]) - len(full[n])):
        if _readable(full, beside):
            break
        full[place] = short[place]
    some = [paper.name for paper in listed if paper.optional]
    if _readable(full, beside) or not some:
        return full
    return [
        *(full[place] for place in needed_by_all),
        fill_in(context.sentences.papers_if_there, papers="; ".join(some)),
    ]


def _readable(lines: Sequence[str], beside: int) -> bool:
    return len(" ".join(lines).split()) + len(lines) + beside <= _READABLE


def event(context: TurnContext) -> Screen:
    event = context.library.life_events.get(next(iter(context.state.offered), ""))
    if event is None:
        return menu(context.with_state(offered=()))
    none = Candidate(OTHER, context.labels["none_of_these"], (), "no")
    return Screen("@event", event.text, (*_titled(context, event.procedures), none))


def which(context: TurnContext) -> Screen:
    none = Candidate(OTHER, context.labels["none_of_these"], (), "no")
    return Screen("@which", context.sentences.which_procedure, (*_titled(context, context.state.offered), none))


def switch(context: TurnContext) -> Screen:
    wanted = context.find_procedure(next(iter(context.state.offered), ""))
    current = context.procedure.title if context.procedure else ""
    text = fill_in(context.sentences.switch, title=wanted.title if wanted else "", current=current)
    return Screen("@switch", text, _yes_no(context, "switch", "stay"))


def _yes_no(context: TurnContext, yes: str, no: str) -> tuple[Candidate, ...]:
    return Candidate(YES, context.labels[yes], (), "yes"), Candidate(NO, context.labels[no], (), "no")


def _sure_or_no(context: TurnContext, yes: str) -> tuple[Candidate, ...]:
    """Return yes and no for what can't be undone: yes by its own words or a tap, as "dung" may be "đúng" or "đừng"."""
    return Candidate(YES, context.labels[yes]), Candidate(NO, context.labels["keep_going"], (), "no")


def commune(context: TurnContext) -> Screen:
    library = context.library
    known = tuple(
        Candidate(id_, library.commune_title(id_), (c.name, *c.merged_from, *c.says))
        for id_, c in library.communes.items()
    )
    other = Candidate(OTHER, context.labels["other_commune"], ("xã khác", "không rõ", "bỏ qua"), "unsure")
    of_land = context.procedure is not None and context.procedure.of_land
    sentences = context.sentences
    asked = sentences.which_commune_of_land if of_land else sentences.which_commune
    return Screen("@commune", asked, (*known, other))


def change(context: TurnContext) -> Screen:
    given = answered(context)
    lines = [f"{number}. {question}\n   → {label}" for number, (_, question, label) in enumerate(given, 1)]
    candidates = tuple(Candidate(step, f"{number}. {label}") for number, (step, _, label) in enumerate(given, 1))
    stay = Candidate(NO, context.labels["keep_going"], (), "no")
    return Screen("@change", "\n".join((context.sentences.change, *lines)), (*candidates, stay))


def answered(context: TurnContext) -> list[tuple[str, str, str]]:
    """Return (step id, question, label of the answer) of each question answered so far."""
    found = []
    for slot in context.walk.settled if context.walk else ():
        if isinstance(slot.step, Ask) and context.walk and (value := context.walk.live[slot.id]):
            label = next((o.label for o in options_of(slot.step, context.today) if o.id == value), value)
            found.append((slot.id, context.fill(slot.step.text), label))
    return found


def redo(context: TurnContext) -> Screen:
    """Put a question again that was answered; the step on screen where it is gone from the content."""
    step = context.procedure.step(next(iter(context.state.offered), "")) if context.procedure else None
    if not isinstance(step, Ask):
        return step_or_menu(context)
    label = next((label for id_, _, label in answered(context) if id_ == step.id), "")
    note = fill_in(context.sentences.redo, answer=label)
    return Screen(step.id, f"{note}\n{context.with_certainty_mark(step.text, step)}", _options(context, step))


def between(context: TurnContext) -> Screen:
    """Ask which of two options was meant; what is meant by neither goes back to the step."""
    there = context.ask(None)
    step = papers(there) if there.state.asking == "papers" else step_or_menu(there)
    two = tuple(c for id_ in context.state.offered for c in step.candidates if c.id == id_)
    none = Candidate(OTHER, context.labels["none_of_these"])
    return Screen("@between", context.sentences.which_meant, (*two, none), step.hidden)


def restart(context: TurnContext) -> Screen:
    return Screen("@restart", context.sentences.restart, _sure_or_no(context, "restart"))


def erase(context: TurnContext) -> Screen:
    return Screen("@erase", context.sentences.erase, _sure_or_no(context, "erase"))


def later(context: TurnContext) -> Screen:
    """Ask when to remind them; they may want none."""
    times = tuple(Candidate(time, context.labels[time]) for time in get_args(ReminderTime))
    none = Candidate(NO, context.labels["no_reminder"], (), "no")
    return Screen(slot_of("later"), context.sentences.remind_when, (*times, none))


def human(context: TurnContext) -> Screen:
    stuck = context.state.offered[:1] == ("stuck",)
    text = context.sentences.offer_person_stuck if stuck else context.sentences.offer_person
    return Screen("@human", text, _yes_no(context, "human", "keep_going"))


def ask_team(context: TurnContext) -> Screen:
    """Offer that the team finds out what was asked, and to open what it may be about."""
    about = context.state.offered[1:]
    ways = _ways(context, about) if context.procedure else _titled(context, about)
    text = context.sentences.offer_to_ask_or_open if ways else context.sentences.offer_to_ask
    yes_no = _yes_no(context, "ask_team", "keep_going" if context.procedure else "other_group")
    return Screen(slot_of("ask_team"), text, (*ways, *yes_no))


def go(context: TurnContext) -> Screen:
    """Offer to open what an answer led to."""
    stay = Candidate(NO, context.labels["keep_going"], (), "no")
    return Screen(slot_of("go"), context.sentences.offer_to_go, (*_ways(context, context.state.offered), stay))


def trouble(context: TurnContext) -> Screen:
    """Ask which trouble it is: of the step on screen, or of the whole procedure for who has begun no step."""
    own = () if ANYWHERE in context.state.offered else troubles_shown(context)
    known = tuple(_trouble(trouble) for trouble in own) or _all_troubles(context.procedure)
    other = Candidate(OTHER, context.labels["other_trouble"])
    return Screen("@trouble", context.sentences.which_trouble, (*known[:_TROUBLES], other), known[_TROUBLES:])


def _all_troubles(procedure: Procedure | None) -> tuple[Candidate, ...]:
    found = procedure.troubles if procedure else ()
    return tuple(_trouble(trouble) for _, trouble in found)


def trouble_of(context: TurnContext) -> Trouble | None:
    """Return the trouble whose cure is told: of the step on screen, else of the first step that knows it."""
    anywhere = tuple(trouble for _, trouble in context.procedure.troubles) if context.procedure else ()
    known = (*troubles_shown(context), *anywhere)
    return next((trouble for trouble in known if trouble.id in context.state.offered), None)


def cured(context: TurnContext) -> Screen:
    trouble = trouble_of(context)
    text = fill_in(context.sentences.cure, cure=context.with_certainty_mark(trouble.cure, trouble)) if trouble else ""
    still = Candidate(NO, context.labels["still_stuck"], (), "not_yet", context.library.words.stuck)
    ways = _ways(context, trouble.go) if trouble else ()
    return Screen("@cured", text, (_finished(context, "solved"), still, *ways))


def helped(context: TurnContext) -> Screen:
    """Ask, after a person has helped, whether it is really done."""
    yes = Candidate(YES, context.labels["helped"], (), "yes", _done_words(context))
    no = Candidate(NO, context.labels["not_helped"], (), "not_yet", context.library.words.stuck)
    return Screen("@helped", context.sentences.helped, (yes, no))


def rating(context: TurnContext) -> Screen:
    """Ask for stars, from bad to good, so that a typed number means that many stars on every channel."""
    stars = tuple(Candidate(str(n), context.labels[f"stars_{n}"], (f"{n} sao", f"{n} điểm")) for n in range(1, 6))
    return Screen("@rating", context.sentences.rating, (*stars, _skip(context)))


def word(context: TurnContext) -> Screen:
    return Screen("@word", context.sentences.rating_word, (_skip(context),))


def callback(context: TurnContext) -> Screen:
    """Ask for consent before any number, and say what becomes of it."""
    return Screen("@callback", context.sentences.callback, _yes_no(context, "callback_yes", "callback_no"))


def phone(context: TurnContext) -> Screen:
    return Screen(
        "@phone", context.sentences.which_phone, (Candidate(NO, context.labels["callback_no"], ("thôi",), "no"),)
    )


def _filed(context: TurnContext) -> tuple[Candidate, ...]:
    """Return candidates for how the filing went. Somebody who says that they are stuck has not filed yet."""
    online, in_person, returned, not_yet = (Candidate(one, context.labels[f"filed_{one}"]) for one in FILED)
    stuck = replace(not_yet, polarity="not_yet", phrases=context.library.words.stuck)
    return online, in_person, returned, stuck, Candidate(LATER, context.labels["filed_later"])


def outcome(context: TurnContext) -> Screen:
    """Ask, some days later, whether they could file it."""
    text = fill_in(context.sentences.checkin, title=context.library.title(next(iter(context.state.offered), "")) or "")
    no_more = Candidate(NO_MORE, context.labels["no_checkins"])
    return Screen("@outcome", text, (*_filed(context), no_more))


def returned(context: TurnContext) -> Screen:
    procedure = context.find_procedure(next(iter(context.state.offered), ""))
    own = tuple(Candidate(o.id, o.label, o.says) for o in procedure.returned) if procedure else ()
    common = tuple(Candidate(id_, label) for id_, label in context.sentences.returned.items())
    return Screen("@returned", context.sentences.why_returned, own or common)


def returned_word(context: TurnContext) -> Screen:
    return Screen("@returned_word", context.sentences.returned_word, (_skip(context),))


def stuck_at(context: TurnContext) -> Screen:
    """Ask which trouble it is, of those that the procedure knows, whichever step they are at."""
    procedure = context.find_procedure(next(iter(context.state.offered), ""))
    known = _all_troubles(procedure)
    other = Candidate(OTHER, context.labels["other_trouble"])
    later = Candidate(LATER, context.labels["not_stuck"])
    return Screen("@stuck_at", context.sentences.which_trouble, (*known[:_TROUBLES], other, later))


def _skip(context: TurnContext) -> Candidate:
    return Candidate(OTHER, context.labels["skip"], ("thôi", "không"), "no")
