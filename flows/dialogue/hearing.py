"""From a citizen's words to an Outcome: one function for each kind of utterance."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import cast

from flows.definition.procedure import Ask, Do, Done, Papers, Procedure
from flows.dialogue import position
from flows.dialogue.answers import read_stars_and_word
from flows.dialogue.bot_questions import apply_answer, current_screen, question_of
from flows.dialogue.citizen_questions import (
    answer_fact,
    answer_question,
    asks_what_is_known,
    followed_by,
    hand_on_question,
    note_aside,
    spoken_of,
)
from flows.dialogue.commands import COMMANDS
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.helping import hear_helped, turn_to_named
from flows.dialogue.menu_screens import commune
from flows.dialogue.procedure_screens import answered
from flows.dialogue.screens import ANYWHERE, Screen, option_of
from flows.dialogue.step_screens import troubles_shown
from flows.dialogue.transitions import (
    Outcome,
    begin_procedure,
    open_ticket,
    open_topic,
    with_answer,
    with_progress,
)
from flows.messages import DIGITS, OTHER, UNCLEAR, Command, Heard, Missed, Reason, TicketParagraph, UtteranceKind
from flows.text.language import fold, words
from flows.understanding.at_menu import Place
from flows.understanding.meaning import ERRANDS, Candidate, Kind, Meaning
from flows.understanding.questions import asked_kinds, find_other_procedure
from flows.understanding.readings import At, Where
from flows.understanding.topics import kind_of
from flows.understanding.understand import understand

_WISHES: dict[str, Reason] = {"language": "language", "literacy": "literacy"}
_STEP_WAITS = (None, "redo", "between", "leaflet", "papers")  # what the bot may be asking of its own while a step waits
_ASIDES = ("ask_team", "go", "human")  # offers that whoever says something else passes over
_SURE = 0.7  # score from which words answer the step beneath a question of the bot's own
_FEW = 5  # words
_READ_FIRST = ("answer", "command", "danger", "person")  # before a text is taken as their own words
_PERHAPS_ASKED = ("out_of_scope", "unknown")  # what goes on from an answer may be taken for
_KINDS: dict[Kind, UtteranceKind] = {
    "ahead": "answer",
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
    if turned := turn_to_named(context, text):
        served, rest = turned
        outcome = hear(served.context, rest, away, too_long=too_long)
        return replace(outcome, said=(*served.said, *outcome.said))
    context, shown, meaning = _understand(context, text)
    if meaning.kind in _PERHAPS_ASKED and (followed := followed_by(context, text)):
        meaning = Meaning("question", "", (), "go", followed.id)
    if helped := hear_helped(context, text, meaning):
        return helped
    question = question_of(context)
    if question and question.typed and meaning.kind not in _READ_FIRST and not _asks_at_troubles(context, meaning):
        return replace(question.typed(context, text), heard=Heard("answer"))
    named = {id_ for id_, _ in meaning.top} - {context.state.procedure}
    vague = meaning.kind in ERRANDS and meaning.action == "choose" and not named
    unsure = (meaning.action == "unsure" and meaning.kind != "question") or vague
    if unsure and context.state.misses == 0 and _only_nods(context, text):
        return Outcome(context.with_state(misses=1), (context.sentences.nodded,))
    if unsure:
        return _answer_unclear(context, text, away, too_long=too_long)
    outcome = _answer(_reset_misses(context), shown, meaning, text, away)
    return outcome if outcome.heard != UNCLEAR else replace(outcome, heard=_heard(meaning))


def welcome(context: TurnContext, away: bool) -> Outcome:
    """Answer a hello or a return: say where they were, and ask again for what was missing."""
    if context.procedure is None or context.walk is None or not away or context.state.asking == "outcome":
        back = context.ask("menu") if context.procedure is None and away else context
        return Outcome(back, heard=Heard("greeting"))
    said = [with_progress(context, context.sentences.welcome_back)]
    if context.missing:
        listed = "\n".join(f"{context.sentences.lack_mark} {p.name}" for p in context.missing)
        said.append(fill_in(context.sentences.still_missing, papers=listed))
    reopened = context.with_state(answers=position.reopen_missing(context.state.answers)).ask(None)
    return Outcome(reopened, tuple(said), heard=Heard("greeting"))


def _greet(context: TurnContext, away: bool) -> Outcome:
    welcomed = welcome(context, away)
    hello = context.state.greeted and not welcomed.said
    return replace(welcomed, said=(context.sentences.hello,)) if hello else welcomed


def _heard(meaning: Meaning) -> Heard:
    kind = _KINDS.get(meaning.kind) or cast(UtteranceKind, meaning.kind)
    procedure = meaning.id if meaning.kind == "procedure" else meaning.procedure
    return Heard(kind, meaning.id, procedure, meaning.why)


def _understand(context: TurnContext, text: str) -> tuple[TurnContext, Screen, Meaning]:
    """Understand a text on this screen; while the bot offers something, also as an answer to what lies beneath."""
    shown = current_screen(context)
    meaning = _on_screen(context, shown, text)
    question = question_of(context)
    clear = meaning.kind in ("answer", "ahead", "command", "danger", "person") and meaning.id != "resume"
    clear = clear or (context.state.asking == "switch" and meaning.kind == "procedure" and meaning.action == "go")
    if not question or not question.answered_below or clear or _reads_step_too(context):
        return context, shown, meaning
    below, beneath, answer = _understand(context.ask(None), text)
    sure = answer.kind == "ahead" or (answer.kind == "answer" and answer.top[0][1] >= _SURE)
    aside = context.state.asking in _ASIDES and answer.action != "unsure" and step_that_waits(below, beneath)
    return (below, beneath, replace(answer, other_words=True)) if sure or aside else (context, shown, meaning)


def _reads_step_too(context: TurnContext) -> bool:
    """Tell whether a screen takes an answer to the step beneath as well: a leaflet takes those to all questions to come."""
    return (
        context.state.asking == "leaflet" and context.walk is not None and isinstance(context.walk.last_slot.step, Ask)
    )


def _on_screen(context: TurnContext, shown: Screen, text: str) -> Meaning:
    at, place = step_that_waits(context, shown), _place(context)
    meaning = understand(context.library, text, shown.candidates, shown.hidden, place=place, at=at, today=context.today)
    if (
        text.strip() in DIGITS and meaning.kind != "answer"
    ):  # a way elsewhere (flows/dialogue/advance.py), and no errand
        return Meaning("unknown", "", ())
    return (_typed_command(context, text) or meaning) if meaning.kind in ("danger", "person") else meaning


def _typed_command(context: TurnContext, text: str) -> Meaning | None:
    """Return the command that was typed to the letter, as the bot says to: "gọi lại", "đừng gọi nữa" are no cries for help."""
    said = " ".join(text.casefold().split())
    typed = (id_ for id_, phrases in context.library.words.commands.items() if id_ != "human" and said in phrases)
    command = next(typed, None)
    return Meaning("command", command, ((command, 1.0),), "go") if command else None


def step_that_waits(context: TurnContext, shown: Screen) -> At | None:
    """Return the step that waits for what is said on a screen, if one does."""
    if context.procedure is None or context.walk is None or context.state.asking not in _STEP_WAITS:
        return None
    own = context.state.asking is not None
    deed = any(isinstance(slot.step, Do) for slot in context.walk.shown)
    papers = isinstance(context.walk.last_slot.step, Papers)
    where: Where = "step" if own else "deed" if deed else "papers" if papers else "step"
    step = context.walk.last_slot.step.id if shown.slot.startswith("@") else shown.slot
    asked = context.state.asking != "leaflet"
    ahead = _still_to_come(context, besides=step if asked else "")
    return At(context.procedure.id, step, where, asked, ahead)


def _still_to_come(context: TurnContext, besides: str = "") -> tuple[tuple[str, tuple[Candidate, ...]], ...]:
    """Return the questions of the procedure that no answer has settled or shut out, with their options.

    Args:
        besides: the one that is on screen.
    """
    answers = context.state.answers
    settled = {*answers, besides}
    return tuple(
        (step.id, options)
        for step, options in (_questions_of(context.procedure, context.today) if context.procedure else ())
        if step.id not in settled and position.may_hold(step.when, answers)
    )


@lru_cache(maxsize=128)  # of what is asked for at every typed word
def _questions_of(procedure: Procedure, today: date) -> tuple[tuple[Ask, tuple[Candidate, ...]], ...]:
    """Return the questions of a procedure with their options."""
    return tuple((step, tuple(map(option_of, position.options_of(step, today)))) for step in procedure.asks)


def _place(context: TurnContext) -> Place:
    free = context.state.asking in (None, "menu", "event") or (
        context.state.asking == "which" and not spoken_of(context)
    )
    return "menu" if free else "question"


def _reset_misses(context: TurnContext) -> TurnContext:
    return context.with_state(misses=0) if context.state.misses else context


def _answer(context: TurnContext, shown: Screen, meaning: Meaning, text: str, away: bool) -> Outcome:
    if meaning.kind == "answer":
        return _apply(context, shown, meaning)
    if meaning.kind == "command":
        resumes = meaning.id == "resume" and away
        return _greet(context, away) if resumes else COMMANDS[cast(Command, meaning.id)](context)
    if context.procedure and meaning.kind in ("fact", "question") and not meaning.procedure:
        other = find_other_procedure(context.library, context.procedure, text)
        if other:
            return replace(
                _errand(context, Meaning("procedure", other, (), "go"), text), heard=Heard("errand", other, other)
            )
    if meaning.kind == "ask_back" and asks_what_is_known(context, text):
        return replace(_question(context, Meaning("question", "", ()), text), heard=Heard("question"))
    if meaning.kind == "fact":
        return answer_fact(context, meaning, text)
    if meaning.kind in ERRANDS:
        if context.procedure and meaning.kind != "procedure" and asked_kinds(context.library, text)[:1] == ("papers",):
            return answer_fact(context, Meaning("fact", "papers", (), "go"), text)
        return _errand(context, meaning, text)
    if meaning.kind == "greeting" or (meaning.kind == "later" and away and context.procedure):
        return _greet(context, away)
    if meaning.kind == "out_of_scope" and len(text.split()) <= _FEW and (unasked := _hear_unasked(context, text)):
        return unasked  # the name of their commune, and little besides
    if meaning.kind == "question":
        return _question(context, meaning, text)
    return _ANSWERS[meaning.kind](context, meaning)


def _apply(context: TurnContext, shown: Screen, meaning: Meaning) -> Outcome:
    """Take an answer; one that was read out of other words than its own is said back."""
    outcome = apply_answer(context, shown, meaning.id)
    label = next((c.label for c in shown.candidates if c.id == meaning.id), "")
    recorded = outcome.context.state.answers != context.state.answers
    if not (meaning.other_words and label and recorded) or meaning.id == position.NEXT:  # read, and nothing told
        return outcome
    return replace(outcome, said=(fill_in(context.sentences.heard, answer=label), *outcome.said), mends=True)


def _danger(context: TurnContext, meaning: Meaning) -> Outcome:
    """Give the number first and nothing beside it; the team is told at once."""
    danger, sentences = context.library.dangers[meaning.id], context.sentences
    private = (sentences.danger_private,) if danger.private else ()
    ticket = open_ticket(context, "emergency")
    told = TicketParagraph(sentences.danger_told, "danger_told")
    return replace(ticket, said=(danger.text, told, *private), quiet=True)


def _person(context: TurnContext, meaning: Meaning) -> Outcome:
    ticket = open_ticket(context, _WISHES.get(meaning.id, "asked"))
    text = context.library.wishes[meaning.id].text
    return replace(ticket, said=(text, *ticket.said)) if text else ticket


def _ask_back(context: TurnContext, meaning: Meaning) -> Outcome:
    return Outcome(context.ask("between", *(id_ for id_, _ in meaning.top)))


def _correction(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context.ask("change")) if answered(context) else Outcome(context, (context.sentences.change_none,))


def _later(context: TurnContext, _: Meaning) -> Outcome:
    """Take "mai tôi đi" for an answer: to how the filing went, or at a deed with the offer of a reminder."""
    if context.state.asking in ("outcome", "stuck_at"):
        return Outcome(context.ask(None), (context.sentences.no_hurry,))
    if context.walk and context.state.asking is None and isinstance(context.walk.last_slot.step, Do | Done | Papers):
        return Outcome(context.ask("later"))
    return Outcome(context, (context.sentences.stopped,))


def _snag(context: TurnContext, meaning: Meaning) -> Outcome:
    """Tell the cure of a known trouble, else list what is known to go wrong here, and offer a person."""
    if meaning.id in context.library.portal:
        return _post(context, meaning, offers_person=True)
    if meaning.id:
        return Outcome(context.ask("cured", meaning.id))
    if troubles_shown(context):
        return Outcome(context.ask("trouble"))
    at_leaflet = context.state.asking in ("leaflet", "papers") and context.procedure and context.procedure.troubles
    return Outcome(context.ask("trouble", ANYWHERE) if at_leaflet else context.ask("human", "stuck"))


def _post(context: TurnContext, meaning: Meaning, *, offers_person: bool = False) -> Outcome:
    post = context.library.posts[meaning.id]
    if post.text is None:
        return _out_of_scope(context, meaning)
    said = context.with_certainty_mark(post.text, post)
    if offers_person:
        return Outcome(context.ask("human", "stuck"), (said,), stated=post)
    return Outcome(_offer_ours(context, meaning), (said,), stated=post)


def _signpost(context: TurnContext, meaning: Meaning) -> Outcome:
    return _post(context, meaning)


def _out_of_scope(context: TurnContext, meaning: Meaning) -> Outcome:
    return Outcome(_offer_ours(context, meaning), (context.sentences.out_of_scope,))


def _offer_ours(context: TurnContext, meaning: Meaning) -> TurnContext:
    """Offer what was perhaps meant all the same, where it is not sure that it is not done here."""
    at_menu = context.procedure is None and context.state.asking == "menu"
    offers = meaning.action == "choose" and meaning.top and at_menu
    return context.ask("which", *(id_ for id_, _ in meaning.top)) if offers else context


def _frustration(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context.ask("human", "frustration"), (context.sentences.frustration,))


def _thanks(context: TurnContext, _: Meaning) -> Outcome:
    """Take thanks; after a person's help they end it, so that the same is not asked again."""
    context = context.ask(None) if context.state.asking in ("helped", "rating", "word") else context
    return Outcome(context, (context.sentences.thanks,))


def _begins(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context, (context.sentences.listening,))


def _status(context: TurnContext, _: Meaning) -> Outcome:
    return Outcome(context, (context.sentences.status,), events=(note_aside(context, "status"),))


def _term(context: TurnContext, meaning: Meaning) -> Outcome:
    term = context.library.terms[meaning.id]
    said = context.with_certainty_mark(fill_in(context.sentences.term, term=term.term, meaning=term.meaning), term)
    return Outcome(context, (said,), events=(note_aside(context, "term"),), stated=term)


def _told_ahead(context: TurnContext, meaning: Meaning, *, beside: bool = False) -> Outcome:
    """Record the answers to questions still to come, say them back, shortly `beside` a leaflet, and go on with what is left."""
    options = dict(_still_to_come(context))
    told = []
    for step, _, option in (id_.partition("=") for id_, _ in meaning.top):
        context = with_answer(context, step, option)
        told += [one.label for one in options[step] if one.id == option]
    sentence = context.sentences.heard_beside if beside else context.sentences.heard
    kept = context if context.state.asking == "papers" else context.ask(None)
    return Outcome(kept, (fill_in(sentence, answer=" · ".join(told)),), mends=True)


_ANSWERS: dict[Kind, Callable[[TurnContext, Meaning], Outcome]] = {
    "ahead": _told_ahead,
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
    """Answer a question; where nobody here knows, begin the procedure that it names, or offer to hand the question on."""
    if answered := answer_question(context, meaning, text):
        return answered
    if context.procedure is None and meaning.action == "unsure":
        told = TicketParagraph(context.sentences.question_elsewhere, "not_answered")
        elsewhere = hand_on_question(context, text, told)
        return _hear_unasked(context, text) or replace(elsewhere, heard=Heard("signpost"))
    if context.procedure is None and meaning.top:
        return _errand(context, replace(meaning, kind=kind_of(context.library, meaning.id)), text)
    return hand_on_question(context, text)


def _answer_unclear(context: TurnContext, text: str, away: bool, *, too_long: bool) -> Outcome:
    """Fall back when nothing was understood: say so with a hint; the second time in a row, offer a person."""
    missed = Missed(text, context.state.procedure, context.state.at or None)
    if away and context.procedure and context.state.asking != "outcome":
        back = welcome(context, away)
        return Outcome(back.context, back.said, (missed,))
    said = (context.sentences.too_long,) if too_long else ()
    if unasked := _hear_unasked(context, text):
        return unasked
    if context.library.says_stuck(text):
        return Outcome(context.ask("human", "stuck"), said, (missed,), heard=Heard("snag"))
    if context.state.misses == 0:
        told = TicketParagraph(context.sentences.not_understood, "not_answered")
        return Outcome(context.with_state(misses=1), (*said, told), (missed,))
    again = context.with_state(misses=0).ask("human", "misses")
    told = TicketParagraph(context.sentences.not_understood_again, "not_answered")
    return Outcome(again, (*said, told), (missed,))


def _asks_at_troubles(context: TurnContext, meaning: Meaning) -> bool:
    """Tell whether somebody at the list of troubles asks for a fact, such as the papers, and tells of no trouble."""
    return context.state.asking == "trouble" and meaning.kind == "fact"


def _only_nods(context: TurnContext, text: str) -> bool:
    """Tell whether somebody only lets us know that they read it: "dạ", "ừ", "ok", "xong rồi"."""
    known = context.library.words
    nods = {fold(nod) for nod in (*known.spoken["yes"], *known.finished, *known.next)}
    polite = {fold(filler) for filler in known.fillers}
    said = [word for word in words(text, known.abbreviations) if word not in polite]
    return bool(words(text)) and (not said or " ".join(said) in nods)


def _hear_unasked(context: TurnContext, text: str) -> Outcome | None:
    """Take the commune, which nobody has asked yet."""
    found = _on_screen(context, commune(context), text)
    sure = found.kind == "answer" and found.id != OTHER and found.top[0][1] >= _SURE
    if sure and context.state.commune in (None, found.id):
        kept = context.with_state(commune=found.id)
        return Outcome(kept, (fill_in(context.sentences.commune_kept, commune=kept.commune_name),))
    return None


def _errand(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Begin the procedure that was named, or ask first: when another one is under way or two are close."""
    if meaning.action == "choose":
        return _offer_close(context, meaning, text)
    if meaning.kind != "procedure":
        return open_topic(context, meaning.id)
    chosen = context.state.asking == "switch" and meaning.id in context.state.offered
    if context.procedure is None or meaning.id == context.procedure.id or chosen:
        return _begin(context.ask(None) if context.state.asking == "switch" else context, meaning.id, text)
    return Outcome(context.ask("switch", meaning.id))


def _offer_close(context: TurnContext, meaning: Meaning, text: str) -> Outcome:
    """Offer the close topics; if they were offered already, take the closest of those."""
    close = [id_ for id_, _ in meaning.top if id_ != context.state.procedure]
    offered = current_screen(context)
    known = [id_ for id_ in close if any(c.id == id_ for c in offered.candidates)]
    if not known:
        return Outcome(context.ask("which", *close))
    return _keep_told(apply_answer(context, offered, known[0]), text, named=False)


def _begin(context: TurnContext, procedure_id: str, text: str) -> Outcome:
    """Begin a procedure; what was said of its questions beside its name is kept, said back and not asked again."""
    return _keep_told(begin_procedure(context, procedure_id), text, named=True)


def _keep_told(begun: Outcome, text: str, *, named: bool) -> Outcome:
    """Keep what the words that began a procedure tell of its questions.

    Args:
        named: whether they name it beside; who picks it from a list may tell nothing else.
    """
    procedure = begun.context.procedure
    if begun.context.state.answers or procedure is None or fold(text) == fold(procedure.title):
        return begun
    at = At(procedure.id, "", asked=False, ahead=_still_to_come(begun.context), named=named)
    meaning = understand(begun.context.library, text, at=at, today=begun.context.today)
    if meaning.kind != "ahead":
        return begun
    told = _told_ahead(begun.context, meaning, beside=True)
    answered = begun.context.with_state(answers=told.context.state.answers)
    return replace(begun, context=answered, said=(*begun.said, *told.said), mends=True)
