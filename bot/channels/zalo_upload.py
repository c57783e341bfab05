"""Pictures and files that an Official Account sends (A3.1, A4): uploaded first, then named in a message."""

from dataclasses import dataclass
from typing import Any

from bot.channels.zalo_api import ZaloAPI
from bot.errors import Refused
from bot.files import type_of

_MB = 1024 * 1024
_IMAGES = {"image/jpeg": "jpg", "image/png": "png"}
_PDF = "application/pdf"
_DOCUMENTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .docx and .doc begin


@dataclass(frozen=True)
class _Upload:
    path: str
    name: str
    limit: int


async def message_with(api: ZaloAPI, name: str, content: bytes) -> dict[str, Any]:
    """Upload a file and make the message that shows it.

    Raises:
        Refused: not a file that Zalo takes, or Zalo does not want it.
        TryAgain: Zalo can't be reached.
    """
    upload = _upload(name, content)
    if upload is None or len(content) > upload.limit:
        raise Refused(f"zalo-oa: a file of {len(content)} bytes that only its link can bring")
    answer = await api.upload(upload.path, upload.name, content)
    data = answer.get("data", {})
    if upload.path.endswith("image"):
        element = {"media_type": "image", "attachment_id": data.get("attachment_id")}
        payload = {"template_type": "media", "elements": [element]}
        return {"attachment": {"type": "template", "payload": payload}}
    return {"attachment": {"type": "file", "payload": {"token": data.get("token")}}}


def _upload(name: str, content: bytes) -> _Upload | None:
    """Choose the way to upload by what the content is; the name only tells documents of Word from other archives."""
    kind, end = type_of(content), name.lower().rpartition(".")[2]
    if kind in _IMAGES:
        return _Upload("/v2.0/oa/upload/image", f"anh.{_IMAGES[kind]}", _MB)
    if kind == _PDF:
        return _Upload("/v2.0/oa/upload/file", name if end == "pdf" else "tep.pdf", 5 * _MB)
    if end in ("doc", "docx") and content.startswith(_DOCUMENTS):
        return _Upload("/v2.0/oa/upload/file", name, 5 * _MB)
    return None
