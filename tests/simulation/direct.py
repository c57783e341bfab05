"""A citizen before the engine itself, without a channel: a reply as a screen, a move as a message."""

from flows.messages import Message, Reply
from tests.simulation.citizen import Move, Screen


def screen_of(reply: Reply) -> Screen:
    return Screen(reply.text, tuple(c.label for c in reply.choices), tuple(c.label for c in reply.nav))


def message_of(move: Move, shown: Reply | None) -> Message:
    """What a move says to the engine; `shown` is the reply whose buttons can be tapped.

    Raises:
        ValueError: the move says nothing ("wait", "leave", "stop").
    """
    if move.kind == "open":
        return Message(start=move.text)
    if move.kind == "say":
        return Message(text=move.text)
    if move.kind == "speak":
        return Message(attachment="voice")
    if move.kind == "tap" and shown:
        return Message(choice=next(c.token for c in (*shown.choices, *shown.nav) if c.label == move.text))
    raise ValueError(f"{move.kind} says nothing")
