"""Error codes of Zalo OA and what they mean for a message: the table A8. They come with HTTP 200."""

import logging
from collections.abc import Mapping
from typing import Any

from bot.errors import Refused, SendError, TryAgain, Unreachable, WindowClosed

log = logging.getLogger("motcua.zalo_oa")

TOKEN_DEAD = (-216, -220)  # refreshed once
PER_MINUTE = -32
PASSING = (-200,)
WINDOW_CLOSED = (-213, -230, -232)  # this person, until they write again
UNREACHABLE = (-217, -222, -227, -244)  # this person
# Our own mistakes, and what only other words can mend; the last, one person's day is full.
REFUSED = (-100, -201, -202, -210, -233, -234, -240, -248, -249, -218)
# The OA, the app or the package: nobody gets anything until an operator has mended it, so messages wait.
ACCOUNT = (-204, -205, -207, -208, -209, -211, -212, -215, -219, -221, -223, -224, -235, -242, -320, -321)

_MINUTE = 60.0  # seconds
_MENDING = 900.0  # seconds between looks whether the account is mended


def told(answer: Mapping[str, Any]) -> str:
    return f"{answer.get('error')} {answer.get('message', '')}".strip()


def send_error(answer: Mapping[str, Any]) -> SendError:
    """Translate an answer into our error. An unknown code is never tried again blindly."""
    code, reason = answer.get("error"), f"zalo-oa: {told(answer)}"
    if code == PER_MINUTE:
        return TryAgain(reason, after=_MINUTE)
    if code in PASSING or code in TOKEN_DEAD:
        return TryAgain(reason)
    if code in ACCOUNT:
        return TryAgain(reason, after=_MENDING)
    if code in WINDOW_CLOSED:
        return WindowClosed(reason)
    if code in UNREACHABLE:
        return Unreachable(reason)
    log.error("%s: refused for good; see the table A8 in docs/zalo.md", reason)
    return Refused(reason)
