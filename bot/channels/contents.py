"""Content of a file that somebody sent, wherever it lies."""

from collections.abc import Mapping

from bot.channels.protocol import Channel
from bot.errors import SendError
from bot.messages import File


async def content_of(channels: Mapping[str, Channel], came_over: str, file: File, limit: int) -> bytes:
    """Get the content of a file: what we hold, or what its platform still has.

    Raises:
        SendError: it is gone, larger than `limit` bytes, or its platform does not answer.
    """
    if file.content is not None:
        return file.content
    channel = channels.get(came_over)
    if channel is None:
        raise SendError(f"{came_over} is off")
    return await channel.fetch(file.reference, limit)
