"""How it went at the office, as citizens tell: the number that the project is about."""

from collections.abc import Callable

from bot.insight.disclosure import Cell, Table, hide_small, percent_of, sum_shown, with_percent_sign
from bot.insight.events import FILED
from bot.insight.scope import Counts, Scope, count_people, sum_by
from bot.store.tx import Tx
from flows.dialogue import screens
from flows.messages import AnalyticsKind

_HEAD = ("Báo nộp trên mạng", "Báo nộp tại xã", "Báo bị trả lại", "Báo chưa nộp được", "Nộp trên mạng")
_ONCE = "Mỗi người tính một lần ở mỗi cột, dù báo mấy việc. "
_NOTE = (
    "Phần nộp trên mạng: trong những bà con báo là đã nộp (trên mạng hoặc tại xã), từ 20 người trở lên. "
    "Máy chỉ nghe được người đã hỏi máy và chịu trả lời."
)
_BEFORE = "Trước khi có máy"
_BEFORE_NOTE = (
    " Trước khi có máy: phần hồ sơ nộp trên mạng, theo nguồn trong tệp của xã; hai số không đo cùng một cách."
)


def outcome_tables(tx: Tx, scope: Scope) -> list[Table]:
    of_people: AnalyticsKind = "outcome" if scope.procedure else "teller"
    told = scope.by_month(tx, (of_people,), "commune", "detail")
    communes = sum_by(told, 1, 2)
    procedures = scope.count(tx, ("outcome",), "procedure", "detail")
    return [
        _months(scope, sum_by(told, 0, 2)),
        Table(
            "outcomes-communes",
            "Bà con báo kết quả, theo xã",
            ("Xã", *_HEAD),
            _rows(communes, scope.commune_name),
            "",
            "bars",
        ),
        Table(
            "outcomes-procedures",
            "Bà con báo kết quả, theo việc",
            ("Việc", *_HEAD),
            _rows(procedures, scope.procedure_title),
        ),
        _returned(tx, scope),
    ]


def _months(scope: Scope, told: Counts) -> Table:
    before = _before(scope)
    rows = [(f"{month:%m/%Y}", *_row(told, month), *before) for month in scope.months]
    head = ("Tháng", *_HEAD, *((_BEFORE,) if before else ()))
    note = f"{'' if scope.procedure else _ONCE}{_NOTE}{_BEFORE_NOTE if before else ''}"
    return Table("outcomes", "Bà con báo kết quả, theo tháng", head, rows, note, "lines", (5, 6) if before else (5,))


def _before(scope: Scope) -> tuple[str, ...]:
    """Find what these communes filed online before there was the bot, where they all say the same; else nothing."""
    communes = [scope.library.communes.get(id_) for id_ in scope.communes or scope.library.communes]
    told = {commune and commune.online_before for commune in communes}
    known = [share_ for share_ in told if share_]
    return (f"{known[0].percent:.1f} %".replace(".", ","),) if len(told) == len(known) == 1 else ()


def _rows(told: Counts, name: Callable[[str | None], str]) -> list[tuple[Cell, ...]]:
    return [(name(id_), *_row(told, id_)) for id_ in sorted({key[0] for key in told}, key=name)]


def _row(told: Counts, key: object) -> tuple[Cell, ...]:
    """Make a row. Who filed one thing online and another one at the commune stands in both columns, and once in the share's
    whole."""
    cells = [hide_small(count_people(told, key, filed)) for filed in screens.FILED]
    whole = hide_small(count_people(told, key, FILED)) if (key, FILED) in told else sum_shown(cells[:2])
    return (*cells, with_percent_sign(percent_of(cells[0], whole if None not in cells[:2] else None)))


def _returned(tx: Tx, scope: Scope) -> Table:
    """Count the reasons of returned dossiers: ids of the procedure's own list, or of the common one."""
    found = scope.count(tx, ("returned",), "procedure", "detail")
    rows: list[tuple[Cell, ...]] = [
        (scope.procedure_title(p), _reason(scope, p, reason), number)
        for (p, reason), (_, count) in found.items()
        if (number := hide_small(count)) is not None
    ]
    rows.sort(key=lambda row: (-int(row[-1] or 0), row[:-1]))
    note = "Lời bà con kể thêm thì người viết nội dung đọc bằng `motcua team notes`."
    return Table("returned", "Vì sao bị trả lại", ("Việc", "Vì sao", "Người"), rows, note, names=2)


def _reason(scope: Scope, procedure: str, reason: str) -> str:
    known = scope.library.procedures.get(procedure)
    own = {option.id: option.label for option in known.returned} if known else {}
    return own.get(reason) or scope.library.sentences.returned.get(reason, reason)
