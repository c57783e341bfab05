"""Commands for the channels: telling a platform where we are."""

import asyncio

import typer
from telegram.error import TelegramError

from bot.channels.telegram import Telegram
from bot.cli.common import fail, open_library, open_settings
from bot.store.database import Database

telegram = typer.Typer(no_args_is_help=True, help="Kênh Telegram.")


@telegram.command()
def connect() -> None:
    """Báo cho Telegram địa chỉ webhook, các lệnh và lời giới thiệu."""
    chosen = open_settings()
    if not (chosen.telegram_token.get_secret_value() and chosen.telegram_secret.get_secret_value()):
        raise fail("Cần MOTCUA_TELEGRAM_TOKEN và MOTCUA_TELEGRAM_SECRET: xem docs/telegram.md")
    if not chosen.public_url:
        raise fail("Cần MOTCUA_PUBLIC_URL, địa chỉ https mà Telegram gọi tới")
    try:
        name = asyncio.run(_connect(Telegram(chosen, Database(chosen.store_url)), f"{chosen.url}/webhook/telegram"))
    except TelegramError as error:
        raise fail(f"Telegram chưa nhận: {error.message}") from None
    typer.echo(f"Xong: https://t.me/{name} gọi về {chosen.url}/webhook/telegram")


async def _connect(channel: Telegram, hook: str) -> str:
    sentences = open_library().sentences
    try:
        return await channel.connect(hook, sentences.telegram_commands, sentences.intro)
    finally:
        await channel.close()
