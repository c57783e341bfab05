"""How a platform posts to a webhook: again after a failure by its own timetable; twice, or late, when it is told to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from threading import Lock

from tests.emulators.emulator import Json, Now

LATE = 1_000  # ms that a post which is overtaken stays behind


@dataclass(frozen=True)
class Answer:
    """What the webhook said. `status` is None when no connection or no answer came; `retry_after` in seconds."""

    status: int | None
    retry_after: float = 0


@dataclass
class Post:
    """One event on its way. Posts of one `lane` leave in order; "" waits for nobody."""

    event: Json
    lane: str
    made: int
    due: int
    failed: int = 0
    copied: bool = False


Send = Callable[[Json, int], Answer]
Again = Callable[[Post, Answer], float | None]


@dataclass
class Redelivery:
    """
    Attributes:
        send: makes one post; told the event and how often it failed before.
        again: seconds until the next try of a post that got this answer; None when the platform gives up.
        duplicate, reorder: share of the posts that come a second time, or so late that others overtake them.
        dice: decides which, so that a run can be repeated.
        given_up: what the platform will not post any more.
    """

    now: Now
    send: Send
    again: Again
    duplicate: float = 0.0
    reorder: float = 0.0
    dice: Random = field(default_factory=lambda: Random(1))
    given_up: list[Json] = field(default_factory=list)
    _waiting: list[Post] = field(default_factory=list)
    _under_way: list[Post] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def post(self, event: Json, lane: str = "") -> None:
        """Takes an event, and makes every post that is due."""
        now = self.now()
        with self._lock:
            late = LATE if self.dice.random() < self.reorder else 0
            self._waiting.append(Post(event, lane, now, now + late))
        self.deliver()

    def deliver(self) -> int:
        """Makes the posts that are due by now; how many those were."""
        made = 0
        while post := self._take():
            self._settle(post, self.send(post.event, post.failed))
            made += 1
        return made

    def take_back(self) -> list[Json]:
        """What was not delivered yet, which is nobody's any more."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return [post.event for post in waiting]

    @property
    def pending(self) -> int:
        return len(self._waiting) + len(self._under_way)

    def holds(self, event: Json) -> bool:
        """Whether a post of this event is still to be made, or under way."""
        with self._lock:
            return any(post.event is event for post in (*self._waiting, *self._under_way))

    def _take(self) -> Post | None:
        with self._lock:
            held = {post.lane for post in self._under_way if post.lane}
            for post in self._waiting:
                if post.due <= self.now() and post.lane not in held:
                    self._waiting.remove(post)
                    self._under_way.append(post)
                    return post
                held |= {post.lane} - {""}
        return None

    def _settle(self, post: Post, answer: Answer) -> None:
        done = answer.status is not None and 200 <= answer.status < 300
        wait = None if done else self.again(post, answer)
        with self._lock:
            self._under_way.remove(post)
            if wait is not None:
                post.failed += 1
                post.due = self.now() + round(wait * 1000)
                self._waiting.insert(0, post)  # before those that came later, so that a lane keeps its order
            elif not done:
                self.given_up.append(post.event)
            elif not post.copied and self.dice.random() < self.duplicate:
                self._waiting.insert(0, replace(post, due=self.now(), copied=True))
