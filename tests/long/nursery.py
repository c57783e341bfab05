"""Starts `motcua serve` again and again without paying for the imports each time: 200 lives would be 200 seconds of them.

`python -m tests.long.nursery` imports everything once. For each line on its input (JSON: the environment and the log file of a
new life) it forks a process that becomes the service, and prints that process's id. It takes its children along when it ends.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

children: set[int] = set()


def main() -> None:
    _grow()
    signal.signal(signal.SIGCHLD, _bury)
    for line in sys.stdin:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # nobody is buried before being written down
        child = os.fork()
        if child == 0:
            os._exit(_serve(*json.loads(line)))
        children.add(child)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        print(child, flush=True)
    for child in list(children):
        os.kill(child, signal.SIGKILL)


def _grow() -> None:
    """Loads what a life needs, also what is imported late, by being one that never starts."""
    import psycopg
    import uvicorn

    import bot.cli
    from bot.service import build_service
    from bot.settings import Settings
    from bot.store.migrate import migrate
    from webhook import create_app

    with TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder))  # type: ignore[call-arg]  # read by BaseSettings' __init__
        service = build_service(settings)
        migrate(service.database)
        uvicorn.Config(create_app(service)).load()
        service.database.close()
    assert bot.cli and psycopg


def _bury(*_: object) -> None:
    for child in list(children):
        with suppress(ChildProcessError):
            if os.waitpid(child, os.WNOHANG)[0] == child:
                children.discard(child)


def _serve(environment: dict[str, str], log: str) -> int:
    from bot.cli import app

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.environ.update(environment)
    with open(log, "ab", buffering=0) as out, open(os.devnull, "rb") as nothing:
        for descriptor, file in ((0, nothing), (1, out), (2, out)):
            os.dup2(file.fileno(), descriptor)
    try:
        app(["serve"])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    return 1


if __name__ == "__main__":
    main()
