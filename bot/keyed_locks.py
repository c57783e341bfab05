"""Locks by name, within this process: what bears one name is done one by one, and what bears others goes between."""

import asyncio
from weakref import WeakValueDictionary


class KeyedLocks:
    """A lock for each name; one that nobody holds or waits for is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock_for(self, name: str) -> asyncio.Lock:
        return self._locks.setdefault(name, asyncio.Lock())
