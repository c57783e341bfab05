"""Hashes of passwords, slow and large on purpose: made by a process of their own, behind which nobody waits for the CPU.

A thread of less priority would not do: when it holds Python's lock and gets no CPU, all other threads wait for it.
"""

import json
import os
import signal
import subprocess
import sys
import weakref
from contextlib import suppress

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_NICE = 10
_MEMORY = 47_104  # KiB that one try at a password takes
_TRIES = 2  # a process that was killed is started anew


def make_hasher(memory: int | None = None) -> PasswordHasher:
    """Argon2id as OWASP's Password Storage Cheat Sheet sets it first: 46 MiB, once, on one core."""
    return PasswordHasher(time_cost=1, memory_cost=memory or _MEMORY, parallelism=1)


class Hashing:
    """Passwords are hashed one at a time, for a single thread. The process starts with the first, and ends with this."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def hash(self, password: str) -> str:
        return str(self._ask("", password))

    def matches(self, kept: str, password: str) -> bool:
        return self._ask(kept, password) is True

    def _ask(self, kept: str, password: str) -> str | bool:
        for _ in range(_TRIES):
            process = self._process = self._process or self._start()
            assert process.stdin
            assert process.stdout
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps([kept, password]) + "\n")
                process.stdin.flush()
                if answer := process.stdout.readline():
                    found: str | bool = json.loads(answer)
                    return found
            self._process = None
        raise OSError("no process hashes passwords")

    def _start(self) -> subprocess.Popen[str]:
        pipe, this_file = subprocess.PIPE, [sys.executable, "-P", __file__, str(_MEMORY)]
        process = subprocess.Popen(this_file, stdin=pipe, stdout=pipe, text=True)  # noqa: S603 - nothing of a stranger's in it
        weakref.finalize(self, _end, process)
        return process


def _end(process: subprocess.Popen[str]) -> None:
    for end in (process.stdin, process.stdout):
        with suppress(OSError):  # it is gone already
            if end:
                end.close()
    process.wait()


def _answer(hasher: PasswordHasher, kept: str, password: str) -> str | bool:
    try:
        return hasher.verify(kept, password) if kept else hasher.hash(password)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False


def main() -> None:
    """Answer each line, [what is kept or "", password], with a line: whether they match, or the hash."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the service, and its end of the pipe ends this
    with suppress(OSError):  # a system that does not let it: it hashes all the same
        os.nice(_NICE)
    hasher = make_hasher(int(sys.argv[1]))
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(hasher, *json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
