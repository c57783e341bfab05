"""The HTTP client of all channels but Telegram."""

import ssl
from functools import cache

import httpx

from bot.settings import Settings


def client(settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=settings.send_timeout, verify=_trusted())


@cache
def _trusted() -> ssl.SSLContext:
    """Load the certificates that we trust, once: reading all of them takes 20 ms and 1 MB."""
    return httpx.create_ssl_context()
