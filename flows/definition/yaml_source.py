"""YAML source: a text as plain data, with the line of each part."""

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from sys import intern
from typing import Any

import yaml

from flows.definition.yaml_mistakes import broken_letters, likely_cause, tidy

Path = tuple[str | int, ...]

_CUT = 'chữ từ dấu # trở đi bị cắt mất: đặt cả câu trong ngoặc kép "…"; lời ghi chú thì viết ở dòng riêng'
_UNREADABLE = "không đọc được dòng này: xem lại thụt dòng, dấu hai chấm, ngoặc kép của dòng này và dòng trên"
_TOO_DEEP = "lồng nhau quá sâu: viết gọn lại"
_DEEPEST = 20  # levels of nesting
_TOO_MANY = "& và * của YAML nhân tệp này lên quá lớn: viết thẳng ra từng chỗ"
_MOST = 100_000  # parts of one file, with what * repeats: ten times the longest
_LISTS, _SINGLE = {"says", "asks", "go"}, {"id", "source", "spoken"}  # names of several codes or sentences, of one code
_SHALLOW = 10_000  # characters in a line, and brackets in a file, up to which nesting is no danger: it is from 20,000


@dataclass(frozen=True, order=True)
class Problem:
    """Mistake in a content file. `text` says in Vietnamese what it is and what to do.

    A `warning` is work to do: the content is used all the same.
    """

    file: str
    line: int
    text: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'nên sửa: ' if self.warning else ''}{self.text}"


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

    def leaves(self) -> Sequence[tuple[Path, str]]:
        """Return every text with its path."""
        found: list[tuple[Path, str]] = []
        _add_leaves(self.data, (), found)
        return found

    def problem(self, text: str, *path: str | int) -> Problem:
        return Problem(self.file, self.line(*path), text)

    def warning(self, text: str, *path: str | int) -> Problem:
        return Problem(self.file, self.line(*path), text, warning=True)


def read(file: str, text: str) -> Document:
    """Parse a YAML text.

    Every scalar stays text, but for spaces around it: no `no` that turns false, no `2021` that turns a number.

    Raises:
        ContentError: the text is no YAML, is nested too deeply, or says the same key twice.
    """
    if lost := broken_letters(text):
        raise ContentError([Problem(file, *lost)])
    text = tidy(text)
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is noticed at the end of the file: tell where it was opened.
        first, second = error.problem_mark, error.context_mark
        marks = (second, first) if "scalar" in str(error.context) else (first, second)
        near = [mark.line + 1 for mark in marks if mark]
        line, cause = likely_cause(text, *near) or (near[0] if near else 1, _UNREADABLE)
        raise ContentError([Problem(file, line, cause)]) from None
    except RecursionError:
        raise ContentError([Problem(file, 1, _TOO_DEEP)]) from None
    except yaml.YAMLError:
        raise ContentError(
            [Problem(file, 1, "có ký tự lạ không đọc được: chép chữ sang một tệp mới, lưu dạng UTF-8")]
        ) from None
    if node is None:
        raise ContentError([Problem(file, 1, "tệp trống: chép lại nội dung, hoặc xoá tệp")])
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


def _comma(built: dict[str, Any], rest: str) -> str:
    """Say that a comma cut a text in {…}, or that a name lacks the space behind its colon; and how it is written."""
    if tight := re.fullmatch(r"([a-z_-]+):(\S.*)", rest):
        return f"thiếu dấu cách sau dấu hai chấm: viết `{tight[1]}: {tight[2]}`"
    key, begun = next(reversed(built.items()), ("text", ""))
    several = f"{begun}, {rest}".strip("()")
    if key in _LISTS or (key not in _SINGLE and re.fullmatch(r"[a-z0-9-]+(, [a-z0-9-]+)+", several)):
        return f"nhiều câu, nhiều mã thì viết trong ngoặc vuông: `{key}: [{several}]`"
    whole = f"{begun}, {rest}".strip("“”").replace('"', "”")
    return f'dấu phẩy trong {{…}} cắt câu làm hai: đặt cả câu trong ngoặc kép, `{key}: "{whole}"`'


class _Builder:
    """Builder of plain data from YAML nodes; notes the line where each part begins."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text.splitlines()
        self.lines: list[int] = []
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node | None, depth: int) -> Any:
        """Build what stands at a node.

        Raises:
            ContentError: aliases make it larger than any file that people write.
        """
        if node is None:
            return None
        if len(self.lines) > _MOST:
            raise ContentError([Problem(self.file, node.start_mark.line + 1, _TOO_MANY)])
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
            if tight := self._tight(key_node, value_node):
                self._add_problem(value_node, tight)
                continue
            if node.flow_style and self._is_cut_by_comma(key_node, value_node):
                self._add_problem(key_node, _comma(built, key))
                continue
            self.lines.append(key_node.start_mark.line + 1)
            built[key] = self.build(value_node, depth + 1)
        return built

    def _is_cut_by_comma(self, key: yaml.Node, value: yaml.Node) -> bool:
        """Return whether a name in {…} has no colon: it is the rest of the text before it, which a comma cut off."""
        behind = self.text[key.end_mark.line][key.end_mark.column :] if key.end_mark.line < len(self.text) else ""
        begins, ends = ((mark.line, mark.column) for mark in (value.start_mark, value.end_mark))
        return begins == ends and not behind.lstrip().startswith(":")

    def _tight(self, key: yaml.Node, value: yaml.Node) -> str:
        """Say where a line below a name lacks the space behind its colon, so that it reads as a sentence; else ""."""
        below = isinstance(value, yaml.ScalarNode) and not value.style and value.start_mark.line > key.start_mark.line
        name, colon, rest = value.value.partition(":") if below else ("", "", "")
        tight = colon and re.fullmatch(r"[a-z_]+", name) and re.match(r"[^\s/]", rest)
        return f"thiếu dấu cách sau dấu hai chấm: viết `{name}: {rest}`" if tight else ""

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


def _add_leaves(data: Any, path: Path, found: list[tuple[Path, str]]) -> None:
    if isinstance(data, str):
        found.append((path, data))
    elif isinstance(data, dict):
        for key, value in data.items():
            _add_leaves(value, (*path, key), found)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            _add_leaves(value, (*path, index), found)
