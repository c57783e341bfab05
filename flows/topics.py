"""Which errand a text is about: a procedure, something that happened in a life, or an entry of the catalogue."""

from flows.library import Library
from flows.meaning import Kind, Meaning, clear

# Set on tests/utterances (`make understanding`): the lowest thresholds that keep wrong moves below 2 in 100.
GO = 0.72
_CHOOSE = 0.5
_MARGIN = 0.12
_CATALOGUE = 0.8


def topic(library: Library, text: str) -> Meaning:
    ranked = sorted(
        [*library.procedure_book.rank(text)[:6], *library.event_book.rank(text)[:2], *_others(library, text)],
        key=lambda pair: -pair[1],
    )
    top = tuple((id_, round(score, 3)) for id_, score in ranked[:4])
    if not ranked or ranked[0][1] < _CHOOSE:
        return Meaning("unknown", "", top)
    kind = kind_of(library, ranked[0][0])
    if ranked[0][1] >= GO and clear(ranked, _MARGIN):
        return Meaning(kind, ranked[0][0], top, "go")
    return Meaning(kind, ranked[0][0], tuple(pair for pair in top if pair[1] >= _CHOOSE), "choose")


def named(library: Library, text: str) -> str | None:
    """The procedure that a text names beyond doubt."""
    ranked = library.procedure_book.rank(text)
    return ranked[0][0] if ranked and ranked[0][1] >= GO and clear(ranked, _MARGIN) else None


def kind_of(library: Library, id_: str) -> Kind:
    if id_ in library.procedures:
        return "procedure"
    return "event" if id_ in library.events else "catalogue"


def _others(library: Library, text: str) -> list[tuple[str, float]]:
    """Entries of the catalogue whose name holds nearly all that was said."""
    return [(code, score) for code, score in library.catalogue_book.rank(text)[:4] if score >= _CATALOGUE]
