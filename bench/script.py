"""The talk that everybody in the benchmarks has: a walk through a real procedure, worked out beforehand by the engine.

So every contender says the same words with the same buttons, and what comes back can be held against what should.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.content import load_folder
from flows.definition.library import Library
from flows.dialogue.advance import advance
from flows.messages import Choice, Message, Reply
from flows.state import State

CONTENT = Path(__file__).parents[1] / "content"
LENGTH = 24  # messages
_OPENED = "đăng ký vào lớp 1"  # in words, which every platform carries
_ASIDE, _EVERY = "mat bao lau?", 8  # one message in eight asks something on the side


@dataclass(frozen=True)
class Line:
    """What is said, what comes back, and what is remembered after that."""

    said: Message
    reply: Reply
    state: State


@cache
def library() -> Library:
    return load_folder(CONTENT)


def typed() -> list[Line]:
    """What somebody types: a number, the words of an answer, a question on the side."""
    return _walk(lambda choice: Message(text=choice.label))


def tapped() -> list[Line]:
    """The same with buttons, one of two answers."""
    return _walk(lambda choice: Message(choice=choice.token))


def as_json(lines: Sequence[Line]) -> str:
    """The talk for contenders that have no engine: what to say after each message, with which buttons."""
    return json.dumps([_told(line) for line in lines], ensure_ascii=False)


def _told(line: Line) -> dict[str, object]:
    buttons = [[choice.label, choice.token] for choice in (*line.reply.choices, *line.reply.nav)]
    return {"text": line.reply.text, "choices": buttons, "state": line.state.model_dump(mode="json")}


def _walk(pick: Callable[[Choice], Message]) -> list[Line]:
    state, said, lines = State(), Message(text=_OPENED), []
    for at in range(1, LENGTH + 1):
        turn = advance(library(), state, said, datetime.now(UTC))
        (reply,) = turn.replies
        lines.append(Line(said, reply, turn.state))
        state = turn.state
        said = _next(at, state, reply, pick)
    return lines


def _next(at: int, state: State, reply: Reply, pick: Callable[[Choice], Message]) -> Message:
    """What is said to a reply. That the team is asked is left alone: the floor opens no tickets, so nor does anybody here."""
    if at % _EVERY == 0:
        return Message(text=_ASIDE)
    if state.asking == "ask_team":
        return pick(reply.choices[-1])
    return Message(text="1") if at % 4 in (1, 2) else pick(reply.choices[0])
