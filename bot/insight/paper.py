"""A month of one commune on one page, to print and to put on the chairman's desk."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fpdf import FPDF
from sqlalchemy import Connection

from bot.insight import help as helping
from bot.insight import outcomes, reach, steps
from bot.insight.cells import Cell, Table, text
from bot.insight.scope import Scope
from flows.language import shortened

_FONTS = Path(__file__).parent.parent / "fonts"  # DejaVu Sans, cut down to the letters of Vietnamese
_FONT = "DejaVu"
_GREEN, _GREY, _INK = (11, 93, 59), (81, 96, 90), (26, 36, 32)
_LINE = 5.5  # mm
_ROWS = 6  # of a table: the page is one page
_CELL = 46  # characters
_WORDS = (
    "Số dưới 5 ghi là “< 5”, số khác làm tròn đến bội số của 5, để không ai suy ra một người nào. "
    "Bà con không bắt buộc báo kết quả."
)


def page(connection: Connection, scope: Scope, month: date, commune: str) -> bytes:
    """The PDF. `scope` is the month and the commune."""
    pdf = _sheet(f"{scope.commune(commune)[:1].upper()}{scope.commune(commune)[1:]}, tháng {month:%m/%Y}")
    by_name = {table.name: table for table in _tables(connection, scope)}
    _sentence(pdf, _headline(by_name))
    for name, columns in _SHOWN:
        _table(pdf, by_name[name], columns)
    pdf.set_y(-24)
    _sentence(pdf, _WORDS, size=8, colour=_GREY)
    return bytes(pdf.output())


# Which tables stand on the page, and which of their columns.
_SHOWN: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("procedures", (0, 1, 2)),
    ("troubles", (0, 2, 3)),
    ("outcomes", (0, 1, 2, 3, 4, 5, 6)),
    ("teams", (0, 1, 3, 4, 5)),
    ("ratings", (0, 1)),
)


def _tables(connection: Connection, scope: Scope) -> list[Table]:
    return [table for part in (reach, steps, outcomes, helping) for table in part.tables(connection, scope)]


def _headline(by_name: dict[str, Table]) -> str:
    _, came, finished = next(iter(by_name["months"].rows))
    return f"Bà con đã hỏi máy: {text(came)} người. Đi hết hướng dẫn: {text(finished)} người."


def _sheet(title: str) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(15)
    pdf.set_title(title)
    pdf.set_lang("vi")
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(_FONT, style, _FONTS / file)
    pdf.add_page()
    pdf.set_text_color(*_GREEN)
    pdf.set_font(_FONT, "B", 16)
    pdf.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
    _sentence(pdf, "Trợ lý giấy tờ của tổ công nghệ số cộng đồng", colour=_GREY)
    return pdf


def _sentence(pdf: FPDF, said: str, size: float = 10, colour: tuple[int, int, int] = _INK) -> None:
    pdf.set_text_color(*colour)
    pdf.set_font(_FONT, "", size)
    pdf.multi_cell(0, _LINE, said, new_x="LMARGIN", new_y="NEXT")


def _table(pdf: FPDF, table: Table, columns: Sequence[int]) -> None:
    pdf.ln(3)
    pdf.set_text_color(*_GREEN)
    pdf.set_font(_FONT, "B", 11)
    pdf.multi_cell(0, 6, table.title, new_x="LMARGIN", new_y="NEXT")
    if not table.rows:
        _sentence(pdf, "Chưa có số từ 5 trở lên.", size=8)
        return
    pdf.set_text_color(*_INK)
    pdf.set_font(_FONT, "", 8)
    widths = [3 if column < table.names else 1 for column in columns]
    with pdf.table(col_widths=widths, line_height=4.6, text_align="LEFT", borders_layout="HORIZONTAL_LINES") as drawn:
        drawn.row([table.head[column] for column in columns])
        for row in table.rows[:_ROWS]:
            drawn.row([_cell(row[column]) for column in columns])


def _cell(cell: Cell) -> str:
    return shortened(text(cell), _CELL)
