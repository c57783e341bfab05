"""What tests need around the emulators: a webhook that listens, requests, fixture files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

from tests import patient
from tests.emulators.emulator import Json

FIXTURES = Path(__file__).parent / "fixtures"


class Inbox:
    """A webhook that keeps what it gets and answers as told."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        return Response(status_code=self.status, headers=self.headers)

    @property
    def events(self) -> list[Json]:
        return [json.loads(raw) for _, raw in self.got]


def post(url: str, **options: Any) -> httpx.Response:
    with patient.client(trust_env=False, verify=False) as client:
        return client.post(url, **options)


def get(url: str, **options: Any) -> httpx.Response:
    with patient.client(trust_env=False, verify=False) as client:
        return client.get(url, **options)


def samples(name: str) -> list[Json]:
    return [json.loads(line) for line in (FIXTURES / name).read_text("utf-8").splitlines()]


def shape(value: Any) -> Any:
    """Keys in their order, without the values."""
    return {key: shape(each) for key, each in value.items()} if isinstance(value, dict) else type(value).__name__


def verified(secret: str, headers: dict[str, str], raw: bytes) -> bool:
    """A receiver of OA webhooks as docs/zalo.md A5.1 wants it."""
    signature = headers.get("x-zevent-signature", "").removeprefix("mac").strip(" =")
    event = json.loads(raw)
    wanted = hashlib.sha256(f"{event['app_id']}".encode() + raw + f"{event['timestamp']}{secret}".encode())
    return signature == wanted.hexdigest()
