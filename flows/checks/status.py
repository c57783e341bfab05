"""Status of the content: how certain it is (docs/content-status.md), what changes soon, what must be looked at again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flows.checks.editing import LAND
from flows.definition.library import Library
from flows.definition.procedure import Procedure
from flows.definition.statements import Certainty, Sourced
from flows.definition.steps import AnyStep, Paper, parts_of
from flows.definition.yaml_source import Problem

_SOON = timedelta(days=120)
_WARNINGS = (0, 7, 30)  # days before a review when admins are told
_HEAD = """\
# Nội dung chắc đến đâu

Trang này do `make status` làm ra từ `content/`. Mỗi dòng một thủ tục. “Chắc” là đã đọc văn bản chính thức, “một nguồn” là mới có
một nguồn, “chưa chắc” thì máy không nói như sự thật mà bảo bà con hỏi xã.

| Thủ tục | Mã | Bước | Chắc | Một nguồn | Chưa chắc | Xem cũ nhất | Xem lại trước |
|---|---|---:|---:|---:|---:|---|---|
"""


def report(library: Library) -> str:
    """Render the page in Markdown; the same content gives the same page on any day."""
    rows = [_row(library.procedures[id_]) for id_ in sorted(library.procedures)]
    land = [procedure for procedure in library.procedures.values() if procedure.id.startswith(LAND)]
    others = [procedure for procedure in library.procedures.values() if not procedure.id.startswith(LAND)]
    tail = (
        f"\n{len(library.procedures)} thủ tục. Bước dùng chung chỉ đếm một lần:\n\n"
        f"- Ngoài đất đai: {_shares(library, others)}\n"
        f"- Đất đai, nhiều điều do tỉnh đặt mà chưa thấy quyết định của tỉnh: {_shares(library, land)}\n\n"
        f"Ngoài ra có {len(library.catalogue)} thủ tục trong danh mục, mới có số liệu.\n"
    )
    return _HEAD + "".join(rows) + tail


def _shares(library: Library, procedures: Sequence[Procedure]) -> str:
    """Say how many statements are how certain, and how many tell of no day."""
    parts = _statements(library, procedures)
    total = Counter(part.certainty for part in parts)
    undated = sum(part.certainty != "unconfirmed" and library.as_of(part) is None for part in parts)
    names: dict[Certainty, str] = {"confirmed": "chắc", "single": "một nguồn", "unconfirmed": "chưa chắc"}
    shares = (f"{total[key]} {name} ({total[key] / max(len(parts), 1):.1%})" for key, name in names.items())
    return f"{len(parts)} điều, {', '.join(shares)}; {undated} điều không rõ của ngày nào."


def _row(procedure: Procedure) -> str:
    parts = list(_sourced(procedure))
    sure = Counter(part.certainty for part in parts)
    codes = ", ".join(value.text for value in procedure.facts.get("code", ()) if value.text)
    oldest = min((part.checked for part in parts if part.checked), default="")
    review = min((part.review_by for part in parts if part.review_by), default="")
    cells = (f"`{procedure.id}` {procedure.title}", codes, len(procedure.steps))
    marks = (sure["confirmed"], sure["single"], sure["unconfirmed"], oldest, review)
    return f"| {' | '.join(map(str, (*cells, *marks)))} |\n"


def _sourced(procedure: Procedure) -> Iterator[Sourced]:
    """Yield everything in a procedure that claims something about the world; a plain question claims nothing."""
    for values in procedure.facts.values():
        yield from values
    for step in procedure.steps:
        yield from _claims(step)


def _claims(step: AnyStep) -> Iterator[Sourced]:
    if step.source or step.certainty != "confirmed":
        yield step
    yield from (p for p in parts_of(step) if isinstance(p, Paper) or p.source or p.certainty != "confirmed")


def _statements(library: Library, procedures: Iterable[Procedure]) -> list[Sourced]:
    """Return what procedures claim, each shared step once."""
    facts = [value for procedure in procedures for values in procedure.facts.values() for value in values]
    written = {
        (document.file, path): step
        for procedure in procedures
        for step in procedure.steps
        for document, path in (library.origins[procedure.id, step.id],)
    }
    return [*facts, *(claim for step in written.values() for claim in _claims(step))]


def _days_of_review(library: Library, procedure: Procedure) -> Counter[date]:
    """Count what must be looked at again by each day: what a procedure claims, and the answers beside it, local ones too."""
    layers = (*library.provinces.values(), *library.communes.values())
    local = [one for layer in layers for one in layer.questions.values() if one.procedure == procedure.id]
    facts = [layer.facts.get(procedure.id, {}) for layer in library.provinces.values()]
    claims: list[Sourced] = [*_sourced(procedure), *library.questions[procedure.id].values(), *local]
    claims += [value for kinds in facts for values in kinds.values() for value in values]
    return Counter(part.review_by for part in claims if part.review_by)


def _beside_procedures(library: Library) -> Iterator[tuple[str, Sourced]]:
    """Yield (place or file, statement) of what a place says of itself, and of the files of short answers."""
    for layer in (*library.provinces.values(), *library.communes.values()):
        yield from ((layer.id, value) for values in layer.values.values() for value in values)
    files: dict[str, Mapping[str, Sourced]] = {
        "terms.yaml": library.terms,
        "signposts.yaml": library.signposts,
        "portal.yaml": library.portal,
        "danger.yaml": library.dangers,
    }
    yield from ((file, entry) for file, entries in files.items() for entry in entries.values())


@dataclass(frozen=True)
class Review:
    """Statements that must be looked at again by a day, and the latest of the warnings that is due."""

    review_by: date
    days_before: int
    statements: int
    where: tuple[str, ...]  # procedures, places, files


def due_reviews(library: Library, today: date) -> list[Review]:
    """Return what must be looked at again within 30 days, or should have been, by its day."""
    counts: dict[date, Counter[str]] = defaultdict(Counter)
    for procedure in library.procedures.values():
        for day, count in _days_of_review(library, procedure).items():
            counts[day][procedure.id] = count
    for place, one in _beside_procedures(library):
        if one.review_by:
            counts[one.review_by][place] += 1
    return [
        Review(day, warning, by_place.total(), tuple(sorted(by_place)))
        for day, by_place in sorted(counts.items())
        if (warning := next((days for days in _WARNINGS if (day - today).days <= days), None)) is not None
    ]


def upcoming(library: Library, today: date) -> list[Problem]:
    """List what takes effect or falls due in the next 120 days: no mistakes, but work to plan."""
    found: list[Problem] = []
    for procedure in library.procedures.values():
        document = library.documents[f"procedures/{procedure.id}.yaml"]
        for kind, values in procedure.facts.items():
            for value in values:
                if value.from_ and today < value.from_ <= today + _SOON:
                    found.append(
                        document.problem(f"facts.{kind} đổi từ {value.from_}: {value.text or 'chưa rõ'}", "facts", kind)
                    )
        for day, count in _days_of_review(library, procedure).items():
            if today <= day <= today + _SOON:
                found.append(document.problem(f"{count} điều phải xem lại trước {day}"))
    return sorted(found)
