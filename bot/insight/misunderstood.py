"""Misses: what was not understood, like beside like, for the editors of the content.

People may write their own names into such words. They stand alone here: without a time, a step, a conversation. Words that fewer
than five people wrote show only what the content itself might say; every other word, and what looks like a name, becomes "…".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, insert, select, update

from bot.insight.disclosure import FEWEST, Table, hide_small
from bot.insight.months import begin_of_day, months_after
from bot.insight.scope import Scope
from bot.store.tables import content_feedback, misses
from bot.store.tx import Tx
from flows.definition.library import WORD
from flows.text.language import fold, words

_ALIKE = 85  # of 100: two texts that say the same
_NEWEST = 3000  # misses that are looked at
_GROUPS = 200  # that are shown
_CAPITALS = re.compile(r"\b[^\W\d_a-zà-ỹ]\w*(?:\s+[^\W\d_a-zà-ỹ]\w*)+")
_FAMILIES = (
    "nguyen|tran|le|pham|hoang|huynh|vu|vo|phan|truong|bui|dang|do|ngo|ho|duong|dinh|nong|trieu|ly|lo|ha|luong|be|hua|ma|chu|dam|"
    "luc|dao|doan|lam|mai|trinh|quan|sam|la|lu|giang|vang|thao|sung"
)
_NAME = re.compile(rf"\b(?:{_FAMILIES})\s+(?:van|thi|duc|huu|ngoc|minh|thanh|quang|xuan)\s+\w+(?:\s+\w+)?")


@dataclass(frozen=True)
class Group:
    """Texts that say the same.

    Attributes:
        text: how it is put most often, as it may be seen.
        ids: of the misses in it.
        people: how many conversations.
    """

    text: str
    ids: tuple[int, ...]
    people: int


@dataclass(frozen=True)
class Answer:
    """A question with the answer that the team found, to go into the commune's file."""

    commune: str
    procedure: str
    text: str


def group_misses(tx: Tx, scope: Scope) -> list[Group]:
    """List the groups, the largest first; what the editors have been handed is not among them."""
    query = select(misses).where(_is_open(scope)).order_by(misses.c.id.desc()).limit(_NEWEST)
    rows = tx.execute(query).all()
    heads: dict[str, list[tuple[int, int, str]]] = {}
    for row in rows:
        said = " ".join(words(row.text)) or row.text
        alike = (
            None if said in heads else process.extractOne(said, heads.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        )
        heads.setdefault(alike[0] if alike else said, []).append((row.id, row.conversation_id, row.text))
    known = frozenset(scope.library.vocabulary.split())
    made = [_make_group(members, known) for members in heads.values()]
    return sorted(made, key=lambda group: (-group.people if group.people >= FEWEST else 0, group.text))[:_GROUPS]


def groups_table(found: Sequence[Group]) -> Table:
    """Make the table of a file: only what at least five people wrote leaves the page."""
    rows = [(group.text, hide_small(group.people)) for group in found if group.people >= FEWEST]
    return Table("words", "Lời máy chưa hiểu", ("Lời", "Người"), rows, "Chỉ có lời từ 5 người trở lên.")


def hand_over(tx: Tx, scope: Scope, text: str, procedure: str | None, who: str) -> bool:
    """Give a group to the editors: as another way to say a procedure's name, or to look at. True when it was there."""
    group = next((one for one in group_misses(tx, scope) if one.text == text), None)
    if group is None:
        return False
    kind = "phrase" if procedure else "unclear"
    row = {"kind": kind, "procedure": procedure or scope.procedure or None, "text": text, "who": who, "at": tx.now}
    tx.execute(insert(content_feedback).values(row))
    tx.execute(update(misses).where(misses.c.id.in_(group.ids)).values(handled_at=tx.now))
    return True


def list_answers(tx: Tx, scope: Scope) -> list[Answer]:
    """List what the team found out, the newest first."""
    notes, within = (
        content_feedback.c,
        (content_feedback.c.at >= begin_of_day(scope.since))
        & (content_feedback.c.at < begin_of_day(months_after(scope.until))),
    )
    found = within & (notes.kind == "answer")
    if scope.communes:
        found &= notes.commune.in_(scope.communes)
    if scope.procedure:
        found &= notes.procedure == scope.procedure
    rows = tx.execute(select(content_feedback).where(found).order_by(notes.id.desc()).limit(_GROUPS))
    return [Answer(scope.commune_name(row.commune), scope.procedure_title(row.procedure), row.text) for row in rows]


def _is_open(scope: Scope) -> ColumnElement[bool]:
    within = (misses.c.at >= begin_of_day(scope.since)) & (misses.c.at < begin_of_day(months_after(scope.until)))
    found = within & misses.c.handled_at.is_(None)
    if scope.communes:
        found &= misses.c.commune.in_(scope.communes)
    return found & (misses.c.procedure == scope.procedure) if scope.procedure else found


def _make_group(members: list[tuple[int, int, str]], known: frozenset[str]) -> Group:
    texts = [text for _, _, text in members]
    text = max(sorted(set(texts)), key=texts.count)
    people = len({conversation for _, conversation, _ in members})
    return Group(text if people >= FEWEST else mask_names(text, known), tuple(id_ for id_, _, _ in members), people)


def mask_names(text: str, known: frozenset[str]) -> str:
    """Mask names, and words that are not in the content."""
    names = _find_names(text)

    def seen(match: re.Match[str]) -> str:
        a_name = any(start <= match.start() < end for start, end in names)
        return match[0].lower() if match[0].lower() in known and not a_name else "…"

    return re.sub(r"…(?:\s*…)+", "…", WORD.sub(seen, text)).strip()


def _find_names(text: str) -> list[tuple[int, int]]:
    """Find what looks like a name: capital after capital, or a family name before a middle name."""
    plain = fold(text)
    capitals = _CAPITALS.finditer(text) if text != text.upper() else ()
    typed = _NAME.finditer(plain) if len(plain) == len(text) else ()
    return [match.span() for match in (*capitals, *typed)]
