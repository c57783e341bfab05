"""Named rules, for what needs arithmetic or dates: conditions, options and values, each with a source and a table test.

A content file calls them by name: `when: {rule: NAME}`, `options_from: NAME`, `{value.NAME}` in a text. A rule sees the
answers given so far and the day; nothing else.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from flows.definition.steps import Option, Range

Answers = Mapping[str, str]

OLDER = "som-hon"
YOUNGER = "muon-hon"
_EARLIEST = 3  # calendar years above the usual age that get a button of their own; beyond, one button for all


def intake_year(today: date) -> int:
    """Return the calendar year of the grade-1 intake that people ask about on that day.

    School years open in early September; from October on, parents ask about the next one. The month is our own
    choice for the conversation, not a rule of law.
    """
    return today.year if today.month <= 9 else today.year + 1


def usual_birth_year(today: date) -> int:
    """Return the birth year of the usual age: children enter grade 1 in the calendar year in which they turn six.

    Source: Education Law 43/2019/QH14, art. 28, known only second hand; content says so (`certainty: unconfirmed`).
    """
    return intake_year(today) - 6


@lru_cache(maxsize=4)
def _birth_years(today: date) -> tuple[Option, ...]:
    usual = usual_birth_year(today)
    named = [
        Option(id=str(year), label=f"Năm {year}", says=_year_sayings(year), born=Range(year, year))
        for year in range(usual, usual - _EARLIEST, -1)
    ]
    older = tuple(str(year) for year in range(usual - _EARLIEST, usual - 13, -1))
    younger = tuple(str(year) for year in range(usual + 1, usual + 7))
    first_named = usual - _EARLIEST + 1
    return (
        *named,
        Option(
            id=YOUNGER,
            label=f"Sau năm {usual}",
            says=("nhỏ hơn", "chưa đủ tuổi", "sinh sau", *younger),
            born=Range(usual + 1, None),
        ),
        Option(
            id=OLDER,
            label=f"Trước năm {first_named}",
            says=("lớn hơn", "quá tuổi", "sinh trước", *older),
            born=Range(None, first_named - 1),
        ),
    )


def _year_sayings(year: int) -> tuple[str, ...]:
    return (f"sinh năm {year}", f"{year}", f"cháu sinh {year}", f"sn {year}", f"năm {year % 100}", f"sinh {year % 100}")


def _born(answers: Answers) -> int | None:
    answer = answers.get("nam-sinh", "")
    return int(answer) if answer.isdigit() else None


def _usual_age(answers: Answers, today: date) -> bool:
    return _born(answers) == usual_birth_year(today)


def _over_age(answers: Answers, today: date) -> bool:
    born = _born(answers)
    return answers.get("nam-sinh") == OLDER or (born is not None and born < usual_birth_year(today))


def _too_young(answers: Answers, today: date) -> bool:
    born = _born(answers)
    return answers.get("nam-sinh") == YOUNGER or (born is not None and born > usual_birth_year(today))


CONDITIONS: Mapping[str, Callable[[Answers, date], bool]] = {
    "lop-1-dung-tuoi": _usual_age,
    "lop-1-hoc-muon": _over_age,
    "lop-1-chua-den-tuoi": _too_young,
}

# Steps that each condition reads: content is refused unless they stand above the step that names the rule.
READS: Mapping[str, tuple[str, ...]] = dict.fromkeys(CONDITIONS, ("nam-sinh",))

OPTIONS: Mapping[str, Callable[[date], tuple[Option, ...]]] = {"nam-sinh-lop-1": _birth_years}

VALUES: Mapping[str, Callable[[date], str]] = {
    "nam-hoc-lop-1": lambda today: f"{intake_year(today)}-{intake_year(today) + 1}",
    "nam-sinh-lop-1": lambda today: str(usual_birth_year(today)),
}
