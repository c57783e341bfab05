"""The HTTP client of all channels: whatever keeps a call from its answer is one kind of trouble, and tells no address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.channels.client import Client, NoAnswer

PATIENCE = 0.2  # seconds


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """A server that reads a request, writes these bytes and hangs up; with none it keeps silent."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not answer:
            await done.wait()
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot123:secret/send"
    finally:
        done.set()
        server.close()


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
async def test_a_call_without_an_answer_tells_no_address(answer: bytes) -> None:
    client = Client(PATIENCE)
    async with answering(answer) as url:
        with pytest.raises(NoAnswer) as caught:
            await client.post_json(url, {"text": "xin chào"})
    await client.close()
    assert str(caught.value).isidentifier()
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/secret", "secret", "http://[/secret", "nowhere:/secret"])
async def test_nor_does_an_address_that_leads_nowhere(url: str) -> None:
    client = Client(PATIENCE)
    with pytest.raises(NoAnswer) as caught:
        await client.post(url, b"")
    await client.close()
    assert str(caught.value).isidentifier()


async def test_nobody_is_followed_elsewhere() -> None:
    client = Client(PATIENCE)
    async with answering(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as url:
        answer = await client.post(url, b"")
    await client.close()
    assert answer.status == 302
