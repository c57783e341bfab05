"""How fast the Bot API may be called: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

It names 30 messages a second in all, 20 a minute to a group and one a second to a chat, with short bursts allowed.
assumption: a second and a minute begin anywhere; whatever makes a chat look different counts as a message, but for buttons that
go in a private chat; a burst to one person is five; a call that is refused does not count.
"""

import re
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.emulators.emulator import Json
from tests.emulators.telegram_rules import Refusal

SECOND, MINUTE = 1_000, 60_000  # ms
ALL, GROUP, BURST = 30, 20, 5
COUNTED = {"sendMessage", "editMessageText", "editMessageReplyMarkup", "createForumTopic", "closeForumTopic"}


@dataclass
class PaceRules:
    """Keeps when what was taken, and refuses what comes too fast.

    Attributes:
        on: False where a test is about something else and the service does not keep to a pace either.
        refused: how many calls came too fast.
    """

    on: bool = True
    refused: int = 0
    _all: deque[int] = field(default_factory=deque)
    _groups: dict[int, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    _people: dict[int, tuple[float, int]] = field(default_factory=dict)  # (messages not worked off yet, when)

    def check(self, method: str, params: Json, now: int) -> None:
        """
        Raises:
            Refusal: too many requests; its `retry_after` is enough.
        """
        chat, waits = _chat(params), [0]
        if self.on and method in COUNTED:
            waits.append(_until(self._all, ALL, SECOND, now))
            waits.append(_until(self._groups[chat], GROUP, MINUTE, now) if chat < 0 else 0)
            waits.append(round((self._level(chat, now) + 1 - BURST) * SECOND) if _to_person(method, chat) else 0)
        if (wait := max(waits)) > 0:
            self.refused += 1
            seconds = -(-wait // SECOND)
            raise Refusal(f"Too Many Requests: retry after {seconds}", 429, {"retry_after": seconds})

    def count(self, method: str, params: Json, now: int) -> None:
        """It was taken."""
        chat = _chat(params)
        if method in COUNTED:
            self._all.append(now)
            self._groups[chat].append(now)
        if _to_person(method, chat):
            self._people[chat] = (self._level(chat, now) + 1, now)

    def _level(self, chat: int, now: int) -> float:
        level, at = self._people.get(chat, (0.0, now))
        return max(0.0, level - (now - at) / SECOND)


def _chat(params: Json) -> int:
    chat = str(params.get("chat_id") or "")
    return int(chat) if re.fullmatch(r"-?\d+", chat) else 0


def _to_person(method: str, chat: int) -> bool:
    return method in COUNTED and method != "editMessageReplyMarkup" and chat > 0


def _until(taken: deque[int], limit: int, span: int, now: int) -> int:
    """Milliseconds until one more fits into the span."""
    while taken and taken[0] <= now - span:
        taken.popleft()
    return taken[-limit] + span - now if len(taken) >= limit else 0
