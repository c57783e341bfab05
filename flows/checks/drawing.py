"""Drawing of a procedure: its steps from top to bottom, and which answers lead past which of them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from html import escape

from flows.checks.check import paths, values
from flows.definition.procedure import Procedure
from flows.definition.steps import AnyStep, Ask
from flows.dialogue.position import options_of, walk
from flows.text.language import shortened

_WIDTH, _LEFT, _HEIGHT, _GAP = 380, 20, 44, 30
_LANE = 26  # distance of two lines that run beside each other
_COLOURS = {"ask": "#fff3c4", "tell": "#e8f1ff", "papers": "#e5f7e9", "do": "#ffffff", "done": "#dddddd"}
_FONT = 'font-family="sans-serif" font-size="13"'


@dataclass(frozen=True)
class _Edge:
    """Line from one row to a later one, with the answers that lead that way; none when every answer does."""

    start: int
    end: int
    answers: tuple[str, ...]


def draw(procedure: Procedure, today: date) -> str:
    """Draw the steps as SVG. A line on the right passes steps over; beside it stands the answer that leads there."""
    edges = _edges(procedure, today)
    lanes = _lanes([edge for edge in edges if edge.end - edge.start > 1])
    height = len(procedure.steps) * (_HEIGHT + _GAP) + 40
    width = _LEFT + _WIDTH + (max(lanes.values(), default=0) + 2) * _LANE + 200
    body = [_box(row, step) for row, step in enumerate(procedure.steps)]
    body += [_straight(edge) for edge in edges if edge not in lanes]
    for edge, lane in lanes.items():
        beside = [other for other in lanes if other.end == edge.end]
        body.append(_round(edge, lane, beside.index(edge)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" {_FONT}>'
        f"<title>{escape(procedure.title)}</title>"
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{"".join(body)}</svg>\n'
    )


def _edges(procedure: Procedure, today: date) -> list[_Edge]:
    row = {step.id: index for index, step in enumerate(procedure.steps)}
    answers: dict[tuple[int, int], set[str]] = defaultdict(set)
    ways_out: dict[int, set[int]] = defaultdict(set)
    for given, slot in paths(procedure, today):
        for value in values(slot, procedure, today):
            after = walk(procedure, {**given, slot.id: value}, today).here
            start, end = row[slot.step.id], row[after.step.id]
            if start != end:
                ways_out[start].add(end)
                answers[start, end].add(_label(slot.step, value, today))
    return [
        _Edge(start, end, tuple(sorted(filter(None, said))) if len(ways_out[start]) > 1 else ())
        for (start, end), said in sorted(answers.items())
    ]


def _label(step: AnyStep, value: str, today: date) -> str:
    if not isinstance(step, Ask):
        return ""
    return next((option.label for option in options_of(step, today) if option.id == value), "")


def _lanes(edges: list[_Edge]) -> dict[_Edge, int]:
    """Give each line a lane: short ones inside, long ones outside; two that overlap never share one."""
    lanes: dict[_Edge, int] = {}
    for edge in sorted(edges, key=lambda edge: (edge.end - edge.start, edge.start)):
        taken = {lane for other, lane in lanes.items() if other.start < edge.end and edge.start < other.end}
        lanes[edge] = next(lane for lane in range(len(edges)) if lane not in taken)
    return lanes


def _top(row: int) -> int:
    return 20 + row * (_HEIGHT + _GAP)


def _box(row: int, step: AnyStep) -> str:
    text = step.text.split("\n")[0]
    text = shortened(text, 50)
    return (
        f'<rect x="{_LEFT}" y="{_top(row)}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" stroke="#555" '
        f'fill="{_COLOURS[step.kind]}"/>'
        f'<text x="{_LEFT + 10}" y="{_top(row) + 17}" font-weight="bold">{escape(step.id)} · {step.kind}</text>'
        f'<text x="{_LEFT + 10}" y="{_top(row) + 35}">{escape(text)}</text>'
    )


def _straight(edge: _Edge) -> str:
    x, bottom, top = _LEFT + _WIDTH // 2, _top(edge.start) + _HEIGHT, _top(edge.end)
    return f'<path d="M{x} {bottom}V{top}" stroke="#555" fill="none"/>{_said(x + 6, bottom + 19, edge)}'


def _round(edge: _Edge, lane: int, place: int) -> str:
    """Draw a line past the steps in between; where several arrive at one step, each has its own place at its side."""
    right, side = _LEFT + _WIDTH, _LEFT + _WIDTH + (lane + 1) * _LANE
    top, bottom = _top(edge.start) + _HEIGHT - 8, _top(edge.end) + 10 + 12 * (place % 3)
    return (
        f'<path d="M{right} {top}H{side}V{bottom}H{right}" stroke="#999" fill="none"/>'
        f'<path d="M{right} {bottom}l6 -4v8z" fill="#999"/>{_said(right + 10, bottom - 2, edge)}'
    )


def _said(x: int, y: int, edge: _Edge) -> str:
    said = escape(shortened(", ".join(edge.answers), 60))
    halo = 'fill="#06c" font-size="11" stroke="#fff" stroke-width="3" paint-order="stroke"'
    return f'<text x="{x}" y="{y}" {halo}>{said}</text>'
