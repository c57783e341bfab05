"""For whom somebody says that they work: "làm hộ bà hàng xóm", "xong rồi, giờ làm cho ông cậu", "làm cho tôi"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, pairwise

from flows.definition.library import Library
from flows.text.language import fold

_MASKED = re.compile(r"\[[^\]]*\]")
_WORD = re.compile(r"\w+")
_PAUSE = re.compile(r"[,.;:!?\n–-]")  # ends a name
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
    text = _MASKED.sub(" ", text)
    words = [*_WORD.finditer(text)]
    plain = [fold(word[0]) for word in words]
    for phrase in library.words.helping:
        wanted = _plain_words(phrase)
        at = next((n for n in range(len(plain)) if plain[n : n + len(wanted)] == wanted), None)
        if at is not None:
            return _read(library, plain[:at], text, words[at + len(wanted) :], known)
    return _find_known(library, plain, known)


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are the same, typed with accents or without."""
    return fold(one) == fold(other)


def _find_known(library: Library, plain: list[str], known: Sequence[str]) -> Helped | None:
    """Read "quay lại bà hàng xóm": a name that was told before, and besides only words that turn to somebody."""
    if not known:
        return None
    next_ = _plain(library.words.helping_next)
    around = _plain(library.words.helping_lead) | next_ | _plain(" ".join(library.words.helping).split())
    plain = _without_fillers(library, plain)
    for name in known:
        called = fold(name).split()
        before = plain[: -len(called)]
        if plain[-len(called) :] == called and {*before} <= around and {*before} & next_:
            return Helped(name, sure=True)
    return None


@lru_cache(maxsize=64)  # the phrases of content, which every typed message is held against
def _plain_words(phrase: str) -> list[str]:
    return [fold(word) for word in phrase.split()]


def _plain(said: Iterable[str]) -> set[str]:
    return {fold(word) for word in said}


def _read(
    library: Library, before: list[str], text: str, words: Sequence[re.Match[str]], known: Sequence[str]
) -> Helped | None:
    """Read what stands behind "làm cho": a name, up to a pause or to what is to be done for them."""
    told, next_ = [word[0] for word in words], _plain(library.words.helping_next)
    if not {*before} <= _plain(library.words.helping_lead) | next_:
        return None
    said = _without_fillers(library, [word for word in told if word.isalpha()])  # a name holds no number
    name, sure = " ".join(said), bool({*before} & next_)
    if any(same_name(name, one) for one in known):
        return Helped(name, sure=True)
    if name and any(same_name(name, oneself) for oneself in library.words.oneself):
        return Helped("", sure)
    pauses = (n for n, (one, other) in enumerate(pairwise(words), 1) if _PAUSE.search(text, one.end(), other.start()))
    ends = next(pauses, 0)
    if at := min(filter(None, (ends, _find_thing(library, told))), default=0):
        someone = _is_someone(library, told[:at]) and not {*map(fold, told[1:at])} & _plain(library.words.kin)
        return Helped(" ".join(told[:at]), sure, " ".join(told[at:])) if someone else None
    asking = {word for phrase in library.words.asking for word in phrase.split()} - {*library.words.people}
    asks = any(word in asking for word in said)
    return Helped(name, sure) if _is_someone(library, said) and not asks else None


def _without_fillers(library: Library, said: list[str]) -> list[str]:
    """Leave out the polite words at the end."""
    fillers = _plain(filler for filler in library.words.fillers if " " not in filler)
    return [*dropwhile(lambda word: fold(word) in fillers, reversed(said))][::-1]


def _is_someone(library: Library, said: Sequence[str]) -> bool:
    """Tell whether words may be what somebody is called: "bà hàng xóm", "Hoa"."""
    called = len(said) > 1 and fold(said[0]) in _plain(library.words.people)
    named = bool(said) and said[0][0].isupper()
    return (called or named) and len(said) <= _LONGEST


def _find_thing(library: Library, told: Sequence[str]) -> int:
    """Return where behind a name the thing to do begins, as in "bà hàng xóm cái thẻ căn cước"; 0 where none does near."""
    begins = {tuple(_plain_words(thing)) for thing in library.words.helping_thing}
    plain = tuple(map(fold, told[: 2 * _LONGEST]))
    for at in range(1, len(plain)):
        behind = [plain[at:to] for to in range(at + 1, len(plain) + 1)]
        if any(words in begins or words in library.errands_named for words in behind):
            return at
    return 0
