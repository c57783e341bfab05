"""Guides that the team sends: printed when somebody opens one, so that it says what holds on that day."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.protocol import Channel
from bot.clock import Clock
from bot.content import Content
from bot.settings import Settings
from bot.sharing import links, prints
from bot.sharing.leaflet import leaflet_for
from bot.sharing.ways import ways_to
from bot.store.database import Database
from flows.definition.hours import VIETNAM


@dataclass(frozen=True)
class Guides:
    settings: Settings
    content: Content
    database: Database
    channels: Mapping[str, Channel]
    clock: Clock

    async def print_guide(self, commune: str, procedure: str) -> bytes | None:
        """Print the guide of a procedure in a commune; None where there is none."""
        today = self.clock().astimezone(VIETNAM).date()
        about = leaflet_for(self.content.library, commune, procedure, today)
        if about is None or about.procedure is None:
            return None
        link = await self.database.write(lambda tx: links.link_of_page(tx, commune, procedure, ""))
        ways = ways_to(self.settings, self.channels, link)
        return await asyncio.to_thread(prints.print_sheet, "guide", about, link, ways, "pdf")
