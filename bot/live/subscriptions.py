"""Subscriptions to conversations: wake who waits for news of one (open web pages), within this process."""

import asyncio
import signal
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

ALL = 0  # listens to every conversation; the console's queue does


async def wait_for_event(woken: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most `seconds`.

    Not `asyncio.wait_for`: in Python 3.11 that swallows a cancellation that comes in the same moment as the event, and who
    was told to stop goes on.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await woken.wait()


class Subscriptions:
    def __init__(self) -> None:
        self._subscribers: dict[int, set[asyncio.Event]] = defaultdict(set)
        self.closed = False

    def close(self) -> None:
        """Send every subscriber home: the service stops."""
        self.closed = True
        for events in self._subscribers.values():
            for event in events:
                event.set()

    @contextmanager
    def closing_on_signals(self) -> Iterator[None]:
        """Close as soon as the process is told to stop: servers wait for open streams before they end the app.

        The loop closes, not the signal's handler: that may run in the middle of a subscriber's own `wait` or `clear`, and what
        it set there nobody would ever see.
        """
        if threading.current_thread() is not threading.main_thread():
            yield  # no signal comes here
            return
        loop = asyncio.get_running_loop()
        before = {sig: signal.getsignal(sig) for sig in (signal.SIGINT, signal.SIGTERM)}

        def close(sig: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.close)
            if callable(handler := before[signal.Signals(sig)]):
                handler(sig, frame)

        taken = [sig for sig, handler in before.items() if callable(handler)]
        for sig in taken:
            signal.signal(sig, close)
        try:
            yield
        finally:
            for sig in taken:
                signal.signal(sig, before[sig])

    def notify(self, conversation_ids: Iterable[int]) -> None:
        """Wake those who wait for news of these conversations."""
        for conversation_id in conversation_ids:
            for event in (*self._subscribers.get(conversation_id, ()), *self._subscribers.get(ALL, ())):
                event.set()

    @contextmanager
    def subscribe(self, conversation_id: int) -> Iterator[asyncio.Event]:
        """Yield an event that is set at each piece of news; the subscriber clears it."""
        event = asyncio.Event()
        self._subscribers[conversation_id].add(event)
        try:
            yield event
        finally:
            self._subscribers[conversation_id].discard(event)
            if not self._subscribers[conversation_id]:
                del self._subscribers[conversation_id]
