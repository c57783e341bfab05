"""The OA's look back at a talk: `conversation` and `listrecentchat` (docs/zalo.md A4, C1 rule 14)."""

from dataclasses import dataclass
from typing import Any

from tests.emulators.emulator import Json, read_object
from tests.emulators.zalo_oa_message import invalid

MOST = 10  # lines in one answer
FROM_OA, FROM_USER = 0, 1


@dataclass(frozen=True)
class Line:
    """One message of a talk, from either side."""

    user_id: str
    src: int
    time: int
    type: str
    text: str
    message_id: str

    def shown(self, oa_id: str) -> Json:
        ids = (oa_id, self.user_id) if self.src == FROM_OA else (self.user_id, oa_id)
        told = {"src": self.src, "time": self.time, "type": self.type, "message": self.text}
        return told | {"message_id": self.message_id, "from_id": ids[0], "to_id": ids[1]}


def spoken(user_id: str, event: Json) -> Line | None:
    """The line that an event adds to a talk."""
    name, message = event["event_name"], event.get("message", {})
    if not name.startswith(("user_send_", "oa_send_")) or "_group_" in name:
        return None
    src = FROM_USER if name.startswith("user_") else FROM_OA
    kind = name.split("_send_")[1]
    shown = {"image": "photo", "audio": "voice", "gif": "GIF"}.get(kind, kind)
    return Line(user_id, src, int(event["timestamp"]), shown, message.get("text", ""), message["msg_id"])


def page(lines: list[Line], params: Json, oa_id: str, *, of_one: bool) -> list[Json]:
    """Newest first: of one citizen, or the last line of each."""
    wanted = read_object(str(params.get("data", "")))
    offset, count = _number(wanted, "offset", 0), _number(wanted, "count", MOST)
    if count > MOST or (of_one and not isinstance(wanted.get("user_id"), str)):
        raise invalid("data")
    if of_one:
        found = [line for line in lines if line.user_id == wanted["user_id"]]
    else:
        found = list({line.user_id: line for line in lines}.values())
    return [line.shown(oa_id) for line in sorted(found, key=lambda line: -line.time)[offset : offset + count]]


def _number(data: Json, name: str, default: int) -> int:
    value: Any = data.get(name, default)
    if not isinstance(value, int) or value < 0:
        raise invalid("data")
    return value
