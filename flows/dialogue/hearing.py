"""From a citizen's words to an Outcome: one function for each kind of utterance."""

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from flows.dialogue import position
from flows.dialogue.answers import read_stars_and_word
from flows.dialogue.bot_questions import apply_answer, question_of
from flows.dialogue.citizen_questions import (
    answer_fact,
    answer_question,
    asks_what_is_known,
    followed_by,
    hand_on_question,
    note_aside,
)
from flows.dialogue.commands import COMMANDS
from flows.dialogue.context import TurnContext, fill_in
from flows.dialogue.errands import answer_errand, record_told_ahead
from flows.dialogue.helping import hear_helped, turn_to_named
from flows.dialogue.menu_screens import commune
from flows.dialogue.on_screen import SURE, understand_on_screen, understand_said_on
from flows.dialogue.procedure_screens import answered
from flows.dialogue.screens import ANYWHERE, Screen
from flows.dialogue.step_screens import troubles_shown
from flows.dialogue.transitions import (
    Outcome,
    open_ticket,
    with_progress,
)
from flows.messages import OTHER, UNCLEAR, Command, Heard, Missed, Reason, TicketParagraph, UtteranceKind
from flows.text.language import fold, words
from flows.understanding.meaning import ERRANDS, Kind, Meaning
from flows.understanding.questions import asked_kinds, find_other_procedure
from flows.understanding.topics import kind_of
from flows.understanding.urgent import find_danger, judge_urgent, score_call

_WISHES: dict[str, Reason] = {"language": "language", "literacy": "literacy"}
_FEW = 5  # words
_POLITE = ("thanks", "greeting", "begins")
_IN_DOUBT = ("ask_back", "unknown")
_FRAMES, _LIKELY = 2, -1.0  # frames of a danger, and as a logit how likely it is, where nothing else is sure
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
    context, shown, meaning = understand_on_screen(context, text)
    meaning = (_find_danger_in_doubt(context, text) or meaning) if meaning.kind in _IN_DOUBT else meaning
    if meaning.kind in _PERHAPS_ASKED and (followed := followed_by(context, text)):
        meaning = Meaning("question", "", (), "go", followed.id)
    if helped := hear_helped(context, text, meaning):
        return helped
    question = question_of(context)
    if question and question.typed and meaning.kind not in _READ_FIRST and not _is_said_beside(context, meaning):
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


def _find_danger_in_doubt(context: TurnContext, text: str) -> Meaning | None:
    """Take for danger what is told in the words of one, where it would only be asked back or not be understood."""
    danger = find_danger(context.library, text)
    if danger is None or danger.frames < _FRAMES or score_call(context.library, text, "danger", danger) < _LIKELY:
        return None
    return judge_urgent(context.library, text, danger, None)


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
                answer_errand(context, Meaning("procedure", other, (), "go"), text), heard=Heard("errand", other, other)
            )
    if meaning.kind == "ask_back" and asks_what_is_known(context, text):
        return replace(_question(context, Meaning("question", "", ()), text), heard=Heard("question"))
    if meaning.kind == "fact":
        return answer_fact(context, meaning, text)
    if meaning.kind in ERRANDS:
        if context.procedure and meaning.kind != "procedure" and asked_kinds(context.library, text)[:1] == ("papers",):
            return answer_fact(context, Meaning("fact", "papers", (), "go"), text)
        return answer_errand(context, meaning, text)
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
    """Take "mai tôi đi" for an answer: to how the filing went, or on the way with the offer of a reminder."""
    if context.state.asking in ("outcome", "stuck_at"):
        return Outcome(context.ask(None), (context.sentences.no_hurry,))
    if context.walk and context.state.asking is None:
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


_ANSWERS: dict[Kind, Callable[[TurnContext, Meaning], Outcome]] = {
    "ahead": record_told_ahead,
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
        return answer_errand(context, replace(meaning, kind=kind_of(context.library, meaning.id)), text)
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
    if context.state.misses == 0 and context.state.asking == "leaflet":  # who tells their case wants to go on
        return Outcome(context.with_state(misses=1).ask(None), (context.sentences.asked_one_by_one,), (missed,))
    if context.state.misses == 0:
        told = TicketParagraph(context.sentences.not_understood, "not_answered")
        return Outcome(context.with_state(misses=1), (*said, told), (missed,))
    again = context.with_state(misses=0).ask("human", "misses")
    told = TicketParagraph(context.sentences.not_understood_again, "not_answered")
    return Outcome(again, (*said, told), (missed,))


def _is_said_beside(context: TurnContext, meaning: Meaning) -> bool:
    """Tell whether somebody who is asked for their trouble asks for a fact, such as the papers, or is only polite."""
    asked_at_troubles = context.state.asking == "trouble" and meaning.kind == "fact"
    return asked_at_troubles or (context.state.asking != "word" and meaning.kind in _POLITE)


def _only_nods(context: TurnContext, text: str) -> bool:
    """Tell whether somebody only lets us know that they read it: "dạ", "ừ", "ok", "xong rồi"."""
    known = context.library.words
    nods = {fold(nod) for nod in (*known.spoken["yes"], *known.finished, *known.next)}
    polite = {fold(filler) for filler in known.fillers}
    said = [word for word in words(text, known.abbreviations) if word not in polite]
    return bool(words(text)) and (not said or " ".join(said) in nods)


def _hear_unasked(context: TurnContext, text: str) -> Outcome | None:
    """Take the commune, which nobody has asked yet."""
    found = understand_said_on(context, commune(context), text)
    sure = found.kind == "answer" and found.id != OTHER and found.top[0][1] >= SURE
    if sure and context.state.commune in (None, found.id):
        kept = context.with_state(commune=found.id)
        return Outcome(kept, (fill_in(context.sentences.commune_kept, commune=kept.commune_name),))
    return None
