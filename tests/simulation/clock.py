"""The time of a simulation: it runs like any clock, from a morning of its own, and can skip a night."""

import time
from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 11, 23, 2, tzinfo=UTC)  # nine o'clock in Vietnam, a Monday


class SkippingClock:
    def __init__(self, start: datetime = MORNING) -> None:
        self._start = start
        self._began = time.monotonic()
        self._skipped = timedelta()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._began) + self._skipped

    def ms(self) -> int:
        """As the platforms count: milliseconds since 1970."""
        return int(self().timestamp() * 1000)

    def skip(self, **much: float) -> None:
        self._skipped += timedelta(**much)
