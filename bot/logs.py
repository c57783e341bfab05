"""The log: what strangers can cause again and again fills no disk."""

import logging
import time
from collections.abc import Callable

_LINES = 10  # of one kind …
_WITHIN = 60.0  # seconds


class Sparing(logging.Filter):
    """Let through so many lines a minute of one kind (the same words before anything is filled in), then how many more came."""

    def __init__(self, lines: int = _LINES, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._lines, self._clock = lines, clock
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}  # kind -> since when, how many

    def filter(self, record: logging.LogRecord) -> bool:
        kind, now = (record.name, str(record.msg)[:200]), self._clock()
        since, count = self._seen.get(kind, (now, 0))
        if now - since >= _WITHIN:
            if count > self._lines:
                record.msg = f"{record.msg} (and {count - self._lines} more like it in the last minutes)"
            since, count = now, 0
        if len(self._seen) > 1000:
            self._seen.clear()
        self._seen[kind] = (since, count + 1)
        return count < self._lines


def begin_log() -> None:
    """Log to stderr, sparingly."""
    to_stderr = logging.StreamHandler()
    to_stderr.addFilter(Sparing())
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", handlers=[to_stderr])
    # asyncio tells this once for each place in its queue, thousands of times a second.
    logging.getLogger("asyncio").addFilter(Sparing(1))
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # it tells of nothing but its own parts
