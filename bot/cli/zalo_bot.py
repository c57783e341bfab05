"""Commands for Zalo Bot: telling it where we are."""

import asyncio
from collections.abc import Mapping
from typing import Any

import typer

from bot.channels.zalo_bot import ZaloBot
from bot.cli.common import fail, open_settings
from bot.errors import MotcuaError
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate

app = typer.Typer(no_args_is_help=True, help="Kênh Zalo Bot.")


@app.callback()
def zalo_bot() -> None:
    """Kênh Zalo Bot."""


@app.command()
def connect() -> None:
    """Báo cho Zalo Bot địa chỉ webhook; đã đúng rồi thì không báo lại, vì mỗi ngày chỉ được đặt ít lần."""
    chosen = open_settings()
    if not (chosen.zalo_bot_token.get_secret_value() and chosen.zalo_bot_secret.get_secret_value()):
        raise fail("Cần MOTCUA_ZALO_BOT_TOKEN và MOTCUA_ZALO_BOT_SECRET: xem docs/zalo.md")
    if not chosen.public_url:
        raise fail("Cần MOTCUA_PUBLIC_URL, địa chỉ https mà Zalo gọi tới")
    hook = f"{chosen.url}/webhook/zalo-bot"
    try:
        tried = asyncio.run(_connect(chosen, hook))
    except MotcuaError as error:
        raise fail(f"Zalo chưa nhận: {error}") from None
    if tried is None:
        typer.echo(f"Đã nối từ trước, không phải đặt lại: {hook}")
    elif tried.get("ok") is True:
        typer.echo(f"Xong: Zalo Bot gọi về {hook}")
    else:
        said = f"{tried.get('outcome', '')} {tried.get('hint', '')}".strip()
        raise fail(f"Zalo đã ghi {hook}, nhưng gọi thử không được: {said}")


async def _connect(chosen: Settings, hook: str) -> Mapping[str, Any] | None:
    database, channel = Database(chosen.store_url), ZaloBot(chosen)
    try:
        await asyncio.to_thread(migrate, database)
        return await channel.connect(hook, database)
    finally:
        await channel.close()
        await asyncio.to_thread(database.close)
