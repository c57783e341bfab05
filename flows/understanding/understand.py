"""Understanding of one text: from words to a Meaning, with a score. Deterministic and offline; in doubt it says so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from flows.definition.library import CODE, Library
from flows.text.language import as_typed, spelled
from flows.understanding.address import in_first_person
from flows.understanding.at_step import hear_at_step
from flows.understanding.elsewhere import (
    find_portal_trouble,
    find_signpost,
    is_noise,
    is_plainly_elsewhere,
    lean_elsewhere,
)
from flows.understanding.meaning import ERRANDS, Candidate, Meaning
from flows.understanding.own_words import find_phrase_answer, find_pick, find_plain_answer, is_bare_yes_or_no
from flows.understanding.phrases import (
    choose_whole_phrase,
    find_command,
    find_fact,
    find_small_talk,
    find_term,
    find_whole_small_talk,
    is_named,
)
from flows.understanding.questions import asks_beyond_name, asks_for_something
from flows.understanding.readings import At
from flows.understanding.topics import topic
from flows.understanding.urgent import hear_urgent
from flows.understanding.utterance import asks_for_way, asks_how

_ASKED = 0.36  # an errand so likely that a question is about it, and not about what is none of ours
_OURS = -0.3  # how little a text may lean elsewhere, that asks about something of ours
_CLEARLY = 0.45  # an errand that is named more clearly than what is not ours
_TWO, _SHORT = 2, 6  # words
_OPENS = 0.38  # an errand that two words may bring up
_SYLLABLE = 5  # letters that may be one syllable
_STORY = 10  # words from which on somebody tells a story

Place = Literal["menu", "question"]


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
    """Return what a text means: first what kind of utterance it is, then what about.

    At a step all readings are weighed against each other. Elsewhere are tried in order: a pick on screen, a phrase of the content
    that is all that was said, danger, a person, a command, a plain answer, small talk, a term, a question, an answer in other
    words, an errand.

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
    said = as_typed(spelled(text, library.words.abbreviations))
    exact = find_plain_answer(library, text, candidates)
    if at:
        if not exact and not at.deed and at.asked and candidates and is_bare_yes_or_no(library, text):
            return Meaning("unknown", "", ())  # a yes or a no to nothing that is on screen
        return exact or hear_at_step(library, text, candidates, hidden, at, today)
    if place == "menu" and (talk := find_whole_small_talk(library, said)):
        return talk
    command, talk = find_command(library, text, candidates), find_small_talk(library, text)
    plain = (
        choose_whole_phrase(library, text, command, talk)
        or hear_urgent(library, text, answering=place == "question")
        or command
        or exact
        or talk
        or find_term(library, text)
    )
    if plain:
        return plain
    asking = asks_for_something(library, text, said)
    if asking and (fact := find_fact(library, text, at_step=place == "question")):
        nameless = fact.kind == "fact" and fact.procedure is None and fact.id not in library.words.commune
        post = find_signpost(library, text) if nameless else None
        return post if post and post.kind == "signpost" else fact
    long_question = asking and len(said) > _SHORT
    if not long_question and (answer := find_phrase_answer(library, text, (*candidates, *hidden))):
        return answer
    return _by_code(library, text) or _errand_or_elsewhere(library, text, said, asking=asking)


def _errand_or_elsewhere(library: Library, text: str, said: Sequence[str], *, asking: bool) -> Meaning:
    """Return the errand, the question about one, or whose business it is instead, whichever is told more clearly."""
    errand = _errand(library, text)
    likely = errand.top[0][1] if errand.top and errand.kind in ERRANDS else 0.0
    plainly = likely < _CLEARLY and is_plainly_elsewhere(library, text)
    about = _asked_about(library, errand, text, said) if asking and not plainly else None
    if about and (likely >= _ASKED or lean_elsewhere(library, text) < _OURS):
        return about
    noise = likely < _CLEARLY and is_noise(library, text)
    trouble = find_portal_trouble(library, text) if errand.action != "go" and not noise else None
    elsewhere = (trouble or find_signpost(library, text)) if likely < _CLEARLY else None
    if elsewhere and len(said) < _TWO and not elsewhere.why:  # "rồi": one syllable decides nothing
        elsewhere = None
    if noise and not (elsewhere and elsewhere.id):
        return Meaning("unknown", "", ())
    if elsewhere:
        return elsewhere
    if about:
        return about
    if len(said) <= _TWO and likely and not is_named(library, errand.id, said):
        return _brief(errand, text)
    if errand.action == "go" or (errand.action == "choose" and len(said) > _STORY):
        return errand  # a long story holds "đổi" and "làm lại" as well
    return _moved(library, text) or errand


def _asked_about(library: Library, errand: Meaning, text: str, said: Sequence[str]) -> Meaning | None:
    """Turn an errand into a question about it, or about where people ask so; None where going through it is the answer."""
    if errand.kind not in (*ERRANDS, "unknown"):
        return None
    known = library.procedures.get(errand.id)
    if known and asks_how(said) and not asks_beyond_name(library, known, text):
        return None
    if errand.kind == "event" and errand.action == "go" and asks_for_way(said):
        return None
    if errand.action == "go" and known:
        return _question_about(errand)
    return replace(errand, kind="question") if errand.top else None


def _brief(errand: Meaning, text: str) -> Meaning:
    """Turn the errand of one or two words that are no name of it into a choice, or into nothing where they are too vague."""
    alone = len(errand.top) < _TWO and errand.top[0][1] < _OPENS
    vague = len(text) <= _SYLLABLE or errand.kind == "event" or alone
    return Meaning("unknown", "", errand.top) if vague else replace(errand, action="choose")


def _by_code(library: Library, text: str) -> Meaning | None:
    """Return the procedure whose code in the national database was typed."""
    code = next(iter(CODE.findall(text)), "")
    id_ = library.covered.get(code) or (code if code in library.catalogue else "")
    return Meaning("procedure" if id_ != code else "catalogue", id_, ((id_, 1.0),), "go") if id_ else None


def _question_about(errand: Meaning) -> Meaning:
    """Turn an errand into a question about it; about which of several, the answers tell."""
    return replace(errand, kind="question", procedure=errand.id if errand.action == "go" else None)


def _moved(library: Library, text: str) -> Meaning | None:
    """Return the command that a longer sentence holds, where no step waits."""
    moves = (match for match in library.move_frames.find(text) if match.id in library.words.command_frames)
    match = next(moves, None)
    return Meaning("command", match.id, ((match.id, 1.0),), "go", why=match.frame) if match else None


def _errand(library: Library, text: str) -> Meaning:
    """Find an errand, else a fact: words such as "giấy tờ" ask for a fact only where they name no errand."""
    found = topic(library, text)
    return found if found.action == "go" else find_fact(library, text, at_step=False) or found
