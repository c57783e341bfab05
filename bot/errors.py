"""Every error that crosses a file in bot/.

MotcuaError
├── SettingsError      a setting is missing or wrong: the operator mends it
├── Forged             a post that did not come from the platform: 401, nothing stored
├── StoreUnavailable   the database can't take a write now: 503, the platform posts again
└── SendError          a platform did not take a message
    ├── TryAgain       not now; `after` seconds if the platform named them
    │   └── Halted     nothing on this channel for so long: its rows wait, and no call is made
    ├── Refused        never: our message or our account is at fault; kept as a dead letter
    └── Unreachable    never: the person blocked us or left
        └── WindowClosed   the messaging window is over: only the person can open it again
"""

from bot.team_keys import AlarmKey


class MotcuaError(Exception):
    """Base of all; its text says what happened and what to do."""


class SettingsError(MotcuaError):
    pass


class Forged(MotcuaError):
    pass


class StoreUnavailable(MotcuaError):
    pass


class SendError(MotcuaError):
    pass


class TryAgain(SendError):
    """
    Attributes:
        after: seconds that the platform asked us to wait, or None.
    """

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Halted(TryAgain):
    """
    Attributes:
        after: seconds.
        alarm: what an operator is told of, see `AlarmKey` in bot/team_keys.py, or None where it passes by itself.
    """

    def __init__(self, reason: str, after: float, alarm: AlarmKey | None = None) -> None:
        super().__init__(reason, after)
        self.after: float = after
        self.alarm = alarm


class Refused(SendError):
    pass


class Unreachable(SendError):
    pass


class WindowClosed(Unreachable):
    pass
