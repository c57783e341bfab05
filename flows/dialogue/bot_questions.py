"""The bot's own questions: how each is put, what a pick does, which of them take a citizen's own words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flows.dialogue import answers, aside_screens, filing_outcome, helping, menu_screens, procedure_screens
from flows.dialogue.context import TurnContext
from flows.dialogue.screens import Screen, slot_of
from flows.dialogue.step_screens import step_or_menu
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
    "menu": Question(menu_screens.menu, answers.pick_from_menu),
    "which": Question(menu_screens.which, answers.pick_topic, answered_below=True),
    "event": Question(menu_screens.event, answers.pick_of_event),
    "switch": Question(procedure_screens.switch, answers.pick_switch, answered_below=True),
    "commune": Question(menu_screens.commune, answers.pick_commune),
    "change": Question(procedure_screens.change, answers.pick_change),
    "redo": Question(procedure_screens.redo, answers.pick_again),
    "restart": Question(aside_screens.restart, answers.pick_restart),
    "erase": Question(aside_screens.erase, answers.pick_erase),
    "human": Question(aside_screens.human, answers.pick_human, answered_below=True),
    "ask_team": Question(aside_screens.ask_team, answers.pick_ask_team, answered_below=True),
    "helping": Question(menu_screens.helping, helping.pick_helped, answered_below=True),
    "go": Question(aside_screens.go, answers.pick_way_elsewhere, answered_below=True),
    "trouble": Question(procedure_screens.trouble, answers.pick_trouble, typed=answers.keep_trouble),
    "cured": Question(procedure_screens.cured, answers.pick_cured),
    "helped": Question(aside_screens.helped, answers.pick_helped, answered_below=True),
    "rating": Question(aside_screens.rating, answers.pick_stars, answered_below=True),
    "word": Question(aside_screens.word, answers.skip_word, typed=answers.keep_word),
    "outcome": Question(aside_screens.outcome, filing_outcome.pick_outcome, answered_below=True),
    "returned": Question(aside_screens.returned, filing_outcome.pick_reason, typed=filing_outcome.keep_reason),
    "returned_word": Question(aside_screens.returned_word, filing_outcome.skip_word, typed=filing_outcome.keep_word),
    "stuck_at": Question(aside_screens.stuck_at, filing_outcome.pick_trouble, typed=filing_outcome.keep_trouble),
    "callback": Question(aside_screens.callback, answers.pick_callback),
    "between": Question(procedure_screens.between, answers.pick_between, answered_below=True),
    "phone": Question(aside_screens.phone, answers.skip_phone),
    "later": Question(aside_screens.later, answers.pick_reminder, answered_below=True),
    "leaflet": Question(procedure_screens.leaflet, answers.pick_way_on, answered_below=True),
    "papers": Question(procedure_screens.papers, answers.pick_for_papers),
}
_BY_SLOT = {slot_of(asking): question for asking, question in QUESTIONS.items()}


def question_of(context: TurnContext) -> Question | None:
    """Return the bot's own question that is open; None where the step puts the question."""
    return QUESTIONS[context.state.asking] if context.state.asking else None


def current_screen(context: TurnContext) -> Screen:
    """Build the screen that is open now: the bot's own question, else the step's."""
    if question := question_of(context):
        return question.show(context)
    return step_or_menu(context)


def apply_answer(context: TurnContext, shown: Screen, value: str) -> Outcome:
    """Do what was picked on a screen.

    Args:
        value: the id of one of its candidates.
    """
    question = _BY_SLOT.get(shown.slot) or question_of(context)
    return question.pick(context, value) if question else answers.answer_step(context, value)
