"""Content from disk: reloaded when somebody edits it; the last good Library stays while it has mistakes (fallback)."""

import asyncio
import ctypes
import gc
import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import _lru_cache_wrapper
from pathlib import Path

from bot import team_keys
from bot.kept_content import KeptContent
from flows.definition import catalogue
from flows.definition.learnt import Known
from flows.definition.library import Library
from flows.definition.loading import known_of, load
from flows.definition.national import National, parse
from flows.definition.yaml_source import ContentError, Problem
from flows.text import kind_weights, part_vectors
from flows.understanding.understand import prepare

log = logging.getLogger("motcua.content")

_HASH = 12  # characters that tell one version from another
# Characters of content that are read and counted in a process of its own: it takes 200 MB, of which 50 would never come back, and
# 6 s in which turns would wait for it.
_LARGE = 1_000_000


def read_files(folder: Path) -> dict[str, str]:
    """Every file of the content: path within it -> text. A file that is no UTF-8 reads as broken, not as an exception.

    Raises:
        ContentError: a file can't be read.
    """
    found: dict[str, str] = {}
    for file in _files(folder):
        name = str(file.relative_to(folder))
        try:
            found[name] = file.read_text("utf-8", "replace")
        except OSError as error:
            raise ContentError(
                [Problem(name, 1, f"không mở được tệp này ({error.strerror}): xem lại quyền đọc")]
            ) from None
    return found


def _files(folder: Path) -> list[Path]:
    """List the files of the content; an editor's own notes beside them begin with a dot, and may lead nowhere."""
    tables = (catalogue.FILE, part_vectors.FILE, kind_weights.FILE)
    found = (*folder.rglob("*.yaml"), *(file for name in tables for file in folder.glob(name)))
    return sorted(file for file in found if not file.name.startswith(".") and file.is_file())


def find_stray_files(folder: Path) -> list[Problem]:
    """Return a warning for each file that somebody wrote as content and that is not read: its name ends otherwise."""
    others = (file for file in folder.glob("*/*") if file.is_file() and file.suffix != ".yaml" and file.name[0] != ".")
    text = "tệp này không được đọc: đổi tên thành {}.yaml, lưu dạng chữ thường (.yaml), hoặc bỏ đi"
    return [
        Problem(str(file.relative_to(folder)), 1, text.format(file.name.partition(".")[0]), warning=True)
        for file in sorted(others)
    ]


def load_folder(folder: Path, step_limit: int = 60) -> Library:
    """Load the content of a folder.

    Raises:
        ContentError: the content can't be used; its problems say where and why.
    """
    try:
        return _load(read_files(folder), step_limit)
    except ContentError as error:  # a file of another name may be why
        raise ContentError([*find_stray_files(folder), *error.problems]) from None


def _load(files: Mapping[str, str], step_limit: int, known: Known | None = None) -> Library:
    with _bugs_as_mistakes():
        library = load(dict(files), step_limit, known)
    if problems := list(team_keys.find_problems(library)):
        raise ContentError(problems)
    return library


@contextmanager
def _bugs_as_mistakes() -> Iterator[None]:
    """Refuse content that brings out a bug as if it were wrong: it ends neither a start nor the looking for edits."""
    try:
        yield
    except ContentError:
        raise
    except Exception as error:
        log.exception("content: a bug in reading it")
        kind = error.__class__.__name__
        text = f"máy đọc nội dung bị lỗi ({kind}): bỏ chỗ vừa sửa, rồi gửi tệp ấy và nhật ký cho người phát triển"
        raise ContentError([Problem("content", 1, text)]) from None


def read_national(folder: Path) -> dict[str, National]:
    """Read a snapshot of the national procedure database: code -> procedure."""
    found = (parse(file.read_text("utf-8", "replace")) for file in sorted(folder.glob("*.txt")))
    return {procedure.code: procedure for procedure in found if procedure}


def version_of(files: Mapping[str, str]) -> str:
    """Hash all files: one version of the content has one."""
    found = hashlib.sha256()
    for name, text in sorted(files.items()):
        found.update(f"{name}\0{text}\0".encode())
    return found.hexdigest()[:_HASH]


class Content:
    """The Library in use: of the folder, or while that can't be used the last one that could.

    Args:
        kept: a file outside the folder, in which what serves is kept for the next start; None keeps nothing.

    Attributes:
        version: of what serves, a hash of all its files.
        problem: why the folder can't be used, as `motcua check` says it; "" when it serves.

    Raises:
        ContentError: the folder can't be used, and nothing that could was kept.
    """

    def __init__(self, folder: Path, step_limit: int = 60, kept: Path | None = None) -> None:
        self._folder, self._kept = folder, KeptContent(kept, step_limit)
        self._step_limit = step_limit
        self._seen = self._folder_stamp()
        self.problem = self.version = ""
        try:
            self._take_over(read_files(folder))
        except ContentError as error:
            self._fall_back(error)
        self._give_memory_back()

    def reload_if_edited(self) -> bool:
        """Load edited files; True when the Library changed."""
        stamp = self._folder_stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        try:
            self._take_over(read_files(self._folder))
        except ContentError as error:
            self._record_refusal(error)
            return False
        _let_go_before()
        prepare(self.library)  # which may have been remembered in part
        self._give_memory_back()
        log.info("content: reloaded, %d procedures, version %s", len(self.library.procedures), self.version)
        return True

    async def watch_for_edits(self, every: float) -> None:
        """Look for edits until cancelled."""
        while True:
            await asyncio.sleep(every)
            try:
                await asyncio.to_thread(self.reload_if_edited)
            except OSError as error:
                log.error("content: can't be read (%s); the last good one keeps serving", error)
            except Exception:  # a bug that one edit brings out must not end the looking
                log.exception("content: can't be used; the last good one keeps serving")

    def _take_over(self, files: Mapping[str, str]) -> None:
        """Serve these, with all that understanding needs built now and not while somebody waits for the first answer."""
        version = version_of(files)
        known = self._kept.recall(version) or self._learn(version, files)
        library = _load(files, self._step_limit, known)
        with _bugs_as_mistakes():
            library.let_texts_go()
            prepare(library)
        self.library, self.version, self.problem = library, version, ""

    def _learn(self, version: str, files: Mapping[str, str]) -> Known:
        """Read and count everything, and keep it for the next start."""
        if self._kept.file and sum(map(len, files.values())) > _LARGE:
            command = [sys.executable, "-m", __name__, str(self._kept.file), str(self._step_limit)]
            env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            given = json.dumps(dict(files), ensure_ascii=False).encode()
            subprocess.run(command, input=given, env=env, check=False)  # noqa: S603 - nothing of a stranger's in it
            if known := self._kept.recall(version):
                return known  # else it can't be used, or not be kept
        return _learn_here(files, self._kept, self._step_limit)

    def _record_refusal(self, error: ContentError) -> None:
        self.problem = str(error)
        log.error("content: it can't be used, version %s keeps serving:\n%s", self.version, error)

    def _fall_back(self, error: ContentError) -> None:
        files = self._kept.recall_copy()
        if files is None:
            raise error
        try:
            self._take_over(files)
        except ContentError:  # kept by a release that read it otherwise
            raise error from None
        self._record_refusal(error)

    def _folder_stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Tell one state of the files from another. Who saves a file may take it away for a moment."""
        found = []
        for file in _files(self._folder):
            with suppress(OSError):
                found.append((str(file), (stat := file.stat()).st_mtime_ns, stat.st_size))
        return tuple(found)

    def _give_memory_back(self) -> None:
        """Give the system back what reading took: libyaml's nodes leave 20 MB of gaps."""
        self._kept.give_memory_back()
        with suppress(AttributeError):  # other C libraries than glibc have no such call
            ctypes.CDLL(None).malloc_trim(0)


def _let_go_before() -> None:
    """Let go what served before: what the engine remembers of it, and what nobody reaches any more. 76 MB stayed of each edit.

    What serves now is never looked through for garbage again, as after a start: that once takes 0.2 s.
    """
    for module in [module for name, module in sys.modules.items() if name.startswith("flows.")]:
        for function in vars(module).values():
            if isinstance(function, _lru_cache_wrapper):
                function.cache_clear()
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def _learn_here(files: Mapping[str, str], kept: KeptContent, step_limit: int) -> Known:
    library = _load(files, step_limit)
    with _bugs_as_mistakes():
        known = known_of(library)
    kept.keep(version_of(files), files, known)
    return known


if __name__ == "__main__":  # of `_learn`; of what goes wrong the service itself will tell
    logging.disable()
    with suppress(ContentError):
        _learn_here(json.load(sys.stdin.buffer), KeptContent(Path(sys.argv[1]), int(sys.argv[2])), int(sys.argv[2]))
