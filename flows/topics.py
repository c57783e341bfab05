"""Which errand a text is about: a procedure, something that happened in a life, or an entry of the catalogue."""

from flows.language import bare
from flows.library import Library
from flows.meaning import Action, Kind, Meaning, clear

# Set on tests/utterances (`make understanding`): the lowest thresholds that keep wrong moves below 2 in 100.
_GO = 0.35
_CHOOSE = 0.22
_MARGIN = 0.1
_CATALOGUE = 0.8


def topic(library: Library, text: str) -> Meaning:
    ranked = library.topic_book.rank(text)
    others = _others(library, text)
    if ranked and ranked[0][1] >= _GO and clear(ranked, _MARGIN):
        closer = [pair for pair in others if _says_more(library, pair[0], ranked[0][0], text)]
        if not closer:
            return _meaning(library, ranked, "go")
        return _meaning(library, [ranked[0], *closer], "choose")
    close = [pair for pair in ranked if pair[1] >= _CHOOSE]
    if others and not close and clear(others, _MARGIN):
        return _meaning(library, others, "go")
    if not close and not others:
        return _meaning(library, ranked, "unsure")
    return _meaning(library, [*close[: 4 - len(others[:2])], *others[: 4 - len(close[:2])]], "choose")


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
    """The procedure that a question about a fact names beyond doubt, in what is left beside the question itself."""
    asking = library.fact_words[fact]
    left = [word for word in library.topic_book.words(text) if bare(word) not in asking]
    ranked = [pair for pair in library.topic_book.rank_words(left) if pair[0] in library.procedures]
    return ranked[0][0] if ranked and ranked[0][1] >= _GO and clear(ranked, _MARGIN) else None


def kind_of(library: Library, id_: str) -> Kind:
    if id_ in library.procedures:
        return "procedure"
    return "event" if id_ in library.events else "catalogue"


def _others(library: Library, text: str) -> list[tuple[str, float]]:
    """Entries of the catalogue whose name holds nearly all that was said."""
    return [(code, score) for code, score in library.catalogue_book.rank(text)[:4] if score >= _CATALOGUE]
