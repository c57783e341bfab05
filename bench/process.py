"""A process that is measured: on cores of its own, with a folder of its own; it may be killed and started again."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import randrange
from time import perf_counter

ROOT = Path(__file__).parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
_STARTING = 180.0  # seconds, on a machine that does much else
_LOOK = 0.01  # seconds
_PORTS = (20_000, 30_000)


def free_port() -> int:
    """Below those that systems give to whoever asks for any: ours must still be free when we come back to it."""
    while True:
        port = randrange(*_PORTS)
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def cores() -> tuple[set[int], set[int]]:
    """(the one for what is measured, the others for what measures)."""
    first, *others = sorted(os.sched_getaffinity(0))
    return {first}, set(others) or {first}


class NoStart(Exception):
    """It ended, or took no connection in time; the text holds the end of its log."""


@dataclass
class Process:
    """`command` listens on `port`; its output goes to a file beside `folder`."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    port: int
    folder: Path
    cpus: set[int] = field(default_factory=lambda: cores()[0])
    _running: subprocess.Popen[bytes] | None = None

    async def start(self) -> float:
        """Seconds until it takes connections.

        Raises:
            NoStart
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.env}
        began = perf_counter()
        with (self.folder / "log").open("ab") as out:
            self._running = subprocess.Popen(
                ["taskset", "-c", ",".join(map(str, self.cpus)), *self.command],
                cwd=self.folder,
                env=env,
                stdout=out,
                stderr=out,
            )
        while not self._listens():
            if self._running.poll() is not None or perf_counter() - began > _STARTING:
                raise NoStart(f"{self.name} does not start:\n{(self.folder / 'log').read_text()[-2000:]}")
            await asyncio.sleep(_LOOK)
        return perf_counter() - began

    def _listens(self) -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """At once, as a crash would."""
        if self._running:
            self._running.kill()
            self._running.wait()

    def wipe(self) -> None:
        """Forgets everything."""
        shutil.rmtree(self.folder)

    def stop(self) -> None:
        if self._running:
            self._running.send_signal(signal.SIGTERM)
            self._running.wait(10)

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def rss(self) -> float:
        """MB in memory."""
        line = next(line for line in self._proc("status").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def _proc(self, name: str) -> str:
        assert self._running
        return Path(f"/proc/{self._running.pid}/{name}").read_text()
