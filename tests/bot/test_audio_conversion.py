"""Voices are made playable where ffmpeg is installed, and stay as they came where it is not or fails."""

from pathlib import Path

import pytest

from bot.audio_conversion import make_playable

AMR, OGG, WAV = b"#!AMR\n" + b"z" * 300, b"OggS" + b"0" * 60, b"RIFF....WAVE"


def install(path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a program called ffmpeg, and no other, where programs are looked for."""
    program = path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path}:/bin:/usr/bin")


@pytest.mark.parametrize(("content", "kind", "demuxer"), [(AMR, "audio/amr", "amr"), (OGG, "audio/ogg", "ogg")])
async def test_a_voice_is_read_as_what_it_is_and_from_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, kind: str, demuxer: str
) -> None:
    wanted = f'*"-protocol_whitelist pipe -f {demuxer} -i pipe:0"*'
    install(tmp_path, monkeypatch, f'cat > /dev/null; case "$*" in {wanted}) printf RIFF....WAVE;; *) exit 1;; esac')
    assert await make_playable(content, kind) == WAV


@pytest.mark.parametrize("script", ["exit 1", "cat > /dev/null; printf broken", "cat > /dev/null; printf RIFF; exit 3"])
async def test_what_ffmpeg_can_not_read_stays_as_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    install(tmp_path, monkeypatch, script)
    assert await make_playable(AMR, "audio/amr") == AMR


async def test_nothing_else_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "printf RIFF....WAVE")
    assert await make_playable(b"ID3xx", "audio/mpeg") == b"ID3xx"


async def test_without_ffmpeg_a_voice_stays_as_it_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await make_playable(AMR, "audio/amr") == AMR
