"""How an Official Account signs and posts its webhooks."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import httpx

from tests.emulators.emulator import Json

Body = Literal["compact", "escaped", "spaced", "shuffled", "number"]
Sign = Literal["good", "bare", "blanks", "missing", "secret", "app", "hmac"]

DEADLINE = 2.0  # seconds, docs/zalo.md A5 point 3


@dataclass(frozen=True)
class Key:
    app_id: str
    secret: str


@dataclass(frozen=True)
class Delivery:
    """One webhook post: `status` is None when no connection or no answer came."""

    event: Json
    status: int | None
    seconds: float

    @property
    def violation(self) -> bool:
        """Zalo would now warn the app's admin, and in the end switch the webhook off (docs/zalo.md A5)."""
        return self.status != 200 or self.seconds > DEADLINE


def mac(app_id: str, raw: bytes, timestamp: str, secret: str) -> str:
    """Plain SHA-256 over the bytes as sent, not an HMAC (docs/zalo.md A5.1)."""
    return hashlib.sha256(app_id.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


def encode(event: Json, body: Body = "compact") -> bytes:
    """The bytes on the wire. All spellings but `compact` test that a receiver hashes what it got."""
    if body == "escaped":
        return json.dumps(event, separators=(",", ":")).encode()
    if body == "spaced":
        return json.dumps(event, ensure_ascii=False, indent=1).encode()
    if body == "shuffled":
        event = dict(reversed(event.items()))
    if body == "number":  # some integrators saw it (docs/zalo.md A1)
        event = {**event, "timestamp": int(event["timestamp"])}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def headers(event: Json, raw: bytes, key: Key, sign: Sign = "good", retry: int = 0) -> dict[str, str]:
    made = {"Content-Type": "application/json"}
    if retry:
        made["num_retry"] = str(retry)
    if sign != "missing":
        made["X-ZEvent-Signature"] = _signature(raw, str(event["timestamp"]), key, sign)
    return made


def _signature(raw: bytes, timestamp: str, key: Key, sign: Sign) -> str:
    """`bare` and `blanks` are odd spellings that a receiver should take; the rest are forgeries."""
    if sign == "hmac":
        return "mac=" + hmac.new(key.secret.encode(), raw, hashlib.sha256).hexdigest()
    app_id = key.app_id[::-1] if sign == "app" else key.app_id
    secret = key.secret + "x" if sign == "secret" else key.secret
    prefix = {"bare": "", "blanks": "mac = "}.get(sign, "mac=")
    return prefix + mac(app_id, raw, timestamp, secret)


def timed(event: Json, send: Callable[[], httpx.Response]) -> tuple[Delivery, httpx.Response | httpx.HTTPError]:
    start = time.monotonic()
    try:
        answer: httpx.Response | httpx.HTTPError = send()
    except httpx.HTTPError as error:
        answer = error
    status = answer.status_code if isinstance(answer, httpx.Response) else None
    return Delivery(event, status, time.monotonic() - start), answer
