"""What an Official Account has uploaded: pictures and papers, good for seven days (docs/zalo.md A4, C1 rule 12)."""

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.emulators.emulator import Json, Now
from tests.emulators.zalo_oa_message import Refused, invalid

LIFE = 7 * 24 * 3_600_000  # ms
MEGABYTE = 1_000_000  # assumption: the limits count in powers of ten, the stricter reading
LIMITS = {"image": MEGABYTE, "gif": 5 * MEGABYTE, "file": 5 * MEGABYTE}
STARTS: dict[str, tuple[bytes, ...]] = {
    "image": (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"),
    "gif": (b"GIF8",),
}
ENDINGS = ("pdf", "doc", "docx", "csv")  # csv has one reader only (A4)


class Uploads:
    def __init__(self, now: Now) -> None:
        self.now = now
        self.content: dict[str, bytes] = {}
        self._until: dict[str, int] = {}

    async def take(self, kind: str, request: Request) -> tuple[str, bytes]:
        """(name, content) of the one `file` in a multipart form.

        Raises:
            Refused: it is missing, too large, or of another kind.
        """
        async with request.form() as form:
            sent = form.get("file")
            if not isinstance(sent, UploadFile):
                raise invalid("file")
            name, content = sent.filename or "", await sent.read()
        if len(content) > LIMITS[kind]:
            raise Refused(-210, "Parameter exceeds allowable limit")
        fits = content.startswith(STARTS[kind]) if kind in STARTS else name.lower().endswith(ENDINGS)
        if not content or not fits:
            raise invalid("file")  # assumption: the code for a wrong kind
        return name, content

    def keep(self, id_: str, content: bytes = b"") -> str:
        """From now on a message may use this token or attachment id."""
        self.content[id_] = content
        self._until[id_] = self.now() + LIFE
        return id_

    def check(self, id_: object, field: str) -> None:
        if not isinstance(id_, str) or id_ not in self._until:
            raise invalid(field)
        if self.now() >= self._until[id_]:
            raise Refused(-100, "attachment_id was expired")

    def answer(self, kind: str, id_: str) -> Json:
        return {"token" if kind == "file" else "attachment_id": id_}
