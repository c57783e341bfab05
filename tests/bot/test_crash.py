"""kill -9 in the middle of everything: what was accepted is answered, in order; at worst one call a crash goes out twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests import patient
from tests.bot.test_command import ROOT
from tests.channels.conftest import TELEGRAM_SECRET, telegram_settings
from tests.emulators.server import free_port, wait_for
from tests.emulators.telegram import TelegramEmulator

pytestmark = pytest.mark.slow

KILLS = 6


@contextmanager
def service(environment: dict[str, str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`motcua serve` as a process of its own, killed at the end if it still runs."""
    command = [sys.executable, "-c", "from bot.cli import app; app()", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(port))
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)


def _answers(port: int) -> bool:
    try:
        return patient.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_no_accepted_message_is_lost_and_none_changes_the_state_twice(tmp_path: Path, content_dir: Path) -> None:
    port = free_port()
    with TelegramEmulator() as telegram:
        chosen = {"data_dir": tmp_path / "var", "content_dir": content_dir, "port": port, **telegram_settings(telegram)}
        environment = os.environ | {f"MOTCUA_{name.upper()}": str(value) for name, value in chosen.items()}
        hook, hoa = f"http://127.0.0.1:{port}/webhook/telegram", telegram.user()
        updates = [hoa.start("ban-moi_lam-nha")]
        for crash in range(KILLS):
            with service(environment, port):
                telegram.faults.slow(0.3, times=1, only="sendMessage")
                for update in updates:  # the one before the crash is delivered again, as platforms do
                    assert telegram.post(update, hook, TELEGRAM_SECRET).status_code == 200
                updates = [updates[-1], hoa.text(f"blah {crash}")]
        with service(environment, port):
            telegram.post(hoa.text("nộp ở đâu"), hook, TELEGRAM_SECRET)
            wait_for(lambda: "[fact] where" in telegram.sent[-1].text if telegram.sent else False)
    texts = [sent.text for sent in telegram.sent if sent.method == "sendMessage"]
    missed = ("[asked_one_by_one]", "[not_understood]", "[not_understood_again]")
    misses = [text for text in texts if any(sentence in text for sentence in missed)]
    assert "[intro]" in texts[0]
    assert KILLS - 1 <= len(misses) <= 2 * (KILLS - 1)
    once = [text for place, text in enumerate(misses) if place == 0 or text != misses[place - 1]]
    assert len(once) == KILLS - 1, "the first and the second miss take turns: one lost or done twice would show"
