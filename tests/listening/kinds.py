"""Set content/kind-weights.tsv: `python -m tests.listening.kinds`, a minute.

Logistic regression: the weights under which the kinds that were meant are likeliest, of all lines that are not kept aside, as they
are written and without accents.
"""

from collections.abc import Iterator

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from flows.definition.library import Library
from flows.definition.sayings import FIRST, NONE, Saying
from flows.text.kind_weights import FILE, KINDS, KindWeights, parts_of
from flows.text.language import fold, spelled
from flows.text.part_vectors import pack
from flows.text.rows import Rows
from flows.understanding.address import in_first_person
from flows.understanding.menu_readings import MENU
from tests.content import CONTENT, LIBRARY
from tests.listening.steps import place_lines, where_of

_LEAST = 6  # texts that hold a part, two for each line: what stands in one or two only tells nothing
_HOLD = 30.0  # the larger, the less the weights are held near zero
_ROUNDS = 150
_KINDS_OF_SETS = {
    "danger": "danger",
    "person": "person",
    "not-ours": "elsewhere",
    "noise": "unclear",
    "portal-trouble": "snag",
}
_SAME = {"ambiguous": "answer", "thanks": "unclear", "talk": "unclear", "noise": "unclear"}


def main() -> None:
    (CONTENT / FILE).write_text("".join(build_kind_weights(LIBRARY).lines()), "utf-8")


def build_kind_weights(library: Library) -> KindWeights:
    """Return the weights learnt from the lines of a library."""
    known = set(library.sayings)
    texts = [
        (text, where_of(one.procedure, one.step), _kind(one.line), one.counts)
        for one in place_lines()
        if one.line in known
        for text in (one.line.say, one.line.bare)
    ]
    texts += [
        (text, MENU, kind, 1.0) for said, kind in _say_at_menu(library) for text in dict.fromkeys((said, fold(said)))
    ]
    count = CountVectorizer(analyzer=_parts_of_text, binary=True, min_df=_LEAST)
    table = normalize(count.fit_transform((text, place) for text, place, *_ in texts))
    fitted = LogisticRegression(C=_HOLD, max_iter=_ROUNDS, tol=1e-3, fit_intercept=False)
    fitted.fit(table, [kind for _, _, kind, _ in texts], [counts for *_, counts in texts])
    assert tuple(fitted.classes_) == KINDS
    weights = {part: fitted.coef_[:, column].tolist() for part, column in count.vocabulary_.items()}
    return KindWeights(Rows({part: (max(map(abs, own)) / 127, pack(own)) for part, own in sorted(weights.items())}))


def _say_at_menu(library: Library) -> Iterator[tuple[str, str]]:
    """Yield (text, kind) of what is said where no step waits."""
    for procedure in library.procedures.values():
        yield from ((said, "errand") for said in (procedure.title, *procedure.says))
    for event in library.life_events.values():
        yield from ((said, "errand") for said in (event.title, *event.says))
    for known in library.questions.values():
        yield from ((ask, "question") for one in known.values() for ask in one.asks)
    for line in library.sayings:
        if not line.kept_aside and line.set == FIRST:
            yield line.say, "question" if line.kind == "question" else "errand"
        elif not line.kept_aside and line.set in _KINDS_OF_SETS:
            yield line.say, _kind(line)


def _parts_of_text(placed: tuple[str, str]) -> list[str]:
    text, place = placed
    return list(parts_of(spelled(in_first_person(text), LIBRARY.words.abbreviations), place))


def _kind(line: Saying) -> str:
    if "human" in line.means:
        return "person"
    if line.step or line.kind == NONE:
        return _SAME.get(line.kind, line.kind)
    return _KINDS_OF_SETS[line.set]


if __name__ == "__main__":
    main()
