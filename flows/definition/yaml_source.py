"""YAML source: a text as plain data, with the line of each part."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from sys import intern
from typing import Any

import yaml

Path = tuple[str | int, ...]

_CUT = 'chữ từ dấu # trở đi bị cắt mất: đặt cả câu trong ngoặc kép "…"; lời ghi chú thì viết ở dòng riêng'
_TOO_DEEP = "lồng nhau quá sâu: viết gọn lại"
_DEEPEST = 20  # levels of nesting
_SHALLOW = 5000  # characters in a line, and brackets in a file, up to which nesting is no danger


@dataclass(frozen=True, order=True)
class Problem:
    """Mistake in a content file. `text` says in Vietnamese what it is and what to do."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class ContentError(Exception):
    """Content that can't be used; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Document:
    """One YAML file, parsed.

    Attributes:
        lines: the line where each part begins, in the order of the file; of an entry, the line of its name.
    """

    file: str
    data: Any
    lines: Sequence[int]

    def line(self, *path: str | int) -> int:
        """Return the line of the part at `path`, or of the nearest part around it; names not in the text are skipped."""
        here: Path = ()
        for name in path:
            if (*here, name) in self._places:
                here = (*here, name)
        return self._places.get(here, 1)

    @cached_property
    def _places(self) -> Mapping[Path, int]:
        """Path -> line, built only when there is a problem: of all files it would take more memory than their content."""
        return dict(zip(_paths(self.data, ()), self.lines, strict=True))

    def leaves(self) -> Iterator[tuple[Path, str]]:
        """Yield every text with its path."""
        return _leaves(self.data, ())

    def problem(self, text: str, *path: str | int) -> Problem:
        return Problem(self.file, self.line(*path), text)


def read(file: str, text: str) -> Document:
    """Parse a YAML text.

    Every scalar stays text, but for spaces around it: no `no` that turns false, no `2021` that turns a number.

    Raises:
        ContentError: the text is no YAML, is nested too deeply, or says the same key twice.
    """
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is noticed at the end of the file: tell where it was opened.
        mark = error.context_mark if "scalar" in str(error.context) else error.problem_mark
        line = mark.line + 1 if mark else 1
        raise ContentError(
            [Problem(file, line, f"không đọc được ({error.problem}): xem lại thụt dòng và dấu hai chấm")]
        ) from None
    except RecursionError:
        raise ContentError([Problem(file, 1, _TOO_DEEP)]) from None
    except yaml.YAMLError as error:
        raise ContentError([Problem(file, 1, f"không đọc được ({error}): lưu tệp dạng UTF-8, bỏ ký tự lạ")]) from None
    builder = _Builder(file, text)
    data = builder.build(node, 0)
    if builder.problems:
        raise ContentError(builder.problems)
    return Document(file, data, array("L", builder.lines))


def _compose(text: str) -> yaml.Node | None:
    """Parse to nodes with libyaml, else with PyYAML's own reader.

    libyaml is six times as fast, but locates mistakes less well, and endless nesting in it would crash the process: both
    are left to PyYAML's own.
    """
    longest = max(map(len, text.splitlines()), default=0)
    if max(longest, text.count("[") + text.count("{")) <= _SHALLOW:
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=yaml.SafeLoader)


class _Builder:
    """Builder of plain data from YAML nodes; notes the line where each part begins."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text.splitlines()
        self.lines: list[int] = []
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node | None, depth: int) -> Any:
        if node is None:
            return None
        if depth > _DEEPEST:
            self._add_problem(node, _TOO_DEEP)
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, depth)
        if isinstance(node, yaml.ScalarNode) and not node.style and self._is_cut(node.end_mark):
            self._add_problem(node, _CUT)
        return None if node.tag == "tag:yaml.org,2002:null" else node.value.strip()

    def _sequence(self, node: yaml.SequenceNode, depth: int) -> list[Any]:
        built = []
        for item in node.value:
            self.lines.append(item.start_mark.line + 1)
            built.append(self.build(item, depth + 1))
        return built

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = intern(str(key_node.value))  # a few names are there thousands of times
            if key in built:
                self._add_problem(key_node, f"`{key}` viết hai lần: giữ lại một")
            self.lines.append(key_node.start_mark.line + 1)
            built[key] = self.build(value_node, depth + 1)
        return built

    def _is_cut(self, end: yaml.Mark) -> bool:
        """Return whether a comment begins right behind an unquoted value: YAML drops " #12" and all that follows it."""
        behind = self.text[end.line][end.column :] if end.line < len(self.text) else ""
        return behind.lstrip().startswith("#")

    def _add_problem(self, node: yaml.Node, text: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, text))


def _paths(data: Any, path: Path) -> Iterator[Path]:
    """Yield the path of every part, in the order of the file."""
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from _paths(part, (*path, name))


def _leaves(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*path, index))
    elif isinstance(data, str):
        yield path, data
