"""Understanding of one text: from words to a Meaning, with a score. Deterministic and offline; in doubt it says so."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Literal

from flows.definition.library import CODE, Library
from flows.text.language import as_typed, bare, phrase, same, spelled
from flows.understanding.address import in_first_person
from flows.understanding.answer import find_answer, find_trouble, is_done
from flows.understanding.elsewhere import (
    find_portal_trouble,
    find_signpost,
    is_noise,
    is_plainly_elsewhere,
    lean_elsewhere,
)
from flows.understanding.meaning import ERRANDS, Candidate, Kind, Meaning
from flows.understanding.own_words import (
    answer_with,
    find_phrase_answer,
    find_pick,
    find_plain_answer,
    holds_negation,
    looks_like_question,
    match_spoken,
    read_spoken,
)
from flows.understanding.questions import asked_kinds, asks_beyond_name, rank_procedures
from flows.understanding.topics import named, topic
from flows.understanding.urgent import hear_urgent
from flows.understanding.utterance import asks_for_way, asks_how, asks_in_passing, clauses_of, has_denial, is_question

# Thresholds on phrasebook scores, set on tests/content/answers.yaml and tests/utterances: the lowest without a wrong move there.
_COMMAND = 0.86
_FACT = 0.74
_TALK = 0.8
_TERM = 0.9
_PLAIN = 0.42
_OTHER = 0.3
_ASKED = 0.28  # an errand so likely that a question is about it, and not about what is none of ours
_OURS = -0.3  # how little a text may lean elsewhere, that asks about something of ours
_QUESTION = 4.0  # odds from which a text at a step that asks is no answer, whatever option it names
_NO_QUESTION = -0.2  # odds below which a text at a step asks for nothing, whatever its words
_AHEAD = 1.5  # how far ahead of the next a procedure is that a question is clearly about
_CLEARLY = 0.45  # an errand that is named more clearly than what is not ours
_BY_NAME = 0.6  # another errand, named with nothing else
_TWO = 2  # words
_OPENS = 0.38  # an errand that two words may bring up
_SYLLABLE = 5  # letters that may be one syllable
_OWN = 9  # words among which the whole of an option outweighs a wish: "mẹ chỉ có điện thoại cục gạch"
_SHORT = 6  # words: what an option calls itself is most of it

_TALKS: Mapping[str, Kind] = {"frustration": "frustration", "out_of_scope": "out_of_scope"}


Place = Literal["menu", "question", "step", "do"]


def prepare(library: Library) -> None:
    """Build all that understanding needs, before somebody waits for the first answer."""
    for place in ("menu", "step"):
        understand(library, "x", place=place)
    _ = (library.question_odds, library.done_odds)


def understand(
    library: Library,
    text: str,
    candidates: Sequence[Candidate] = (),
    hidden: Sequence[Candidate] = (),
    *,
    place: Place = "menu",
    today: date = date.max,
) -> Meaning:
    """Return what a text means: first what kind of utterance it is, then what about.

    Tried in order: a pick on screen, danger, a person, a command, a plain answer, small talk, a term, a correction, a question,
    an answer in other words, later, an errand; at a thing to do whatever is left is a snag.

    Args:
        hidden: candidates that are not on screen and have no number, but may be said here (the troubles of a step).
        place: where it is said: at the menu, at a question of the bot's own, at a step that waits for an answer, or for a deed.
        today: the day from which ages are reckoned.
    """
    if picked := find_pick(library, text, candidates):
        return picked
    text = in_first_person(text)
    candidates = tuple(candidate for candidate in candidates if not candidate.aside)
    said = as_typed(spelled(text, library.words.abbreviations))
    if place == "menu" and (talk := _whole_small_talk(library, said)):
        return talk
    asks = place in ("step", "do") and _asks_plainly(library, text, said)
    own = (
        _whole_phrase(library, said, candidates, hidden) if place != "menu" and len(said) <= _OWN and not asks else None
    )
    urgent = hear_urgent(library, text, at_step=place in ("step", "do"))
    short = own if len(said) <= _SHORT or (urgent and urgent.kind == "person") else None
    if meaning := short or urgent:
        return meaning
    plain = (
        _command(library, text, candidates)
        or (None if asks else find_plain_answer(library, text, candidates))
        or _small_talk(library, text)
        or _term(library, text)
    )
    if plain:
        return plain
    if place in ("step", "do"):
        return _at_step(library, text, said, candidates, hidden, place, today, asks=asks)
    asking = _asks_for_something(library, text, said)
    if asking and (fact := _fact(library, text, at_step=place == "question")):
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
    if noise and not (elsewhere and elsewhere.id):
        return Meaning("unknown", "", ())
    if elsewhere:
        return elsewhere
    if about:
        return about
    if len(said) <= _TWO and likely and not _is_named(library, errand.id, said):
        return _brief(errand, text)
    return errand if errand.action == "go" else _moved(library, text) or errand


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


def _whole_phrase(
    library: Library, said: Sequence[str], candidates: Sequence[Candidate], troubles: Sequence[Candidate]
) -> Meaning | None:
    """Return the option or the trouble of which the whole of one phrase was said, and little besides."""
    if option := find_trouble(library, said, candidates, whole=True):
        return answer_with(option, other_words=True)
    trouble = find_trouble(library, said, troubles, whole=True)
    return Meaning("snag", trouble, ((trouble, 1.0),), "go") if trouble else None


def _at_step(
    library: Library,
    text: str,
    said: Sequence[str],
    candidates: Sequence[Candidate],
    troubles: Sequence[Candidate],
    place: Place,
    today: date,
    *,
    asks: bool,
) -> Meaning:
    moves = {match.id: match for match in library.move_frames.find(text)}
    if "correction" in moves:
        return Meaning("correction", "correction", (("correction", 1.0),), "go", why=moves["correction"].frame)
    errand = _errand(library, text, at_step=True)
    if "switch" in moves:
        other = topic(library, text)
        if other.kind in ("procedure", "event") and other.action == "go" and other.top[0][1] >= _OTHER:
            return (
                _question_about(other)
                if _asks_for_something(library, text, said) and other.kind == "procedure"
                else other
            )
    if errand.action == "go" and errand.kind == "procedure" and errand.top[0][1] >= _BY_NAME:
        return _question_about(errand) if _asks_for_something(library, text, said) else errand
    if command := next((id_ for id_ in moves if id_ in library.words.command_frames), None):
        return Meaning("command", command, ((command, 1.0),), "go", why=moves[command].frame)
    if asks or _asks_at_step(library, text, said):
        return _fact(library, text, at_step=True) or Meaning("question", "", (), "go")
    if place == "do":
        return _at_deed(library, text, said, candidates, troubles, "later" in moves)
    short = find_phrase_answer(library, text, candidates) if len(said) <= _SHORT else None
    answer = short or find_answer(library, text, said, candidates, today)
    if answer:
        return answer
    if "later" in moves:
        return Meaning("later", "later", (("later", 1.0),), "go", why=moves["later"].frame)
    return _fact(library, text, at_step=True) or find_portal_trouble(library, text, at_step=True) or errand


def _at_deed(
    library: Library,
    text: str,
    said: Sequence[str],
    candidates: Sequence[Candidate],
    troubles: Sequence[Candidate],
    later: bool,
) -> Meaning:
    """Whatever is no command and no question at a thing to do says that it is done, that it will be, or where it is stuck."""
    if later:
        return Meaning("later", "later", (("later", 1.0),), "go")
    done = next((c.id for c in candidates if c.polarity == "yes"), None)
    if done and is_done(library, text, said):
        return answer_with(done)
    if trouble := find_trouble(library, said, troubles):
        return Meaning("snag", trouble, ((trouble, 1.0),), "go")
    return find_portal_trouble(library, text, at_step=True) or Meaning("snag", "", (), "go")


def _asks_for_something(library: Library, text: str, said: Sequence[str]) -> bool:
    """Tell whether a text asks, or one of its clauses does."""
    if is_question(text, said):
        return True
    *earlier, last = [as_typed(spelled(part, library.words.abbreviations)) for part in clauses_of(text)] or [()]
    return bool(earlier) and (is_question("", last) or any(map(asks_in_passing, earlier)))


def _asks_at_step(library: Library, text: str, said: Sequence[str]) -> bool:
    """Tell whether a text asks, where people also tell of things in words that ask: "có ai ghi đâu mà nhớ"."""
    odds = library.question_odds
    likely = odds is None or text.rstrip().endswith("?") or odds.score(text) > _NO_QUESTION
    return likely and _asks_for_something(library, text, said)


def _asks_plainly(library: Library, text: str, said: Sequence[str]) -> bool:
    """Tell whether a text at a step is so like a question that no option's words in it are an answer."""
    odds = library.question_odds
    if odds is None or odds.score(text) < _QUESTION:
        return False
    return is_question(text, said) or bool(asked_kinds(library, text))


def _by_code(library: Library, text: str) -> Meaning | None:
    """Return the procedure whose code in the national database was typed."""
    code = next(iter(CODE.findall(text)), "")
    id_ = library.covered.get(code) or (code if code in library.catalogue else "")
    return Meaning("procedure" if id_ != code else "catalogue", id_, ((id_, 1.0),), "go") if id_ else None


def _question_about(errand: Meaning) -> Meaning:
    """Turn an errand into a question about it; about which of several, the answers tell."""
    return replace(errand, kind="question", procedure=errand.id if errand.action == "go" else None)


def _is_named(library: Library, id_: str, said: Sequence[str]) -> bool:
    """Whether one or two words are all of a name: a single vague word opens nothing."""
    known = library.procedures.get(id_) or library.life_events.get(id_)
    names = (known.title, *known.says) if known else ()
    return any(same(said, phrase(name)) for name in names)


def _moved(library: Library, text: str) -> Meaning | None:
    """Return the command that a longer sentence holds, where no step waits."""
    moves = (match for match in library.move_frames.find(text) if match.id in library.words.command_frames)
    match = next(moves, None)
    return Meaning("command", match.id, ((match.id, 1.0),), "go", why=match.frame) if match else None


def _errand(library: Library, text: str, *, at_step: bool = False) -> Meaning:
    """Find an errand, else a fact: words such as "giấy tờ" ask for a fact only where they name no errand.

    While a step waits, "không mất" is an answer that we did not understand, and no errand.
    """
    found = topic(library, text)
    denies = holds_negation(spelled(text)[:1]) and not looks_like_question(library, text)
    faint = not found.top or found.top[0][1] < _PLAIN
    if at_step and (denies or faint):
        found = Meaning("unknown", "", found.top)
    return found if found.action == "go" else _fact(library, text, at_step=at_step) or found


def _command(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    ranked = library.command_book.rank(text)
    if not ranked or ranked[0][1] < _COMMAND:
        return None
    said = library.command_book.words(text)
    if len(said) == 1 and match_spoken(read_spoken(library, said), candidates):
        return None  # "thôi", or "dung" for "đúng": an answer while one is waited for, else "dừng"
    return Meaning("command", ranked[0][0], tuple(ranked[:3]), "go")


def _small_talk(library: Library, text: str) -> Meaning | None:
    """Match what no procedure deals with: a greeting, danger, anger, the price of gold."""
    plain, short = spelled(text, library.words.abbreviations), library.command_book.words(text)
    if whole := _whole_small_talk(library, plain, short):
        return whole
    if len(plain) <= _SHORT and _thanks(library, plain):
        return Meaning("thanks", "thanks", (("thanks", 1.0),), "go")
    ranked = library.talk_book.rank(text)
    if not ranked or ranked[0][1] < _TALK:
        return None
    return Meaning(_TALKS[ranked[0][0]], ranked[0][0], tuple(ranked[:3]), "go")


def _whole_small_talk(library: Library, *readings: Sequence[str]) -> Meaning | None:
    """Return the small talk that is all there is in one of the readings of a text."""
    said = [(order, kind) for one in readings for order, kind, meant in _talks(library, one) if same(one, meant)]
    if not said:
        return None
    _, kind = min(said)
    return Meaning(kind, kind, ((kind, 1.0),), "go")


def _talks(library: Library, said: Sequence[str]) -> Sequence["_Talk"]:
    """Return the phrases of small talk that fold to the same words."""
    return _talk_by_words(library).get(tuple(map(bare, said)), ())


_Talk = tuple[int, Kind, tuple[str, ...]]  # its place among the kinds, the kind, its words


@lru_cache(maxsize=2)
def _talk_by_words(library: Library) -> Mapping[tuple[str, ...], Sequence[_Talk]]:
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("greeting", library.words.greeting),
        ("thanks", library.words.thanks),
        ("begins", library.words.begins),
    )
    found: dict[tuple[str, ...], list[_Talk]] = defaultdict(list)
    for order, (kind, phrases) in enumerate(kinds):
        for meant in map(phrase, phrases):
            found[tuple(map(bare, meant))].append((order, kind, meant))
    return found


@lru_cache(maxsize=2)
def _short_thanks(library: Library) -> Sequence[tuple[str, ...]]:
    return tuple(spelled(meant) for meant in library.words.thanks if len(meant.split()) <= _TWO)


def _thanks(library: Library, said: Sequence[str]) -> bool:
    """Whether a short text holds thanks, and nothing that is not done yet."""
    held = any(same(said[at : at + len(one)], one) for one in _short_thanks(library) for at in range(len(said)))
    return held and not has_denial(said) and not is_question("", said)


def _term(library: Library, text: str) -> Meaning | None:
    """Match "trích đo là gì": beside the question only the term's name is left, and nothing else."""
    ranked = library.term_book.rank(text)
    said = library.term_book.words(text)
    if not ranked or ranked[0][1] < _TERM or len(said) == len(spelled(text, library.words.abbreviations)):
        return None
    return Meaning("term", ranked[0][0], tuple(ranked[:3]), "go")


def _fact(library: Library, text: str, *, at_step: bool) -> Meaning | None:
    """Match a question about a procedure: the one that it names, or else the one under way."""
    ranked = library.fact_book.rank(text)
    if not ranked or ranked[0][1] < _FACT:
        return None
    if ranked[0][0] == "status":
        return Meaning("status", "status", tuple(ranked[:3]), "go")
    errand = named(library, text, ranked[0][0])
    about = errand.id if errand.action == "go" else None
    if errand.action == "choose" and errand.kind == "procedure" and not at_step:
        about = _clearest(library, text)
    if (errand.action == "choose" and not at_step and not about) or (errand.kind == "event" and errand.action == "go"):
        return errand
    return Meaning("fact", ranked[0][0], tuple(ranked[:3]), "go", about)


def _clearest(library: Library, text: str) -> str | None:
    """Return the procedure that a question is about, where no other comes near."""
    (first, score), *others = [*rank_procedures(library, text).items(), ("", 0.0)]
    return first if score and score >= _AHEAD * others[0][1] else None
