"""One phone for each channel: makes a move as a real post or form, and shows what a citizen sees of the answers."""

import re
from collections.abc import Callable
from contextlib import suppress
from html import unescape
from typing import Any, Protocol

import httpx

from tests.emulators.emulator import Json
from tests.emulators.server import wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.simulation.citizen import Move, Screen

_NUMBERED = re.compile(r"\d+\. (.+)")
_NAV = re.compile(r"“([^”]+)”")
_DIGIT = re.compile(r"\b[09] (?=“)")  # before a way elsewhere
_BUTTON = re.compile(r'<button name="choice" value="([^"]*)"[^>]*>([^<]*)</button>')
_SAID = re.compile(r'<div class="(\w+)"><span class="who">[^<]*</span>(.*)</div>', re.DOTALL)
_VOICE = b"OggS" + bytes(60)
_NAV_TOKEN = ":!"
PATIENCE = 45.0  # seconds in which a post is taken


class Phone(Protocol):
    """
    Attributes:
        contact: how the service names this citizen.
        made: what was done on it, in order, as the other side should have written it down; None for what has no words.
    """

    channel: str
    contact: str
    made: list[str | None]

    def do(self, move: Move) -> None:
        """Makes a move and returns once the service has answered the post."""

    def heard(self) -> list[str]:
        """The texts of all messages that arrived so far, in order."""

    def screen(self) -> Screen:
        """What arrived since the last move."""


class ChatPhone:
    """Telegram or Zalo: messages in the emulator's list, events posted by the emulator."""

    def __init__(self, channel: str, emulator: Any, user: Any, begin: str) -> None:
        self.channel, self.emulator, self.user, self.contact = channel, emulator, user, str(user.id)
        self.made: list[str | None] = []
        self._begin = begin
        self._read = 0  # of the emulator's list
        self._mine: list[Any] = []
        self._since = 0  # where, in mine, the answers to the last move begin

    def do(self, move: Move) -> None:
        pushed = self._pushable(move)
        self.heard()
        self._since = len(self._mine)
        events = []
        for _ in range(1 + move.twice):
            events.append(self._event(move, pushed))
            self.emulator.dispatch(events[-1])
            self.made.append(self._words(move))
        # A post may be held back, or another thread be at it: who went on now would overtake themselves.
        with suppress(AssertionError):  # what is not taken in the end, the judge finds
            wait_for(lambda: not any(map(self.emulator.redelivery.holds, events)), PATIENCE)

    def heard(self) -> list[str]:
        grown = len(self.emulator.sent)
        self._mine += [one for one in self.emulator.sent[self._read : grown] if self._to_me(one)]
        self._read = grown
        return [one.text for one in self._mine]

    def screen(self) -> Screen:
        texts = self.heard()
        new = self._mine[self._since :]
        text = "\n\n".join(texts[self._since :])
        if self.channel == "zalo-bot":
            choices, nav = numbered(texts[-1]) if new else ((), ())
            return Screen(text, choices, nav, tappable=False)
        pairs = [pair for one in self._last_with_buttons() for row in one.buttons for pair in row]
        choices = tuple(label for label, data in pairs if _NAV_TOKEN not in data)
        return Screen(text, choices, tuple(label for label, data in pairs if _NAV_TOKEN in data))

    def _to_me(self, one: Any) -> bool:
        return str(one.chat_id) == self.contact and not one.method.startswith("edit")

    def _last_with_buttons(self) -> list[Any]:
        """The last message, with those before it whose buttons belong to the same question."""
        found: list[Any] = []
        for one in reversed(self._mine):
            slot = one.buttons[0][0][1].rpartition(":")[0] if one.buttons else ""
            if not slot or (found and slot != found[0].buttons[0][0][1].rpartition(":")[0]):
                break
            found.insert(0, one)
        return found

    def _pushable(self, move: Move) -> Any:
        shown = self._last_with_buttons() if move.kind == "tap" else []
        return next((one for one in shown if any(label == move.text for row in one.buttons for label, _ in row)), None)

    def _event(self, move: Move, pushed: Any) -> Json:
        user = self.user
        if move.kind == "speak":
            made = user.audio() if isinstance(self.emulator, ZaloOAEmulator) else user.voice()
        elif move.kind == "open" and isinstance(self.emulator, TelegramEmulator):
            made = user.start(move.text)
        elif pushed and isinstance(self.emulator, ZaloOAEmulator):
            made = user.tap(pushed, [button.title for button in pushed.content.buttons].index(move.text))
        elif pushed:
            made = user.tap(pushed, move.text)
        else:
            made = user.text(self._said(move))
        event: Json = made
        return event

    def _said(self, move: Move) -> str:
        """Zalo's links carry nothing, so whoever comes by one has to say what they want."""
        return "xin chào" if move.kind == "open" else move.text

    def _words(self, move: Move) -> str | None:
        if move.kind == "speak":
            return None
        if move.kind == "open" and isinstance(self.emulator, TelegramEmulator):
            return self._begin
        return self._said(move)


class WebPhone:
    """A browser without a script, but for the JSON that its script would read."""

    channel = "web"

    def __init__(self, url: str, begin: str, contact_of: Callable[[str], str | None]) -> None:
        self.made: list[str | None] = []
        self.contact = ""
        self._begin, self._contact_of = begin, contact_of
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=30, headers={"Accept": "application/json"})
        self._lines: dict[int, tuple[str, str]] = {}  # id -> (who, text)
        self._buttons: list[tuple[str, str]] = []  # (label, token)
        self._since = 0

    def do(self, move: Move) -> None:
        """A form that is posted twice carries the same id, and is one message."""
        form = {**self._form(move), "id": f"tin-{len(self.made)}"}
        self._since = max(self._lines, default=0)
        for _ in range(1 + move.twice):
            if move.kind == "speak":
                self._client.post("/chat/file", files={"file": ("tin.ogg", _VOICE)}, data={"id": form["id"]})
            else:
                self._take(self._client.post("/chat", data=form, params={"after": self._since}))
        self.made.append(self._words(move))
        self.contact = self.contact or self._contact_of(self._client.cookies["motcua"]) or ""

    def heard(self) -> list[str]:
        self._take(self._client.post("/chat", data={"none": "1"}, params={"after": max(self._lines, default=0)}))
        return [text for _, (who, text) in sorted(self._lines.items()) if who != "me"]

    def screen(self) -> Screen:
        self.heard()
        new = [text for id_, (who, text) in sorted(self._lines.items()) if who != "me" and id_ > self._since]
        choices = tuple(label for label, token in self._buttons if _NAV_TOKEN not in token)
        return Screen("\n\n".join(new), choices, tuple(label for label, token in self._buttons if _NAV_TOKEN in token))

    @property
    def lines(self) -> list[tuple[int, str, str]]:
        """(id, who, text) of every line on the page."""
        return [(id_, who, text) for id_, (who, text) in sorted(self._lines.items())]

    def close(self) -> None:
        self._client.close()

    def _form(self, move: Move) -> dict[str, str]:
        if move.kind == "open":
            return {"start": move.text}
        token = next((token for label, token in self._buttons if label == move.text), None)
        if move.kind == "speak":
            return {}
        return {"choice": token} if move.kind == "tap" and token else {"text": move.text}

    def _words(self, move: Move) -> str | None:
        return {"speak": None, "open": self._begin}.get(move.kind, move.text)

    def _take(self, answer: httpx.Response) -> None:
        for line in answer.raise_for_status().json():
            who, said = _said(line["said"])
            self._lines[line["id"]] = (who, said)
            if line["choices"] is not None:
                self._buttons = [
                    (unescape(label), unescape(token)) for token, label in _BUTTON.findall(line["choices"])
                ]


def numbered(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(choices, ways elsewhere) of a message on a channel without buttons: its last paragraphs."""
    parts = text.split("\n\n")
    nav: tuple[str, ...] = ()
    if (found := _NAV.findall(parts[-1])) and _DIGIT.sub("", parts[-1]) == " · ".join(f"“{one}”" for one in found):
        nav = tuple(found)
        parts.pop()
    lines = parts[-1].split("\n") if parts else []
    matches = [_NUMBERED.fullmatch(line) for line in lines]
    return (tuple(match[1] for match in matches if match) if all(matches) else ()), nav


def _said(html: str) -> tuple[str, str]:
    """(whose line it is, its text) of a line of the page."""
    match = _SAID.search(html)
    assert match, html
    return match[1], unescape(re.sub(r"<[^>]*>", "", match[2]))
