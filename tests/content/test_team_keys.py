"""What the team's texts must name: a missing or a misspelt key is refused with its line, before somebody needs it."""

from pathlib import Path
from typing import get_args

import pytest

from bot.content import load_folder
from bot.handoff.commands import BARE_COMMANDS
from bot.team_keys import BareCommand
from flows.definition.yaml_source import ContentError


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("  zalo_refresh:", "  zalo_refersh:", "không biết mục `zalo_refersh`"),
        ("  zalo_refresh:", "  zalo_refersh:", "thiếu `zalo_refresh`"),
        ("  in_person: '[outcome in_person]'\n", "", "thiếu `in_person`"),
        ("  claim: <claim>\n", "", "thiếu `claim`"),
        ("  release:\n", "  relaese:\n", "thiếu `release`"),
    ],
)
def test_a_key_that_the_service_needs_is_missed_at_the_start(content_dir: Path, good: str, bad: str, said: str) -> None:
    team = content_dir / "team.yaml"
    assert good in team.read_text("utf-8"), "the mistake would not be made"
    team.write_text(team.read_text("utf-8").replace(good, bad, 1), "utf-8")
    with pytest.raises(ContentError, match=said):
        load_folder(content_dir)


def test_each_command_of_a_number_alone_has_a_method() -> None:
    """One that had none would be known, and nothing would come of it."""
    assert set(BARE_COMMANDS) == set(get_args(BareCommand))
