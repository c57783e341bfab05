"""What phrases of the content say that a text holds: commands, small talk, terms, facts, names of errands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from flows.definition.library import Library
from flows.text.language import bare, phrase, same, spelled
from flows.understanding.meaning import Candidate, Kind, Meaning
from flows.understanding.own_words import match_spoken, read_spoken
from flows.understanding.questions import rank_procedures
from flows.understanding.topics import named
from flows.understanding.utterance import has_denial, has_question_shape

# Thresholds on phrasebook scores, set on tests/content/answers.yaml and tests/utterances: the lowest without a wrong move there.
_COMMAND = 0.86
_FACT = 0.74
_TALK = 0.8
_TERM = 0.9
WHOLLY = 0.99  # a phrase of the content that is all that a text says
_AHEAD = 1.5  # how far ahead of the next a procedure is that a question is clearly about
_TWO, _FEW, _SHORT = 2, 4, 6  # words

_TALKS: Mapping[str, Kind] = {"frustration": "frustration", "out_of_scope": "out_of_scope"}


def choose_whole_phrase(library: Library, text: str, command: Meaning | None, talk: Meaning | None) -> Meaning | None:
    """Return the command, or the anger in a few words, that content names so: "tóm tắt giúp em" is no wish for a person."""
    if command and command.top[0][1] >= WHOLLY and command.id != "human":
        return command
    return talk if len(library.talk_book.words(text)) <= _FEW else None


def is_named(library: Library, id_: str, said: Sequence[str]) -> bool:
    """Whether one or two words are all of a name: a single vague word opens nothing."""
    known = library.procedures.get(id_) or library.life_events.get(id_)
    names = (known.title, *known.says) if known else ()
    return any(same(said, phrase(name)) for name in names)


def find_command(library: Library, text: str, candidates: Sequence[Candidate]) -> Meaning | None:
    ranked = library.command_book.rank(text, _COMMAND)
    if not ranked or ranked[0][1] < _COMMAND:
        return None
    said = library.command_book.words(text)
    if len(said) == 1 and match_spoken(read_spoken(library, said), candidates):
        return None  # "thôi", or "dung" for "đúng": an answer while one is waited for, else "dừng"
    return Meaning("command", ranked[0][0], tuple(ranked[:3]), "go")


def find_small_talk(library: Library, text: str) -> Meaning | None:
    """Match what no procedure deals with: a greeting, thanks, anger, the price of gold."""
    plain, short = spelled(text, library.words.abbreviations), library.command_book.words(text)
    if whole := find_whole_small_talk(library, plain, short):
        return whole
    if len(plain) <= _SHORT and _thanks(library, plain):
        return Meaning("thanks", "thanks", (("thanks", 1.0),), "go")
    ranked = library.talk_book.rank(text, _TALK)
    if not ranked or ranked[0][1] < _TALK:
        return None
    return Meaning(_TALKS[ranked[0][0]], ranked[0][0], tuple(ranked[:3]), "go")


def find_whole_small_talk(library: Library, *readings: Sequence[str]) -> Meaning | None:
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
    return held and not has_denial(said) and not has_question_shape("", said)


def find_term(library: Library, text: str) -> Meaning | None:
    """Match "trích đo là gì": beside the question only the term's name is left, and nothing else."""
    ranked = library.term_book.rank(text, _TERM)
    said = library.term_book.words(text)
    if not ranked or ranked[0][1] < _TERM or len(said) == len(spelled(text, library.words.abbreviations)):
        return None
    return Meaning("term", ranked[0][0], tuple(ranked[:3]), "go")


def find_fact(library: Library, text: str, *, at_step: bool) -> Meaning | None:
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


def find_commune_fact(library: Library, text: str) -> Meaning | None:
    """Match the bare name of what the commune tells of itself: "số điện thoại xã" is no wish that somebody calls."""
    fact, score = next(iter(library.fact_book.rank(text)), ("", 0.0))
    return Meaning("fact", fact, ((fact, score),), "go") if fact in library.words.commune and score >= WHOLLY else None


def _clearest(library: Library, text: str) -> str | None:
    """Return the procedure that a question is about, where no other comes near."""
    (first, score), *others = [*rank_procedures(library, text).items(), ("", 0.0)]
    return first if score and score >= _AHEAD * others[0][1] else None
