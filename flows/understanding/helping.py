"""For whom somebody says that they work: "làm hộ bà hàng xóm", "xong rồi, giờ làm cho ông cậu", "làm cho tôi"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.definition.library import Library
from flows.text.language import fold

_MASKED = re.compile(r"\[[^\]]*\]")
_WORD = re.compile(r"\w+")
_LONGEST = 4  # words of a name


@dataclass(frozen=True)
class Helped:
    """Somebody for whom the citizen works.

    Attributes:
        name: in the citizen's words; "" for the citizen.
        sure: whether the words leave no doubt, as "giờ làm cho …" does.
        thing: what is to be done for them, where it is told beside.
    """

    name: str
    sure: bool
    thing: str = ""


def find_helped(library: Library, text: str, known: Sequence[str] = ()) -> Helped | None:
    """Return for whom a text says to work now; None where it says something else.

    Args:
        known: names that were told before; they need not look like one.
    """
    said = _WORD.findall(_MASKED.sub(" ", text))
    plain = [fold(word) for word in said]
    for phrase in library.words.helping:
        wanted = [fold(word) for word in phrase.split()]
        at = next((n for n in range(len(plain)) if plain[n : n + len(wanted)] == wanted), None)
        if at is not None:
            return _read(library, plain[:at], said[at + len(wanted) :], known)
    return None


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same, typed with accents or without."""
    return fold(one) == fold(other)


def _plain(said: Iterable[str]) -> set[str]:
    return {fold(word) for word in said}


def _read(library: Library, before: list[str], told: list[str], known: Sequence[str]) -> Helped | None:
    next_ = _plain(library.words.helping_next)
    if not {*before} <= _plain(library.words.helping_lead) | next_:
        return None
    said, sure = [word for word in told if word.isalpha()], bool({*before} & next_)  # a name holds no number
    while said and fold(said[-1]) in _plain(filler for filler in library.words.fillers if " " not in filler):
        said = said[:-1]
    name = " ".join(said)
    if any(same_name(name, one) for one in known):
        return Helped(name, sure=True)
    if name and any(same_name(name, oneself) for oneself in library.words.oneself):
        return Helped("", sure)
    if at := _find_thing(library, told):
        someone = _is_someone(library, told[:at]) and fold(told[1]) not in _plain(library.words.kin)
        return Helped(" ".join(told[:at]), sure, " ".join(told[at:])) if someone else None
    asking = {word for phrase in library.words.asking for word in phrase.split()} - {*library.words.people}
    asks = any(word in asking for word in said)
    return Helped(name, sure) if _is_someone(library, said) and not asks else None


def _is_someone(library: Library, said: Sequence[str]) -> bool:
    """Tell whether words may be what somebody is called: "bà hàng xóm", "Hoa"."""
    called = len(said) > 1 and fold(said[0]) in _plain(library.words.people)
    named = bool(said) and said[0][0].isupper()
    return (called or named) and len(said) <= _LONGEST


def _find_thing(library: Library, told: Sequence[str]) -> int:
    """Return where behind a name the thing to do begins, as in "bà hàng xóm cái thẻ căn cước"; 0 where none does."""
    things, plain = (
        [[fold(word) for word in thing.split()] for thing in library.words.helping_thing],
        [*map(fold, told)],
    )
    return next((at for at in range(1, len(told)) for thing in things if plain[at : at + len(thing)] == thing), 0)
