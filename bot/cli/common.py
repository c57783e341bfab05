"""What every command needs: the settings, the content, a way to fail with a sentence."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from bot import settings
from bot.channels.protocol import Channel
from bot.content import load_folder
from bot.errors import MotcuaError
from bot.service import Service, build_service
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate
from bot.store.tx import Tx
from flows.definition.library import Library
from flows.definition.yaml_source import ContentError

T = TypeVar("T")


def fail(error: object) -> typer.Exit:
    """Make the error that says what is wrong, for people; to be raised."""
    typer.echo(str(error), err=True)
    return typer.Exit(1)


def open_settings() -> Settings:
    try:
        return settings.load_settings()
    except MotcuaError as error:
        raise fail(error) from None


def open_library(folder: Path | None = None) -> Library:
    chosen = open_settings()
    try:
        return load_folder(folder or chosen.content_dir, chosen.step_limit)
    except (MotcuaError, ContentError) as error:
        raise fail(error) from None


def open_service() -> Service:
    try:
        return build_service(open_settings())
    except (MotcuaError, ContentError, OSError) as error:
        raise fail(error) from None


def in_database(work: Callable[[Tx], T]) -> T:
    """One transaction that needs no content and no channel. The tables are made first."""
    return asyncio.run(_transaction(Database(open_settings().store_url), work))


def write(service: Service, work: Callable[[Tx], T], *, names: bool = False) -> T:
    """One transaction, the last thing that is done with the database. The tables are made first.

    Args:
        names: whether channels ask their platforms what we are called there, which links need.
    """
    return asyncio.run(_transaction(service.database, work, service.channels.get("telegram") if names else None))


async def _transaction(database: Database, work: Callable[[Tx], T], named: Channel | None = None) -> T:
    try:
        await asyncio.to_thread(migrate, database)
        if named:
            await named.start()
            await named.close()
        return await database.write(work)
    except MotcuaError as error:
        raise fail(error) from None
    finally:
        await asyncio.to_thread(database.close)
