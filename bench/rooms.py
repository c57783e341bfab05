"""Draw docs/rooms.svg, which room of bot/ and flows/ imports which, from the code itself: `make rooms`.

A room is a folder or a file that stands directly in bot/ or flows/. Rooms stand in the order of the floors that import-linter
holds (pyproject.toml), so every dot is right of the diagonal.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "rooms.svg"
_FOLDERS = ("bot", "flows")
_CELL, _NAMES, _TOP = 16, 150, 130  # pixels: a cell, the column of names, the row of names
_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d" \
font-family="system-ui, 'Noto Sans', sans-serif" font-size="11">
  <title id="t">Which room imports which</title>
  <desc id="d">One row and one column for each room of bot/ and flows/. A dot: the room of the row imports the room of the \
column.</desc>
  <style>
    text {{ fill: #12301f }} circle {{ fill: #0b5d3b }} .floor {{ fill: #e6f4ec }} .self {{ fill: #c9d6cd }}
    .outside {{ stroke: #0b5d3b }}
  </style>
  <rect width="{width}" height="{height}" fill="#fbfcfb"/>
"""


def rooms() -> list[list[str]]:
    """Return every floor, from the top, as the names of its rooms: "bot.handoff"."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    floors = {contract["containers"][0]: contract["layers"] for contract in contracts if contract["type"] == "layers"}
    return [
        [f"{folder}.{room.strip()}" for room in floor.split("|")] for folder in _FOLDERS for floor in floors[folder]
    ]


def arrows() -> set[tuple[str, str]]:
    """Return every (importer, imported), two different rooms."""
    graph = grimp.build_graph(*_FOLDERS, cache_dir=None)
    found = {
        (_room(module), _room(other))
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
    }
    return {(one, other) for one, other in found if one != other and "." in one and "." in other}


def draw() -> str:
    """Return the picture as SVG."""
    floors = rooms()
    names = [name for floor in floors for name in floor]
    size = len(names) * _CELL
    head = _HEAD.format(width=_NAMES + size + 10, height=_TOP + size + 10)
    return "\n".join([head.rstrip(), *_floors(floors), *_labels(names), *_dots(names), "</svg>", ""])


def _floors(floors: list[list[str]]) -> Iterator[str]:
    """Every other floor shaded; a line where flows/ begins."""
    width, above = sum(map(len, floors)) * _CELL + _NAMES, 0
    for number, floor in enumerate(floors):
        top = _TOP + above * _CELL
        if number % 2:
            yield f'  <rect class="floor" y="{top}" width="{width}" height="{len(floor) * _CELL}"/>'
        if number and floor[0].split(".")[0] != floors[number - 1][0].split(".")[0]:
            yield f'  <path class="outside" d="M0 {top}H{width}"/>'
        above += len(floor)


def _labels(names: list[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        middle = number * _CELL + _CELL // 2
        said = escape(name.replace(".", "/", 1))
        yield f'  <text x="{_NAMES - 6}" y="{_TOP + middle + 4}" text-anchor="end">{said}</text>'
        yield f'  <text transform="translate({_NAMES + middle + 4} {_TOP - 6}) rotate(-90)">{said}</text>'
        yield f'  <rect class="self" x="{_NAMES + middle - 3}" y="{_TOP + middle - 3}" width="6" height="6"/>'


def _dots(names: list[str]) -> Iterator[str]:
    place = {name: number * _CELL + _CELL // 2 for number, name in enumerate(names)}
    for one, other in sorted(arrows(), key=lambda arrow: (place[arrow[0]], place[arrow[1]])):
        tip = f"<title>{one} imports {other}</title>"
        yield f'  <circle cx="{_NAMES + place[other]}" cy="{_TOP + place[one]}" r="4">{tip}</circle>'


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
