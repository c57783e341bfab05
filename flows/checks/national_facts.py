"""Comparison of our facts with the national snapshot; every difference needs a reason."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from flows.definition.facts import FactKind, value_on
from flows.definition.library import CODE, Library
from flows.definition.national import National
from flows.definition.procedure import Procedure
from flows.definition.yaml_source import Document, Problem
from flows.text.language import fold, words


def differences(library: Library, national: Mapping[str, National], today: date) -> list[Problem]:
    """Return a problem for every difference without a `differs` entry, and for every such entry without a difference."""
    found: list[Problem] = []
    for procedure in library.procedures.values():
        file = f"procedures/{procedure.id}.yaml"
        document = library.documents.get(file) or Document(file, {}, ())  # what serves keeps no lines of its files
        explained = {entry.field for entry in procedure.differs}
        differing = dict(_compare(procedure, national, today))
        found += [document.problem(text, "facts", kind) for kind, text in differing.items() if kind not in explained]
        needless = explained - differing.keys()
        found += [
            document.problem(f"differs.{kind}: không còn khác bản quốc gia, bỏ đi", "differs") for kind in needless
        ]
    return sorted(found)


def _compare(procedure: Procedure, national: Mapping[str, National], today: date) -> Iterator[tuple[FactKind, str]]:
    code = _said(procedure, "code", today)
    named = CODE.search(code or "")
    if named is None:
        return
    official = national.get(named[0])
    if official is None:
        yield "code", f"mã {named[0]} không có trong bản quốc gia: sửa mã, hoặc ghi differs vì sao"
        return
    name, time, where = (_said(procedure, kind, today) for kind in ("name", "time", "where"))
    if name is not None and fold(official.name) not in fold(name):
        yield "name", f"tên khác bản quốc gia “{official.name}”: sửa, hoặc ghi differs vì sao"
    lacking = sorted(
        {
            n
            for limits in official.limits.values()
            for n, _ in limits
            if time is not None and not re.search(rf"\b{n}\b", time)
        }
    )
    if lacking:
        yield "time", f"bản quốc gia ghi {', '.join(map(str, lacking))}: sửa, hoặc ghi differs vì sao"
    if where is not None and official.level == "Cấp Xã" and "xa" not in words(where):
        yield "where", "bản quốc gia ghi cấp xã: sửa, hoặc ghi differs vì sao"
    yield from _fee(procedure, official, today)


def _fee(procedure: Procedure, official: National, today: date) -> Iterator[tuple[FactKind, str]]:
    said = _said(procedure, "fee", today)
    digits = re.sub(r"(?<=\d)[.,](?=\d{3})", "", said or "")
    if said is not None and official.fee is None:
        yield (
            "fee",
            "bản quốc gia không ghi số tiền (0 đồng ở đó là “quy định nơi khác”): để unconfirmed, hoặc ghi differs vì sao",
        )
    elif said is not None and str(official.fee) not in digits:
        yield "fee", f"bản quốc gia ghi {official.fee} đồng: sửa, hoặc ghi differs vì sao"


def _said(procedure: Procedure, kind: FactKind, today: date) -> str | None:
    """Return what the bot states today; None for what it does not state."""
    value = value_on(procedure.facts.get(kind, ()), today)
    return None if value is None or value.unsure(today) else value.text
