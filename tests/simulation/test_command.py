"""`make simulate` from the terminal."""

import pytest
from typer.testing import CliRunner

from tests.simulation.__main__ import app


def motcua(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.output


def test_it_ends_with_what_was_lost_and_what_came_twice() -> None:
    code, out = motcua("--citizens", "2", "--channel", "web", "--persona", "voi", "--seed", "7")
    assert (code, out.splitlines()[-1]) == (0, "lost 0, doubled 0, dead ends 0")
    assert "Người vội" in out


def test_who_is_not_done_in_time_makes_it_red() -> None:
    code, out = motcua("--citizens", "1", "--channel", "web", "--persona", "voi", "--seconds", "0")
    assert (code, out.splitlines()[-1]) == (1, "lost 0, doubled 0, dead ends 1")
    assert "out of time" in out


@pytest.mark.parametrize(("option", "name"), [("--channel", "fax"), ("--persona", "nobody")])
def test_it_names_what_there_is(option: str, name: str) -> None:
    code, out = motcua(option, name)
    assert code == 1 and f"không có `{name}`: dùng " in out
