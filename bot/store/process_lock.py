"""Lock on a SQLite file: a second process would take up what the first has on its way, and send it again."""

import fcntl
import time
from pathlib import Path
from typing import IO

from bot.errors import SettingsError
from bot.store.database import Database

_PATIENCE = 10.0  # seconds in which the one before may end
_LOOK = 0.1  # seconds


def acquire_lock(database: Database, patience: float = _PATIENCE) -> IO[bytes] | None:
    """Lock the database file for this process until the handle is closed, or the process ends in whatever way.

    None on PostgreSQL, which takes many processes.

    Raises:
        SettingsError: another process serves this file, or nothing can be written beside it.
    """
    if not database.is_sqlite or not database.engine.url.database:
        return None
    file = Path(f"{database.engine.url.database}.lock")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(0o600)
        handle = file.open("wb")
    except OSError as error:
        raise SettingsError(f"{file} can't be written: {error.strerror}. Mend or delete it.") from None
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() > end:
                handle.close()
                raise SettingsError(
                    f"Another Motcua serves {database.engine.url.database}: stop it, or set MOTCUA_DATABASE_URL to PostgreSQL,"
                    " which many may share."
                ) from None
        time.sleep(_LOOK)
