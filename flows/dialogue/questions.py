"""The bot's own questions: how each is put, what a pick does, which of them take a citizen's own words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.dialogue import answers, filing_outcome, helping, screens
from flows.dialogue.context import TurnContext
from flows.dialogue.screens import Screen
from flows.dialogue.transitions import Outcome
from flows.state import Asking

Show = Callable[[TurnContext], Screen]
Take = Callable[[TurnContext, str], Outcome]


@dataclass(frozen=True)
class Question:
    """One question of the bot's own.

    Attributes:
        show: builds its screen.
        pick: does what was picked.
        typed: takes words that pick nothing and are no command; without it they are understood as anywhere else.
        answered_below: whether words that answer the step beneath count as that answer.
    """

    show: Show
    pick: Take
    typed: Take | None = None
    answered_below: bool = False


QUESTIONS: Mapping[Asking, Question] = {
    "menu": Question(screens.menu, answers.pick_from_menu),
    "which": Question(screens.which, answers.pick_topic, answered_below=True),
    "event": Question(screens.event, answers.pick_of_event),
    "switch": Question(screens.switch, answers.pick_switch, answered_below=True),
    "commune": Question(screens.commune, answers.pick_commune),
    "change": Question(screens.change, answers.pick_change),
    "redo": Question(screens.redo, answers.pick_again),
    "restart": Question(screens.restart, answers.pick_restart),
    "erase": Question(screens.erase, answers.pick_erase),
    "human": Question(screens.human, answers.pick_human, answered_below=True),
    "ask_team": Question(screens.ask_team, answers.pick_ask_team, answered_below=True),
    "helping": Question(screens.helping, helping.pick_helped, answered_below=True),
    "go": Question(screens.go, answers.pick_way_elsewhere, answered_below=True),
    "trouble": Question(screens.trouble, answers.pick_trouble, typed=answers.keep_trouble),
    "cured": Question(screens.cured, answers.pick_cured),
    "helped": Question(screens.helped, answers.pick_helped, answered_below=True),
    "rating": Question(screens.rating, answers.pick_stars, answered_below=True),
    "word": Question(screens.word, answers.skip_word, typed=answers.keep_word),
    "outcome": Question(screens.outcome, filing_outcome.pick_outcome, answered_below=True),
    "returned": Question(screens.returned, filing_outcome.pick_reason, typed=filing_outcome.keep_reason),
    "returned_word": Question(screens.returned_word, filing_outcome.skip_word, typed=filing_outcome.keep_word),
    "stuck_at": Question(screens.stuck_at, filing_outcome.pick_trouble, typed=filing_outcome.keep_trouble),
    "callback": Question(screens.callback, answers.pick_callback),
    "between": Question(screens.between, answers.pick_between, answered_below=True),
    "phone": Question(screens.phone, answers.skip_phone),
    "later": Question(screens.later, answers.pick_reminder, answered_below=True),
    "leaflet": Question(screens.leaflet, answers.pick_way_on, answered_below=True),
    "papers": Question(screens.papers, answers.pick_for_papers),
}
_BY_SLOT = {screens.slot_of(asking): question for asking, question in QUESTIONS.items()}


def question_of(context: TurnContext) -> Question | None:
    """Return the bot's own question that is open; None where the step puts the question."""
    return QUESTIONS[context.state.asking] if context.state.asking else None


def current_screen(context: TurnContext) -> Screen:
    """Build the screen that is open now: the bot's own question, else the step's."""
    if question := question_of(context):
        return question.show(context)
    return screens.step_or_menu(context)


def apply_answer(context: TurnContext, shown: Screen, value: str) -> Outcome:
    """Do what was picked on a screen.

    Args:
        value: the id of one of its candidates.
    """
    question = _BY_SLOT.get(shown.slot) or question_of(context)
    return question.pick(context, value) if question else answers.answer_step(context, value)
