"""Lines that people say (`*.says.yaml`), with what they were meant for: what danger and wishes are learnt from, and measured on.

A third of every set is kept aside: nothing is learnt from it, and whoever writes frames, phrases or thresholds looks at the other
two thirds only.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from sys import intern
from typing import Any

from flows.definition.yaml_mistakes import tidy
from flows.definition.yaml_source import ContentError, Problem, read
from flows.text.language import fold

ENDING = ".says.yaml"
DANGER, PERSON, NOT_OURS, PORTAL = "danger", "person", "not-ours", "portal-trouble"  # sets that are learnt from by kind
NOISE = "noise"
FIRST = "first-messages"  # what people open with: it means procedures
ANYWHERE, AT_STEP, AT_DEED = "anywhere", "step", "deed"  # where a line of any other set is said
# Sorts of what content itself holds of people's words.
NAMES, ASKS, ANSWERS, TROUBLES = ("", "name"), ("", "ask"), ("", "answer"), ("", "trouble")
NONE = "none"  # the kind of a line that only sounds like its set
_WRONG = "mỗi dòng viết như `- {say: lời bà con, kind: loại}`: sửa lại dòng này"
# A line as almost all are written: what of YAML means the same to anybody, and no more.
_LETTERS = r"[ !#-\[\]-~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufffc\U00010000-\U0010ffff]*+"
_TEXT = rf'"({_LETTERS}(?:\\"{_LETTERS})*+)"'
_ID = r"(?!null\b)[a-z0-9][a-z0-9/-]*"
_PAIR = rf"([a-z]+): (?:{_TEXT}|({_ID})|\[({_ID}(?:, {_ID})*)\])"
_LINE = rf"- \{{{_PAIR}(?:, {_PAIR})*\}}"


@dataclass(frozen=True, slots=True)
class Saying:
    """One line.

    Attributes:
        set: the file that it stands in, without its ending.
        means: what it may be taken for: ids of options, troubles, commands or procedures; more than one where it is ambiguous.
        step: where it was said; "" for a line that may be said anywhere.
    """

    set: str
    say: str
    kind: str
    means: tuple[str, ...] = ()
    step: str = ""

    @property
    def kept_aside(self) -> bool:
        return int(hashlib.sha256(self.say.encode()).hexdigest(), 16) % 3 == 0

    @property
    def sort(self) -> str:
        """Its set and kind in one: "danger/fire"."""
        return f"{self.set}/{self.kind}"

    @property
    def bare(self) -> str:
        """The line typed without its accents."""
        return fold(self.say)


def parse(file: str, text: str) -> Iterator[Saying]:
    """Yield the lines of a file.

    Raises:
        ContentError: the file is no list of lines.
    """
    name = file.rpartition("/")[2].removesuffix(ENDING)
    if simple := _read_simple(tidy(text)):
        yield from (_saying(name, entry) for entry in simple)
        return
    document = read(file, text)
    for index, entry in enumerate(document.data if isinstance(document.data, list) else [None]):
        if not isinstance(entry, dict) or not isinstance(entry.get("say"), str):
            raise ContentError([Problem(file, document.line(index), _WRONG)])
        yield _saying(name, entry)


def _read_simple(text: str) -> list[dict[str, Any]]:
    """Read a file line by line, in a fifth of the time that YAML takes; [] where a line is written in any other way, or wrong."""
    pair, whole = re.compile(_PAIR), re.compile(_LINE)  # 10 ms, at a start that reads no lines
    found = []
    for line in text.removesuffix("\n").split("\n"):
        if not whole.fullmatch(line):
            return []
        pairs = pair.findall(line)
        entry = {intern(key): _value(*value) for key, *value in pairs}
        if not isinstance(entry.get("say"), str) or len(entry) < len(pairs):
            return []
        found.append(entry)
    return found


def _value(said: str, id_: str, ids: str) -> str | list[str]:
    if ids:
        return list(map(intern, ids.split(", ")))
    return intern(id_) if id_ else said.replace('\\"', '"').strip()


def _saying(name: str, entry: dict[str, Any]) -> Saying:
    means = entry.get("means") or ()
    listed = tuple(map(str, means)) if isinstance(means, list) else (str(means),) if means else ()
    return Saying(name, entry["say"], entry.get("kind", entry.get("topic", "")), listed, entry.get("step", ""))
