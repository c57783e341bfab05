"""Which option a sentence means: by its numbers, by the words that set an option apart, by its yes or no.

What is not sure is asked back between two options; a contrast or a denial is never taken for an answer in silence.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from flows.definition.library import Library
from flows.text.language import fold, spelled
from flows.text.option_index import Fit, OptionIndex, is_negation
from flows.text.quantities import read_quantities
from flows.understanding.meaning import Candidate, Meaning
from flows.understanding.utterance import has_contrast, has_denial, opening_polarity, polarity_of, tells_success

# Set on the two thirds of content/procedures/*.says.yaml that may be looked at: evidence is in units of word weight.
_SURE = 9.0
_LEAD = 4.0
_WHOLE = 0.75  # share of an option's phrase that makes it sure beside some evidence
_SOME = 3.0
_ALL = 0.95
_NAMED = 2.0  # evidence from which a denied option was named at all
_PLAIN = 0.5  # score of a yes or a no with a tail
_FEW = 5  # words: a short sentence says its yes or no with nothing else in it
_DONE = 2.0  # odds that a thing is done from which a word like "rồi" tells it
_SURELY_DONE = 3.5  # odds from which no such word is needed
_STAND_IN = {"no": "not_yet", "not_yet": "no"}


def find_answer(
    library: Library, text: str, said: Sequence[str], candidates: Sequence[Candidate], today: date
) -> Meaning | None:
    """Return the option that a sentence means, or the two between which it has to be asked back.

    Args:
        said: its spelled words, abbreviations written out.
    """
    if not candidates:
        return None
    fits = index_of(tuple(candidates), library).fit(said)
    typed = _typed(library, text, candidates, today)
    if len(typed) == 1:
        return _between(typed[0], fits[0].id) if _speaks_against(fits, typed[0]) else _answer(typed[0])
    if len(typed) > 1:
        return _between(*typed[:2])
    mixed = has_contrast(said)
    plain = _by_polarity(candidates, polarity_of(said))
    top = fits[0] if fits else None
    second = fits[1] if len(fits) > 1 else None
    if top and _is_sure(top, second) and not (mixed and second and second.evidence >= _SOME):
        opens = _by_polarity(candidates, opening_polarity(said))
        return _between(top.id, opens) if opens and opens != top.id else _answer(top.id, top.share)
    if plain and (top is None or top.evidence < _SOME or top.id == plain):
        if (top is None or top.evidence < _SOME) and _denies_another(index_of(tuple(candidates), library), said, plain):
            return None
        exact = any(c.id == plain and c.exact_phrases for c in candidates) and (top is None or top.share < _PLAIN)
        short = len(said) <= _FEW or opening_polarity(said) is not None or top is not None
        short = short and not (exact and len(said) > 1)
        other = second.id if second else next((c.id for c in candidates if c.id != plain), plain)
        return _answer(plain, _PLAIN) if short and not mixed else _between(plain, other)
    if top and top.evidence >= _SOME:
        others = (plain, second.id if second else None, *(c.id for c in candidates))
        return _between(top.id, next(id_ for id_ in others if id_ and id_ != top.id)) if len(candidates) > 1 else None
    return None


def find_sure_answer(
    library: Library, text: str, candidates: Sequence[Candidate], named: Sequence[str], today: date
) -> Candidate | None:
    """Return the one option that a sentence about something else tells beyond doubt.

    Args:
        named: ways to name the errand; what they say by themselves is no answer.
    """
    said = spelled(text, library.words.abbreviations)
    if has_contrast(said) or has_denial(said):
        return None
    index = index_of(tuple(candidates), library)
    typed = _typed(library, text, candidates, today)
    fits = index.fit(said)
    sure = [fit.id for fit in fits[:1] if fit.share >= _ALL and _leads(fit, *fits[1:2])]
    found = typed if len(typed) == 1 else sure if not typed else []
    by_name = _told_by_name(tuple(candidates), tuple(named), library) if found and not typed else ()
    return next((c for c in candidates if c.id in found and c.id not in by_name), None)


@lru_cache(maxsize=256)
def _told_by_name(candidates: tuple[Candidate, ...], named: tuple[str, ...], library: Library) -> frozenset[str]:
    """Return the options of a screen that the names of an errand tell by themselves; of content alone, so remembered."""
    index = index_of(candidates, library)
    return frozenset(fit.id for name in named for fit in index.fit(spelled(name))[:1] if fit.evidence >= _SOME)


def find_trouble(
    library: Library, said: Sequence[str], troubles: Sequence[Candidate], *, whole: bool = False
) -> str | None:
    """Return the known trouble that a sentence tells of.

    Args:
        whole: whether all of one of its phrases must be said.
    """
    fits = index_of(tuple(troubles), library).fit(said) if troubles else []
    enough = fits and not whole and fits[0].evidence >= _SURE
    sure = enough or (fits and fits[0].evidence >= _SOME and fits[0].share >= (_ALL if whole else _WHOLE))
    return fits[0].id if sure else None


def is_done(library: Library, text: str, said: Sequence[str]) -> bool:
    """Tell whether somebody says that a thing to do is done: "nộp rồi", "lấy được rồi, tên đúng cả"."""
    odds = library.done_odds.score(text) if library.done_odds else _DONE
    return odds >= _SURELY_DONE or (odds >= _DONE and not has_contrast(said) and tells_success(said))


def _typed(library: Library, text: str, candidates: Sequence[Candidate], today: date) -> list[str]:
    """Return the options for which a number in the text holds, or the name of another country."""
    found: list[str] = []
    if any(c.ranges for c in candidates):
        for measure, number in read_quantities(text, today):
            found += [c.id for c in candidates for held, range_ in c.ranges if held == measure and number in range_]
    if any(c.abroad for c in candidates):
        plain = f" {fold(text)} "
        if any(f" {fold(country)} " in plain for country in library.words.countries):
            found += [c.id for c in candidates if c.abroad]
    return list(dict.fromkeys(found))


def _denies_another(index: OptionIndex, said: Sequence[str], plain: str) -> bool:
    """Whether a sentence only denies some other option: "không bị mất" is no plain "no"."""
    affirmed = [word for word in said if not is_negation(word)]
    named = index.fit(affirmed) if len(affirmed) < len(said) else []
    return bool(named) and named[0].id != plain and named[0].evidence >= _NAMED


def _speaks_against(fits: Sequence[Fit], id_: str) -> bool:
    return bool(fits) and fits[0].id != id_ and fits[0].evidence >= _SURE


def _is_sure(top: Fit, second: Fit | None = None) -> bool:
    lead = top.evidence - (second.evidence if second else 0.0)
    return (top.evidence >= _SURE and lead >= _LEAD) or (
        top.share >= _WHOLE and top.evidence >= _SOME and lead >= _SOME
    )


def _leads(top: Fit, second: Fit | None = None) -> bool:
    return top.evidence - (second.evidence if second else 0.0) >= _NAMED


def _by_polarity(candidates: Sequence[Candidate], said: str | None) -> str | None:
    """Return the one option that is this plain answer; people say "không" for "chưa" and the other way round."""
    for wanted in (said, _STAND_IN.get(said or "")):
        fitting = [c.id for c in candidates if wanted and c.polarity == wanted]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _answer(id_: str, score: float = 1.0) -> Meaning:
    return Meaning("answer", id_, ((id_, score),), "go", other_words=True)


def _between(first: str, second: str) -> Meaning:
    return Meaning("ask_back", "", ((first, 0.5), (second, 0.5)), "choose")


@lru_cache(maxsize=256)
def index_of(candidates: tuple[Candidate, ...], library: Library) -> OptionIndex:
    """Return the index of a screen, which many citizens see."""
    return OptionIndex(((c.id, text) for c in candidates for text in (c.label, *c.phrases)), library.rarity)
