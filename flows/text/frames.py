"""Word frames: a few words that say something together, wherever they stand in a sentence.

"rắn + cắn/mổ" fits "con rắn nó cắn vào chân mẹ tôi" and "me toi bi ran can". Parts are joined by "+", ways to say a part by "/".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from flows.text.language import as_typed, bare, phrase, same, spelled, without_telex

_BETWEEN = 8  # words that may stand between the parts of a frame
_BETWEEN_BARE = 5  # the same in a text without accents, where more words look alike
_SYLLABLES = (
    3  # that a frame must find in such a text, unless it is short: "can bo" is "cán bộ" more often than "cắn" and "bò"
)
_SHORT = 6  # words
_ALIKE = 0.8  # one typo in a word of five letters; shorter ones are too often other words: "cánh", "cắn"
_SHORTEST = 5  # letters
_REMEMBERED = 4096  # typed words whose spelling was looked up

_Phrase = tuple[str, ...]


class Match(NamedTuple):
    """A frame that a text fits: whose it is, and as it is written."""

    id: str
    frame: str


class FrameBook:
    """Frames by the id of what they mean.

    Args:
        frames: (id, frame) pairs.
        abbreviations: folded short form -> what it stands for.
    """

    def __init__(self, frames: Iterable[tuple[str, str]], abbreviations: Mapping[str, str]) -> None:
        self._abbreviations = abbreviations
        self._frames = [Match(id_, frame) for id_, frame in dict.fromkeys(frames)]
        self._parts: list[int] = []
        self._first: dict[str, list[tuple[_Phrase, int, int]]] = defaultdict(list)
        for index, (_, frame) in enumerate(self._frames):
            parts = parse_frame(frame)
            self._parts.append(len(parts))
            for part, ways in enumerate(parts):
                for way in ways:
                    self._first[bare(way[0])].append((way, index, part))
        self._known = frozenset(bare(w) for held in self._first.values() for way, _, _ in held for w in way)
        self._spell = lru_cache(maxsize=_REMEMBERED)(self._nearest)

    def find(self, text: str) -> list[Match]:
        """Return the frames that a text fits, in the order in which they are written."""
        said = [self._spell(word) for word in as_typed(spelled(text, self._abbreviations))]
        accented = any(word != bare(word) for word in said)
        between = _BETWEEN if accented else _BETWEEN_BARE
        least = _SYLLABLES if not accented and len(said) > _SHORT else 1
        places: dict[int, list[list[tuple[int, int]]]] = {}
        for at, word in enumerate(said):
            for way, index, part in self._first.get(bare(word), ()):
                if same(said[at : at + len(way)], way) and not self._too_vague(said[at], index, way):
                    held = places.setdefault(index, [[] for _ in range(self._parts[index])])
                    held[part].append((at, at + len(way)))
        return [self._frames[index] for index in sorted(places) if _fits(places[index], between, least)]

    def _too_vague(self, word: str, index: int, way: _Phrase) -> bool:
        """Whether a frame of one word was typed without its accents: "chay" is no "cháy"."""
        return self._parts[index] == 1 and len(way) == 1 and word == bare(word) and way[0] != bare(way[0])

    def _nearest(self, word: str) -> str:
        """Return the word as typed, or the one known word that it misspells."""
        plain = bare(word)
        if plain in self._known:
            return word
        for without in (without_telex(plain), plain.rstrip(plain[-1]) + plain[-1]):  # "ddaats", "cắnnn"
            if without in self._known:
                return without
        if len(plain) < _SHORTEST:
            return word
        near = process.extractOne(
            plain, self._known, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_ALIKE
        )
        return near[0] if near else word


def parse_frame(frame: str) -> list[tuple[_Phrase, ...]]:
    """Return the ways to say each part of a frame.

    Raises:
        ValueError: a part is empty.
    """
    parts = [tuple(phrase(way) for way in part.split("/")) for part in frame.split("+")]
    if not all(way for ways in parts for way in ways):
        raise ValueError("khung từ có phần trống: viết như “rắn + cắn/mổ”")
    return parts


def _fits(places: Sequence[Sequence[tuple[int, int]]], between: int, least: int) -> bool:
    """Whether some choice of places, one for each part, stands close together and nowhere overlaps."""
    if not all(places):
        return False
    return any(_close([start], places[1:], between, least) for start in places[0])


def _close(chosen: list[tuple[int, int]], rest: Sequence[Sequence[tuple[int, int]]], between: int, least: int) -> bool:
    taken = sum(end - start for start, end in chosen)
    if max(end for _, end in chosen) - min(start for start, _ in chosen) - taken > between:
        return False
    if not rest:
        return taken >= least
    free = (place for place in rest[0] if all(place[1] <= start or end <= place[0] for start, end in chosen))
    return any(_close([*chosen, place], rest[1:], between, least) for place in free)
