"""A YAML text as plain data that remembers on which line each part stands."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]

_TOO_DEEP = "lồng nhau quá sâu: viết gọn lại"
_SHALLOW = 5000  # characters in a line, and brackets in a file


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a content file, in Vietnamese: what it is and what to do."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class ContentError(Exception):
    """The content can't be used; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Document:
    file: str
    data: Any
    lines: Mapping[Path, int]

    def line(self, *path: str | int) -> int:
        """The line of the part at `path`, or of the nearest part around it. Names that are not in the text are passed over."""
        here: Path = ()
        for name in path:
            if (*here, name) in self.lines:
                here = (*here, name)
        return self.lines[here]

    def leaves(self) -> Iterator[tuple[Path, str]]:
        """Every text in it, with where it stands."""
        return _leaves(self.data, ())

    def problem(self, text: str, *path: str | int) -> Problem:
        return Problem(self.file, self.line(*path), text)


def read(file: str, text: str) -> Document:
    """Every scalar stays the text that was written: no `no` that turns false, no `2021` that turns a number.

    Raises:
        ContentError: the text is no YAML, is nested too deeply, or says the same key twice.
    """
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is noticed at the end of the file; it stands where the text began.
        mark = error.context_mark if "scalar" in str(error.context) else error.problem_mark
        line = mark.line + 1 if mark else 1
        raise ContentError(
            [Problem(file, line, f"không đọc được ({error.problem}): xem lại thụt dòng và dấu hai chấm")]
        ) from None
    except RecursionError:
        raise ContentError([Problem(file, 1, _TOO_DEEP)]) from None
    except yaml.YAMLError as error:
        raise ContentError([Problem(file, 1, f"không đọc được ({error}): lưu tệp dạng UTF-8, bỏ ký tự lạ")]) from None
    lines: dict[Path, int] = {(): 1}
    problems: list[Problem] = []
    data = _build(node, (), file, lines, problems)
    if problems:
        raise ContentError(problems)
    return Document(file, data, lines)


def _compose(text: str) -> yaml.Node | None:
    """libyaml reads six times as fast as PyYAML's own reader, but tells less well where a mistake is, and what is nested without
    end would crash the process: both are left to PyYAML's own."""
    longest = max(map(len, text.splitlines()), default=0)
    if max(longest, text.count("[") + text.count("{")) <= _SHALLOW:
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=yaml.CSafeLoader)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _build(node: yaml.Node | None, path: Path, file: str, lines: dict[Path, int], problems: list[Problem]) -> Any:
    if node is None:
        return None
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > 20:
        problems.append(Problem(file, line, _TOO_DEEP))
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, file, lines, problems)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, index), file, lines, problems) for index, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _mapping(
    node: yaml.MappingNode, path: Path, file: str, lines: dict[Path, int], problems: list[Problem]
) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in built:
            problems.append(Problem(file, line, f"`{key}` viết hai lần: giữ lại một"))
        lines[(*path, key)] = line
        built[key] = _build(value_node, (*path, key), file, lines, problems)
    return built


def _leaves(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*path, index))
    elif isinstance(data, str):
        yield path, data
