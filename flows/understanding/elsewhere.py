"""What is not done here: errands of other offices, and trouble with the portal, with VNeID or with something filed."""

from flows.definition.library import Library
from flows.definition.sayings import PORTAL
from flows.understanding.meaning import Meaning
from flows.understanding.topics import rank_topics

# How much more a text must be about what is not done here, set on two thirds of the lines: 0 where it could be either.
_ODDS = 0.15  # what the odds of all that is not done here count
_NAME = 2.0  # what the name of one of ours counts against it,
_FAINT = 0.2  # from this score on
_SURELY = 0.5
_TROUBLE = -0.4  # how little a text may lean to something else, that tells at the menu of trouble with the portal
_STILL = 2  # of ours that are offered all the same, where it is not sure


def find_signpost(library: Library, text: str) -> Meaning | None:
    """Return what the bot does not do that a text asks for; without an id where it is only known to be none of ours."""
    call, lean = library.signpost_calls.find(text), lean_elsewhere(library, text)
    ours = tuple(pair for pair in rank_topics(library, text)[:_STILL] if pair[1] >= _FAINT)
    if call and call.frames:
        close = ours if lean <= 0 else ()  # "đi Hàn người ta đòi giấy không có tội"
        return Meaning("signpost", call.id, close or ((call.id, 1.0),), "choose" if close else "go", why=call.why)
    if lean > _SURELY or (call and lean > 0):  # whose it is, examples alone tell too seldom
        return Meaning("out_of_scope", "", (), "go", why=call.why if call else "")
    return Meaning("out_of_scope", "", ours, "choose") if call or lean > 0 else None


def is_plainly_elsewhere(library: Library, text: str) -> bool:
    """Whether a text is so much about what the bot does not do that no question about ours is meant."""
    return lean_elsewhere(library, text) > _SURELY


def is_noise(library: Library, text: str) -> bool:
    """Whether a text is likelier said to nobody here than anything else."""
    return library.likelihoods.lean(text, library.noise) > 0


def lean_elsewhere(library: Library, text: str) -> float:
    """Return how much more a text is about what the bot does not do than about one of ours."""
    if not library.likelihoods.rank(text):
        return 0.0
    named = max((score for _, score in rank_topics(library, text)), default=0.0)
    return (
        library.likelihoods.lean(text, library.elsewhere, library.topics)
        + _ODDS * library.signpost_calls.odds_of(text)
        - _NAME * (named - _FAINT)
    )


def find_portal_trouble(library: Library, text: str, *, at_step: bool = False) -> Meaning | None:
    """Return the trouble with the portal, with VNeID or with something filed that a text tells of."""
    call = library.portal_calls.find(text)
    if call and call.frames:
        return Meaning("snag", call.id, ((call.id, 1.0),), "go", why=call.why)
    likely = library.likelihoods.rank(text)
    if not likely or library.likelihoods.lean(text, library.troubles) <= (0.0 if at_step else _TROUBLE):
        return None
    id_ = max(library.portal, key=lambda id_: likely.get(f"{PORTAL}/{id_}", 0.0))
    return Meaning("snag", id_, ((id_, 1.0),), "go")
