"""Voices of phones as something that every browser plays, where ffmpeg is installed; without it they stay as they came."""

import asyncio
import shutil
from collections.abc import Mapping

_SECONDS = 15.0  # that a conversion may take
_DEMUXERS: Mapping[str, str] = {"audio/amr": "amr", "audio/ogg": "ogg"}  # what some browsers can't play


async def make_playable(content: bytes, kind: str) -> bytes:
    """Return a voice as WAV where it is of a kind that some browsers can't play; as it is where that fails.

    A stranger sent it: ffmpeg reads it from a pipe, as the one format that it is, and may open nothing else.
    """
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None or kind not in _DEMUXERS:
        return content
    reading = ("-protocol_whitelist", "pipe", "-f", _DEMUXERS[kind], "-i", "pipe:0")
    writing = ("-vn", "-t", "600", "-ac", "1", "-ar", "16000", "-f", "wav", "pipe:1")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        ffmpeg, "-nostdin", "-loglevel", "quiet", *reading, *writing, stdin=pipe, stdout=pipe
    )
    try:
        async with asyncio.timeout(_SECONDS):
            made, _ = await process.communicate(content)
    except TimeoutError:
        process.kill()
        await process.wait()
        return content
    return made if process.returncode == 0 and made.startswith(b"RIFF") else content
