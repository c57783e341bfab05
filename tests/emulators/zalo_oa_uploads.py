"""What an Official Account uploads before it sends it: the checks of docs/zalo.md C1 rule 12, and A4."""

from dataclasses import dataclass
from typing import Literal

from tests.emulators.emulator import Call, Now
from tests.emulators.zalo_oa_message import Refused, invalid

Kind = Literal["image", "gif", "file"]

LIFE = 7 * 24 * 3600 * 1000  # ms
MB = 1024 * 1024  # assumption: nobody tells whether Zalo counts in thousands
BEGINS: dict[Kind, tuple[bytes, ...]] = {
    "image": (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"),
    "gif": (b"GIF8",),
    "file": (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),
}
LIMITS: dict[Kind, int] = {"image": MB, "gif": 5 * MB, "file": 5 * MB}
ENDS = ("pdf", "doc", "docx", "csv")


@dataclass(frozen=True)
class Upload:
    kind: Kind
    name: str
    content: bytes
    expires: int


class Uploads:
    """Attachment ids and tokens that a message may name; one kind is not taken for another."""

    def __init__(self, now: Now) -> None:
        self.now = now
        self.kept: dict[str, Upload] = {}

    def take(self, kind: Kind, call: Call, id_: str) -> dict[str, str]:
        if "multipart/form-data" not in call.headers.get("content-type", "") or "file" not in call.files:
            raise invalid("file")
        name, content = call.files["file"]
        # assumption: by what is in it, and for files by the name too; nobody tells what Zalo looks at
        if not content.startswith(BEGINS[kind]) and not (kind == "file" and name.endswith(".csv")):
            raise invalid("file")
        if kind == "file" and name.lower().rpartition(".")[2] not in ENDS:
            raise invalid("file")
        if len(content) > LIMITS[kind]:
            raise Refused(-210, "Parameter exceeds allowable limit")
        self.kept[id_] = Upload(kind, name, content, self.now() + LIFE)
        return {"token" if kind == "file" else "attachment_id": id_}

    def check(self, value: object, kind: Kind, field: str) -> None:
        upload = self.kept.get(value) if isinstance(value, str) else None
        if upload is None or upload.kind != kind:
            raise invalid(field)
        if self.now() >= upload.expires:
            raise Refused(-100, "attachment_id was expired")
