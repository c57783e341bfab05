"""What is not done here: errands of other offices, and trouble with the portal, with VNeID or with something filed."""

from flows.definition.library import Library
from flows.understanding.meaning import Meaning

_SEVERAL = 2  # frames
_SURELY = 2.5  # odds


def find_signpost(library: Library, text: str) -> Meaning | None:
    """Return what the bot does not do that a text asks for; without an id where it is only known to be none of ours."""
    call = library.signpost_calls.find(text)
    if call is None:
        return None
    if not call.frames:  # whose it is, examples alone tell too seldom
        return Meaning("out_of_scope", "", (), "go", why=call.why)
    return Meaning("signpost", call.id, ((call.id, 1.0),), "go", why=call.why)


def is_plainly_elsewhere(library: Library, text: str) -> bool:
    """Whether several frames and the examples agree that a text is about what the bot does not do."""
    call = library.signpost_calls.find(text)
    return call is not None and call.frames >= _SEVERAL and call.odds >= _SURELY


def find_portal_trouble(library: Library, text: str) -> Meaning | None:
    """Return the trouble with the portal, with VNeID or with something filed that a text tells of."""
    call = library.portal_calls.find(text)
    call = call if call and call.frames else None
    return Meaning("snag", call.id, ((call.id, 1.0),), "go", why=call.why) if call else None
