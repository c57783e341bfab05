"""A conversation as JSON lines: one message a line in, one turn a line out, for scripts and other programs."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot import privacy
from flows.definition.hours import VIETNAM
from flows.definition.library import Library
from flows.dialogue.advance import Turn, advance
from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.dialogue.screens import token
from flows.messages import Message
from flows.state import State
from flows.text.address import address

_OFFERING = ("which", "between", "switch", "event", "trouble", "cured")
_MORNING = 9  # the hour in Vietnam at which a day given as a date is spoken on


class BadLine(ValueError):
    """A line that is no message; its text says what to write."""


@dataclass
class Conversation:
    """One talk in memory. `now` stands still, so that the same lines give the same turns."""

    library: Library
    now: datetime
    state: State = field(default_factory=State)

    def answer_lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield one JSON line for each line that holds anything; a bad one is answered with {"error"} and changes nothing."""
        for line in filter(str.strip, lines):
            try:
                answer = self.answer(_read(line))
            except BadLine as error:
                answer = {"error": str(error)}
            yield json.dumps(answer, ensure_ascii=False)

    def answer(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """Take one message and return its turn.

        Raises:
            BadLine: the line says nothing that can be done; the conversation stays as it was.
        """
        if "reset" in line:
            return self._reset(line)
        before = self.state
        turn = advance(self.library, before, self._message(line), self.now)
        self.state = turn.state
        return self._told(before, turn)

    def _reset(self, line: Mapping[str, Any]) -> dict[str, Any]:
        commune = line.get("commune")
        if commune is not None and commune not in self.library.communes:
            raise BadLine(f"no commune {commune!r}: one of {', '.join(self.library.communes)}")
        if "date" in line:
            self.now = _morning_of(line["date"])
        self.state = State(commune=commune)
        return self._told(self.state, Turn(self.state, ()))

    def _message(self, line: Mapping[str, Any]) -> Message:
        if isinstance(text := line.get("text"), str):
            said = privacy.redact(text)
            return Message(text=said.text, sensitive=said.kind)
        if isinstance(start := line.get("start"), str):
            return Message(start=start)
        if isinstance(number := line.get("number"), int) and not isinstance(number, bool):
            return Message(text=str(number))
        if isinstance(pick := line.get("pick"), str):
            return Message(choice=self._token(pick))
        raise BadLine('a line is {"text": …}, {"pick": id}, {"number": n}, {"start": payload} or {"reset": true}')

    def _token(self, pick: str) -> str:
        """Return the token of a choice on screen: the one with this id, else the first."""
        context = TurnContext(self.library, self.state, self.now.astimezone(VIETNAM).date())
        shown = current_screen(context)
        if not shown.candidates:
            raise BadLine('nothing on screen can be picked: send {"text": …}')
        ids = [candidate.id for candidate in shown.candidates]
        return token(context, shown, pick if pick in ids else ids[0])

    def _told(self, before: State, turn: Turn) -> dict[str, Any]:
        state, heard = turn.state, turn.heard
        context = TurnContext(self.library, state, self.now.astimezone(VIETNAM).date())
        same = before.procedure == state.procedure
        known = before.answers if same else before.drafts.get(state.procedure or "", {})
        recorded = {slot: value for slot, value in state.answers.items() if known.get(slot) != value}
        offered = state.asking in _OFFERING
        reply = turn.replies[-1] if turn.replies else None
        return {
            "kind": heard.kind,
            "id": heard.id,
            "procedure": heard.procedure or state.procedure,
            "recorded": recorded,
            "offered": [c.id for c in current_screen(context).candidates] if offered else [],
            "replies": [address(one.text, state.called) for one in turn.replies],
            "choices": [choice.label for choice in (*reply.choices, *reply.nav)] if reply else [],
            "effects": [type(effect).__name__ for effect in turn.effects],
            "at": {"procedure": state.procedure, "step": context.walk.here.id if context.walk else None},
            "answers": dict(context.walk.live) if context.walk else {},
        }


def _read(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        raise BadLine(f"no JSON: {line[:80]!r}") from None
    if not isinstance(found, dict):
        raise BadLine("a line is one JSON object")
    return found


def _morning_of(day: Any) -> datetime:
    try:
        found = date.fromisoformat(day)
    except (TypeError, ValueError):
        raise BadLine(f"no date {day!r}: write it like 2026-11-29") from None
    return datetime(found.year, found.month, found.day, _MORNING, tzinfo=VIETNAM)
