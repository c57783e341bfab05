"""Settings that a start refuses; the secret, made once; files for their owner only."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.service import build_service
from bot.settings import Settings
from tests import patient
from tests.conftest import MakeSettings, running


@pytest.mark.parametrize(
    "half",
    [{"telegram_token": "1:x"}, {"zalo_bot_token": "1:x"}, {"zalo_oa_access_token": "x"}, {"zalo_oa_app_id": "x"}],
)
def test_a_channel_without_its_secret_is_refused(make_settings: MakeSettings, half: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"MOTCUA_.* is empty"):
        build_service(make_settings(**half))


def test_a_secret_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = Settings(data_dir=tmp_path).signing_key
    again = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]  # read by BaseSettings' __init__
    assert again.signing_key == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert len(first) >= 32
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["", "\n", "short"])
def test_a_secret_that_is_empty_or_short_signs_nothing(tmp_path: Path, content_dir: Path, kept: str) -> None:
    (tmp_path / "secret").write_text(kept)
    with pytest.raises(SettingsError, match="put back the one from your backup"):
        build_service(Settings(data_dir=tmp_path, content_dir=content_dir))
    with pytest.raises(SettingsError, match="MOTCUA_SECRET holds no secret of 16 characters"):
        build_service(Settings(data_dir=tmp_path, content_dir=content_dir, secret=SecretStr("123456")))


def test_a_disk_that_is_full_leaves_no_half_a_secret(
    tmp_path: Path, content_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsError, match="can't be kept or read: No space left on device"):
        build_service(Settings(data_dir=tmp_path, content_dir=content_dir))
    assert not [file for file in tmp_path.iterdir() if "secret" in file.name]
    monkeypatch.undo()
    assert len(Settings(data_dir=tmp_path).signing_key) >= 32


def test_what_is_kept_is_for_its_owner_only(tmp_path: Path, content_dir: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", content_dir=content_dir)
    with running(settings) as (url, _), closing(sqlite3.connect(tmp_path / "data" / "motcua.db")) as seen:
        patient.post(f"{url}/chat", data={"text": "x"})
        assert seen.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        modes = {file.name: file.stat().st_mode & 0o077 for file in (tmp_path / "data").iterdir()}
    assert {name: mode for name, mode in modes.items() if mode} == {}
    assert "motcua.db-wal" in modes
