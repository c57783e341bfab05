"""What is kept of the content that serves, for the next start: a copy of its files, and what was read and learnt of them."""

import hashlib
import json
import logging
import mmap
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

import flows
from bot import team_keys
from flows.definition.learnt import Known, pack, unpack

log = logging.getLogger("motcua.content")

_LEARNT = "counts.bin"  # beside the copy; may be deleted at any time
_SEAL = hashlib.sha256().digest_size


class KeptContent:
    """
    Args:
        file: where the copy is kept; None keeps nothing.
        step_limit: with which the content was found good.
    """

    def __init__(self, file: Path | None, step_limit: int) -> None:
        self.file, self._step_limit = file, step_limit
        self._mapped: mmap.mmap | None = None

    def recall_copy(self) -> dict[str, str] | None:
        """Return the files that served last."""
        try:
            files = json.loads(self.file.read_text("utf-8")) if self.file else None
        except (OSError, ValueError):
            return None
        return files if isinstance(files, dict) else None

    def keep(self, version: str, files: Mapping[str, str], known: Known) -> None:
        """Keep what serves for the next start."""
        if self.file is None:
            return
        packed = pack(known)
        try:
            _replace(self.file, json.dumps(dict(files), ensure_ascii=False).encode())
            _replace(self.file.with_name(_LEARNT), self._seal(version, self.file, packed), packed)
        except OSError as error:
            log.warning("content: it can't be kept for the next start (%s)", error)

    def recall(self, version: str) -> Known | None:
        """Return what was read and learnt of the same content by the same code; None where that was not kept whole.

        Reading and counting it anew costs 6 s of CPU. The numbers stay in a file, which is mapped into memory.
        """
        if self.file is None:
            return None
        try:
            mapped = _map(self.file.with_name(_LEARNT))
            packed = memoryview(mapped)[_SEAL:]
            if mapped[:_SEAL] != self._seal(version, self.file, packed):
                return None
        except (OSError, ValueError):  # an empty file can't be mapped
            return None
        self._mapped = mapped
        return unpack(packed)

    def give_memory_back(self) -> None:
        """Give the system back the pages of the file that were looked at once: those that are needed again come by themselves."""
        with suppress(AttributeError):  # which other systems than Linux have not
            if self._mapped:
                self._mapped.madvise(mmap.MADV_DONTNEED)

    def _seal(self, version: str, copy: Path, packed: bytes | memoryview) -> bytes:
        """Hash what was learnt with all that it comes from: the content, our code, this Python. The copy must be there too."""
        found = hashlib.sha256(
            f"{version} {self._step_limit} {copy.stat().st_size} {sys.version} {sys.byteorder}".encode()
        )
        for file in (Path(team_keys.__file__), *sorted(Path(flows.__file__).parent.rglob("*.py"))):
            found.update(file.read_bytes())
        found.update(packed)
        return found.digest()


def _replace(file: Path, *parts: bytes) -> None:
    """Write a file; whole or not at all, whoever else writes it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.stem}-", delete=False) as made:
        made.writelines(parts)
    os.replace(made.name, file)


def _map(file: Path) -> mmap.mmap:
    """Map a file into memory: a copy that has no name, as a process ends at once where somebody cuts what it has mapped."""
    with file.open("rb") as kept, TemporaryFile(dir=file.parent) as own:
        shutil.copyfileobj(kept, own)
        own.flush()
        return mmap.mmap(own.fileno(), 0, access=mmap.ACCESS_READ)
