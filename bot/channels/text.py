"""Replies as text: pieces that end where a reader would pause, choices as numbered lines."""

from flows.messages import DIGITS, Choice, Reply, numbers_of

_PAUSES = ("\n\n", "\n", ". ", " ")


def split(text: str, limit: int) -> list[str]:
    """Split a text into pieces of at most `limit` UTF-16 units (what the platforms count at the strictest); nothing is lost
    but white space."""
    pieces = []
    rest = text.strip()
    while _size(rest) > limit:
        head = _head(rest, limit)
        cut = next((at + len(pause.rstrip(" ")) for pause in _PAUSES if (at := head.rfind(pause)) > 0), len(head))
        pieces.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*pieces, rest] if rest else pieces


def _size(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _head(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore")


def numbered(reply: Reply) -> str:
    """Render a reply as plain text for channels without buttons: choices are numbered lines, and the bot understands the
    number.

    The ways elsewhere have the same number everywhere.
    """
    numbers = numbers_of(len(reply.choices))
    lines = [_numbered_line(number, choice) for number, choice in zip(numbers, reply.choices, strict=True)]
    ways = " · ".join(f"{_digit(choice)}“{choice.label}”" for choice in reply.nav)
    link = ": ".join(reply.link) if reply.link else ""
    return "\n\n".join(part for part in (reply.text, "\n".join(lines), ways, link) if part)


def _numbered_line(number: int, choice: Choice) -> str:
    """Put the number before a label, unless it has that number already."""
    mark = f"{number}. "
    return choice.label if choice.label.startswith(mark) else f"{mark}{choice.label}"


def _digit(way: Choice) -> str:
    """Find the number of a way elsewhere, "" where it has none."""
    return next((f"{digit} " for digit, command in DIGITS.items() if way.token.endswith(f":!{command}")), "")
