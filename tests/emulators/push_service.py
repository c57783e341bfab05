"""A browser's push service (RFC 8030) as strict as the large ones, and the browser behind it, which decrypts (RFC 8291).

Decrypting is written out here and not left to the library that encrypts, so that the two can't be wrong together.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import ExitStack
from dataclasses import dataclass, field
from os import urandom
from types import TracebackType
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.emulators.server import serve

_LARGEST = 4096  # bytes that a push service must take
_DAY = 86400


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """One that subscribed: its keys, and what it was shown."""

    endpoint: str
    server_key: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: urandom(16))
    shown: list[dict[str, Any]] = field(default_factory=list)
    gone: bool = False

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def form(self) -> dict[str, str]:
        """What the page posts."""
        return {"endpoint": self.endpoint, "p256dh": _encoded(self.public), "auth": _encoded(self.auth)}

    def decrypt(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert size >= 18
        assert len(sealed) <= size, "more than one record"
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        info = b"WebPush: info\0" + self.public + sender
        secret = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1:] == b"\2", "the last record ends with a 2"
        return plain[:-1]


class PushService:
    """`with PushService() as push: browser = push.browser(key)`; `failing`: statuses of the next answers."""

    def __init__(self) -> None:
        self.url = ""
        self.browsers: dict[str, Browser] = {}
        self.failing: list[int] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.url = self._stack.enter_context(
            serve(Starlette(routes=[Route("/push/{name}", self._push, methods=["POST"])]))
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def browser(self, server_key: str) -> Browser:
        """One that lets the holder of this key push to it."""
        name = _encoded(urandom(12))
        self.browsers[name] = Browser(f"{self.url}/push/{name}", server_key)
        return self.browsers[name]

    async def _push(self, request: Request) -> Response:
        browser, body = self.browsers.get(request.path_params["name"]), await request.body()
        if self.failing:
            return Response(status_code=self.failing.pop(0), headers={"Retry-After": "1"})
        if browser is None:
            return Response("no such subscription", 404)
        if browser.gone:
            return Response("the user took it back", 410)
        if wrong := self._wrong(request, browser, body):
            return Response(*wrong)
        browser.shown.append(json.loads(browser.decrypt(body)))
        return Response(status_code=201, headers={"Location": f"{self.url}/message/1"})

    def _wrong(self, request: Request, browser: Browser, body: bytes) -> tuple[str, int] | None:
        headers = request.headers
        if not headers.get("ttl", "").isdecimal():
            return "TTL is required", 400
        if headers.get("content-encoding") != "aes128gcm":
            return "content-encoding must be aes128gcm", 415
        if headers.get("urgency", "normal") not in ("very-low", "low", "normal", "high"):
            return "unknown urgency", 400
        if len(body) > _LARGEST:
            return "too large", 413
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        fields = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "vapid" or fields.get("k") != browser.server_key:
            return "not the key that the browser allowed", 403
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(fields["k"]))
        try:
            audience = self.url.rpartition(":")[
                0
            ]  # a real service stands on the usual port, which an origin leaves out
            claims = jwt.decode(fields["t"], key, ["ES256"], audience=audience, options={"require": ["exp", "sub"]})
        except jwt.PyJWTError as error:
            return f"{error}", 403
        if not str(claims["sub"]).startswith(("mailto:", "https:")):
            return "sub must be a way to reach the sender", 403
        return None
