"""Reads content/ from disk and keeps the last good Library while people edit."""

import asyncio
import logging
from pathlib import Path

from bot import team_keys
from flows.definition import catalogue
from flows.definition.library import Library
from flows.definition.loading import load
from flows.definition.national import National, parse
from flows.definition.yaml_source import ContentError
from flows.understanding.understand import understand

log = logging.getLogger("motcua.content")


def read_files(folder: Path) -> dict[str, str]:
    """Every file of the content: path within it -> text. A file that is no UTF-8 reads as broken, not as an exception."""
    return {str(file.relative_to(folder)): file.read_text("utf-8", "replace") for file in _files(folder)}


def _files(folder: Path) -> list[Path]:
    return sorted([*folder.rglob("*.yaml"), *folder.glob(catalogue.FILE)])


def load_folder(folder: Path, step_limit: int = 60) -> Library:
    """
    Raises:
        ContentError: the content can't be used; its problems say where and why.
    """
    library = load(read_files(folder), step_limit)
    if problems := list(team_keys.find_problems(library)):
        raise ContentError(problems)
    return library


def read_national(folder: Path) -> dict[str, National]:
    """A snapshot of the national procedure database: code -> procedure."""
    found = (parse(file.read_text("utf-8", "replace")) for file in sorted(folder.glob("*.txt")))
    return {procedure.code: procedure for procedure in found if procedure}


class Content:
    """The Library in use. A broken edit is logged and refused; the last good Library keeps serving."""

    def __init__(self, folder: Path, step_limit: int = 60) -> None:
        self._folder = folder
        self._step_limit = step_limit
        self._seen = self._stamp()
        self.library = self._ready()

    def reload(self) -> bool:
        """Takes edited files over; True when the Library changed."""
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        try:
            self.library = self._ready()
        except ContentError as error:
            log.error("content: the edit is refused, the last good one keeps serving:\n%s", error)
            return False
        log.info("content: reloaded, %d procedures", len(self.library.procedures))
        return True

    async def watch(self, every: float) -> None:
        """Looks for edits until cancelled."""
        while True:
            await asyncio.sleep(every)
            try:
                await asyncio.to_thread(self.reload)
            except OSError as error:
                log.error("content: can't be read (%s); the last good one keeps serving", error)
            except Exception:  # a bug that one edit brings out must not end the looking
                log.exception("content: can't be used; the last good one keeps serving")

    def _ready(self) -> Library:
        """The content, with all that understanding needs built now and not while somebody waits for the first answer."""
        library = load_folder(self._folder, self._step_limit)
        understand(library, "x")
        return library

    def _stamp(self) -> tuple[tuple[str, int, int], ...]:
        return tuple((str(file), (stat := file.stat()).st_mtime_ns, stat.st_size) for file in _files(self._folder))
