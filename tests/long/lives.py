"""Lives of the service: real processes that are started, told to stop, and killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.emulators.server import wait_for
from tests.patient import SECONDS

_CLIENT = httpx.Client(timeout=10, trust_env=False, verify=False)  # one: each new one would read all certificates


@dataclass(frozen=True)
class Life:
    """One process of the service. `number` counts them from 1."""

    number: int
    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def ready(self) -> bool:
        return status(f"{self.url}/readyz") == 200

    def send(self, sig: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """kill -9; returns when nothing of it runs any more."""
        self.send(signal.SIGKILL)
        wait_for(lambda: not self.alive)

    def wait_ready(self) -> None:
        wait_for(lambda: self.ready or not self.alive)
        assert self.alive, "the service ended while it started, see its log"


def status(url: str) -> int:
    """What a GET is answered with; 0 when nobody answers."""
    try:
        return _CLIENT.get(url).status_code
    except httpx.TransportError:
        return 0


@dataclass
class Nursery:
    """Where lives begin. `settings` are those of every life, by the names of bot/settings.py; each calls the platforms below its
    own number, see tests/long/platforms.py."""

    process: "subprocess.Popen[str]"
    settings: Mapping[str, object]
    log: Path
    born: int = 0

    def begin(self, port: int) -> Life:
        self.born += 1
        chosen = {**self.settings, "port": port}
        apis = {name: f"{base}/{self.born}" for name, base in chosen.items() if name.endswith("_api")}
        environment = {f"MOTCUA_{name.upper()}": str(value) for name, value in {**chosen, **apis}.items()}
        told, answers = self.process.stdin, self.process.stdout
        assert told and answers
        told.write(json.dumps([environment, str(self.log)]) + "\n")
        told.flush()
        return Life(self.born, int(answers.readline()), port)


@contextmanager
def nursery(folder: Path, settings: Mapping[str, object]) -> Iterator[Nursery]:
    """Everything that it started ends with it."""
    command = [sys.executable, "-m", "tests.long.nursery"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, text=True, stdin=pipe, stdout=pipe) as process:
        try:
            yield Nursery(process, settings, folder / "service.log")
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(SECONDS)
