"""Word frames: a few words that say something together, wherever they stand in a sentence.

"rắn + cắn/mổ" fits "con rắn nó cắn vào chân mẹ tôi" and "me toi bi ran can".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from flows.text.accents import AccentBook
from flows.text.frame_syntax import parse_frame
from flows.text.language import Abbreviations, alike, as_typed, bare, same, spelled, without_telex

_BETWEEN = 8  # words that may stand between the parts of a frame
_BETWEEN_BARE = 5  # the same in a text without accents, where more words look alike
_SYLLABLES = (
    3  # that a frame must find in such a text, unless it is short: "can bo" is "cán bộ" more often than "cắn" and "bò"
)
_SHORT = 6  # words
_RARE = 0.1  # share of a bare word below which it is mostly another word
_ALIKE = 0.8  # one typo in a word of five letters; shorter ones are too often other words: "cánh", "cắn"
_SHORTEST = 5  # letters
_NOWHERE: Mapping[tuple[str, ...], list[tuple[int, int]]] = {}
_SAME = 0.9  # likeness from which two words that fold alike are one
_AT_ONCE = 32  # texts that are being understood
_REMEMBERED = 4096  # typed words whose spelling was looked up

_Phrase = tuple[str, ...]
_Place = tuple[int, int, bool]  # from, to, and whether what was typed there is more often another word


class Match(NamedTuple):
    """A frame that a text fits: whose it is, and as it is written."""

    id: str
    frame: str


class FrameBook:
    """Frames by the id of what they mean.

    Args:
        frames: (id, frame) pairs.
        abbreviations: folded short form -> what it stands for.
        accents: how words are read that were typed without accents.
    """

    def __init__(self, frames: Iterable[tuple[str, str]], abbreviations: Abbreviations, accents: AccentBook) -> None:
        self._abbreviations = abbreviations
        self._accents = accents
        self._frames = [Match(id_, frame) for id_, frame in dict.fromkeys(frames)]
        self._parts: list[int] = []
        # by the first two bare words: where each stands
        self._ways: dict[tuple[str, str], dict[_Phrase, list[tuple[int, int]]]] = defaultdict(dict)
        for index, (_, frame) in enumerate(self._frames):
            parts = parse_frame(frame)
            self._parts.append(len(parts))
            for part, ways in enumerate(parts):
                for way in ways:
                    second = bare(way[1]) if len(way) > 1 else ""
                    self._ways[bare(way[0]), second].setdefault(way, []).append((index, part))
        self._known = frozenset(bare(word) for ways in self._ways.values() for way in ways for word in way)
        self._firsts = frozenset(first for first, _ in self._ways)
        self._choices = sorted(self._known)  # of words that are equally near, every process takes the same one
        known = (tuple(map(bare, way)) for held in self._ways.values() for way in held)
        self._pairs = frozenset(pair for way in known for pair in pairwise(way))
        self._is_rare = lru_cache(maxsize=_REMEMBERED)(lambda word: accents.share(word) < _RARE)
        self._found = lru_cache(maxsize=_AT_ONCE)(self._find)
        self._spell = lru_cache(maxsize=_REMEMBERED)(self._nearest)

    def find(self, text: str) -> tuple[Match, ...]:
        """Return the frames that a text fits, in the order in which they are written; one text is looked at several times."""
        return self._found(text)

    def _find(self, text: str) -> tuple[Match, ...]:
        said = [self._spell(word) for word in as_typed(spelled(text, self._abbreviations))]
        plain = [*map(bare, said)]
        if self._known.isdisjoint(plain):  # as of most texts in a book of few frames
            return ()
        accented = said != plain
        if not accented:
            said = [*self._accents.restore(said, self._pairs)]
        between = _BETWEEN if accented else _BETWEEN_BARE
        least = _SYLLABLES if not accented and len(said) > _SHORT else 1
        places = self._places_of_whole(said, plain)
        fits = (i for i in sorted(places) if _fits([places[i][part] for part in range(self._parts[i])], between, least))
        return tuple(self._frames[index] for index in fits)

    def _places_of_whole(self, said: Sequence[str], plain: Sequence[str]) -> Mapping[int, Mapping[int, list[_Place]]]:
        """Return where the parts stand of each frame whose parts are all there: by frame, then by part."""
        ways = list(self._ways_said(said, plain))
        held: dict[int, int] = defaultdict(int)  # bits of the parts: most frames lack one, and need no places
        for _, stands in ways:
            for index, part in stands:
                held[index] |= 1 << part
        places: dict[int, dict[int, list[_Place]]] = {
            index: defaultdict(list) for index, parts in held.items() if parts == (1 << self._parts[index]) - 1
        }
        for place, stands in ways if places else ():
            for index, part in stands:
                if index in places:
                    places[index][part].append(place)
        return places

    def _ways_said(
        self, said: Sequence[str], plain: Sequence[str]
    ) -> Iterator[tuple[_Place, Sequence[tuple[int, int]]]]:
        """Yield each way to say a part that stands in a text: where, and of which parts it is one.

        Args:
            plain: its bare words.
        """
        for at, (word, one, other) in enumerate(zip(said, plain, (*plain[1:], ""), strict=True)):
            if one not in self._firsts:
                continue
            for way, stands in self._ways.get((one, ""), _NOWHERE).items():
                if alike(word, way[0]) < _SAME:
                    continue
                untyped = word == one != way[0]  # "chay" is no "cháy"
                place = (at, at + 1, untyped and self._is_rare(way[0]))
                yield place, [stand for stand in stands if self._parts[stand[0]] > 1] if untyped else stands
            if other:
                for way, stands in self._ways.get((one, other), _NOWHERE).items():
                    if same(said[at : at + len(way)], way):
                        yield (at, at + len(way), False), stands

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
            plain, self._choices, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_ALIKE
        )
        return near[0] if near else word


def _fits(places: Sequence[Sequence[_Place]], between: int, least: int) -> bool:
    """Whether some choice of places, one for each part, stands close together and nowhere overlaps."""
    return any(_close([start], places[1:], between, least) for start in places[0])


def _close(chosen: list[_Place], rest: Sequence[Sequence[_Place]], between: int, least: int) -> bool:
    taken = sum(end - start for start, end, _ in chosen)
    gaps = max(end for _, end, _ in chosen) - min(start for start, _, _ in chosen) - taken
    if gaps > between:
        return False
    if not rest:
        vague = any(vague for _, _, vague in chosen)
        return (taken >= least and not (gaps and vague)) or (taken > 1 and not gaps)
    free = (place for place in rest[0] if all(place[1] <= start or end <= place[0] for start, end, _ in chosen))
    return any(_close([*chosen, place], rest[1:], between, least) for place in free)
