"""`motcua doctor` on a healthy and on a sick set-up; set-ups that can't work end in one sentence."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import nearest_setting, problem_of_address
from tests.emulators.telegram import TelegramEmulator


def run(monkeypatch: pytest.MonkeyPatch, *words: str, **settings: object) -> tuple[int, str]:
    for name, value in settings.items():
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", str(value))
    ended = CliRunner().invoke(app, list(words))
    assert not ended.exception or isinstance(ended.exception, SystemExit)
    return ended.exit_code, ended.output


def test_a_healthy_set_up_is_green(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path) -> None:
    code, said = run(
        monkeypatch, "doctor", data_dir=tmp_path, content_dir=content_dir, public_url="https://xa.example", disk_floor=1
    )
    assert code == 0
    assert "✗" not in said


def test_each_sickness_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "motcua.db").write_bytes(b"no database at all" * 100)
    code, said = run(
        monkeypatch,
        "doctor",
        data_dir=tmp_path,
        content_dir=tmp_path / "content",
        public_url="http://xa.example/a?b",
        disk_floor=2**60,
        telegram_token="1:x",
        telegram_api="http://127.0.0.1:1",
        telegrm_secret="x",
    )
    assert code == 1
    for sickness in (
        "MOTCUA_TELEGRM_SECRET: không có cài đặt này\n    → viết MOTCUA_TELEGRAM_SECRET",
        "✗ MOTCUA_PUBLIC_URL: “http://xa.example/a?b” không bắt đầu bằng https",
        "Người khác trên máy đọc được",
        "✗ Đĩa còn trống",
        "✗ Nội dung không dùng được: bot.yaml:1",
        "✗ Cơ sở dữ liệu không trả lời",
        "✗ Telegram không trả lời (ConnectError)",
    ):
        assert sickness in said


@pytest.mark.parametrize("kept", ["", "short"])
def test_a_broken_key_is_the_first_thing_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: str) -> None:
    (tmp_path / "secret").write_text(kept)
    for command in (("doctor",), ("serve",), ("team", "list")):
        code, said = run(monkeypatch, *command, data_dir=tmp_path)
        assert code == 1
        assert "put back the one from your backup" in said


def test_what_telegram_sees_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path) -> None:
    with TelegramEmulator() as telegram:
        chosen = {"telegram_token": telegram.token, "telegram_api": telegram.base, "public_url": "https://xa.example"}
        code, said = run(monkeypatch, "doctor", data_dir=tmp_path, content_dir=content_dir, disk_floor=1, **chosen)
    assert code == 1
    assert "Telegram gọi về không đâu cả, không phải https://xa.example/webhook/telegram" in said
    assert "motcua telegram connect" in said


@pytest.mark.parametrize(
    "url",
    [
        "xa.example",
        "http://xa.example",
        "https://",
        "https://xa.example/motcua",
        "https://xa.example?x",
        "https://a b.vn",
        "https://xa.example:99999",
        "https://me@xa.example",
        "https://[::1",
    ],
)
def test_an_address_that_can_not_work_is_printed_on_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path, url: str
) -> None:
    assert problem_of_address(url)
    where = {"data_dir": tmp_path, "content_dir": content_dir, "public_url": url}
    code, said = run(monkeypatch, "link", "--commune", "ban-moi", "--source", "Nhóm", **where)
    assert code == 1
    assert "MOTCUA_PUBLIC_URL" in said


@pytest.mark.parametrize(
    "url", ["https://xa.example", "https://xa.example/", "https://xa.example:8443", "http://localhost:8000"]
)
def test_an_address_that_works_is_taken(url: str) -> None:
    assert problem_of_address(url) == ""


def test_a_misspelt_setting_is_known_by_its_neighbour() -> None:
    assert nearest_setting("MOTCUA_PUBLIC_ULR") == "MOTCUA_PUBLIC_URL"
    assert nearest_setting("MOTCUA_SOMETHING_ELSE_ALTOGETHER") == ""
