"""Put the parts together, start and stop them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from sqlalchemy import make_url

from bot.channels.hook_watch import HookWatch
from bot.channels.practice import Practice
from bot.channels.protocol import Channel, Polled
from bot.channels.sheets import Sheets
from bot.channels.telegram import Telegram
from bot.channels.telegram_topics import team_chats
from bot.channels.web import Web
from bot.channels.web_push import WebPushChannel
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOA
from bot.clock import Clock, now
from bot.content import Content
from bot.delivery import Delivery
from bot.errors import SettingsError
from bot.handoff.team import Team
from bot.live.subscriptions import Subscriptions
from bot.metrics import Metrics
from bot.outbox import outbox
from bot.polling import poll_channel
from bot.sender import Sender
from bot.settings import Settings
from bot.sharing.guides import Guides
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.process_lock import acquire_lock
from bot.turns.platform_events import PlatformEvents
from bot.turns.turns import Turns
from bot.upkeep import Upkeep

if TYPE_CHECKING:
    from bot.live.postgres_notify import PostgresNotify


_DRAIN = 2.0  # seconds that calls on their way may take when the service stops


@dataclass
class Service:
    """Everything that runs. `start` and `stop` frame its life; the rest is reached through its parts."""

    settings: Settings
    content: Content
    database: Database
    channels: Mapping[str, Channel]
    delivery: Delivery
    subscriptions: Subscriptions
    replicas: "PostgresNotify | None"
    team: Team
    turns: Turns
    upkeep: Upkeep
    clock: Clock
    polls: bool = False
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _lock: IO[bytes] | None = None

    @property
    def sender(self) -> Sender:
        return self.team.sender

    async def start(self) -> None:
        """Open, and run what a service does by itself.

        Raises:
            SettingsError: another process serves the same SQLite file.
        """
        await self.open()
        loops = [self.delivery.run(), self.content.watch_for_edits(self.settings.content_poll), self.upkeep.run()]
        if self.replicas:
            loops.append(self.replicas.run())
        if self.polls:
            loops += [
                poll_channel(channel, self.turns.receive)
                for channel in self.channels.values()
                if isinstance(channel, Polled)
            ]
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def open(self) -> None:
        """Make the database and the channels ready for turns; nothing runs by itself yet.

        Raises:
            SettingsError: another process serves the same SQLite file.
        """
        self._lock = await asyncio.to_thread(acquire_lock, self.database)
        await asyncio.to_thread(migrate, self.database)
        if self.database.is_sqlite:
            await self.database.write(outbox.release_all)
        for channel in self.channels.values():
            await channel.start()

    async def stop(self) -> None:
        """Finish what is on its way; what is not sent yet stays in the outbox."""
        self.delivery.stop()
        for task in self._tasks[1:]:
            task.cancel()
        if self._tasks:  # else it was never started
            await asyncio.wait(self._tasks, timeout=_DRAIN)
            self._tasks[0].cancel()
        for channel in self.channels.values():
            await channel.close()
        await asyncio.to_thread(self.database.close)
        if self._lock:
            self._lock.close()

    @property
    def alive(self) -> bool:
        """False when a loop has died."""
        return bool(self._tasks) and not any(task.done() for task in self._tasks)


def build_service(settings: Settings, clock: Clock = now, *, polls: bool = False) -> Service:
    """Make a service of its parts; nothing runs yet.

    Args:
        polls: asks the platforms that can be asked, instead of waiting for their posts.

    Raises:
        SettingsError: a channel's settings don't go together.
        ContentError: the content can't be used.
    """
    content = Content(settings.content_dir, settings.step_limit, settings.data_dir / "content.json")
    if settings.store_url.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    subscriptions = Subscriptions()
    replicas = _make_replicas(settings, subscriptions)
    database = Database(settings.store_url, clock, replicas.publish if replicas else subscriptions.notify)
    practice = Practice(
        database, lambda: content.library.team.practice_citizens, lambda inbound: turns.receive(inbound)
    )
    channels = {**_channels(settings, content, database, clock, polls), practice.name: practice}
    metrics = Metrics()
    team = Team(Sender(content, channels, settings))
    platform = PlatformEvents(team)
    delivery = Delivery(database, channels, settings, clock, metrics, platform.report_lost, platform.report_not_deleted)
    turns = Turns(database, team, delivery, clock, metrics)
    upkeep = Upkeep(database, team, delivery, clock)
    return Service(
        settings, content, database, channels, delivery, subscriptions, replicas, team, turns, upkeep, clock, polls
    )


def _make_replicas(settings: Settings, subscriptions: Subscriptions) -> "PostgresNotify | None":
    """Connect to other replicas; a service on SQLite has none, and no use for the 8 MB of psycopg."""
    if settings.store_url.startswith("sqlite"):
        return None
    from bot.live.postgres_notify import PostgresNotify

    return PostgresNotify(make_url(settings.store_url), subscriptions)


def _channels(
    settings: Settings, content: Content, database: Database, clock: Clock, polls: bool
) -> dict[str, Channel]:
    """Make the channels that have settings; the web needs none, and the team's browsers make their own.

    When polling, the secrets that posts come with are not needed.
    """

    def watch(name: str) -> HookWatch | None:
        ours = f"{settings.url}/webhook/{name}"
        return HookWatch(name, ours, database, clock) if settings.public_url and not polls else None

    require_secrets(settings, polls=polls)
    channels: dict[str, Channel] = {}

    def add(channel: Channel) -> None:
        channels[channel.name] = channel

    add(Web(settings))
    add(WebPushChannel(settings, database))
    add(Sheets(Guides(settings, content, database, channels, clock).print_guide))
    if settings.telegram_token.get_secret_value():
        add(Telegram(settings, database, watch(Telegram.name), lambda: team_chats(content.library, settings)))
    if settings.zalo_bot_token.get_secret_value():
        add(ZaloBot(settings, clock, watch(ZaloBot.name)))
    if settings.zalo_oa_app_id or settings.zalo_oa_access_token.get_secret_value():
        add(ZaloOA(settings, database, clock, channels))
    return channels


def require_secrets(settings: Settings, *, polls: bool = False) -> None:
    """Refuse a channel without its secret: it would take posts from anybody.

    Raises:
        SettingsError: one has not all that it needs.
    """
    needed: list[str] = []
    if settings.telegram_token.get_secret_value() and not polls:
        needed += ["telegram_secret"]
    if settings.zalo_oa_app_id or settings.zalo_oa_access_token.get_secret_value():
        needed += ["zalo_oa_app_id", "zalo_oa_secret_key", "zalo_oa_app_secret"]
    if settings.zalo_bot_token.get_secret_value() and not polls:
        needed += ["zalo_bot_secret"]
    for name in needed:
        value = getattr(settings, name)
        if not (value if isinstance(value, str) else value.get_secret_value()):
            raise SettingsError(f"MOTCUA_{name.upper()} is empty: set it, or leave the whole channel out.")
