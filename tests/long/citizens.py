"""Citizens who never stop writing, and platforms that post what they wrote until it is taken, and then again."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import httpx

from flows.messages import Message
from tests.channels.conftest import TELEGRAM_SECRET, ZALO_BOT_SECRET
from tests.emulators.emulator import Json
from tests.long.platforms import Platforms

# Ways through the small library: forward, back, astray; numbers pick whatever stands there on screen.
WORDS = (
    *("làm nhà", "nuôi mèo", "có rồi", "chưa", "nhà gỗ", "nhà gạch", "một tầng", "hai tầng"),
    *("xong", "tiếp", "xong rồi", "vướng", "quay lại", "1", "2", "3", "1", "2"),
    *("mất bao lâu", "nộp ở đâu", "tóm tắt", "cần giấy tờ gì", "làm lại từ đầu", "gặp người", "xin chào"),
)
_PAUSE = 0.4  # seconds at most between two messages of one person
_AGAIN = 0.1  # seconds until a platform posts again what was not taken

# What comes with a post of a platform; Zalo OA signs its posts.
_SECRETS = {"telegram": (TELEGRAM_SECRET,), "zalo-bot": (ZALO_BOT_SECRET,), "zalo-oa": ()}

Hook = Callable[[str], str]


@dataclass(frozen=True)
class Posted:
    """What was posted: the update, what the engine makes of it, and the id under which it may be accepted once."""

    update: Json
    message: Message
    id: str


@dataclass
class Citizen:
    """One person on one platform.

    Attributes:
        hook: the address to post to, by the channel's name; a replica at random where there are several.
        accepted: what was answered 200, in order; two that were posted at once stand together.
        waiting: what was posted and not answered 200 yet.
    """

    channel: str
    platform: Any
    user: Any
    chance: random.Random
    hook: Hook
    over: Event
    abandoned: Event
    counts: Counter[str]
    accepted: list[tuple[Posted, ...]] = field(default_factory=list)
    waiting: tuple[Posted, ...] = ()
    _number: int = 0

    @property
    def contact(self) -> str:
        return str(self.user.id)

    def live(self) -> None:
        self._say(self._start())
        while not self.over.is_set():
            fate = self.chance.random()
            if fate < 0.08:
                self._out_of_order(self._words(), self._words())
            elif fate < 0.25 and (tap := self._tap()):
                self._say(tap)
            else:
                self._say(self._words())
            time.sleep(self.chance.random() * _PAUSE)

    def _say(self, posted: Posted) -> None:
        self.waiting = (posted,)
        self._until_taken(posted)
        self._done(posted)

    def _out_of_order(self, first: Posted, second: Posted) -> None:
        """Two messages of one person overtake each other, or arrive in the same moment."""
        self.waiting = (first, second)
        if self.chance.random() < 0.5:
            with ThreadPoolExecutor(2) as both:
                list(both.map(self._until_taken, (first, second)))
        else:
            self._until_taken(second)
            self._until_taken(first)
        self._done(first, second)

    def _done(self, *taken: Posted) -> None:
        self.accepted.append(taken)
        self.waiting = ()
        if self.chance.random() < 0.1:  # its 200 got lost on the way, and old ones turn up again
            old = self.chance.choice(self.accepted)[0]
            for _ in range(self.chance.randint(1, 20)):
                self.counts["posted again"] += 1
                self._post(self.chance.choice((taken[0], old)))

    def _until_taken(self, posted: Posted) -> None:
        while not (self._post(posted) or self.abandoned.is_set()):
            self.counts["posts not taken"] += 1
            time.sleep(_AGAIN)

    def _post(self, posted: Posted) -> bool:
        url, secret = self.hook(self.channel), _SECRETS[self.channel]
        with suppress(httpx.TransportError):
            status = self.platform.post(posted.update, url, *secret).status_code
            self.counts[f"answered {status}"] += 1
            return bool(status == 200)
        return False

    def _start(self) -> Posted:
        if self.channel == "telegram":
            return self._posted(self.user.start("ban-moi_lam-nha"), Message(start="ban-moi_lam-nha"))
        return self._posted(self.user.text("làm nhà"), Message(text="làm nhà"))

    def _words(self) -> Posted:
        self._number += 1
        text = self.chance.choice((*WORDS, f"blah {self._number}"))
        return self._posted(self.user.text(text), Message(text=text))

    def _tap(self) -> Posted | None:
        """On a button of something that was sent lately, which may be an old one; Zalo Bot has none."""
        shown = [sent for sent in self.platform.sent[-200:] if sent.chat_id == self.user.id and sent.buttons]
        if not shown:
            return None
        sent = self.chance.choice(shown[-3:])
        tokens = [token for row in sent.buttons for _, token in row]
        at = self.chance.randrange(len(tokens))
        update = self.user.tap(sent, tokens[at] if self.channel == "telegram" else at)
        return self._posted(update, Message(choice=tokens[at].removeprefix("#")))

    def _posted(self, update: Json, message: Message) -> Posted:
        if "callback_query" in update:
            return Posted(update, message, f"tap:{update['callback_query']['id']}")
        said = update["message"]
        id_ = said["msg_id" if self.channel == "zalo-oa" else "message_id"]
        return Posted(update, message, f"{self.contact}:{id_}")


@dataclass
class Town:
    """All citizens at once, each in a thread of their own; deterministic up to who is faster."""

    citizens: Sequence[Citizen]
    over: Event
    abandoned: Event
    counts: Counter[str]
    _threads: list[Thread] = field(default_factory=list)

    def __enter__(self) -> "Town":
        self._threads = [Thread(target=citizen.live, daemon=True) for citizen in self.citizens]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever still waits for a 200 gives up."""
        self.over.set()
        self.abandoned.set()
        for thread in self._threads:
            thread.join(60)

    def finish(self) -> None:
        """Everybody says what they have begun to say, and no more; the service must be there."""
        self.over.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "somebody's message was never taken"


def town(on: Platforms, people: int, seed: int, hook: Hook) -> Town:
    """`people` citizens, a third on each platform."""
    over, abandoned, counts = Event(), Event(), Counter[str]()
    citizens = []
    for n in range(people):
        channel, platform, user = _who(on, n)
        chance = random.Random(f"{seed} {n}")
        citizens.append(Citizen(channel, platform, user, chance, hook, over, abandoned, counts))
    return Town(citizens, over, abandoned, counts)


def _who(on: Platforms, n: int) -> tuple[str, Any, Any]:
    if n % 3 == 0:
        return "zalo-bot", on.zalo_bot, on.zalo_bot.user(f"a1b2c3d4e5f6{n:08d}")
    if n % 3 == 1:
        return "zalo-oa", on.zalo_oa, on.zalo_oa.user(f"52000000000{n:08d}")
    return "telegram", on.telegram, on.telegram.user(700_000_001 + n)
