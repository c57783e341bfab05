"""Sentences of a procedure that say the same with other numbers: one is wrong, or lacks for whom it holds."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from flows.definition.answer_units import Unit, units_of
from flows.definition.content_files import QUESTIONS
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.definition.yaml_source import Problem
from flows.text.language import words

_COUNTED = re.compile(r"(\d[\d.,]*) (đồng|ngày|giờ|tháng|năm|tuổi|phút|tuần)\b")
_ANY = re.compile(r"\d[\d.,/]*")
_ALIKE = 0.75  # share of their words, all numbers left out, from which two sentences say the same


class _Said(NamedTuple):
    unit: Unit
    sentence: str
    words: frozenset[str]
    numbers: Mapping[str, frozenset[str]]  # by what they count

    def differs(self, other: "_Said") -> bool:
        """Whether the other one says the same of other numbers."""
        counted = self.numbers.keys() & other.numbers.keys()
        same = len(self.words & other.words) >= _ALIKE * len(self.words | other.words)
        return same and any(not self.numbers[one] & other.numbers[one] for one in counted)


def find_other_numbers(library: Library, procedure: Procedure, today: date) -> Iterator[Problem]:
    """Report two sentences that hold for the same people and say the same with other numbers."""
    by_condition: dict[str, list[_Said]] = defaultdict(list)
    for unit in units_of(procedure, library.questions.get(procedure.id, {}), today):
        by_condition[repr(unit.when)] += _told(unit)
    for said in by_condition.values():
        for one, other in combinations(said, 2):
            if one.unit is not other.unit and one.differs(other):
                text = f"“{other.sentence}”, mà `{one.unit.place}` nói “{one.sentence}”: sửa cho một số, hoặc nói rõ là của ai"
                yield _at(library, procedure, other.unit.place, text)


def _at(library: Library, procedure: Procedure, place: str, text: str) -> Problem:
    """Return a problem at an own answer of the questions, at a fact or at a step."""
    step, key = place.partition("/")[0], place.rpartition("/")[2]
    if (procedure.id, step) in library.origins:
        document, origin = library.origins[procedure.id, step]
        return document.problem(text, *origin)
    if step in procedure.facts:
        return library.documents[f"procedures/{procedure.id}.yaml"].problem(text, "facts", step)
    return library.documents[f"procedures/{procedure.id}{QUESTIONS}"].problem(text, key, "text")


def _told(unit: Unit) -> Sequence[_Said]:
    return [
        _Said(unit, sentence, frozenset(words(_ANY.sub(" ", sentence))), numbers)
        for sentence in unit.sentences
        if (numbers := _numbers(sentence))
    ]


def _numbers(sentence: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for number, counted in _COUNTED.findall(sentence):
        found[counted].add(number.lstrip("0").rstrip(".,"))
    return {counted: frozenset(numbers) for counted, numbers in found.items()}
