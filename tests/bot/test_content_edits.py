"""Content that is edited while it serves, well or badly, and what a start makes of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import alarms
from bot.content import Content
from bot.service import build_service
from flows.definition.yaml_source import ContentError
from tests import patient
from tests.conftest import MakeSettings, look_after, running
from tests.emulators.server import wait_for
from tests.library import CAT, HOUSE

BOMB = "".join(
    f"{b}: &{b} [{', '.join(f'*{a}' for _ in range(9))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MISTAKES: dict[str, Callable[[Path], object]] = {
    "the folder is gone": lambda d: d.rename(d.with_name("elsewhere")),
    "a list": lambda d: (d / "procedures/lam-nha.yaml").write_text("- a\n- b\n"),
    "a word": lambda d: (d / "communes/ban-moi.yaml").write_text("x"),
    "an indent": lambda d: (d / "bot.yaml").write_text("a: 1\n  b: 2\n"),
    "a bomb": lambda d: (d / "words.yaml").write_text("a: &a [x, x, x, x, x, x, x, x, x]\n" + BOMB),
    "half a letter": lambda d: (d / "team.yaml").write_bytes(b"a: \xff\xfe"),
    "a catalogue with one quotation mark": lambda d: (d / "catalogue.csv").write_text(f'"{"x" * 200_000}'),
}


def test_a_broken_edit_is_refused_and_the_last_good_one_serves(
    content_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = Content(content_dir)
    good = content.library
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text(CAT.replace("kind: do", "kind: lam"), "utf-8")
    assert not content.reload_if_edited()
    assert content.library is good
    assert "procedures/nuoi-meo.yaml:14: kind phải là" in caplog.text
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text(
        CAT.replace("Bác cho mèo ăn.", "Bác cho mèo ăn cá."), "utf-8"
    )
    assert content.reload_if_edited()
    assert "cá" in content.library.procedures["nuoi-meo"].steps[0].text


def test_a_start_with_broken_content_serves_what_loaded_last_and_says_so(
    make_settings: MakeSettings, content_dir: Path
) -> None:
    settings, file = make_settings(), content_dir / "procedures" / "nuoi-meo.yaml"
    with running(settings) as (url, service):
        good = patient.get(f"{url}/readyz").json()["content"]
        assert good == {"version": service.content.version, "refused": False}
    file.write_text(CAT.replace("kind: do", "kind: lam"), "utf-8")
    with running(settings) as (url, service):
        assert "Nuôi mèo" in patient.get(url).text
        ready = patient.get(f"{url}/readyz")
        assert ready.status_code == 200
        assert ready.json()["content"] == {"version": good["version"], "refused": True}
        asyncio.run(look_after(service.turns))
        assert "content" in patient.get(f"{url}/readyz").json()["alarms"]
        standing = asyncio.run(service.database.read(alarms.list_standing))
        assert [alarm.detail for alarm in standing if alarm.key == "content" and "kind phải là ask" in alarm.detail]
        assert "nuoi-meo" not in ready.text
        file.write_text(CAT, "utf-8")
        wait_for(lambda: not patient.get(f"{url}/readyz").json()["content"]["refused"])
        asyncio.run(look_after(service.turns))
        assert "content" not in patient.get(f"{url}/readyz").json()["alarms"]


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"bot.yaml": "a: ["}'])
def test_a_kept_copy_that_is_no_good_changes_nothing(make_settings: MakeSettings, content_dir: Path, kept: str) -> None:
    settings = make_settings()
    (settings.data_dir / "content.json").write_text(kept)
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text(CAT.replace("kind: do", "kind: lam"), "utf-8")
    with pytest.raises(ContentError, match="kind phải là"):
        build_service(settings)


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_no_mistake_keeps_a_start_from_what_loaded_last(
    tmp_path: Path, content_dir: Path, mistake: Callable[[Path], object]
) -> None:
    kept = tmp_path / "kept.json"
    good = Content(content_dir, kept=kept).version
    mistake(content_dir)
    started = Content(content_dir, kept=kept)
    assert started.version == good
    assert started.problem


def test_what_an_editor_leaves_beside_a_file_is_no_content(content_dir: Path) -> None:
    content = Content(content_dir)
    (content_dir / ".#bot.yaml").symlink_to("lan@máy.4711")
    (content_dir / "procedures" / "cũ.yaml").mkdir()
    assert not content.reload_if_edited()
    assert not Content(content_dir).problem


def test_no_edit_ends_the_looking_for_edits(make_settings: MakeSettings, content_dir: Path, caplog: Any) -> None:
    file = content_dir / "procedures" / "nuoi-meo.yaml"
    with running(make_settings()) as (url, _):
        file.write_text("a: " + "[" * 3000, "utf-8")
        wait_for(lambda: "procedures/nuoi-meo.yaml:1: lồng nhau quá sâu" in caplog.text)
        file.write_text(CAT.replace("title: Nuôi mèo", "title: Nuôi hổ"), "utf-8")
        wait_for(lambda: "Nuôi hổ" in patient.get(url).text)
        assert patient.get(f"{url}/readyz").status_code == 200


def test_an_edit_reaches_a_running_service(make_settings: MakeSettings, content_dir: Path) -> None:
    with running(make_settings()) as (url, _):
        (content_dir / "procedures" / "lam-nha.yaml").write_text(
            HOUSE.replace("title: Làm nhà", "title: Dựng nhà"), "utf-8"
        )
        wait_for(lambda: "Dựng nhà" in patient.get(url).text)


def test_broken_content_at_the_start_is_a_report(make_settings: MakeSettings, content_dir: Path) -> None:
    (content_dir / "bot.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError):
        build_service(make_settings())
