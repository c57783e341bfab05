"""One stranger with many connections: webhooks are answered all the same."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.connection_limits import limited, raise_descriptors
from bot.logs import Plain, Sparing
from tests import patient
from tests.emulators.server import serve, wait_for

MOST = 16
BIG = 12_000_000  # bytes: more than lie between two sockets


async def _posted(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _stream(request: Request) -> Response:
    async def begun() -> AsyncIterator[str]:
        yield "begun\n"
        await asyncio.sleep(60)

    return StreamingResponse(begun())


async def _big(request: Request) -> Response:
    return Response(b"x" * BIG)


APP = Starlette(
    routes=[
        Route("/webhook/telegram", _posted, methods=["POST"]),
        Route("/chat", _posted, methods=["POST"]),
        Route("/stream", _stream),
        Route("/big", _big),
    ]
)


@contextmanager
def strangers(url: str, count: int, says: bytes = b"") -> Iterator[list[socket.socket]]:
    """Connections that say this, and no more."""
    host, port = urlsplit(url).netloc.split(":")
    with ExitStack() as stack:
        found = [stack.enter_context(socket.create_connection((host, int(port)))) for _ in range(count)]
        for each in found:
            with suppress(OSError):  # it was let go already
                each.sendall(says)
        yield found


def is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0.01)
    try:
        return connection.recv(1000) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def post(url: str, path: str = "/webhook/telegram") -> httpx.Response:
    return patient.post(url + path, content=b"{}")


SLOW = {
    "silent": b"",
    "half a head": b"POST /webhook/telegram HTTP/1.1\r\nHost: x\r\nX-",
    "half a body": b"POST /webhook/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n{",
    "half a chunk": b"POST /chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "streams": b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("says", SLOW.values(), ids=SLOW)
def test_a_webhook_is_answered_whatever_strangers_hold(says: bytes) -> None:
    with serve(APP, limited(MOST)) as url, strangers(url, 3 * MOST, says):
        for _ in range(5):
            assert post(url).text == "2"


def test_pages_never_take_the_last_places() -> None:
    with serve(APP, limited(MOST)) as url, strangers(url, MOST - 2, SLOW["streams"]):
        wait_for(lambda: post(url, "/chat").status_code == 503)
        assert post(url).status_code == 200


def test_a_place_is_free_again_when_its_client_leaves() -> None:
    with serve(APP, limited(MOST)) as url:
        with strangers(url, MOST - 2, SLOW["streams"]):
            wait_for(lambda: post(url, "/chat").status_code == 503)
        wait_for(lambda: post(url, "/chat").status_code == 200)


@pytest.mark.parametrize("name", ["silent", "half a head", "half a body", "half a chunk"])
def test_who_does_not_say_the_rest_in_time_is_let_go(name: str) -> None:
    with serve(APP, limited(MOST, head=0.2, body=0.2)) as url, strangers(url, 3, SLOW[name]) as found:
        wait_for(lambda: all(is_closed(each) for each in found))


def test_a_connection_that_is_used_again_has_its_time_again() -> None:
    with serve(APP, limited(MOST, head=1.0, body=1.0)) as url, patient.client(base_url=url) as client:
        for _ in range(6):
            assert client.post("/chat", content=b"x" * 100_000).text == "100000"
            time.sleep(0.25)


def test_bodies_that_never_end_take_no_more_memory_than_there_is() -> None:
    unfinished = b"POST /webhook/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 50001\r\n\r\n" + b"x" * 50_000
    with serve(APP, limited(MOST, most_bytes=200_000)) as url, strangers(url, 8, unfinished) as found:
        wait_for(lambda: sum(map(is_closed, found)) == 4)
        for _ in range(5):
            assert patient.post(url + "/webhook/telegram", content=b"x" * 60_000).text == "60000"
        wait_for(lambda: sum(map(is_closed, found)) >= 5)


def test_a_head_without_end_is_cut_off() -> None:
    with serve(APP, limited(MOST)) as url, strangers(url, 1, b"GET / HTTP/1.1\r\nX: ") as (one,):
        with suppress(OSError):
            for _ in range(20):
                one.sendall(b"x" * 10_000)
        wait_for(lambda: is_closed(one))
        assert post(url).status_code == 200


CHUNKED = b"POST /chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        (b"GET / HTTP/1.1\r\n", b"X: y\r\n"),
        (CHUNKED + b"0\r\n", b"X: y\r\n"),
        (CHUNKED + b"0\r\nX: ", b"y"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
        (b"", b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"),
    ],
    ids=["headers", "trailers", "one trailer", "an extension", "crumbs", "requests before their answers"],
)
def test_what_is_no_body_has_an_end(begins: bytes, goes_on: bytes) -> None:
    with serve(APP, limited(MOST, head=300, body=300)) as url, strangers(url, 1, begins) as (one,):
        with suppress(OSError):
            for _ in range(20):
                one.sendall(goes_on * (50_000 // len(goes_on)))
        wait_for(lambda: is_closed(one))
        assert post(url).status_code == 200


def test_a_large_body_in_pieces_of_a_slow_proxy_is_taken() -> None:
    pieces = (b"x" * 500 for _ in range(4_000))
    with serve(APP, limited(MOST)) as url:
        assert patient.post(url + "/chat", content=pieces).text == "2000000"


def ask_for_much(url: str, count: int, more: bytes = b"") -> AbstractContextManager[list[socket.socket]]:
    """Connections that ask for much, and do not read it."""
    return strangers(url, count, b"GET /big HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n")


def read_all(connection: socket.socket) -> int:
    connection.settimeout(20)
    got = 0
    with suppress(OSError):
        while got < BIG and (data := connection.recv(1_000_000)):
            got += len(data)
    return got


def test_who_reads_slowly_gets_all_of_it() -> None:
    with serve(APP, limited(MOST, head=0.2)) as url, ask_for_much(url, 1) as (one,):
        time.sleep(1)
        assert read_all(one) >= BIG


@pytest.mark.parametrize("more", [b"", b"Connection: close\r\n"], ids=["kept", "closed"])
def test_answers_that_nobody_reads_take_no_more_memory_than_there_is(more: bytes) -> None:
    with serve(APP, limited(MOST, most_bytes=3 * BIG)) as url, ask_for_much(url, 8, more) as found:
        wait_for(lambda: post(url).status_code == 200)
        assert sum(read_all(each) >= BIG for each in found) <= 4


def test_who_does_not_read_keeps_no_page_from_others() -> None:
    with (
        serve(APP, limited(MOST, head=300)) as url,
        ask_for_much(url, MOST - 2),
        patient.client(base_url=url) as one,  # by one connection: with more of them the server is full
    ):
        for _ in range(3):
            wait_for(lambda: one.post("/chat", content=b"{}").status_code == 200)


def test_there_are_descriptors_for_all_places() -> None:
    assert raise_descriptors() >= 16


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4",
        b"Content-Length: 4\r\nContent-Length: 5",
        b"Content-Length: +4",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding : chunked",
    ],
)
def test_where_a_request_ends_is_no_matter_of_taste(head: bytes) -> None:
    """A proxy that reads it otherwise would take the rest for another request."""
    with (
        serve(APP, limited(MOST)) as url,
        strangers(url, 1, b"POST /chat HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n0\r\n\r\n") as (one,),
    ):
        one.settimeout(20)
        assert one.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_a_line_of_the_log_stays_one() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "said %s", ("a\nERROR b\u202ec\x1b[2J",), None)
    assert Plain("%(message)s").format(record) == r"said a\nERROR b\u202ec\x1b[2J"


def test_one_kind_of_line_is_written_so_often_and_then_counted() -> None:
    now = [0.0]
    sparing = Sparing(2, lambda: now[0])

    def let_through(text: str) -> str | None:
        record = logging.LogRecord("x", logging.WARNING, "", 0, text, ("a",), None)
        return record.getMessage() if sparing.filter(record) else None

    assert [let_through("forged %s") for _ in range(4)] == ["forged a", "forged a", None, None]
    assert let_through("other %s") == "other a"
    now[0] = 61
    assert let_through("forged %s") == "forged a (and 2 more like it in the last minutes)"
