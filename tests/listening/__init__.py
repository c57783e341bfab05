"""Lines that people say, beside the content (`*.says.yaml`): what the bot makes of them, measured.

A third of every set is kept aside: whoever writes frames, phrases or thresholds looks at the other two thirds only.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from flows.definition.loading import SAYS
from flows.text.language import fold
from tests.content import CONTENT


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        means: what it may be taken for: ids of options, troubles, commands or procedures; more than one where it is ambiguous.
        step: where it was said; "" for a line that may be said anywhere.
    """

    set: str
    say: str
    kind: str
    means: tuple[str, ...] = ()
    step: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def kept_aside(self) -> bool:
        return int(hashlib.sha256(self.say.encode()).hexdigest(), 16) % 3 == 0

    @property
    def bare(self) -> str:
        """The line typed without its accents."""
        return fold(self.say)


def read_lines(name: str) -> list[Line]:
    """Read content/<name>.says.yaml, or of a procedure the one beside it."""
    procedure = CONTENT / "procedures" / f"{name}{SAYS}"
    file = procedure if procedure.exists() else CONTENT / f"{name}{SAYS}"
    return [_line(name, entry) for entry in yaml.safe_load(file.read_text("utf-8"))]


def read_steps() -> Iterator[Line]:
    """Read the lines said at a step, of every procedure."""
    for file in sorted(Path(CONTENT / "procedures").glob(f"*{SAYS}")):
        yield from read_lines(file.name.removesuffix(SAYS))


def _line(name: str, entry: dict[str, Any]) -> Line:
    means = entry.get("means") or ()
    listed = tuple(map(str, means)) if isinstance(means, list) else (str(means),) if means else ()
    return Line(name, entry["say"], entry.get("kind", entry.get("topic", "")), listed, entry.get("step", ""))
