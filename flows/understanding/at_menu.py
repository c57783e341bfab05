"""What is said where no step waits: a phrase of the content that is all that was said, else the likeliest sort of thing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from flows.definition.library import CODE, Library
from flows.text.language import as_typed, spelled
from flows.understanding.elsewhere import find_answering_post, find_signpost, name_portal_trouble
from flows.understanding.meaning import ERRANDS, Candidate, Meaning
from flows.understanding.menu_readings import MENU, MenuSort, weigh_sorts
from flows.understanding.own_words import find_phrase_answer
from flows.understanding.phrases import (
    WHOLLY,
    choose_whole_phrase,
    find_command,
    find_commune_fact,
    find_fact,
    find_small_talk,
    find_term,
    find_whole_small_talk,
    is_named,
)
from flows.understanding.questions import asks_beyond_name
from flows.understanding.topics import topic
from flows.understanding.urgent import find_danger, find_wish, fits_frame, judge_urgent
from flows.understanding.utterance import asks_for_something, asks_for_way, asks_how

Place = Literal["menu", "question"]

# How likely a call must be to come before all else: recall goes before precision.
_DANGER = 0.25
_PERSON, _PERSON_FRAMED, _PERSON_BESIDE_NAME = 0.32, 0.25, 0.45
_ELSEWHERE = 0.65  # how likely a question must be none of ours: what may be ours, is looked for in what is known
_PERHAPS = 0.2  # how likely a second sort must be to be thought of: what is rather noise is told to be none of ours, which offers
# nothing either; a statement that may tell of trouble with the portal is no question
_TROUBLE = 0.95  # how likely trouble with the portal must be, to go before the procedure that it names
_NOISE = 0.8  # how likely noise must be, to be none of what it names: "dạ dạ vâng vâng"
_ASKS = (
    2.0  # by how much likelier, as a logarithm, a text must be a question than an errand, to be one without its shape
)
_PLAINLY = 0.8  # score of a fact that is asked for in a phrase of its own, whatever the words beside it
_TWO, _SHORT = 2, 6  # words
_OPENS = 0.38  # an errand that two words may bring up
_SYLLABLE = 5  # letters that may be one syllable
_STORY = 10  # words from which on somebody tells a story


def hear_at_menu(
    library: Library,
    text: str,
    candidates: Sequence[Candidate],
    hidden: Sequence[Candidate],
    exact: Meaning | None,
    place: Place,
) -> Meaning:
    """Return what is said at the menu, or at a question of the bot's own.

    Args:
        exact: the answer that a text plainly is.
    """
    said = as_typed(spelled(text, library.words.abbreviations))
    if place == "menu" and (talk := find_whole_small_talk(library, said)):
        return talk
    command, talk = find_command(library, text, candidates), find_small_talk(library, text)
    if whole := choose_whole_phrase(library, text, command, talk) or find_commune_fact(library, text):
        return whole
    call, likely = _weigh(library, text, answering=place == "question")
    if plain := call or command or exact or talk or find_term(library, text) or find_answering_post(library, text):
        return plain
    sort = max(likely, key=lambda one: likely[one])
    if sort == "noise" and likely.get("elsewhere", 0.0) >= _PERHAPS:
        sort = "elsewhere"
    free = place == "menu" and likely.get("trouble", 0.0) < _PERHAPS
    asking = asks_for_something(library.words.abbreviations, text, said) or (
        free and _is_like_a_question(library, text)
    )
    fact = find_fact(library, text, at_step=place == "question") if asking else None
    if fact and (sort == "ours" or fact.procedure or fact.top[0][1] >= _PLAINLY):
        return fact
    long_question = asking and len(said) > _SHORT
    if not long_question and (answer := find_phrase_answer(library, text, (*candidates, *hidden))):
        return answer
    if by_code := _by_code(library, text):
        return by_code
    named = topic(library, text).action == "go"
    not_ours = likely.get("elsewhere", 0.0) + likely.get("noise", 0.0)
    match sort:
        case "noise" if fits_frame(library.signpost_calls, text):  # "trời hôm nay nóng quá nhỉ"
            return find_signpost(library, text, not_ours)
        case "noise" if not named or likely["noise"] >= _NOISE:  # half a sentence may name all that it is about
            return Meaning("unknown", "", ())
        case "elsewhere" if not asking or not_ours >= _ELSEWHERE:
            return find_signpost(library, text, not_ours)
        case "trouble" if (
            not named or likely["trouble"] >= _TROUBLE
        ):  # "quên mật khẩu vneid": the procedure knows more of it
            return name_portal_trouble(library, text)
        case _:
            return _errand(library, text, said, asking=asking)


def _is_like_a_question(library: Library, text: str) -> bool:
    """Tell whether people say the like to ask, whatever its shape: "cho xin số máy để báo có khách ngủ lại nhà", "lệ phí"."""
    chances = library.kinds.chances(spelled(text, library.words.abbreviations), MENU)
    facts = library.fact_book.rank(text)
    return chances["question"] >= chances["errand"] + _ASKS or (bool(facts) and facts[0][1] >= WHOLLY)


def _weigh(library: Library, text: str, *, answering: bool) -> tuple[Meaning | None, Mapping[MenuSort, float]]:
    """Return the call that a text is, and how likely it is of each other sort."""
    danger, wish = find_danger(library, text, answering=answering), find_wish(library, text, answering=answering)
    likely = weigh_sorts(library, text, danger, wish)
    others = {sort: share for sort, share in likely.items() if sort not in ("danger", "person")}
    # Where there are no examples, one frame is all there is to go by.
    in_danger = danger and (likely["danger"] >= _DANGER or not library.danger_calls.odds)
    named = topic(library, text).action == "go"
    least = _PERSON_FRAMED if wish and wish.frames else _PERSON_BESIDE_NAME if named else _PERSON
    wished = wish and (likely["person"] >= least or not library.wish_calls.odds)
    return judge_urgent(library, text, danger if in_danger else None, wish if wished else None), others


def _errand(library: Library, text: str, said: Sequence[str], *, asking: bool) -> Meaning:
    """Return the errand of a text, or the question about one; else a fact: "giấy tờ" asks for one where it names no errand."""
    found = topic(library, text)
    errand = found if found.action == "go" else find_fact(library, text, at_step=False) or found
    if asking and (about := _asked_about(library, errand, text, said)):
        return about
    likely = errand.top[0][1] if errand.top and errand.kind in ERRANDS else 0.0
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
