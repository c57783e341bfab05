"""A table as a picture, drawn here: no script, no style sheet, nothing from anywhere else. The table stands beside it."""

import re
from datetime import date

import leather
from leather import theme
from markupsafe import Markup

from bot.insight.disclosure import Cell, Table
from flows.text.language import shortened

_WIDTH, _LINE, _FRAME = 400, 26, 70  # units of the picture
_HEIGHT = 240  # of one with lines
_MOST = 24  # bars
_FEWEST = 2  # months that make a line
_LABEL = 22  # characters of a bar's name
_COLOURS = ("#0b5d3b", "#c27c00")
_FONT = "system-ui, sans-serif"

for part in ("title", "legend", "axis_title", "tick"):
    setattr(theme, f"{part}_font_family", _FONT)
    setattr(theme, f"{part}_font_size", 12)
theme.background_color, theme.tick_color, theme.zero_color = "#ffffff", "#c3cec6", "#75857c"
theme.label_color = theme.legend_color = "#1a2420"
theme.legend_font_char_width, theme.tick_font_char_width = 7, 7


def draw_chart(table: Table) -> Markup | None:
    """Draw a table as SVG; None where there is nothing to draw."""
    if table.chart == "lines":
        return _lines(table)
    return _bars(table) if table.chart == "bars" else None


def _bars(table: Table) -> Markup | None:
    rows = [row for row in table.rows if _number(row[1]) is not None][:_MOST]
    if not rows:
        return None
    chart = leather.Chart()
    names = _distinct([shortened(str(row[0]), _LABEL) for row in rows])
    top = max(_number(row[1]) or 0 for row in rows)
    pairs = [(_number(row[1]), name) for row, name in zip(rows, names, strict=True)]
    chart.add_bars(pairs, fill_color=_COLOURS[0])
    chart.add_x_scale(0, top)
    chart.add_x_axis(ticks=[0, top], tick_formatter=lambda value, *_: f"{value:g}")
    return _picture(chart, _FRAME + _LINE * len(rows))


def _lines(table: Table) -> Markup | None:
    """Draw one line a column over the months. The line passes over hidden numbers."""
    months = [date(int(str(row[0])[3:]), int(str(row[0])[:2]), 1) for row in table.rows]
    series = [[_number(row[column]) for row in table.rows] for column in table.drawn]
    if len(months) < _FEWEST or not any(value is not None for value in series[0]):
        return None
    chart = leather.Chart()
    for colour, column, values in zip(_COLOURS[: len(series)], table.drawn, series, strict=True):
        points = [(month, value) for month, value in zip(months, values, strict=True) if value is not None]
        if points:
            chart.add_line(points, name=table.head[column], stroke_color=colour, width=3)
    top = max(value or 0 for values in series for value in values)
    chart.add_y_scale(0, top)
    chart.add_x_scale(min(months), max(months))
    chart.add_x_axis(ticks=months[:: len(months) // 5 + 1], tick_formatter=lambda month, *_: f"{month:%m/%y}")
    return _picture(chart, _HEIGHT)


def _number(cell: Cell) -> float | None:
    if isinstance(cell, str):
        match = re.fullmatch(r"(\d+(?:,\d+)?) %", cell)
        return float(match[1].replace(",", ".")) if match else None
    return cell


def _distinct(names: list[str]) -> list[str]:
    """Two bars of one name would be drawn one over the other."""
    return [f"{name} ({names[:at].count(name) + 1})" if name in names[:at] else name for at, name in enumerate(names)]


def _picture(chart: leather.Chart, height: int) -> Markup:
    """Fit a chart to the width that the page gives it. Screen readers are sent to the table."""
    drawn = chart.to_svg(width=_WIDTH, height=height)
    sized = f'<svg viewBox="0 0 {_WIDTH} {height}" aria-hidden="true"'
    return Markup(re.sub(r"<svg [^>]*?height=\"\d+\"", sized, drawn, count=1))  # noqa: S704 - leather escapes what it draws
