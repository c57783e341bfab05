"""What every command needs: the settings, the content, a way to fail with a sentence."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer
from sqlalchemy import Connection

from bot import settings
from bot.content import load_folder
from bot.errors import MotcuaError
from bot.service import Service, build
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate
from flows.document import ContentError
from flows.library import Library

T = TypeVar("T")


def fail(error: object) -> typer.Exit:
    """Says what is wrong, for people; to be raised."""
    typer.echo(str(error), err=True)
    return typer.Exit(1)


def open_settings() -> Settings:
    try:
        return settings.load()
    except MotcuaError as error:
        raise fail(error) from None


def in_database(work: Callable[[Connection], T]) -> T:
    """What `work` returned, once it is committed; the tables are made if need be."""
    database = Database(open_settings().store_url)

    async def run() -> T:
        await asyncio.to_thread(migrate, database)
        try:
            return await database.write(work)
        finally:
            await asyncio.to_thread(database.close)

    try:
        return asyncio.run(run())
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
        return build(open_settings())
    except (MotcuaError, ContentError, OSError) as error:
        raise fail(error) from None


def write(service: Service, work: Callable[[Connection], T], *, names: bool = False) -> T:
    """One transaction from the command line, the last thing that is done with the database. The tables are made first.

    Args:
        names: whether channels ask their platforms what we are called there, which links need.
    """

    async def run() -> T:
        await asyncio.to_thread(migrate, service.database)
        try:
            if names and (telegram := service.channels.get("telegram")):
                await telegram.start()
                await telegram.close()
            return await service.database.write(work)
        finally:
            await asyncio.to_thread(service.database.close)

    try:
        return asyncio.run(run())
    except MotcuaError as error:
        raise fail(error) from None
