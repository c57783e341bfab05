"""Rate limit of one person's messages, so that nobody uses up what the platform gives everybody.

A leaky bucket in one moment (GCRA): until when the bucket is not empty. Kept on the conversation, so it holds with any replicas.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Verdict = Literal["heard", "told", "passed over"]


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
