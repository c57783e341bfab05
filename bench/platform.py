"""A platform that takes every call at once and remembers it: the Bot API of Telegram and the OpenAPI of Zalo OA."""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
# In JSON, in a form and in multipart.
_CONTACT = re.compile(rb'(?:chat_id|user_id)"?\s*[=:]?\s*"?(\d+)')
_CHAT = b'{"message_id":1,"date":1796000000,"chat":{"id":1,"type":"private"},"text":"-"}'
_ME = b'{"id":123456,"is_bot":true,"first_name":"Motcua","username":"motcua_bot"}'


class Platform:
    """
    Attributes:
        calls: what was said, as it came: (when, to whom, the body).
    """

    def __init__(self) -> None:
        self.port = 0
        self.calls: list[tuple[float, int, bytes]] = []
        self._awaited: dict[int, list[asyncio.Future[None]]] = defaultdict(list)

    def next_to(self, person: int) -> "asyncio.Future[None]":
        """Done when this person is told something."""
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._awaited[person].append(told)
        return told

    def take(self, path: bytes, body: bytes) -> bytes:
        """The answer to a call, as JSON."""
        if path.endswith(b"/getMe"):
            return b'{"ok":true,"result":%s}' % _ME
        if not (path.endswith((b"/sendMessage", b"/message/cs"))):
            return b'{"ok":true,"result":true,"error":0}'
        contact = _CONTACT.search(body)
        person = int(contact[1]) if contact else 0
        self.calls.append((perf_counter(), person, body))
        if (waiting := self._awaited.get(person)) and not (told := waiting.pop(0)).done():
            told.set_result(None)
        return b'{"ok":true,"result":%s,"error":0,"message":"Success","data":{"message_id":"1"}}' % _CHAT

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Platform"]:
        server = await asyncio.get_running_loop().create_server(lambda: _Caller(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


class _Caller(asyncio.Protocol):
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._read, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._read) < whole:
                return
            path = self._read.split(b" ", 2)[1]
            answer = self._platform.take(path, self._read[end + 4 : whole])
            self._read = self._read[whole:]
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
            self._transport.write(head + answer)
