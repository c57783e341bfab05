"""npm's telegram-test-api as a Telegram, and the proxy that stands between it and us.

It is lax: it sends no secret header, leaves `chat_instance` and `is_bot` out, and counts its dates in milliseconds. The proxy adds
what the real one would send, and nothing else.
"""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests import patient
from tests.emulators.emulator import Json, NotDelivered
from tests.emulators.inbox import post
from tests.emulators.server import serve, wait_for

HERE = Path(__file__).parent
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class SecondTelegram:
    """
    Attributes:
        base: the Bot API, through the proxy.
        hook: where the service listens.
        answers: what it answered to the updates, in order.
    """

    base: str
    token: str
    secret: str
    hook: str = ""
    answers: list[int] = field(default_factory=list)
    _server: str = ""

    def connect(self, hook: str) -> None:
        self.hook = hook
        assert post(f"{self._server}/bot{self.token}/setWebhook", json={"url": f"{self.base}/updates"}).json()["ok"]

    def say(self, chat_id: int, text: str) -> None:
        self._happens("sendMessage", {**self._by(chat_id), "text": text})

    def tap(self, chat_id: int, message: Json, data: str) -> None:
        by = self._by(chat_id)
        shown = {"message_id": message["messageId"], "date": by["date"], "chat": by["chat"]}
        self._happens("sendCallback", {**by, "message": shown, "data": data})

    def heard(self, chat_id: int) -> list[Json]:
        """The bot's messages to this chat, oldest first, as they stand now."""
        kept = post(f"{self._server}/getUpdatesHistory", json={"token": self.token}).json()["result"]
        return [one for one in kept if str(one["message"].get("chat_id")) == str(chat_id)]

    def _by(self, chat_id: int) -> Json:
        person = {"id": chat_id, "is_bot": False, "first_name": "Hoa"}
        chat = {"id": chat_id, "type": "private", "first_name": "Hoa"}
        return {"botToken": self.token, "from": person, "chat": chat, "date": 1_795_413_000}

    def _happens(self, kind: str, event: Json) -> None:
        before = len(self.answers)
        post(f"{self._server}/{kind}", json=event)
        wait_for(lambda: len(self.answers) > before)
        if self.answers[-1] != 200:
            raise NotDelivered(f"the service answered {self.answers[-1]}")


@contextmanager
def second_telegram(folder: Path, token: str = "42:TEST", secret: str = "bi-mat") -> Iterator[SecondTelegram]:
    with ExitStack() as stack:
        server = stack.enter_context(_node(folder))
        made = SecondTelegram("", token, secret, _server=server)
        client = stack.enter_context(patient.client(trust_env=False))
        made.base = stack.enter_context(serve(_proxy(made, server, client)))
        yield made


def _proxy(telegram: SecondTelegram, server: str, client: httpx.Client) -> Starlette:
    def updates(request: Request, body: bytes) -> Response:
        update = json.loads(body)
        if query := update.get("callback_query"):
            query["chat_instance"] = "1"
        answer = client.post(telegram.hook, json=update, headers={SECRET_HEADER: telegram.secret})
        telegram.answers.append(answer.status_code)
        return Response(status_code=answer.status_code)

    def api(request: Request, body: bytes) -> Response:
        kind = request.headers.get("content-type", "")
        answer = client.post(f"{server}{request.url.path}", content=body, headers={"content-type": kind})
        return JSONResponse(_completed(answer.json()), answer.status_code)

    async def serve_updates(request: Request) -> Response:
        return await run_in_threadpool(updates, request, await request.body())

    async def serve_api(request: Request) -> Response:
        return await run_in_threadpool(api, request, await request.body())

    return Starlette(
        routes=[
            Route("/updates", serve_updates, methods=["POST"]),
            Route("/{path:path}", serve_api, methods=["GET", "POST"]),
        ]
    )


def _completed(told: Json) -> Json:
    """An answer with what the Bot API promises and the stranger leaves out."""
    result = told.get("result")
    if isinstance(result, dict) and "username" in result:
        result.setdefault("is_bot", True)
    if isinstance(result, dict) and "date" in result:
        result["date"] //= 1000
    return told


@contextmanager
def _node(folder: Path) -> Iterator[str]:
    """The stranger's server, on a free port."""
    with socket.socket(proto=socket.IPPROTO_TCP) as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(folder / "node" / "node_modules")}
    command = ["node", str(HERE / "serve.js"), str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout and process.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
