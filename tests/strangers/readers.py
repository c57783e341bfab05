"""The process of reader.py, from our side."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.emulators.emulator import Call
from tests.emulators.telegram import TelegramEmulator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = ROOT / ".venv" / "strangers"
_DEVELOPERS = dict(os.environ)  # before tests/conftest.py closes the tests off


class Readers:
    """`problems`: what strangers object to, each with what it is about."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def problems(self, emulator: TelegramEmulator) -> list[str]:
        """About every update that was made on this Telegram, and every call that came to it."""
        return [*self.about_updates(emulator.made), *self.about_calls(emulator.calls)]

    def about_updates(self, updates: Iterable[Any]) -> list[str]:
        return [found for update in updates if (found := self._ask({"update": update}))]

    def about_calls(self, calls: Iterable[Call]) -> list[str]:
        return [found for call in calls if (found := self._ask({"call": call.name, "params": call.params}))]

    def _ask(self, item: dict[str, Any]) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(item) + "\n")
        self._process.stdin.flush()
        problem = json.loads(self._process.stdout.readline())["problem"]
        return f"{problem}: {json.dumps(item, ensure_ascii=False)[:600]}" if problem else ""


@contextmanager
def read_with(folder: Path) -> Iterator[Readers]:
    command = [str(folder / "python" / "bin" / "python"), "-I", str(HERE / "reader.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Readers(process)
        assert process.stdin
        process.stdin.close()


def installed() -> Path | None:
    """The folder with the strangers, or None where they can't be had; in CI that is an error."""
    command = [ROOT / "scripts" / "strangers", FOLDER]
    made = subprocess.run(command, cwd=ROOT, env=_DEVELOPERS, capture_output=True, text=True)
    if made.returncode == 0:
        return FOLDER
    if os.environ.get("CI") == "true":
        raise RuntimeError(made.stderr)
    return None
