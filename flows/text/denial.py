"""Marks the words of a sentence that it denies: by a negation before them, behind them, or around them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from flows.text.language import AT_ONCE, bare, same, spelled

# Words that turn what follows or stands before them into its opposite.
_NEGATIONS = spelled("không chưa chẳng chả đừng đéo khỏi")
_WHERE = spelled("đâu nào")  # deny before "phải" and "có": "đâu phải hộ nghèo", "đâu có sổ"
_BE, _HAVE, _THEN, _AT_ALL = (spelled(word)[0] for word in ("phải", "có", "thì", "đâu"))
# Where a denial ends: "không phải mua mà được cho", "sổ thì không còn giấy tay thì có".
_BREAKS = spelled("mà nhưng thì")
_BREAKS_ACCENTED = frozenset(spelled("còn vì nên"))  # without an accent each is a common word of another sense
# Behind a denial these say nothing of their own: "hộ nghèo thì không phải đâu em ạ".
_TAIL = frozenset(
    map(bare, spelled("phải có được đúng bị đâu ạ em cháu anh chị bác cô chú ông bà con nhé nha ơi rồi dạ đang gì cả"))
)
_PLACED = spelled("ở đi ra đến tới từ chỗ lấy lên nộp xin mua tìm hỏi gửi về làm vào là")  # "ở đâu" asks
_NEAR, _FAR = 3, 8  # words that "không" denies, and that "không phải" does

DENIED = "!"  # ends a word that is denied


@lru_cache(maxsize=4096)
def is_negation(word: str) -> bool:
    """Tell whether a spelled word denies; "cha" without an accent is a father more often than "chả"."""
    return word != "cha" and any(same((word,), (one,)) for one in _NEGATIONS)


def mark_denied(said: Sequence[str]) -> tuple[str, ...]:
    """Mark the denied words: "không mất sổ", "mất sổ thì không", "có mất sổ đâu" have none of the words of "mất sổ"."""
    return _mark(tuple(said))


def bare_with_denials(said: Sequence[str]) -> tuple[str, ...]:
    """Return the bare words, those marked that are denied."""
    return tuple(map(bare_marked, mark_denied(said)))


def denied_words(said: Sequence[str]) -> tuple[str, ...]:
    """Return the words that are denied, without their mark."""
    return tuple(word.removesuffix(DENIED) for word in mark_denied(said) if word.endswith(DENIED))


@lru_cache(maxsize=16_384)
def bare_marked(word: str) -> str:
    """Return a word without its accents; a mark stays."""
    denied = word.endswith(DENIED)
    return bare(word.removesuffix(DENIED)) + (DENIED if denied else "")


@lru_cache(maxsize=AT_ONCE)
def _mark(said: tuple[str, ...]) -> tuple[str, ...]:
    denied = {at for span in _spans(said) for at in span}
    return tuple(word + DENIED if at in denied and not is_negation(word) else word for at, word in enumerate(said))


def _spans(said: tuple[str, ...]) -> Iterator[range]:
    """Yield the places that are denied."""
    for at, word in enumerate(said):
        where = _denies_by_where(said, at)
        if not where and not is_negation(word):
            continue
        then = at > 0 and _is(said[at - 1], _THEN)
        if (then or (where and at > 0)) and _is_tail(said, at + 1):
            yield _before(said, at - 1 if then else at)
        else:
            yield _behind(said, at + 1)
    yield _around(said)


def _denies_by_where(said: tuple[str, ...], at: int) -> bool:
    """Tell whether a "đâu" denies: "đâu phải hộ nghèo", "sổ thì đâu có"."""
    follows = at + 1 < len(said) and any(_is(said[at + 1], verb) for verb in (_BE, _HAVE))
    return follows and any(_is(said[at], where) for where in _WHERE)


def _behind(said: tuple[str, ...], start: int) -> range:
    """Return the places that a negation denies which stands before them."""
    farther = start < len(said) and _is(said[start], _BE)
    ends = min(len(said), start + (_FAR if farther else _NEAR))
    if farther:
        ends = next((at for at in range(start, ends) if _breaks(said[at])), ends)
    return range(start, ends)


def _before(said: tuple[str, ...], end: int) -> range:
    """Return the places that a negation denies which stands behind them: back to the last break."""
    starts = next((at + 1 for at in range(end - 1, -1, -1) if _breaks(said[at])), 0)
    return range(max(starts, end - _FAR), end)


def _around(said: tuple[str, ...]) -> range:
    """Return the places between a "có" or a negation and a last "đâu" that asks for no place: "có phải hộ nghèo đâu em"."""
    end = next((at for at in range(len(said) - 1, 0, -1) if bare(said[at]) not in _TAIL or _is(said[at], _AT_ALL)), 0)
    if not end or not _is(said[end], _AT_ALL):
        return range(0)
    start = next((at for at in range(end) if _is(said[at], _HAVE) or is_negation(said[at])), end)
    asks = any(_is(said[end - 1], place) for place in _PLACED)
    return range(0) if asks and not _is(said[min(start + 1, end)], _BE) else range(start + 1, end)


def _is_tail(said: tuple[str, ...], start: int) -> bool:
    """Tell whether nothing of its own follows before the sentence ends or turns."""
    for word in said[start:]:
        if _breaks(word):
            return True
        if bare(word) not in _TAIL:
            return False
    return True


def _breaks(word: str) -> bool:
    return word in _BREAKS_ACCENTED or any(_is(word, one) for one in _BREAKS)


@lru_cache(maxsize=16_384)  # few meant words, in every text
def _is(typed: str, meant: str) -> bool:
    return same((typed,), (meant,))
