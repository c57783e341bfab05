"""The service without its delivery: posts are authenticated, worked on, committed and answered; nothing leaves the outbox."""

import asyncio

from bot import settings
from bot.cli.serving import server
from bot.delivery import Delivery
from bot.service import build_service


class _Idle(Delivery):
    async def run(self) -> None:
        await asyncio.Event().wait()


def main() -> None:
    service = build_service(settings.load_settings())
    parts = (service.database, service.channels, service.settings, service.clock, service.turns.metrics)
    service.delivery = _Idle(*parts)
    server(service).run()


if __name__ == "__main__":
    main()
