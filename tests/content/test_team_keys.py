"""What the team's texts must name: a missing or a misspelt key is refused with its line, before somebody needs it."""

from pathlib import Path

import pytest

from bot.content import load_folder
from flows.definition.yaml_source import ContentError
from tests.content import CONTENT


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("  zalo_refresh:", "  zalo_refersh:", "không biết mục `zalo_refersh`"),
        ("  zalo_refresh:", "  zalo_refersh:", "thiếu `zalo_refresh`"),
        ("  in_person: bà con phải ra xã\n", "", "thiếu `in_person`"),
        ("claim: Nhận, ", "", "thiếu `claim`"),
        ("  release: [thả", "  relaese: [thả", "thiếu `release`"),
    ],
)
def test_a_key_that_the_service_needs_is_missed_at_the_start(tmp_path: Path, good: str, bad: str, said: str) -> None:
    for file in CONTENT.rglob("*.*"):
        (tmp_path / file.relative_to(CONTENT)).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.relative_to(CONTENT)).write_bytes(file.read_bytes())
    team = tmp_path / "team.yaml"
    assert good in team.read_text("utf-8"), "the mistake would not be made"
    team.write_text(team.read_text("utf-8").replace(good, bad, 1), "utf-8")
    with pytest.raises(ContentError, match=said):
        load_folder(tmp_path)
