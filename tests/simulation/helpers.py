"""The team: one member at the console, one in a private chat. They take what waits, answer, and end it."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

import httpx

from bot.handoff import agents
from tests.simulation.citizen import Move
from tests.simulation.phones import Phone
from tests.simulation.town import Town, write

PASSWORD = "con gà cục tác lá chanh"
ANSWER = "Chào bác, cháu xem rồi. Bác mang giấy tờ ra xã, cháu giúp bác tại chỗ."
PULSE = 0.1  # seconds between two looks
PATIENCE = 30.0  # seconds that a member waits for the bot
_WAITING = re.compile(r'<li class="waiting"><a href="/console/(\d+)#cuoi"')
_CALLED = re.compile(r"nhận (\d+)”")
_LISTED = re.compile(r"#(\d+)")
_LIST = "phiếu"


class Helper(Protocol):
    """`look`: takes the tickets that wait and are its own to take, and helps."""

    def look(self, mine: Callable[[int], bool]) -> None: ...

    def close(self) -> None: ...


class AtTheConsole:
    def __init__(self, town: Town, name: str) -> None:
        self._browser = httpx.Client(base_url=town.url, follow_redirects=True, trust_env=False, timeout=30)
        joined = self._browser.post("/console/join", data={"code": _invited(town, name), "password": PASSWORD})
        assert joined.url.path == "/console", joined.text

    def look(self, mine: Callable[[int], bool]) -> None:
        waiting = map(int, _WAITING.findall(self._browser.get("/console").text))
        for ticket in filter(mine, waiting):
            for action, form in (("answer", {"text": ANSWER}), ("resolve", {"outcome": "helped"})):
                self._browser.post(f"/console/{ticket}/{action}", data=form).raise_for_status()

    def close(self) -> None:
        self._browser.close()


class InAChat:
    def __init__(self, town: Town, name: str, phone: Phone) -> None:
        self._town, self._phone = town, phone
        self._read = 0  # of what was heard
        assert self._tells(_invited(town, name))

    def look(self, mine: Callable[[int], bool]) -> None:
        heard = self._phone.heard()
        news, self._read = heard[self._read :], len(heard)
        called = {int(number) for text in news for number in _CALLED.findall(text)}
        if any(f"“{_LIST}”" in text for text in news):  # many came at once, and are not told one by one
            called |= self._list()
        for ticket in sorted(called):
            if mine(ticket) and self._tells(f"nhận {ticket}"):
                self._phone.do(Move("say", f"{ticket}: {ANSWER}"))  # others may call meanwhile
                self._tells(f"xong {ticket}")

    def close(self) -> None:
        """A chat stays open."""

    def _list(self) -> set[int]:
        """The tickets that wait."""
        before = len(self._phone.heard())
        self._tells(_LIST)
        lines = [line for text in self._phone.heard()[before:] for line in text.splitlines()]
        return {int(number) for line in lines if line.startswith("Đang chờ") for number in _LISTED.findall(line)}

    def _tells(self, text: str) -> bool:
        """Says something that the bot answers; False when it did not."""
        before = len(self._phone.heard())
        self._phone.do(Move("say", text))
        return self._town.settle(self._phone, before, PATIENCE)


@contextmanager
def team(town: Town, chat: Phone | None) -> Iterator[None]:
    """A team at work. With a chat, every second ticket is helped from there."""
    helpers: list[Helper] = [AtTheConsole(town, "Lan")]
    if chat:
        helpers.append(InAChat(town, "Hùng", chat))
    over = threading.Event()
    threads = [threading.Thread(target=_work, args=(helpers, at, over), daemon=True) for at in range(len(helpers))]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
        for helper in helpers:
            helper.close()


def _work(helpers: Sequence[Helper], at: int, over: threading.Event) -> None:
    while not over.wait(PULSE):
        helpers[at].look(lambda ticket: ticket % len(helpers) == at)


def _invited(town: Town, name: str) -> str:
    service = town.service
    code: str = write(service, lambda c: agents.make_invitation(c, agents.add_agent(c, name, "member", ())))
    return code
