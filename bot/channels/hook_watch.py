"""Watch over a webhook: does the platform still post to us? Asked every few minutes: one that stopped says nothing by itself."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot import alarms
from bot.clock import Clock
from bot.errors import Refused, SendError
from bot.store.database import Database
from bot.store.tx import Tx
from bot.team_keys import AlarmKey

log = logging.getLogger("motcua.hook")

_EVERY = timedelta(minutes=5)
_FRESH = timedelta(minutes=10)  # a failure before that is over: platforms try again within a minute or two


@dataclass(frozen=True)
class Hook:
    """Where a platform posts to, as it says itself. `waiting`: messages that it could not hand over yet."""

    url: str
    waiting: int = 0
    failure: str = ""
    failed_at: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    def problem(self, ours: str, now: datetime) -> str:
        """Return what is wrong, in words for the operator; "" for nothing."""
        if self.url.rstrip("/") != ours:
            return f"gọi về {self.url or 'không đâu cả'}, không phải {ours}"
        if self.failure and self.waiting and now - self.failed_at < _FRESH:
            return f"gọi không được: {self.failure}; {self.waiting} tin đang đợi"
        return ""


class HookWatch:
    """
    Args:
        ours: the address that the platform should post to.
    """

    def __init__(self, channel: str, ours: str, database: Database, clock: Clock) -> None:
        self._channel, self._ours, self._database, self._clock = channel, ours, database, clock
        self._next = datetime.min.replace(tzinfo=UTC)

    async def look_if_due(self, ask: Callable[[], Awaitable[Hook]]) -> None:
        """Ask when it is time; while something is wrong each time, so that the alarm soon ends.

        Args:
            ask: raises Refused where the platform does not take our token, another SendError where it does not answer.
        """
        now = self._clock()
        if now < self._next:
            return
        refused = problem = ""
        try:
            problem = (await ask()).problem(self._ours, now)
        except Refused as error:
            refused = str(error)
        except SendError as error:
            log.info("%s: whether it reaches us can't be asked now (%s)", self._channel, error)
            return

        def work(tx: Tx) -> None:
            told: dict[AlarmKey, str] = {"token": refused, "webhook": problem}
            for key, detail in told.items():
                found = {self._channel: f"{self._channel}: {detail}"} if detail else {}
                alarms.set_standing(tx, key, found, {self._channel})

        await self._database.write(work)
        self._next = now if refused or problem else now + _EVERY
