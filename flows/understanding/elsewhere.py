"""What is not done here: errands of other offices, and trouble with the portal, with VNeID or with something filed."""

from flows.definition.library import Library
from flows.definition.sayings import NOT_OURS, PORTAL
from flows.understanding.meaning import Meaning
from flows.understanding.topics import rank_topics

_FAINT = 0.2  # score of one of ours that is offered all the same, where it is not sure
_STILL = 2  # of them
_SURELY = 0.88  # likely to be none of ours, without a doubt
_CLEARLY = 0.65  # how likely another signpost may be, for one to be clear


def find_signpost(library: Library, text: str, not_ours: float) -> Meaning:
    """Return what the bot does not do that a text asks for; without an id where it is only known to be none of ours.

    Args:
        not_ours: how likely it is that, from 0 to 1.
    """
    call, surely = library.signpost_calls.find(text), not_ours >= _SURELY
    ours = () if surely else tuple(pair for pair in rank_topics(library, text)[:_STILL] if pair[1] >= _FAINT)
    post = call.id if call and call.frames else _likeliest_post(library, text) if surely else ""
    top = ours or (((post, 1.0),) if post else ())
    return Meaning(
        "signpost" if post else "out_of_scope", post, top, "choose" if ours else "go", why=call.why if call else ""
    )


def find_answering_post(library: Library, text: str) -> Meaning | None:
    """Return the signpost that itself answers a question, where a frame of it fits."""
    fitting = library.signpost_calls.fitting(text)
    post = next((id_ for id_ in fitting if library.signposts[id_].answers), None)
    return Meaning("signpost", post, ((post, 1.0),), "go") if post else None


def _likeliest_post(library: Library, text: str) -> str:
    """Return the signpost that what people say of each tells clearly; "" where two are about as likely."""
    likely = library.likelihoods.rank(text)
    ranked = sorted(
        ((max(likely.get(id_, 0.0), likely.get(f"{NOT_OURS}/{id_}", 0.0)), id_) for id_ in library.signposts),
        reverse=True,
    )
    (first, post), (second, _), *_ = [*ranked, (0.0, ""), (0.0, "")]
    return post if second < _CLEARLY * first else ""


def find_portal_trouble(library: Library, text: str) -> Meaning | None:
    """Return the trouble with the portal, with VNeID or with something filed that a text at a step tells of."""
    call = library.portal_calls.find(text)
    told = library.likelihoods.rank(text) and library.likelihoods.lean(text, library.troubles) > 0
    return name_portal_trouble(library, text) if (call and call.frames) or told else None


def name_portal_trouble(library: Library, text: str) -> Meaning:
    """Return the trouble that it most likely is."""
    call = library.portal_calls.find(text)
    if call and call.frames:
        return Meaning("snag", call.id, ((call.id, 1.0),), "go", why=call.why)
    likely = library.likelihoods.rank(text)
    id_ = max(library.portal, key=lambda id_: likely.get(f"{PORTAL}/{id_}", 0.0))
    return Meaning("snag", id_, ((id_, 1.0),), "go")
