"""The log: what strangers can cause again and again fills no disk."""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

_LINES = 10  # of one kind …
_WITHIN = 60.0  # seconds
_CONTROLS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)  # they end a line, or turn it around


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


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


class Json(logging.Formatter):
    """One object a line. What a message was filled in with by name stands beside it under those names."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        }
        told |= {"level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if isinstance(record.args, Mapping):
            told |= {str(name): value for name, value in record.args.items() if name not in told}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return _ENCODER.encode(told)


class Plain(logging.Formatter):
    """One line, whatever a message was filled in with; what went wrong stands below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging calls it so
        line = super().formatMessage(record)
        return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], line) if record.args else line


class OurReason(logging.Filter):
    """Of a start that failed for a reason of ours uvicorn tells where in the code; the reason is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = str(record.msg).rstrip().rpartition("\n")[2]
        if told.startswith("bot.errors."):
            record.msg = told.partition(": ")[2]
        return True


def begin_log(form: Literal["plain", "json"] = "plain") -> None:
    """Log to stderr: a line for each turn, all else sparingly."""
    formatter = Json() if form == "json" else Plain("%(levelname)s %(name)s: %(message)s")
    to_stderr, of_turns = logging.StreamHandler(), logging.StreamHandler()
    to_stderr.addFilter(Sparing())
    for handler in (to_stderr, of_turns):
        handler.setFormatter(formatter)
    logging.basicConfig(level=logging.INFO, handlers=[to_stderr])
    turns = logging.getLogger("motcua.turn")  # as many as were taken, which the limits of bot/request_limits.py bound
    turns.addHandler(of_turns)
    turns.propagate = False
    logging.getLogger("uvicorn.error").addFilter(OurReason())
    # asyncio tells this once for each place in its queue, thousands of times a second.
    logging.getLogger("asyncio").addFilter(Sparing(1))
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # it tells of nothing but its own parts
    # What no line of ours shows need not be found out for each (https://docs.python.org/3/howto/logging.html#optimization).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
