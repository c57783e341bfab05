"""Understanding of one text: from words to a Meaning, with a score. Deterministic and offline; in doubt it says so."""

from collections.abc import Sequence
from datetime import date

from flows.definition.library import Library
from flows.understanding.address import in_first_person
from flows.understanding.at_menu import Place, hear_at_menu
from flows.understanding.at_step import hear_at_step
from flows.understanding.meaning import Candidate, Meaning
from flows.understanding.own_words import find_pick, find_plain_answer, is_bare_yes_or_no
from flows.understanding.readings import At


def prepare(library: Library) -> None:
    """Build all that understanding needs, before somebody waits for the first answer."""
    for at in (None, At("", "", "deed")):
        understand(library, "x", at=at)
    _ = library.done_odds, library.asked_words  # which only an answer, and only a question, ask for


def understand(
    library: Library,
    text: str,
    candidates: Sequence[Candidate] = (),
    hidden: Sequence[Candidate] = (),
    *,
    place: Place = "menu",
    at: At | None = None,
    today: date = date.max,
) -> Meaning:
    """Return what a text means: a pick on screen, else what is said at the step that waits, else at the menu.

    Args:
        hidden: candidates that are not on screen and have no number, but may be said here (the troubles of a step).
        place: where it is said: at the menu, or at a question of the bot's own.
        at: the step at which it is said, if a step waits.
        today: the day from which ages are reckoned.
    """
    if picked := find_pick(library, text, candidates):
        return picked
    text = in_first_person(text)
    candidates = tuple(candidate for candidate in candidates if not candidate.aside)
    exact = find_plain_answer(library, text, candidates)
    if not at:
        return hear_at_menu(library, text, candidates, hidden, exact, place)
    if not exact and not at.deed and at.asked and candidates and is_bare_yes_or_no(library, text):
        return Meaning("unknown", "", ())  # a yes or a no to nothing that is on screen
    return exact or hear_at_step(library, text, candidates, hidden, at, today)
