"""The HTTP client of all channels but Telegram."""

import ssl
from functools import cache

import httpx

from bot.settings import Settings


def client(settings: Settings) -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=settings.send_timeout, verify=_trusted())


@cache
def _trusted() -> ssl.SSLContext:
    """Whom we believe to be who they say. Reading all these certificates takes 20 ms and 1 MB: once is enough."""
    return httpx.create_ssl_context()
