"""Lines that people say, beside the content (`*.says.yaml`): what the bot makes of them, measured."""

from collections.abc import Iterator

from flows.definition.sayings import Saying
from tests.content import LIBRARY, SAYINGS


def read_lines(name: str) -> list[Saying]:
    """Return the lines of content/<name>.says.yaml, or of a procedure those beside it."""
    return [line for line in SAYINGS if line.set == name]


def read_steps() -> Iterator[Saying]:
    """Yield the lines said at a step, of every procedure."""
    return (line for line in SAYINGS if line.set in LIBRARY.procedures)
