"""People who walk through the same talk, and the bursts in which they post: one message after the other for each of them.

One message in a hundred is delivered twice, as platforms do; one in a hundred is followed by the same person's next 1 ms later.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from statistics import quantiles
from time import perf_counter, process_time

from bench.client import Connection, Gone
from bench.platform import Platform
from bench.posts import Post
from bench.script import Line

_TWICE, _PAIRED = 0.01, 0.01
_PAUSE = 0.001  # seconds within a pair
_AT_A_TIME = 256  # people in the middle of their talk
_PATIENCE = 5.0  # seconds for a reply
_FIRST = 1_000_001


@dataclass
class Person:
    """
    Attributes:
        leaves: how many messages they come for.
        sent: how many different messages were answered 200.
        unsure: nobody knows what became of the next one; a platform would post it again.
    """

    id: int
    posts: list[bytes]
    leaves: int
    sent: int = 0
    unsure: bool = False


@dataclass
class Burst:
    """
    Attributes:
        answered: messages answered 200, each counted once.
        told: replies that the platform got within the window.
        waits: seconds from a post to its 200; with a platform, to the reply.
        busy: how much of one core the load itself took, 0 to 1.
        refused: answers other than 200, and none.
    """

    seconds: float = 0.0
    answered: int = 0
    told: int = 0
    waits: list[float] = field(default_factory=list)
    busy: float = 0.0
    refused: int = 0

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    @property
    def p50(self) -> float:
        return quantiles(self.waits, n=100)[49]

    @property
    def p99(self) -> float:
        return quantiles(self.waits, n=100)[98]


class Crowd:
    """`ids`: who comes, one after the other; strangers by default."""

    def __init__(self, post: Post, lines: Sequence[Line], ids: Iterator[int] | None = None) -> None:
        self._post = post
        self._lines = lines
        self._ids = ids or count(_FIRST)
        self._luck = Random(1)
        self._pairs_owed = 0
        self._came = 0
        self._talking: deque[Person] = deque()
        self._ready: list[Person] = []
        self.people: list[Person] = []

    def prepare(self, messages: int) -> None:
        """Makes the bytes of so many messages beforehand."""
        while len(self._ready) * len(self._lines) < messages:
            self._ready.append(self._somebody())

    def _somebody(self) -> Person:
        who = next(self._ids)
        posts = [self._post(who, at, line) for at, line in enumerate(self._lines)]
        return Person(who, posts, leaves=len(posts))

    def take(self) -> Person:
        """Somebody with two messages left at least, at a time when nobody else has them."""
        while len(self._talking) < _AT_A_TIME:
            person = self._ready.pop() if self._ready else self._somebody()
            if self._came < _AT_A_TIME:  # leave one after the other, or all would be at the same line
                person.leaves = 2 + self._came * (person.leaves - 2) // _AT_A_TIME
            self._came += 1
            self._talking.append(person)
            self.people.append(person)
        return self._talking.popleft()

    def give(self, person: Person) -> None:
        if person.sent + 2 <= person.leaves:
            self._talking.append(person)

    def begin_anew(self) -> None:
        """Forgets who was there."""
        self._came = 0
        self._talking.clear()
        self.people.clear()

    async def burst(
        self,
        port: int,
        in_flight: int,
        seconds: float,
        platform: Platform | None = None,
        crash: Callable[[], None] | None = None,
    ) -> Burst:
        """As many messages as are taken within so many seconds, so many people at a time. With a platform, each waits for
        the reply before they go on. `crash` is called at the end, while everybody is still at it."""
        found, began, cpu = Burst(), perf_counter(), process_time()
        until = began + seconds
        if crash:
            until += _PATIENCE
        walkers = [_Walker(self, Connection(port), Connection(port)) for _ in range(in_flight)]
        told = len(platform.calls) if platform else 0
        walks = [asyncio.create_task(walker.walk(until, found, platform)) for walker in walkers]
        if crash:
            await asyncio.sleep(seconds)
            crash()
            await asyncio.wait(walks, timeout=_PAUSE * 100)
            for walk in walks:
                walk.cancel()
        await asyncio.gather(*walks, return_exceptions=crash is not None)
        found.seconds = perf_counter() - began
        found.busy = (process_time() - cpu) / found.seconds
        if platform:
            found.told = sum(at <= began + seconds for at, *_ in platform.calls[told:])
        for walker in walkers:
            walker.close()
        return found

    async def steady(self, port: int, rate: float, seconds: float) -> Burst:
        """So many messages a second, whether or not the earlier ones are answered: each wait counts from when it was due."""
        found, began, cpu = Burst(), perf_counter(), process_time()
        free: list[Connection] = []
        tasks = []
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            tasks.append(asyncio.create_task(self._one(port, due, free, found)))
        await asyncio.gather(*tasks)
        found.seconds = perf_counter() - began
        found.busy = (process_time() - cpu) / found.seconds
        for line in free:
            line.close()
        return found

    async def _one(self, port: int, due: float, free: list[Connection], found: Burst) -> None:
        person, line = self.take(), free.pop() if free else Connection(port)
        status = await line.post(person.posts[person.sent])
        found.waits.append(perf_counter() - due)
        found.answered += status == 200
        found.refused += status != 200
        person.sent += 1
        free.append(line)
        self.give(person)

    def twice(self) -> bool:
        return self._luck.random() < _TWICE

    def paired(self, person: Person) -> bool:
        """Only where both say the same words: nobody knows which of the two a server sees first."""
        self._pairs_owed += self._luck.random() < _PAIRED
        first, second = self._lines[person.sent : person.sent + 2]
        if not self._pairs_owed or first.said != second.said:
            return False
        self._pairs_owed -= 1
        return True


@dataclass
class _Walker:
    crowd: Crowd
    line: Connection
    spare: Connection

    def close(self) -> None:
        self.line.close()
        self.spare.close()

    async def walk(self, until: float, found: Burst, platform: Platform | None) -> None:
        while (began := perf_counter()) < until:
            person = self.crowd.take()
            paired = self.crowd.paired(person)
            posts = person.posts[person.sent : person.sent + 1 + paired]
            replies = [platform.next_to(person.id) for _ in posts] if platform else []
            try:
                statuses = await (self._pair(posts) if paired else self._one(posts[0]))
            except (Gone, OSError):
                person.unsure = True
                found.refused += 1
                return
            took = statuses.count(200)
            found.answered += took
            found.refused += len(statuses) - took
            person.sent += took
            await _heard(replies)
            found.waits.append(perf_counter() - began)
            self.crowd.give(person)

    async def _one(self, post: bytes) -> list[int]:
        status = await self.line.post(post)
        if self.crowd.twice():
            await self.line.post(post)
        return [status]

    async def _pair(self, posts: list[bytes]) -> list[int]:
        return [*await asyncio.gather(self.line.post(posts[0]), self._later(posts[1]))]

    async def _later(self, post: bytes) -> int:
        await asyncio.sleep(_PAUSE)
        return await self.spare.post(post)


async def _heard(replies: list["asyncio.Future[None]"]) -> None:
    if replies:
        await asyncio.wait(replies, timeout=_PATIENCE)
