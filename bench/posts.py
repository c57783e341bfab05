"""What the platforms post, as bytes of whole HTTP requests: made beforehand, so that posting costs next to nothing."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from bench.names import APP, KEY, OA, SECRET
from bench.script import Line
from flows.messages import Message

_STAMP = 1_796_000_000  # seconds; the platforms' clock stands still

Post = Callable[[int, int, Line], bytes]


def telegram(person: int, at: int, line: Line) -> bytes:
    """Message number `at` of a person, as Telegram posts it."""
    message_id = at + 1
    who = {"id": person, "is_bot": False, "first_name": "Bác"}
    message: dict[str, Any] = {"message_id": message_id, "date": _STAMP, "chat": {"id": person, "type": "private"}}
    message |= {"from": who, "text": _text(line.said)}
    if line.said.start:
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": 6}]
    update = {"update_id": person * 100 + at, "message": message}
    return _request("telegram", update, lambda _: f"X-Telegram-Bot-Api-Secret-Token: {SECRET}")


def zalo_oa(person: int, at: int, line: Line) -> bytes:
    """The same as Zalo posts it to an Official Account, signed."""
    text = f"#{line.said.choice}" if line.said.choice else line.said.text or "xin chào"
    stamp = str(_STAMP * 1000)
    event = {
        "app_id": APP,
        "sender": {"id": str(person)},
        "user_id_by_app": str(person),
        "recipient": {"id": OA},
        "event_name": "user_send_text",
        "message": {"text": text, "msg_id": f"{person:x}-{at}"},
        "timestamp": stamp,
    }
    return _request("zalo-oa", event, lambda body: f"X-ZEvent-Signature: mac={_signed(body, stamp)}")


def _signed(body: bytes, stamp: str) -> str:
    return hashlib.sha256(b"".join((APP.encode(), body, stamp.encode(), KEY.encode()))).hexdigest()


def _text(said: Message) -> str:
    return f"/start {said.start}" if said.start else said.text


def _request(name: str, event: Any, header: Callable[[bytes], str]) -> bytes:
    body = json.dumps(event, ensure_ascii=False).encode()
    head = f"POST /webhook/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}{header(body)}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
