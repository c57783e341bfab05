"""How a word frame is written: its parts are joined by "+", ways to say a part by "/"."""

from flows.text.language import phrase


def parse_frame(frame: str) -> list[tuple[tuple[str, ...], ...]]:
    """Return the ways to say each part of a frame.

    Raises:
        ValueError: a part is empty.
    """
    parts = [tuple(phrase(way) for way in part.split("/")) for part in frame.split("+")]
    if not all(way for ways in parts for way in ways):
        raise ValueError("khung từ có phần trống: viết như “rắn + cắn/mổ”")
    return parts
