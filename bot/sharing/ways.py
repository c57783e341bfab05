"""The ways in that a page or a poster offers: those that are set up, each as far as it carries where somebody comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.protocol import Channel
from bot.settings import Settings
from bot.sharing.links import Link


@dataclass(frozen=True)
class Ways:
    """
    Attributes:
        page: what a group or a poster spreads; leads to the three others.
        chat: the web chat, at the link's procedure.
        telegram: a chat that begins there, or "".
        zalo: a chat that knows nothing of it, so that the code must be sent, or "".
    """

    page: str
    chat: str
    telegram: str
    zalo: str


def ways_to(settings: Settings, channels: Mapping[str, Channel], link: Link) -> Ways:
    return Ways(
        page=f"{settings.url}{link.path}?ma={link.code}",
        chat=f"{settings.url}/?start={link.start}_{link.code}",
        telegram=_link(channels, "telegram", link.code),
        zalo=_link(channels, "zalo-oa", "") or _link(channels, "zalo-bot", ""),
    )


def _link(channels: Mapping[str, Channel], name: str, payload: str) -> str:
    return channels[name].link(payload) if name in channels else ""
