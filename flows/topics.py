"""Which errand a text is about: a procedure, something that happened in a life, or an entry of the catalogue."""

from collections.abc import Sequence

from flows.language import bare
from flows.library import Library
from flows.meaning import Action, Kind, Meaning, clear
from flows.phrasebook import best

# Set on tests/utterances (`python -m tests.utterances`): the lowest thresholds that keep wrong moves below 2 in 100.
_GO = 0.35
_CHOOSE = 0.18
_MARGIN = 0.1
_CATALOGUE = 0.8
_PART = 0.25  # a part of an official name will do: they are long
_OFFICIAL = 0.75  # nearly the whole of an official name, and little besides
_OFFICIAL_MARGIN = 0.02
_EVENT = 0.85  # somebody who names a procedure means it, even where it would follow from an event too


def topic(library: Library, text: str) -> Meaning:
    """In order: an official name typed out; an errand beyond doubt; what comes close, of ours and of the catalogue."""
    ranked = _ranked(library, library.topic_book.words(text))
    names = library.catalogue_book.overlaps(text)
    whole = best((id_, said * explained) for id_, said, explained in names)
    official = [pair for pair in whole[:4] if pair[1] >= _OFFICIAL]
    sure = bool(ranked) and ranked[0][1] >= _GO and clear(ranked, _MARGIN)
    if official and not (sure and not library.topic_book.strange(ranked[0][0], text)):
        return _meaning(library, official, "go" if clear(official, _OFFICIAL_MARGIN) else "choose")
    parts = best((id_, said**_PART * explained) for id_, said, explained in names)[:4]
    others = [(id_, score) for id_, score in parts if score >= _CATALOGUE and id_ not in library.procedures]
    if sure:
        closer = [pair for pair in others if _says_more(library, pair[0], ranked[0][0], text)]
        return _meaning(library, [ranked[0], *closer], "choose" if closer else "go")
    close = [pair for pair in ranked if pair[1] >= _CHOOSE]
    if others and not close and clear(others, _MARGIN):
        return _meaning(library, others, "go")
    if not close and not others:
        return _meaning(library, ranked, "unsure")
    return _meaning(library, [*close[: 4 - len(others[:2])], *others[: 4 - len(close[:2])]], "choose")


def _ranked(library: Library, words: Sequence[str]) -> list[tuple[str, float]]:
    """The topics, best first; an event that only leads to the best one says nothing new."""
    ranked = library.topic_book.rank_words(words)
    weighed = [(id_, score * _EVENT if id_ in library.events else score) for id_, score in ranked]
    weighed.sort(key=lambda pair: (-pair[1], pair[0]))
    first = weighed[0][0] if weighed else ""
    return [
        pair for pair in weighed if pair[0] not in library.events or first not in library.events[pair[0]].procedures
    ]


def _meaning(library: Library, ranked: list[tuple[str, float]], action: Action) -> Meaning:
    top = tuple((id_, round(score, 3)) for id_, score in ranked[:4])
    if action == "unsure":
        return Meaning("unknown", "", top)
    return Meaning(kind_of(library, top[0][0]), top[0][0], top, action)


def _says_more(library: Library, code: str, procedure: str, text: str) -> bool:
    """Whether an entry of the catalogue holds words of the text that the procedure knows nothing of ("nước ngoài")."""
    strange = library.topic_book.strange(procedure, text)
    name = {bare(word) for word in library.reader.words(library.catalogue[code].name)}
    return len([word for word in strange if bare(word) in name]) > 1


def named(library: Library, text: str, fact: str) -> str | None:
    """The errand that a question about a fact names beyond doubt, in what is left beside the question itself."""
    asking = library.fact_words[fact]
    left = [word for word in library.topic_book.words(text) if bare(word) not in asking]
    ranked = _ranked(library, left)
    return ranked[0][0] if ranked and ranked[0][1] >= _GO and clear(ranked, _MARGIN) else None


def kind_of(library: Library, id_: str) -> Kind:
    if id_ in library.procedures:
        return "procedure"
    return "event" if id_ in library.events else "catalogue"
