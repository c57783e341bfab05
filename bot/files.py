"""Pictures, voices and files that citizens and the team send each other, and the links that open them.

What came over a platform stays there and is fetched when somebody opens the link; what was uploaded on our own pages is kept
here. A file goes with its conversation, and after a while by itself.
"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, insert, select

from bot.encryption import SIGNED_WITH
from bot.messages import File
from bot.privacy import redact
from bot.settings import Settings
from bot.store.tables import files
from bot.store.tx import Tx
from flows.messages import AttachmentKind
from flows.text.language import clean

# What a browser may show by itself: (where it begins, what stands there, its type). Anything else is only downloaded.
_SHOWN: Sequence[tuple[int, bytes, str]] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"#!AMR", "audio/amr"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftyp", "video/mp4"),
)
DOWNLOAD = "application/octet-stream"
_KINDS: Mapping[str, AttachmentKind] = {"image": "photo", "audio": "voice", "video": "video"}
_AN_HOUR = 20  # files of one citizen
_HOURS = 5  # of uploads at the full budget make a day's
_NAME = 200  # characters
_ENDS = {"photo": "/anh", "voice": "/nghe"}


def type_of(content: bytes) -> str:
    """Tell a type by what the content is, not by what anybody says that it is."""
    return next((kind for at, begins, kind in _SHOWN if content[at : at + len(begins)] == begins), DOWNLOAD)


def file_from_upload(content: bytes, name: str) -> File:
    return File(_KINDS.get(type_of(content).partition("/")[0], "file"), "", clean(name, _NAME), content)


def keep_file(tx: Tx, conversation_id: int, channel: str, file: File) -> int:
    where = {"conversation_id": conversation_id, "channel": channel, "at": tx.now}
    what = {"kind": file.kind, "reference": file.reference, "name": redact(file.name).text, "content": file.content}
    return int(tx.execute(insert(files).values(**where, **what).returning(files.c.id)).scalar_one())


def find_file(tx: Tx, file_id: int) -> tuple[str, File] | None:
    """Find a file with the channel it came over."""
    row = tx.execute(select(files).where(files.c.id == file_id)).one_or_none()
    return (row.channel, File(row.kind, row.reference, row.name, row.content)) if row else None


def has_room_for_upload(tx: Tx, settings: Settings, conversation_id: int) -> bool:
    """Tell whether there is room for a citizen's upload: they sent few in the last hour, all citizens together not too much,
    and the disk of the database has room for what matters more."""
    hour, day = tx.now - timedelta(hours=1), tx.now - timedelta(days=1)
    mine = (files.c.conversation_id == conversation_id) & (files.c.at > hour)
    return (
        _has_room(tx, settings.disk_floor)
        and tx.execute(select(func.count()).select_from(files).where(mine)).scalar_one() < _AN_HOUR
        and _bytes_since(tx, hour) < settings.upload_budget // _HOURS
        and _bytes_since(tx, day) < settings.upload_budget
    )


def _bytes_since(tx: Tx, since: datetime) -> int:
    sent = select(func.coalesce(func.sum(func.length(files.c.content)), 0)).where(files.c.at > since)
    return int(tx.execute(sent).scalar_one())


def _has_room(tx: Tx, floor: int) -> bool:
    """Tell whether the disk has room. Of a database on another machine, that machine's operator watches the disk."""
    file = tx.connection.engine.url.database if tx.connection.dialect.name == "sqlite" else None
    return not file or shutil.disk_usage(Path(file).parent).free > floor


def owner_of(tx: Tx, file_id: int) -> int:
    """Find the conversation that a file belongs to."""
    found: int = tx.execute(select(files.c.conversation_id).where(files.c.id == file_id)).scalar_one()
    return found


def sign_link(settings: Settings, file_id: int, kind: str, now: datetime) -> str:
    """Sign an address that nobody can guess, good for a while. That of a picture or a voice ends so that pages can play it."""
    end = _ENDS.get(kind, "")
    until = now + timedelta(hours=settings.link_hours)
    return f"{settings.url}/tep/{_signer(settings).dumps([file_id, int(until.timestamp())])}{end}"


def verify_link(settings: Settings, token: str, now: datetime) -> int | None:
    """Verify a link and return its file; None for one that is forged or too old."""
    try:
        file_id, until = _signer(settings).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return int(file_id) if now.timestamp() < until else None


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(settings.signing_key, "file", signer_kwargs=SIGNED_WITH)
