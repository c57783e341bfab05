"""Set content/part-vectors.tsv: `python -m tests.listening.part_vectors`, a minute.

Parts of texts by the sorts of texts that hold them, weighed by how much oftener than by chance (PPMI), and brought to the few
directions in which they differ most.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from flows.definition import learning
from flows.definition.library import Library
from flows.definition.sayings import NONE
from flows.text.language import bare, spelled
from flows.text.part_vectors import FILE, PartVectors, pack, parts_of
from flows.text.rows import Rows
from tests.content import CONTENT, LIBRARY

_DIRECTIONS = 128
_LEAST = 8  # times that a part was said
_OFTEN = 1e-3  # share of all parts from which on one says less and less
_EVEN = 0.75  # power of a sort's size: small sorts would else stand too far apart
_TAKEN = ("here", "kind", "command", "asks")
_ASKED_FOR = ("here/", "kind/")  # sorts whose direction flows/understanding/readings.py asks for


def main() -> None:
    (CONTENT / FILE).write_text("".join(build_vectors(LIBRARY).lines()), "utf-8")


def build_vectors(library: Library) -> PartVectors:
    """Return the vectors of what a library has learnt from."""
    texts: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for sort, said in _say_by_sort(library):
        texts[sort].append(tuple(map(bare, spelled(said, library.words.abbreviations))))
    counts = {sort: Counter(part for words in known for part in parts_of(words)) for sort, known in texts.items()}
    times = sum(counts.values(), Counter[str]())
    places = {
        part: place for place, part in enumerate(sorted(part for part, often in times.items() if often >= _LEAST))
    }
    table = np.zeros((len(places), len(counts)), dtype=np.float32)
    for column, held in enumerate(counts.values()):
        for part, often in held.items():
            if part in places:
                table[places[part], column] = often
    rows, columns = table.sum(1, keepdims=True), table.sum(0, keepdims=True) ** _EVEN
    with np.errstate(divide="ignore"):
        table = np.maximum(np.log(table * columns.sum() / (rows * np.maximum(columns, 1.0))), 0.0)
    strengths, directions = np.linalg.eigh(table.T @ table)
    chosen, strong = directions[:, -_DIRECTIONS:], np.sqrt(np.maximum(strengths[-_DIRECTIONS:], 1e-9))
    vectors = table @ chosen / np.sqrt(strong)
    total = sum(times.values())
    parts = {}
    for part, place in places.items():
        length = float(np.linalg.norm(vectors[place])) or 1.0
        weight = _OFTEN / (_OFTEN + times[part] / total)
        largest = float(np.abs(vectors[place]).max()) / length or 1.0
        parts[part] = (weight * largest, pack(vectors[place].tolist()))
    known_parts = PartVectors(Rows(parts), Rows({}))
    wanted = {sort: known for sort, known in texts.items() if sort.startswith(_ASKED_FOR)}
    sorts = {sort: (1.0, pack(_mean(known_parts, known))) for sort, known in wanted.items()}
    return PartVectors(Rows(parts), Rows(sorts))


def _mean(vectors: PartVectors, texts: list[tuple[str, ...]]) -> list[float]:
    known = [vector for words in texts if (vector := vectors.text(words))]
    return np.mean(known, axis=0).tolist() if known else [0.0] * _DIRECTIONS


def _say_by_sort(library: Library) -> Iterator[tuple[str, str]]:
    """Yield (sort, text) of all that people say."""
    for sort, said in learning.say_at_steps(library.procedures, library.questions, library.sayings):
        if sort[0] in _TAKEN:
            yield "/".join(sort), said
    for line in library.sayings:
        if not line.kept_aside and not line.step and line.kind != NONE:
            yield line.sort, line.say


if __name__ == "__main__":
    main()
