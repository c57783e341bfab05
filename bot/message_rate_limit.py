"""Rate limit of one person's messages, so that nobody uses up what the platform gives everybody.

A leaky bucket in one moment (GCRA): until when the bucket is not empty. Kept on the conversation, so it holds with any replicas.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Verdict = Literal["heard", "told", "passed over"]

# Between messages of one person, once they sent many in a row.
_EVERY, _CALM = timedelta(seconds=2), timedelta(seconds=30)
_MONTH, _CALM_OF_MONTH = timedelta(days=30), timedelta(days=1)
_SHARE = 20  # of a platform's messages for a month one person gets this part at once, and as much again over the month


@dataclass(frozen=True)
class Allowance:
    """How much is heard.

    Attributes:
        burst: messages that may come at once.
        every: until one more may come after that.
        calm: for how long nothing is heard once they are used up.
    """

    burst: int
    every: timedelta
    calm: timedelta


def allowance_in_a_row(burst: int) -> Allowance:
    return Allowance(burst, _EVERY, _CALM)


def allowance_of_month(monthly: int, burst: int) -> Allowance:
    """Return one person's share of a platform that carries so many messages a month; at the least what may come in a row."""
    share = max(monthly // _SHARE, burst)
    return Allowance(share, _MONTH / share, _CALM_OF_MONTH)


def allow_message(full_until: datetime | None, now: datetime, allowance: Allowance) -> tuple[Verdict, datetime]:
    """Tell whether one more message is heard, and what to keep. The first that is too many is told so, those after it are
    not."""
    full_until = max(full_until or now, now)
    most = now + allowance.burst * allowance.every
    if full_until + allowance.every <= most:
        return "heard", full_until + allowance.every
    if full_until <= most:
        return "told", most + allowance.calm
    return "passed over", full_until
