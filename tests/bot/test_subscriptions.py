"""Who waits for news is sent home when the service is told to stop, whatever it was doing at that moment."""

import asyncio
import signal
import sys
from types import FrameType
from typing import Any

from bot.live.subscriptions import Subscriptions, wait_for_event

MOMENTS = 5000  # more lines of Python than a subscriber runs here


async def listen(subscriptions: Subscriptions) -> None:
    with subscriptions.subscribe(1) as rung:
        while not subscriptions.closed:
            rung.clear()
            await wait_for_event(rung, 3600)


async def stop_at(moment: int) -> bool:
    """Send the signal at one line of what the subscriber runs; say whether there was such a line."""
    lines = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines == moment and event == "line":
            sys.settrace(None)
            signal.raise_signal(signal.SIGTERM)
        return trace

    subscriptions = Subscriptions()
    with subscriptions.closing_on_signals():
        subscriber = asyncio.create_task(listen(subscriptions))
        sys.settrace(trace)
        try:
            for _ in range(3):  # it waits, is woken, waits again
                await asyncio.sleep(0)
                subscriptions.notify([1])
        finally:
            sys.settrace(None)
        if lines < moment:
            signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await subscriber
    return lines >= moment


async def test_no_moment_is_missed() -> None:
    before = signal.signal(signal.SIGTERM, lambda sig, frame: None)
    try:
        moment = 1
        while moment < MOMENTS and await stop_at(moment):
            moment += 1
    finally:
        signal.signal(signal.SIGTERM, before)
    assert 50 < moment < MOMENTS, "every line was tried"
