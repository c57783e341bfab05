"""A copy of the database that can be put back: one SQLite file, from whichever database, into whichever database.

So a copy needs no program of the server's version, opens on any machine, and is read back before it counts.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import delete, update

from bot.errors import MotcuaError
from bot.outbox.outbox import DEAD, PENDING
from bot.store import key_values
from bot.store.database import Database
from bot.store.migrate import migrate, newest_revision, revision_of
from bot.store.move import Report, copy_tables
from bot.store.process_lock import acquire_lock
from bot.store.tables import follow_ups, outbox
from bot.store.tx import Tx

_KEPT = "backed up"
_RESTORED = "it waited when the backup was made"


class NotBackedUp(MotcuaError):
    """There is no new file."""


class NotRestored(MotcuaError):
    """The database is as it was before."""


def back_up(database: Database, file: Path) -> None:
    """Write a copy of all that is committed now, while the service goes on. It is there whole, read back and for its owner
    only, or not at all.

    Raises:
        NotBackedUp: the file is there already, or the tables are not those of this version.
        OSError, sqlite3.Error, sqlalchemy.exc.SQLAlchemyError: one of the two can't be read or written.
    """
    if file.exists():
        raise NotBackedUp(f"{file} is there already: choose another name, so that no older copy is lost.")
    with _beside(file) as part:
        if database.is_sqlite:
            _copy_sqlite(Path(database.engine.url.database or ""), part)
        else:
            _copy_postgres(database, part)
        _read_back(part)
        _flush(part)
        try:
            os.link(part, file)  # unlike a renaming, this overwrites nothing
        except FileExistsError:
            raise NotBackedUp(f"{file} came to be meanwhile: choose another name.") from None
        _flush(file.parent)


def restore(file: Path, target: Database, folder: Path, now: datetime, report: Report) -> int:
    """Put a copy into an empty PostgreSQL database, or in the place of a SQLite file, which is laid aside under another name.

    Args:
        folder: where there is room to bring the copy up to date on its way to PostgreSQL.

    Returns:
        How many messages waited to be sent when the copy was made. They are not sent by themselves: most arrived long ago.

    Raises:
        NotRestored: the file is no copy that this version can use.
        NotMoved: the PostgreSQL database holds something.
        SettingsError: the service runs on the SQLite file.
        OSError, sqlite3.Error, sqlalchemy.exc.SQLAlchemyError: one of the two can't be read or written.
    """
    place = Path(target.engine.url.database or "") if target.is_sqlite else folder / "restored.db"
    alone = acquire_lock(target)
    try:
        with _beside(place) as part:
            shutil.copyfile(file, part)
            waited = _bring_up(part, file, now)
            if target.is_sqlite:
                _lay_aside(place, now)
                part.replace(place)
                _flush(place.parent)
            else:
                _fill(target, part, report)
    finally:
        if alone:
            alone.close()
    return waited


def note(tx: Tx) -> None:
    """Note that a copy was made, for the alarm that misses one."""
    key_values.set_value(tx, _KEPT, tx.now.astimezone(UTC).isoformat())


def last(tx: Tx) -> datetime | None:
    """Return when the last copy was made; None for never."""
    kept = key_values.get(tx, _KEPT)
    return datetime.fromisoformat(kept) if kept else None


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """Yield an empty file of its owner's in the same folder, which is gone afterwards, whatever happened."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as made:
        part = Path(made.name)
    try:
        yield part
    finally:
        for leftover in (part, *(Path(f"{part}{end}") for end in ("-wal", "-shm", "-journal"))):
            leftover.unlink(missing_ok=True)


def _copy_sqlite(source: Path, part: Path) -> None:
    if not source.is_file():
        raise NotBackedUp(f"There is no database at {source} yet.")
    with closing(sqlite3.connect(source)) as database:
        database.execute("VACUUM INTO ?", (str(part),))


def _copy_postgres(database: Database, part: Path) -> None:
    """Copy all tables as they stood at one moment."""
    with _opened(part) as made:
        migrate(made)
        engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as old, made.engine.begin() as new:
            if revision_of(old) != newest_revision():
                there, ours = revision_of(old), newest_revision()
                raise NotBackedUp(f"The tables are of version {there}, this program of {ours}: start the service once.")
            copy_tables(old, new, lambda *_: None)


def _read_back(part: Path) -> None:
    with closing(sqlite3.connect(part)) as made:
        made.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        (told,) = made.execute("PRAGMA integrity_check(1)").fetchone()
        orphan = made.execute("PRAGMA foreign_key_check").fetchone()
    if told != "ok" or orphan:
        raise NotBackedUp(f"The copy is damaged ({orphan or told}): check the disk, then try again.")


def _bring_up(part: Path, file: Path, now: datetime) -> int:
    """Bring the tables of a copy up to date, and what happened since in order. Return how much is not sent by itself."""
    try:
        with closing(sqlite3.connect(part)) as given:
            (told,) = given.execute("PRAGMA integrity_check(1)").fetchone()
            (version,) = given.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
    except sqlite3.DatabaseError as error:
        raise NotRestored(f"{file} is no backup of Motcua ({error}).") from None
    if told != "ok":
        raise NotRestored(f"{file} is damaged ({told}): take an older one.")
    if version > newest_revision():
        raise NotRestored(
            f"{file} comes from a newer version of Motcua ({version} > {newest_revision()}): upgrade first."
        )
    with _opened(part) as copied:
        migrate(copied)
        with copied.engine.begin() as connection:
            waits = outbox.c.state == PENDING
            held = {"state": DEAD, "done_at": now, "error": _RESTORED, "claimed_until": None}
            waited = connection.execute(update(outbox).where(waits).values(held)).rowcount
            # Who was to be asked meanwhile how it went was most likely asked.
            connection.execute(delete(follow_ups).where(follow_ups.c.due_at <= now))
    _read_back(part)
    return waited


def _fill(target: Database, part: Path, report: Report) -> None:
    migrate(target)
    with _opened(part) as copied, copied.engine.connect() as old, target.engine.begin() as new:
        copy_tables(old, new, report)


def _lay_aside(place: Path, now: datetime) -> None:
    """Give a file another name. Its log, which nobody else may take for their own, goes with it."""
    for end in ("", "-wal", "-shm"):
        if (old := Path(f"{place}{end}")).exists():
            old.rename(f"{place}.{now:%Y%m%d-%H%M%S}{end}")


@contextmanager
def _opened(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}")
    try:
        yield database
    finally:
        database.close()


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
