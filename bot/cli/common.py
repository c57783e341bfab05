"""What every command needs: the settings, the content, a way to fail with a sentence."""

from pathlib import Path

import typer

from bot import settings
from bot.content import load_folder
from bot.errors import MotcuaError
from bot.settings import Settings
from flows.document import ContentError
from flows.library import Library


def fail(error: object) -> typer.Exit:
    """Says what is wrong, for people; to be raised."""
    typer.echo(str(error), err=True)
    return typer.Exit(1)


def open_settings() -> Settings:
    try:
        return settings.load()
    except MotcuaError as error:
        raise fail(error) from None


def open_library(folder: Path | None = None) -> Library:
    chosen = open_settings()
    try:
        return load_folder(folder or chosen.content_dir, chosen.step_limit)
    except (MotcuaError, ContentError) as error:
        raise fail(error) from None
