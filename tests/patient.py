"""httpx as the tests use it: it waits longer than by itself, since a service on a busy machine answers late."""

from functools import partial
from typing import Any

import httpx

_SECONDS = 60.0

get = partial(httpx.get, timeout=_SECONDS)
post = partial(httpx.post, timeout=_SECONDS)


def client(**options: Any) -> httpx.Client:
    """Open a client; options as of httpx."""
    return httpx.Client(timeout=_SECONDS, **options)
