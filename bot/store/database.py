"""The one door to the database: `write` runs a piece of work in a transaction that is durable when it returns.

SQLite takes one writer. A single thread gathers all work that waits, runs it in one transaction, commits once and
answers all (group commit). PostgreSQL runs the same work in a few threads, one transaction each.
"""

import asyncio
import os
import queue
import secrets
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, delete, event, insert
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError

from bot.clock import Clock, now
from bot.errors import StoreUnavailable
from bot.store.tables import key_values
from bot.store.tx import Tx

T = TypeVar("T")
Work = Callable[[Tx], T]
_Work = Callable[[Connection], T]

_BATCH = 200  # pieces of work in one SQLite transaction
_THREADS = 8  # PostgreSQL transactions at a time
_TURN = 65_536  # bytes: more than a turn writes
_TRIES = 3  # for a PostgreSQL transaction that lost to another one

# A server that is gone without a word is given up after seconds, not after the two hours of TCP.
PATIENCE: Mapping[str, Any] = {
    "connect_timeout": 3,  # seconds
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
# The server gives up as well on a replica that froze in the middle of a transaction and holds a conversation.
_FROZEN = "SET idle_in_transaction_session_timeout = '30s'"
_OUR_MISTAKES = (DataError, IntegrityError, ProgrammingError)
_WAL = 16 * 2**20  # bytes of SQLite's log from which it is started anew; by itself it does so at a quarter of that
_MOMENT = 100  # milliseconds that writers wait for readers then
_BUSY = 2  # seconds that a SQLite transaction waits for another process: as long as Zalo waits for its 200
_LOST_RACES = {"40001", "40P01"}  # serialization failure, deadlock detected


class Database:
    """
    Args:
        url: a SQLAlchemy URL, `sqlite:///file` or `postgresql+psycopg://…`.
        clock: tells each transaction its moment.
        on_changed: called after each commit that changed conversations, with their ids.
    """

    def __init__(
        self, url: str, clock: Clock = now, on_changed: Callable[[Collection[int]], None] = lambda _: None
    ) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._clock = clock
        self._on_changed = on_changed
        self._failed = False  # the last that is known of writing
        self._readers = ThreadPoolExecutor(4, "store-read")
        self._writer: _GroupCommit | _Pool = _GroupCommit(self.engine) if self.is_sqlite else _Pool(self.engine)

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction, commit, and return its result. It may run more than once; it must only touch the
        transaction.

        Raises:
            StoreUnavailable: nothing was written; try again later.
        """
        try:
            result, changed = await self._writer.run(partial(self._run_work, work))
        except StoreUnavailable:
            self._failed = True
            raise
        if changed:
            self._on_changed(changed)
        return result

    def _run_work(self, work: Work[T], connection: Connection) -> tuple[T, set[int]]:
        """Run the work in a transaction; return its result and the conversations that it changed."""
        tx = Tx(connection, self._clock())
        return work(tx), tx.changed

    async def probe_writing(self) -> None:
        """Check that writing works. Free while all goes well: only after a write that failed does it write something.

        A full disk can still be read, and may take a few bytes: it must take more than a turn needs.

        Raises:
            StoreUnavailable: it does not.
        """
        if self._failed:
            await self.write(_try_out)
            self._failed = False

    async def read(self, work: Work[T]) -> T:
        """Run `work` on all that was committed before, and return its result.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run_read, work)

    def _run_read(self, work: Work[T]) -> T:
        try:
            with self.engine.begin() as connection:
                return work(Tx(connection, self._clock()))
        except SQLAlchemyError as error:
            raise _unavailable(error) from error

    async def forget_log(self) -> None:
        """Empty SQLite's write-ahead log, so that what was erased leaves it too."""
        if self.is_sqlite:
            await asyncio.get_running_loop().run_in_executor(self._readers, self._truncate_log)

    def _truncate_log(self) -> None:
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA busy_timeout={_MOMENT}")  # who reads now is not waited for: the next minute does it
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            driver.execute(f"PRAGMA busy_timeout={_BUSY * 1000}")

    def close(self) -> None:
        self._writer.close()
        self._readers.shutdown()
        self.engine.dispose()


class _GroupCommit:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._wal = f"{engine.url.database}-wal"
        self._trimmed_at = _WAL
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="store-write", daemon=True)
        self._thread.start()

    async def run(self, work: _Work[T]) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put((work, answer))
        return await answer

    def close(self) -> None:
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            while len(batch) < _BATCH and not self._waiting.empty():
                if (another := self._waiting.get()) is None:
                    self._waiting.put(None)
                    break
                batch.append(another)
            self._commit_batch(batch)
            self._trim_log()

    def _trim_log(self) -> None:
        """Start SQLite's log anew where readers that overlap without end keep it from doing so: it would grow with every
        write.

        Those who read now are waited for, not those who come; if they take longer, it is tried again some writes later.
        """
        try:
            size = os.stat(self._wal).st_size  # the plain call: it is asked after each commit
        except FileNotFoundError:
            return
        if size < self._trimmed_at:
            return
        with closing(self._engine.raw_connection()) as connection, suppress(sqlite3.OperationalError):
            raw: Any = connection.dbapi_connection
            raw.execute(f"PRAGMA busy_timeout={_MOMENT}")
            busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            raw.execute(f"PRAGMA busy_timeout={_BUSY * 1000}")
            self._trimmed_at = size + _WAL if busy else _WAL

    def _commit_batch(self, batch: Sequence["_Asked"]) -> None:
        """Commit all in one transaction; if that fails, each in its own, so that only the guilty one fails.

        If it can't even begin, nobody is guilty, and nobody waits for each of the others to find out.
        """
        begun = False
        try:
            with self._engine.begin() as connection:
                begun = True
                results = [(answer, work(connection), None) for work, answer in batch]
        except Exception as error:
            if len(batch) == 1 or not begun:
                _tell([(answer, None, _unavailable(error)) for _, answer in batch])
                return
            for asked in batch:
                self._commit_batch([asked])
            return
        _tell(results)


_Asked = tuple[_Work[Any], "asyncio.Future[Any]"]
_Answer = tuple["asyncio.Future[Any]", Any, Exception | None]  # to whom, what, or why not


def _tell(answers: Sequence[_Answer]) -> None:
    """Wake each loop once for all that it waits for."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Answer]] = defaultdict(list)
    for answer in answers:
        by_loop[answer[0].get_loop()].append(answer)
    for loop, theirs in by_loop.items():
        with suppress(RuntimeError):  # it has stopped: nobody waits any more
            loop.call_soon_threadsafe(_settle, theirs)


def _settle(answers: Sequence[_Answer]) -> None:
    for waits, result, error in answers:
        if waits.cancelled():
            continue
        if error:
            waits.set_exception(error)
        else:
            waits.set_result(result)


class _Pool:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(_THREADS, "store-write")

    async def run(self, work: _Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work)

    def close(self) -> None:
        self._threads.shutdown()

    def _run(self, work: _Work[T]) -> T:
        for tries_left in reversed(range(_TRIES)):
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except SQLAlchemyError as error:
                if not (tries_left and _lost_race(error)):
                    raise _unavailable(error) from error
        raise AssertionError("unreachable")


def _try_out(tx: Tx) -> None:
    key = f"probe {secrets.token_hex(8)}"
    tx.execute(insert(key_values).values(key=key, value="x" * _TURN))
    tx.execute(delete(key_values).where(key_values.c.key == key))


def _lost_race(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _LOST_RACES


def _unavailable(error: Exception) -> Exception:
    """Translate a failure of the database into our own error; a mistake in our code stays what it is."""
    if isinstance(error, SQLAlchemyError) and not isinstance(error, _OUR_MISTAKES):
        return StoreUnavailable(
            f"The database did not take it ({error.__class__.__name__}). Check disk and connection; it is tried again."
        )
    return error


def _engine(url: str) -> Engine:
    """Make the engine. `hide_parameters`: what citizens say never stands in the text of an error, nor in a log."""
    if not url.startswith("sqlite"):
        size = _THREADS + 4
        engine = create_engine(
            url, pool_size=size, pool_pre_ping=True, hide_parameters=True, connect_args=dict(PATIENCE)
        )
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    wait = {"check_same_thread": False, "timeout": _BUSY}
    engine = create_engine(url, pool_size=6, connect_args=wait, hide_parameters=True)
    first: dict[str, Any] = {}

    def remember_file(_connection: Any, record: Any) -> None:
        record.info["file"] = first.setdefault("file", _file_of(engine.url.database))

    def refuse_to_create(*_: object) -> None:
        """Refuse a second file where the first was moved away: its log would stand beside the first."""
        if first.get("file") and _file_of(engine.url.database) is None:
            raise sqlite3.OperationalError("the file is gone")

    event.listen(engine, "do_connect", refuse_to_create)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "connect", remember_file)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgres(connection: Any, _record: Any) -> None:
    """Behind a pooler (PgBouncer in transaction mode) nothing can be set for a session, nor a statement be prepared on a server
    that the next transaction may not meet again; there `idle_transaction_timeout` of the pooler gives up on who froze."""
    if is_pooled(connection, connection.execute(BACKEND).fetchone()):
        connection.prepare_threshold = None
    else:
        connection.execute(_FROZEN)
    connection.commit()


BACKEND = "SELECT pg_backend_pid()"


def is_pooled(connection: Any, backend: Any) -> bool:
    """Tell whether psycopg's connection ends at a pooler, which makes up the number of the backend that it tells."""
    return bool(connection.info.backend_pid != backend[0])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event below starts transactions, not the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"journal_size_limit={_WAL}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _file_of(path: str | None) -> tuple[int, int] | None:
    """Tell one file from another: what is written into one that was deleted is acknowledged, and gone with the process."""
    try:
        found = os.stat(path or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction. Writers take the write lock at once: one that reads first could lose it before it writes."""
    file = connection.engine.url.database
    if _file_of(file) != connection.info["file"]:
        raise StoreUnavailable(
            f"{file} was deleted, moved or replaced while it is in use: put it back, or restart Motcua."
        )
    writes = threading.current_thread().name.startswith("store-write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
