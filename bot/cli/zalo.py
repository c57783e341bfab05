"""`motcua zalo authorize`: the way to the right to write over an Official Account, at first and after it was lost."""

import asyncio

import typer

from bot.channels.zalo_consent import Asked, Consent
from bot.cli.common import fail, open_settings
from bot.errors import MotcuaError
from bot.settings import Settings
from bot.store.database import Database
from bot.store.migrate import migrate

app = typer.Typer(no_args_is_help=True, help="Kênh Zalo OA.")


@app.callback()
def zalo() -> None:
    """Kênh Zalo OA."""


@app.command()
def authorize() -> None:
    """In đường dẫn để quản trị OA đồng ý cho máy nhắn tin: lần đầu, và khi mất quyền."""
    chosen = open_settings()
    if not chosen.zalo_oa_app_id:
        raise fail("Cần MOTCUA_ZALO_OA_APP_ID: xem docs/zalo.md")
    if not chosen.public_url:
        raise fail("Cần MOTCUA_PUBLIC_URL, địa chỉ https mà Zalo đưa quản trị OA về")
    try:
        asked = asyncio.run(_ask(chosen))
    except MotcuaError as error:
        raise fail(error) from None

    typer.echo(f"Trang ứng dụng của Zalo phải có sẵn, một lần:\n  Callback URL    {asked.callback}")
    typer.echo(f"  Code challenge  {asked.challenge}")
    typer.echo(f"Dịch vụ đang chạy thì quản trị OA mở đường dẫn này, trong một ngày, và đồng ý:\n  {asked.link}")


async def _ask(settings: Settings) -> Asked:
    database = Database(settings.store_url)
    try:
        await asyncio.to_thread(migrate, database)
        return await database.write(lambda tx: Consent(settings).make_link(tx))
    finally:
        await asyncio.to_thread(database.close)
