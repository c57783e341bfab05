"""The content that we ship, loaded once for the tests of it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bot.content import load_folder
from flows.checks.check import paths
from flows.dialogue.position import Slot
from tests.flows.chat import NOW

CONTENT = Path(__file__).parents[2] / "content"
LIBRARY = load_folder(CONTENT)
SAYINGS = LIBRARY.sayings  # which a library lets go once it has learnt from them


@cache
def situations(procedure: str) -> Sequence[tuple[dict[str, str], Slot]]:
    """Every situation of a procedure: what was answered, and what is put next. All are walked once: that takes seconds."""
    return list(paths(LIBRARY.procedures[procedure], NOW.date()))
