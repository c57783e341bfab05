"""Which option a sentence tells: by its numbers, by the words that set an option apart from its siblings."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from flows.definition.library import Library
from flows.text.denial import denied_words, is_negation
from flows.text.language import bare, fold, spelled
from flows.text.option_index import OptionIndex
from flows.text.quantities import Quantity, read_bare_number, read_quantities
from flows.understanding.meaning import Candidate

_SURE = 9.0  # evidence that outweighs a number
_ANY = 1.5  # evidence of a word that is no filler
_SOME = 3.0  # evidence from which a word tells an option at all, in units of word weight
_MOST = 0.75  # share of an option's phrase that is enough where it leads
_ALL = 0.95  # share of an option's phrase that was as good as said
_LESS = 0.05  # share of a phrase by which what is denied must outweigh what is said
_NAMED = 2.0  # evidence by which an option must lead


def find_told(library: Library, said: Sequence[str], candidates: Sequence[Candidate]) -> str | None:
    """Return the option of which the whole of a phrase stands in a sentence about something else, and leads."""
    first, second = (*index_of(tuple(candidates), library).fit(said)[:2], None, None)[:2]
    lead = first.evidence - (second.evidence if second else 0.0) if first else 0.0
    return first.id if first and first.share >= _ALL and lead >= _NAMED else None


def find_whole(library: Library, said: Sequence[str], candidates: Sequence[Candidate]) -> str | None:
    """Return the option or the trouble of which the whole of a phrase was said, or most of it and nothing of its siblings."""
    fits = index_of(tuple(candidates), library).fit(said) if candidates else []
    whole = [fit.id for fit in fits if fit.share >= _ALL and fit.evidence >= _ANY]
    if len(whole) == 1:
        return whole[0]
    lead = fits[0].evidence - (fits[1].evidence if len(fits) > 1 else 0.0) if fits else 0.0
    most = lead >= _SOME and fits[0].share >= _MOST and not whole
    return fits[0].id if most else None


def speaks_against(library: Library, said: Sequence[str], candidates: Sequence[Candidate], id_: str) -> bool:
    """Tell whether the words of a sentence are so much those of another option that a number in it is no answer."""
    fits = index_of(tuple(candidates), library).fit(said)
    return bool(fits) and fits[0].id != id_ and fits[0].evidence >= _SURE


def find_denied(library: Library, said: Sequence[str], candidates: Sequence[Candidate]) -> frozenset[str]:
    """Return the options that a sentence says it is not: their words are denied, and nothing else speaks for them."""
    denied = denied_words(said)
    if not denied or not candidates:
        return frozenset()
    index = index_of(tuple(candidates), library)
    affirmed = {fit.id: fit.share for fit in index.fit(said)}
    return frozenset(fit.id for fit in index.fit(denied) if fit.share >= max(_MOST, affirmed.get(fit.id, 0.0) + _LESS))


def denies_another(library: Library, said: Sequence[str], candidates: Sequence[Candidate], id_: str) -> bool:
    """Tell whether a sentence denies some other option: "không bị mất" is no plain "no"."""
    affirmed = [word for word in said if not is_negation(word)]
    named = index_of(tuple(candidates), library).fit(affirmed) if len(affirmed) < len(said) else []
    return bool(named) and named[0].id != id_ and named[0].evidence >= _NAMED


def typed_answers(library: Library, text: str, candidates: Sequence[Candidate], today: date) -> list[str]:
    """Return the options for which a number in the text holds, or the name of another country."""
    found: list[str] = []
    denied = " ".join(map(bare, denied_words(spelled(text, library.words.abbreviations))))
    if any(c.ranges for c in candidates):
        not_it = set(read_quantities(denied, today))  # "đâu phải 60 tuổi"
        told = [one for one in read_quantities(text, today) if one not in not_it]
        for measure, number in told or _read_without_unit(text, candidates):
            found += [c.id for c in candidates for held, range_ in c.ranges if held == measure and number in range_]
    if any(c.abroad for c in candidates):
        countries = [f" {fold(country)} " for country in library.words.countries]
        if any(one in f" {fold(text)} " and one not in f" {denied} " for one in countries):
            found += [c.id for c in candidates if c.abroad]
    return list(dict.fromkeys(found))


def _read_without_unit(text: str, candidates: Sequence[Candidate]) -> Sequence[Quantity]:
    """Read "76" where only an age, or only a count, is asked for."""
    number, measures = read_bare_number(text), {measure for one in candidates for measure, _ in one.ranges} - {"born"}
    return [Quantity(measure, number) for measure in measures] if number is not None and len(measures) == 1 else []


@lru_cache(maxsize=256)
def index_of(candidates: tuple[Candidate, ...], library: Library) -> OptionIndex:
    """Return the index of a screen, which many citizens see."""
    return OptionIndex(((c.id, text) for c in candidates for text in (c.label, *c.phrases)), library.rarity)
