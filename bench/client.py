"""A client that costs next to nothing: raw sockets, requests that are bytes already, one at a time on each connection."""

import asyncio
import re

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Gone(Exception):
    """The server closed the connection."""


class Connection(asyncio.Protocol):
    def __init__(self, port: int) -> None:
        self._port = port
        self._read = b""
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    async def post(self, request: bytes) -> int:
        """The status of the answer.

        Raises:
            Gone: there will be none.
        """
        if self._transport is None or self._transport.is_closing():  # servers close those that are idle
            await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)
        assert self._transport
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._read, 0, end)
        if len(self._read) < end + 4 + (int(length[1]) if length else 0):
            return
        status, self._read = int(self._read[9:12]), b""
        if self._answer and not self._answer.done():
            self._answer.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(Gone())
