"""The secret of the signing key where none is set: made once, and kept in a file of its owner's."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.errors import SettingsError


def read_or_make(file: Path) -> str:
    """Read the secret in the file, made if there is none: whole or not at all, whatever happens meanwhile. "" for no text."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            with NamedTemporaryFile("w", dir=file.parent, prefix=".secret-") as made:  # readable by its owner only
                made.write(secrets.token_urlsafe(32))
                made.flush()
                os.fsync(made.fileno())
                with suppress(FileExistsError):  # another process was first: its secret counts
                    os.link(made.name, file)
        return file.read_text().strip()
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise SettingsError(f"The secret in {file} can't be kept or read: {error.strerror}. Mend the folder.") from None
