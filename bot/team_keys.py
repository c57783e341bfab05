"""Names that content/team.yaml has words for: the team's commands, buttons and outcomes, and alarms for admins."""

from collections.abc import Iterator
from typing import Literal, get_args

from flows.definition.library import Library
from flows.definition.yaml_source import Problem

AlarmKey = Literal[
    "zalo_grant", "zalo_refresh", "zalo_account", "zalo_bot_quota", "upkeep", "review", "content",
    "outbox", "dead", "silence", "webhook", "token", "backup", "disk", "national",
]  # fmt: skip
GroupButton = Literal["claim", "transfer", "release", "done", "canned"]
TicketOutcome = Literal["helped", "in_person", "wrong", "spam"]
BareCommand = Literal[  # that takes a ticket's number at most
    "claim", "list", "talk", "done", "release", "help", "leave", "practice", "canned", "send", "on_duty", "off_duty", "duty",
]  # fmt: skip
TeamCommand = Literal[BareCommand, "helped", "in_person", "wrong", "spam", "block", "unblock", "tip", "transfer"]
COMMANDS: tuple[TeamCommand, ...] = get_args(TeamCommand)
GROUP_BUTTONS: tuple[GroupButton, ...] = get_args(GroupButton)
OUTCOMES: tuple[TicketOutcome, ...] = get_args(TicketOutcome)

_FILE = "team.yaml"
_NAMES = {"commands": TeamCommand, "group_buttons": GroupButton, "outcomes": TicketOutcome, "alarms": AlarmKey}


def find_problems(library: Library) -> Iterator[Problem]:
    """Yield each name that team.yaml lacks, or that nobody uses."""
    for part, names in _NAMES.items():
        known, written = set(get_args(names)), set(getattr(library.team, part))
        for name in sorted(known ^ written):
            what = f"thiếu `{name}`: thêm dòng này" if name in known else f"không biết mục `{name}`: xoá đi"
            yield library.documents[_FILE].problem(what, part, name)
