"""Connections: no more than this process can carry, none that waits for ever, and room that only webhooks get.

A platform's post is read and answered in milliseconds. So whoever connects while all places are taken gets the place of the
connection that has been silent, or slow with its request, for longest; pages and streams together never take all places.
Bodies that are not whole yet take memory, and so do answers that nobody reads: of these together, too, the one that is slow for
longest goes first.
"""

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 4_000  # connections at a time
_SPARE = 128  # descriptors for files, the database and calls to platforms
_RESERVE = 8  # one place in so many is for webhooks and monitors
_HEAD = 10.0  # seconds for the head of a request
_HEAD_BYTES = 65_536  # of a request that are no body: its head, and all that stands around the pieces of a body, …
_FRAMED = 8  # … of which one more may stand around so many bytes
_PIPELINED = 8  # requests that may wait for the answer to the one before: browsers send none so
_BODY = 20.0  # seconds for its body, and …
_DIGITS = 9  # of a length
_HELD = (
    96_000_000  # bytes of all bodies that are on their way, or not answered yet, and of answers that are not read yet
)
_MUCH = 65_536  # bytes: more than a platform's post, or a form
_SLOWEST = 10_000  # … one more for so many bytes: a photo over 2G
_RESERVED = (b"/webhook/", b"/healthz", b"/readyz")


class Places:
    """The places of one server, and who has them.

    Attributes:
        most: connections at a time.
        for_pages: how many of these may be serving anything but webhooks.
        waiting: those that wait for a request or the rest of one, or for an answer to be read; the oldest first.
        pages: those that serve anything but a webhook.
        bytes_held: of bodies and answers, by all of them together; `most_bytes`: that may be held.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        self.most, self.for_pages = most, most - max(1, most // _RESERVE)
        self.most_bytes, self.bytes_held = most_bytes, 0
        self.waiting: dict[LimitedProtocol, None] = {}
        self.pages: set[LimitedProtocol] = set()

    def make_room(self) -> None:
        """Give up those that are slow for longest, who hold much before who holds little, until no more is held than may be."""
        while self.bytes_held > self.most_bytes and (slow := self._slowest(_MUCH) or self._slowest(1)):
            slow.give_up()

    def _slowest(self, holds: int) -> "LimitedProtocol | None":
        return next((one for one in self.waiting if one.bytes_held >= holds), None)

    def has_room_for_page(self) -> bool:
        """Tell whether there is a place, or can be: that of a page whose client is slow."""
        if len(self.pages) >= self.for_pages and (
            slow := next((one for one in self.waiting if one in self.pages), None)
        ):
            slow.give_up()
        return len(self.pages) < self.for_pages


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's connection, with a place of its own and a time by which each part of a request must be there, and its answer be
    read."""

    places: Places
    head, body = _HEAD, _BODY
    _deadline: asyncio.TimerHandle | None = None
    _around, _body_bytes, _unread = 0, 0, 0  # bytes: of a request but its body; of its body; of answers

    @property
    def bytes_held(self) -> int:
        return self._body_bytes + self._unread

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it so
        super().connection_made(transport)
        self._expect(self.head)
        if len(self.connections) > self.places.most:
            next(iter(self.places.waiting)).give_up()  # at the latest this one itself

    def connection_lost(self, exc: Exception | None) -> None:
        self._let_go()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._around += len(data)
        super().data_received(data)
        if self._around > _HEAD_BYTES + self._body_bytes // _FRAMED:
            self.give_up()

    def on_headers_complete(self) -> None:
        declared = dict(self.headers).get(b"content-length", b"")
        length = int(declared) if declared.isdigit() and len(declared) <= _DIGITS else 0
        self._expect(self.body + length / _SLOWEST)
        self.app = self.config.loaded_app
        if not self.url.startswith(_RESERVED):
            if self in self.places.pages or self.places.has_room_for_page():
                self.places.pages.add(self)
            else:
                self.app = service_unavailable
        super().on_headers_complete()
        if len(self.pipeline) > _PIPELINED:
            self.give_up()
            raise ValueError("too many requests at once")  # the parser goes no further

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._around -= len(body)
        if self.cycle.response_complete:
            return  # nobody keeps it any more
        self._body_bytes += len(body)
        self.places.bytes_held += len(body)
        self.places.make_room()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._around = 0
        if self.app is service_unavailable:
            return  # who is sent away may go at any time
        if not self.cycle.response_complete and not self.flow.write_paused:
            self._settle()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._drop_body()
        if self.cycle.response_complete:
            self.places.pages.discard(self)
            if not self.flow.write_paused:
                self._expect(self.head)

    def pause_writing(self) -> None:
        """Wait for the client to read, as long as the slowest takes."""
        super().pause_writing()
        self._unread = self.transport.get_write_buffer_size()
        self.places.bytes_held += self._unread
        self._expect(self.head + self._unread / _SLOWEST)
        self.places.make_room()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._drop_unread()
        if self.cycle.response_complete or self.cycle.more_body:
            self._expect(self.head if self.cycle.response_complete else self.body)
        else:
            self._settle()

    def give_up(self) -> None:
        """Close the connection at once: its place is needed, or its client is too slow."""
        self._let_go()
        self.connections.discard(self)  # at once: who comes before its end is noticed must not cost a second one
        self.transport.abort()

    def _let_go(self) -> None:
        self._settle()
        self._drop_body()
        self._drop_unread()
        self.places.pages.discard(self)

    def _drop_body(self) -> None:
        """Count the body as held no more."""
        self.places.bytes_held -= self._body_bytes
        self._body_bytes = 0

    def _drop_unread(self) -> None:
        """Count the answer as held no more."""
        self.places.bytes_held -= self._unread
        self._unread = 0

    def _expect(self, seconds: float) -> None:
        """Wait for the client, for so long."""
        self._settle()
        self.places.waiting[self] = None
        self._deadline = self.loop.call_later(seconds, self.give_up)

    def _settle(self) -> None:
        """Stop the clock: the client owes nothing and waits for us."""
        self.places.waiting.pop(self, None)
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


def limited(most: int, most_bytes: int = _HELD, **times: float) -> type[LimitedProtocol]:
    """Make a protocol for one server with `most` places, which hold so much. `times`: of `head` and `body`, in seconds."""
    members: dict[str, Any] = {"places": Places(most, most_bytes), **times}
    return type("Limited", (LimitedProtocol,), members)


def raise_descriptors() -> int:
    """Let this process open as many files as it may, and return how many connections that carries."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + _SPARE if hard == resource.RLIM_INFINITY else min(hard, MOST + _SPARE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST if soft == resource.RLIM_INFINITY else max(16, min(MOST, soft - _SPARE))
