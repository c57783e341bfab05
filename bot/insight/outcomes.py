"""How it went at the office, as citizens tell: the number that the project is about."""

from collections.abc import Callable

from sqlalchemy import Connection

from bot.insight.cells import Cell, Table, percent, share, shown, total
from bot.insight.scope import Counts, Scope, people, summed
from flows.dialogue.screens import FILED

BASELINE = 12.7  # percent of papers filed online before there was the bot: the figure that the project set out from

_HEAD = ("Báo nộp trên mạng", "Báo nộp tại xã", "Báo bị trả lại", "Báo chưa nộp được", "Nộp trên mạng")
_BEFORE = f"{BASELINE:.1f} %".replace(".", ",")
_NOTE = (
    f"Phần nộp trên mạng: trong những bà con báo là đã nộp (trên mạng hoặc tại xã), từ 20 người trở lên. "
    f"Trước khi có máy: {_BEFORE} hồ sơ nộp trên mạng. Hai số không đo cùng một cách: "
    "máy chỉ nghe được người đã hỏi máy và chịu trả lời."
)


def tables(connection: Connection, scope: Scope) -> list[Table]:
    """What was told is read once, and summed up in three ways."""
    told = scope.by_month(connection, ("outcome",), "commune", "procedure", "detail")
    communes, procedures = summed(told, 1, 3), summed(told, 2, 3)
    return [
        _months(scope, summed(told, 0, 3)),
        Table(
            "outcomes-communes",
            "Bà con báo kết quả, theo xã",
            ("Xã", *_HEAD),
            _rows(communes, scope.commune),
            "",
            "bars",
        ),
        Table("outcomes-procedures", "Bà con báo kết quả, theo việc", ("Việc", *_HEAD), _rows(procedures, scope.title)),
        _returned(connection, scope),
    ]


def _months(scope: Scope, told: Counts) -> Table:
    rows = [(f"{month:%m/%Y}", *_row(told, month), _BEFORE) for month in scope.months]
    head = ("Tháng", *_HEAD, "Trước khi có máy")
    return Table("outcomes", "Bà con báo kết quả, theo tháng", head, rows, _NOTE, "lines", (5, 6))


def _rows(told: Counts, name: Callable[[str | None], str]) -> list[tuple[Cell, ...]]:
    return [(name(id_), *_row(told, id_)) for id_ in sorted({key[0] for key in told}, key=name)]


def _row(told: Counts, key: object) -> tuple[Cell, ...]:
    cells = [shown(people(told, key, filed)) for filed in FILED]
    filed = total(cells[:2]) if None not in cells[:2] else None
    return (*cells, percent(share(cells[0], filed)))


def _returned(connection: Connection, scope: Scope) -> Table:
    """Reasons are ids of the procedure's own list, or of the common one."""
    found = scope.count(connection, ("returned",), "procedure", "detail")
    rows: list[tuple[Cell, ...]] = [
        (scope.title(p), _reason(scope, p, reason), number)
        for (p, reason), (_, count) in found.items()
        if (number := shown(count)) is not None
    ]
    rows.sort(key=lambda row: (-int(row[-1] or 0), row[:-1]))
    note = "Lời bà con kể thêm thì người viết nội dung đọc bằng `motcua team notes`."
    return Table("returned", "Vì sao bị trả lại", ("Việc", "Vì sao", "Người"), rows, note, names=2)


def _reason(scope: Scope, procedure: str, reason: str) -> str:
    known = scope.library.procedures.get(procedure)
    own = {option.id: option.label for option in known.returned} if known else {}
    return own.get(reason) or scope.library.sentences.returned.get(reason, reason)
