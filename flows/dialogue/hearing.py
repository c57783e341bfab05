"""From a citizen's words to an Outcome: one function for each kind of utterance."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from flows.definition.answer_units import options_of
from flows.definition.procedure import Ask, Do, FactKind, Papers, Procedure
from flows.dialogue import position
from flows.dialogue.answers import read_stars_and_word
from flows.dialogue.commands import COMMANDS
from flows.dialogue.context import TurnContext, say
from flows.dialogue.questions import apply_answer, current_screen, question_of
from flows.dialogue.screens import Screen, answered, option_of
from flows.dialogue.transitions import (
    Outcome,
    begin_procedure,
    open_ticket,
    open_topic,
    papers_lines,
    with_answer,
    with_progress,
)
from flows.messages import AnalyticsEvent, Command, Heard, Missed, Reason, UtteranceKind
from flows.understanding.answer import find_sure_answer
from flows.understanding.meaning import Kind, Meaning
from flows.understanding.questions import SURE, Found, choose_answers, find_answers
from flows.understanding.understand import Place, understand

_WISHES: dict[str, Reason] = {"language": "language", "literacy": "literacy"}
_SURE = 0.7  # score from which words answer the step beneath a question of the bot's own
_MOST_PAPERS = 10  # lines of papers while nothing was answered yet
_FEW = 3  # labels of the answers for which something holds, that are named
_ERRANDS: tuple[Kind, ...] = ("procedure", "event", "catalogue")
_KINDS: dict[Kind, UtteranceKind] = {
    "fact": "question",
    "term": "question",
    "status": "question",
    "procedure": "errand",
    "event": "errand",
    "catalogue": "errand",
    "begins": "greeting",
    "out_of_scope": "signpost",
    "unknown": "unclear",
}


def hear(context: TurnContext, text: str, away: bool, *, too_long: bool) -> Outcome:
    """Answer what somebody typed.

    Args:
        away: whether they come back after hours of silence.
        too_long: whether only the beginning of their text was read.
    """
    if context.state.asking == "rating" and (rated := read_stars_and_word(context, text)):
        return replace(rated, heard=Heard("answer"))
    context, shown, meaning = _understand(context, text)
    question = question_of(context)
    if question and question.typed and meaning.kind not in ("answer", "command", "danger", "person"):
        return replace(question.typed(context, text), heard=Heard("answer"))
    named = {id_ for id_, _ in meaning.top} - {context.state.procedure}
    vague = meaning.kind in _ERRANDS and meaning.action == "choose" and not named
    if meaning.action == "unsure" or vague:
        return _answer_unclear(context, text, away, too_long=too_long)
    outcome = _answer(_reset_misses(context), shown, meaning, text, away)
    return replace(outcome, heard=_heard(meaning))


def welcome(context: TurnContext, away: bool) -> Outcome:
    """Answer a hello or a return: say where they were, and ask again for what was missing."""
    if context.procedure is None or context.walk is None or not away or context.state.asking == "outcome":
        return Outcome(context, heard=Heard("greeting"))
    said = [with_progress(context, context.sentences.welcome_back)]
    if context.missing:
        listed = "\n".join(f"{context.sentences.lack_mark} {p.name}" for p in context.missing)
        said.append(say(context.sentences.still_missing, papers=listed))
    reopened = context.with_state(answers=position.reopen_missing(context.state.answers)).ask(None)
    return Outcome(reopened, tuple(said), heard=Heard("greeting"))


def _heard(meaning: Meaning) -> Heard:
    kind = _KINDS.get(meaning.kind) or cast(UtteranceKind, meaning.kind)
    procedure = meaning.id if meaning.kind == "procedure" else meaning.procedure
    return Heard(kind, meaning.id, procedure, meaning.why)


def _understand(context: TurnContext, text: str) -> tuple[TurnContext, Screen, Meaning]:
    """Understand a text on this screen; while the bot offers something, also as an answer to the step beneath."""
    shown = current_screen(context)
    meaning = _on_screen(context, shown, text)
    question = question_of(context)
    clear = meaning.kind in ("answer", "command", "danger", "person")
    if not question or not question.answered_below or clear:
        return context, shown, meaning
    below = context.ask(None)
    beneath = current_screen(below)
    answer = _on_screen(below, beneath, text)
    sure = answer.kind == "answer" and answer.top[0][1] >= _SURE
    return (below, beneath, answer) if sure else (context, shown, meaning)


def _on_screen(context: TurnContext, shown: Screen, text: str) -> Meaning:
    return understand(context.library, text, shown.candidates, shown.hidden, place=_place(context), today=context.today)


def _place(context: TurnContext) -> Place:
    if context.state.asking in (None, "redo", "between") and context.walk:
        here = context.walk.here.step
        return "do" if isinstance(here, Do) and context.state.asking is None else "step"
    free = context.state.asking in (None, "menu", "event") or (
        context.state.asking == "which" and not _spoken_of(context)
    )
    return "menu" if free else "question"


def _reset_misses(context: TurnContext) -> TurnContext:
    return context.with_state(misses=0) if context.state.misses else context


def _answer(context: TurnContext, shown: Screen, meaning: Meaning, text: str, away: bool) -> Outcome:
    if meaning.kind == "answer":
        return _apply(context, shown, meaning)
    if meaning.kind == "command":
        resumes = meaning.id == "resume" and away
        return welcome(context, away) if resumes else COMMANDS[cast(Command, meaning.id)](context)
    if meaning.kind == "fact":
        return _fact(context, meaning, text)
    if meaning.kind in _ERRANDS:
        return _errand(context, meaning, text)
    if meaning.kind == "greeting":
        return welcome(context, away)
    if meaning.kind == "question":
        return _question(context, meaning, text)
    return _ANSWERS[meaning.kind](context, meaning)


def _apply(context: TurnContext, shown: Screen, meaning: Meaning) -> Outcome:
    """Take an answer; one that was read out of other words than its own is said back."""
    outcome = apply_answer(context, shown, meaning.id)
    label = next((c.label for c in shown.candidates if c.id == meaning.id), "")
    recorded = outcome.context.state.answers != context.state.answers
    if not (meaning.other_words and label and recorded):
        return outcome
    return replace(outcome, said=(say(context.sentences.heard, answer=label), *outcome.said), mends=True)


def _danger(context: TurnContext, meaning: Meaning) -> Outcome:
    """Give the number first and nothing beside it; the team is told at once."""
    danger, sentences = context.library.dangers[meaning.id], context.sentences
    private = (sentences.danger_private,) if danger.private else ()
    ticket = open_ticket(context, "emergency")
    return replace(ticket, said=(danger.text, sentences.danger_told, *private), quiet=True)


def _person(context: TurnContext, meaning: Meaning) -> Outcome:
    ticket = open_ticket(context, _WISHES.get(meaning.id, "asked"))
    text = context.library.wishes[meaning.id].text
    return replace(ticket, said=(text, *ticket.said)) if text else ticket


def _ask_back(context: TurnContext, meaning: Meaning) -> Outcome:
    return Outcome(context.ask("between", *(id_ for id_, _ in meaning.top)))


def _correction(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context.ask("change")) if answered(context) else Outcome(context, (context.sentences.change_none,))


def _later(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context, (context.sentences.stopped,))


def _snag(context: TurnContext, meaning: Meaning) -> Outcome:
    """Tell the cure of a known trouble, else list what is known to go wrong here, and offer a person."""
    if meaning.id in context.library.portal:
        return _post(context, meaning, offers_person=True)
    if meaning.id:
        return Outcome(context.ask("cured", meaning.id))
    here = context.walk.here.step if context.walk else None
    known = isinstance(here, Do) and here.troubles
    return Outcome(context.ask("trouble") if known else context.ask("human", "stuck"))


def _post(context: TurnContext, meaning: Meaning, *, offers_person: bool = False) -> Outcome:
    post = context.library.posts[meaning.id]
    said = context.with_certainty_mark(post.text, post)
    if offers_person:
        return Outcome(context.ask("human", "stuck"), (said,))
    return Outcome(context, (said,))


def _signpost(context: TurnContext, meaning: Meaning) -> Outcome:
    return _post(context, meaning)


def _out_of_scope(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context, (context.sentences.out_of_scope,))


def _frustration(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context.ask("human", "frustration"), (context.sentences.frustration,))


def _thanks(context: TurnContext, _: Meaning) -> Outcome:
    """Take thanks; after a person's help they end it, so that the same is not asked again."""
    context = context.ask(None) if context.state.asking in ("helped", "rating", "word") else context
    return Outcome(context, (context.sentences.thanks,))


def _begins(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context, (context.sentences.listening,))


def _status(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context, (context.sentences.status,), events=(_aside(context, "status"),))


def _term(context: TurnContext, meaning: Meaning) -> Outcome:
    term = context.library.terms[meaning.id]
    said = context.with_certainty_mark(say(context.sentences.term, term=term.term, meaning=term.meaning), term)
    return Outcome(context, (said,), events=(_aside(context, "term"),))


_ANSWERS: dict[Kind, Callable[[TurnContext, Meaning], Outcome]] = {
    "danger": _danger,
    "person": _person,
    "ask_back": _ask_back,
    "correction": _correction,
    "later": _later,
    "snag": _snag,
    "signpost": _signpost,
    "out_of_scope": _out_of_scope,
    "frustration": _frustration,
    "thanks": _thanks,
    "begins": _begins,
    "status": _status,
    "term": _term,
}


def _question(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Answer a question out of what a procedure knows; it records nothing and switches nothing."""
    asked_about, found = _best_answers(context, meaning, text)
    if not found:
        errand = meaning.kind == "question" and meaning.top and context.procedure is None
        return _errand(context, replace(meaning, kind="procedure"), text) if errand else _open_question(context, text)
    said = [_answer_said(context, one) for one in found]
    here = context.procedure is not None and context.procedure.id == asked_about.id
    if not here:
        said.insert(0, say(context.sentences.answer_about, title=asked_about.title))
        said += [one.text for one in context.library.news_on(context.today, asked_about.id).values()]
    event = _aside(context, "question", asked_about.id)
    if here and found[0].score < SURE:
        missed = Missed(text, asked_about.id, context.state.at or None)
        return Outcome(
            context.ask("human", "question"), (context.sentences.answer_near, *said), (missed,), events=(event,)
        )
    if context.procedure is None:
        others = (id_ for id_, _ in meaning.top if id_ != asked_about.id)
        context = context.ask("which", asked_about.id, *others)
    return Outcome(context, tuple(said), events=(event,))


def _best_answers(context: TurnContext, meaning: Meaning, text: str) -> tuple[Procedure, tuple[Found, ...]]:
    """Return the procedure that answers a question best, among those that it may be about, and its answers."""
    library = context.library
    likely = dict(meaning.top) if meaning.kind == "question" and meaning.procedure is None else {}
    ids = [meaning.procedure] if meaning.procedure else [id_ for id_ in likely if id_ in library.procedures]
    if not ids and (one := context.procedure or _spoken_of(context)):
        ids = [one.id]
    answered = [(library.procedures[id_], _answers(context, library.procedures[id_], text)) for id_ in ids if id_]
    first = max(likely.values(), default=1.0)
    return max(
        answered,
        key=lambda pair: pair[1][0].score * likely.get(pair[0].id, first) / first if pair[1] else 0.0,
        default=(next(iter(library.procedures.values())), ()),
    )


def _spoken_of(context: TurnContext) -> Procedure | None:
    """Return the procedure about which the last question was answered, for "thế còn …" at the menu."""
    known = context.library.procedures
    first = context.state.offered[:1] if context.state.asking == "which" else ()
    return next((known[id_] for id_ in first if id_ in known), None)


def _answers(context: TurnContext, procedure: Procedure, text: str) -> tuple[Found, ...]:
    own = context.procedure is not None and procedure.id == context.procedure.id
    known = context.state.answers if own else {}
    return choose_answers(find_answers(context.library, procedure, text, known, context.today))


def _answer_said(context: TurnContext, found: Found) -> str:
    """Say an answer, first for whom it holds where that is not known of them."""
    text = context.with_certainty_mark(found.text, found.unit.part)
    if not found.labels or len(found.labels) > _FEW:
        return text
    return say(context.sentences.answer_if, labels=", ".join(f"“{label}”" for label in found.labels), text=text)


def _open_question(context: TurnContext, text: str) -> Outcome:
    """Offer to hand on a question that nobody here can answer; the editors see it. It records nothing."""
    missed = Missed(text, context.state.procedure, context.state.at or None)
    return Outcome(context.ask("human", "question"), (context.sentences.question_unknown,), (missed,))


def _answer_unclear(context: TurnContext, text: str, away: bool, *, too_long: bool) -> Outcome:
    """Fall back when nothing was understood: say so with a hint; the second time in a row, offer a person."""
    missed = Missed(text, context.state.procedure, context.state.at or None)
    if away and context.procedure and context.state.asking != "outcome":
        back = welcome(context, away)
        return Outcome(back.context, back.said, (missed,))
    said = (context.sentences.too_long,) if too_long else ()
    if context.library.says_stuck(text):
        return Outcome(context.ask("human", "stuck"), said, (missed,), heard=Heard("snag"))
    if context.state.misses == 0:
        return Outcome(context.with_state(misses=1), (*said, context.sentences.not_understood), (missed,))
    again = context.with_state(misses=0).ask("human", "misses")
    return Outcome(again, (*said, context.sentences.not_understood_again), (missed,))


def _fact(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Answer a question on the side, at any step; the step is put again."""
    if meaning.id in context.library.words.commune:
        return Outcome(context, (context.fill(f"{{commune.{meaning.id}}}"),), events=(_aside(context, meaning.id),))
    procedure = context.library.procedures.get(meaning.procedure or "") or context.procedure or _spoken_of(context)
    if procedure is None:
        return Outcome(context, (context.sentences.which_procedure_fact,))
    special = choose_answers(find_answers(context.library, procedure, text, context.state.answers, context.today))
    plainly = special and special[0].score >= SURE and special[0].words > 1
    if plainly and meaning.id not in (special[0].unit.place, "papers"):
        return _question(context, replace(meaning, procedure=procedure.id), text)
    asked = (_aside(context, meaning.id, procedure.id),)
    unnamed = context.procedure is None and meaning.procedure is None
    about = (say(context.sentences.answer_about, title=procedure.title),) if unnamed else ()
    if meaning.id == "papers":
        return Outcome(context, (*about, _papers_said(context, procedure.id)), events=asked)
    said = context.fact(cast(FactKind, meaning.id), procedure)
    return Outcome(context if context.procedure else context.ask("which", procedure.id), (*about, said), events=asked)


def _aside(context: TurnContext, about: str, procedure: str | None = None) -> AnalyticsEvent:
    """Build the event of a question on the side. `procedure`: the one that it is about, where it is not the one under way."""
    own = context.state.procedure if procedure in (None, context.state.procedure) else None
    step = context.walk.here.step.id if context.walk and own else None
    return AnalyticsEvent("aside", procedure or own, step, about)


def _papers_said(context: TurnContext, procedure_id: str) -> str:
    """List the papers as far as the answers so far tell; where they tell nothing yet, those for everybody, then for whom else."""
    if context.state.procedure != procedure_id:
        context = context.with_state(procedure=procedure_id, answers={})
    return papers_lines(context) or _papers_for_all(context) or context.sentences.no_papers


def _papers_for_all(context: TurnContext) -> str:
    """List the papers of a procedure with the answers for which each is needed."""
    steps = context.procedure.steps if context.procedure else ()
    listed = [(paper, paper.when or step.when) for step in steps if isinstance(step, Papers) for paper in step.papers]
    everybody = [context.paper(paper) for paper, when in listed if when is None]
    others = []
    for paper, when in listed:
        labels = ", ".join(f"“{option.label}”" for option in options_of(when, steps)[:_FEW])
        if when and labels:
            others.append(say(context.sentences.answer_if, labels=labels, text=context.paper(paper)))
    shown = dict.fromkeys(f"{context.sentences.lack_mark} {line}" for line in (*everybody, *others))
    return "\n".join([*shown][:_MOST_PAPERS])


def _errand(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Begin the procedure that was named, or ask first: when another one is under way or two are close."""
    if meaning.action == "choose":
        return _offer_close(context, meaning)
    if meaning.kind != "procedure":
        return open_topic(context, meaning.id)
    if context.procedure is None or meaning.id == context.procedure.id:
        return _begin(context, meaning.id, text)
    return Outcome(context.ask("switch", meaning.id))


def _offer_close(context: TurnContext, meaning: Meaning) -> Outcome:
    """Offer the close topics; if they were offered already, take the closest of those."""
    close = [id_ for id_, _ in meaning.top if id_ != context.state.procedure]
    offered = current_screen(context)
    known = [id_ for id_ in close if any(c.id == id_ for c in offered.candidates)]
    return apply_answer(context, offered, known[0]) if known else Outcome(context.ask("which", *close))


def _begin(context: TurnContext, procedure_id: str, text: str) -> Outcome:
    """Begin a procedure; what was said of its questions beside its name is kept, said back and not asked again."""
    begun = begin_procedure(context, procedure_id)
    if begun.context.state.answers or begun.context.procedure is None:
        return begun
    told, context = [], begun.context
    for step in begun.context.procedure.steps:
        ahead = context.ask(None).walk
        applies = ahead and (step is ahead.here.step or any(step is one for one in ahead.ahead))
        if not (isinstance(step, Ask) and applies):
            continue
        candidates = tuple(option_of(option) for option in position.options_of(step, context.today))
        titles = (begun.context.procedure.title, *begun.context.procedure.says)
        if found := find_sure_answer(context.library, text, candidates, titles, context.today):
            context = with_answer(context, step.id, found.id)
            told.append(found.label)
    if not told:
        return begun
    heard = say(context.sentences.heard, answer=" · ".join(told))
    return replace(begun, context=context, said=(*begun.said, heard), mends=True)
