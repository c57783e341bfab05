"""Errands: the procedure, life event or entry of the catalogue that a text is about."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.text.denial import DENIED, mark_denied
from flows.text.language import AT_ONCE, bare, spelled, words
from flows.text.phrasebook import best
from flows.understanding.meaning import Action, Kind, Meaning, clear
from flows.understanding.utterance import clauses_of, says_what_not

# Set on tests/utterances (`python -m tests.utterances`): the lowest thresholds that keep wrong moves below 2 in 100.
_TOLD = 0.55  # part of all that people say of a topic, beside its names; set with lines kept aside in view
_EVENT = 0.95  # part of what is said of a procedure that is also said of a life event which leads to it
_GO = 0.35
_CHOOSE = 0.18
_CHOOSE_OF_STORY = 0.13  # the same of a long story, in which the name of an errand is a small part
_STORY = 12  # words
_MARGIN = 0.1
_CATALOGUE = 0.8
TELLING = 2  # words that a text must hold beside the name of a procedure
_PART = 0.25  # exponent of the part that was said: some of an official name will do, they are long
_OFFICIAL = 0.75  # nearly the whole of an official name, and little besides
_OFFICIAL_MARGIN = 0.02


@lru_cache(maxsize=AT_ONCE)  # asked for up to five times for one message
def topic(library: Library, text: str) -> Meaning:
    """Return the errand: an official name typed out, else one beyond doubt, else the close ones, ours and the catalogue's."""
    text = _wanted(library, text)
    ranked = _ranked(library, text)
    sure = _sure(library, ranked)
    names = library.catalogue_book.overlaps(text, _OFFICIAL)
    official = best((id_, said * explained) for id_, said, explained in names if said * explained >= _OFFICIAL)[:4]
    if official and not (sure and not library.topic_book.strange(ranked[0][0], text)):
        return _meaning(library, official, "go" if clear(official, _OFFICIAL_MARGIN) else "choose")
    parts = ((id_, said**_PART * explained) for id_, said, explained in names if explained >= _CATALOGUE)
    others = [(id_, score) for id_, score in best(parts)[:4] if score >= _CATALOGUE and id_ not in library.procedures]
    if sure:
        closer = [pair for pair in others if _says_more(library, pair[0], ranked[0][0], text)]
        return _meaning(library, [ranked[0], *closer], "choose" if closer else "go")
    story = len(text.split()) >= _STORY
    close = [pair for pair in ranked if pair[1] >= (_CHOOSE_OF_STORY if story else _CHOOSE)]
    if others and not close and clear(others, _MARGIN):
        return _meaning(library, others, "go")
    if not close and not others:
        return _meaning(library, ranked, "unsure")
    return _meaning(library, [*close[: 4 - len(others[:2])], *others[: 4 - len(close[:2])]], "choose")


@lru_cache(maxsize=AT_ONCE)
def _wanted(library: Library, text: str) -> str:
    """Return a text without the errand that it says it is not, if it names another: "không phải tặng cho, mua lại"."""
    kept: list[str] = []
    denied: list[str] = []
    for clause in clauses_of(text):
        said = spelled(clause, library.words.abbreviations)
        for word in mark_denied(said) if says_what_not(said) else said:
            (denied if word.endswith(DENIED) else kept).append(word.removesuffix(DENIED))
    if not denied:  # as in most texts: nothing to rank
        return text
    left, away = (rank_topics(library, " ".join(words)) for words in (kept, denied))
    named = left and away and left[0][1] >= _CHOOSE and left[0][0] != away[0][0]
    return " ".join(kept) if named else text


@lru_cache(maxsize=32)  # of the message that is being understood, asked for by several
def rank_topics(library: Library, text: str, words: tuple[str, ...] | None = None) -> Sequence[tuple[str, float]]:
    """Rank procedures and life events, best first: by the phrases that name them, and by all that people say of each.

    Args:
        words: those of the text that may name one; None for all.
    """
    named = library.topic_book.rank_words(library.topic_book.words(text) if words is None else words)
    known = library.procedures.get(named[0][0]) if named else None
    if not named or (known and not says_more_than_name(library, known, text)):
        return named
    likely = dict(library.likelihoods.rank(text))
    for id_, event in library.life_events.items():  # seldom told of, and told of by all to which they lead
        inside = (likely.get(procedure, 0.0) for procedure in event.procedures)
        likely[id_] = max(likely.get(id_, 0.0), _EVENT * max(inside, default=0.0))
    most = max((likely.get(id_, 0.0) for id_ in library.topics), default=0.0)
    scores = {id_: (1 - _TOLD) * score for id_, score in named}
    for id_ in library.topics if most else ():
        scores[id_] = scores.get(id_, 0.0) + _TOLD * named[0][1] * likely.get(id_, 0.0) / most
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _ranked(library: Library, text: str, words: tuple[str, ...] | None = None) -> list[tuple[str, float]]:
    """Rank the topics, best first, without life events that lead to the best one anyway."""
    ranked = rank_topics(library, text, words)
    first = ranked[0][0] if ranked else ""
    return [
        pair
        for pair in ranked
        if pair[0] not in library.life_events or first not in library.life_events[pair[0]].procedures
    ]


def _sure(library: Library, ranked: list[tuple[str, float]]) -> bool:
    """Return whether the first leaves the others behind; what an event leads to is on its screen anyway."""
    event = library.life_events.get(ranked[0][0]) if ranked else None
    others = [pair for pair in ranked if not (event and pair[0] in event.procedures)]
    return bool(ranked) and ranked[0][1] >= _GO and clear(others, _MARGIN)


def _meaning(library: Library, ranked: list[tuple[str, float]], action: Action) -> Meaning:
    top = tuple((id_, round(score, 3)) for id_, score in ranked[:4])
    if action == "unsure":
        return Meaning("unknown", "", top)
    return Meaning(kind_of(library, top[0][0]), top[0][0], top, action)


def _says_more(library: Library, code: str, procedure: str, text: str) -> bool:
    """Return whether a catalogue entry holds words of the text that the procedure does not know ("nước ngoài")."""
    strange = library.topic_book.strange(procedure, text)
    name = {bare(word) for word in library.reader.words(library.catalogue[code].name)}
    return len([word for word in strange if bare(word) in name]) > 1


def named(library: Library, text: str, fact: str) -> Meaning:
    """Return the errand that a question about a fact names, in what is left beside the question itself."""
    asking = library.fact_words[fact]
    left = tuple(word for word in library.topic_book.words(text) if bare(word) not in asking)
    ranked = _ranked(library, text, left)
    close = [pair for pair in ranked if pair[1] >= _CHOOSE]
    return _meaning(library, close or ranked, "go" if _sure(library, ranked) else "choose" if close else "unsure")


def kind_of(library: Library, id_: str) -> Kind:
    if id_ in library.procedures:
        return "procedure"
    return "event" if id_ in library.life_events else "catalogue"


def says_more_than_name(library: Library, procedure: Procedure, text: str) -> bool:
    """Tell whether a question holds words beside the name of the procedure and those of any question."""
    return len(words_beside_name(library, procedure, text)) >= TELLING


def words_beside_name(library: Library, procedure: Procedure, text: str) -> AbstractSet[str]:
    """Return the bare words of a question that neither name the procedure nor stand in any question."""
    said = set(map(bare, library.topic_book.words(text)))
    return said - _words_of_names(library, procedure.id) - library.question_words


@lru_cache(maxsize=128)
def _words_of_names(library: Library, procedure_id: str) -> frozenset[str]:
    procedure = library.procedures[procedure_id]
    return frozenset(word for said in (procedure.title, *procedure.says) for word in words(said))
