"""What is not done here: errands of other offices, and trouble with the portal, with VNeID or with something filed."""

from flows.definition.library import Library
from flows.understanding.meaning import Meaning


def find_signpost(library: Library, text: str) -> Meaning | None:
    """Return what the bot does not do that a text asks for; without an id where it is only known to be none of ours."""
    call = library.signpost_calls.find(text)
    if call is None:
        return None
    if not call.frames:  # whose it is, examples alone tell too seldom
        return Meaning("out_of_scope", "", (), "go", why=call.why)
    return Meaning("signpost", call.id, ((call.id, 1.0),), "go", why=call.why)


def find_portal_trouble(library: Library, text: str) -> Meaning | None:
    """Return the trouble with the portal, with VNeID or with something filed that a text tells of."""
    call = library.portal_calls.find(text)
    call = call if call and call.frames else None
    return Meaning("snag", call.id, ((call.id, 1.0),), "go", why=call.why) if call else None
