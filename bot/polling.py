"""Polling: a platform is asked for what came, instead of posting it to us. For development, without a public address."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.channels.protocol import Polled
from bot.errors import SendError, StoreUnavailable
from bot.messages import Inbound

Receive = Callable[[Inbound], Awaitable[None]]

log = logging.getLogger("motcua.polling")

_AFTER_TROUBLE = 2.0  # seconds of rest when the platform or the database can't be reached


async def poll_channel(channel: Polled, receive: Receive) -> None:
    """Hand what comes to `receive`, one thing after the other, until cancelled."""
    await _unhook(channel)
    while True:
        try:
            heard = await channel.fetch_updates()
        except SendError as error:
            log.warning("%s: asked in vain: %s", channel.name, error)
            await asyncio.sleep(_AFTER_TROUBLE)
            continue
        for inbound in heard:
            await _hand_over(receive, inbound)


async def _unhook(channel: Polled) -> None:
    while True:
        try:
            url = await channel.remove_webhook()
        except SendError as error:
            log.warning("%s: can't be reached: %s", channel.name, error)
            await asyncio.sleep(_AFTER_TROUBLE)
            continue
        if url:
            log.warning(
                "%s: the webhook %s is gone; `motcua %s connect` sets it again", channel.name, url, channel.name
            )
        return


async def _hand_over(receive: Receive, inbound: Inbound) -> None:
    """Zalo gives a thing out once only: it is kept until the database takes it."""
    while True:
        try:
            return await receive(inbound)
        except StoreUnavailable as error:
            log.error("%s: %s", inbound.channel, error)
            await asyncio.sleep(_AFTER_TROUBLE)
