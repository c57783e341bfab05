"""`motcua backup` and `motcua restore`: a copy of everything to keep, and its way back."""

import asyncio
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import backup as copies
from bot.cli.common import fail, open_settings
from bot.clock import now
from bot.errors import MotcuaError
from bot.settings import Settings
from bot.store.database import Database
from flows.definition.hours import VIETNAM

app = typer.Typer()

_STREAM = "-"


@app.command()
def backup(
    where: Annotated[str, typer.Argument(help="Thư mục, hoặc tên một tệp mới; “-”: đưa thẳng ra cho lệnh sau.")],
    keep: Annotated[int, typer.Option(min=0, help="Trong thư mục ấy chỉ giữ bấy nhiêu bản mới nhất; 0: giữ hết.")] = 0,
) -> None:
    """Sao lưu cơ sở dữ liệu thành một tệp, trong khi dịch vụ vẫn chạy."""
    chosen = open_settings()
    if where == _STREAM:
        with _room(chosen) as folder:
            _back_up(chosen, copy := folder / "motcua.db")
            with copy.open("rb") as made:
                shutil.copyfileobj(made, sys.stdout.buffer)
        return
    place = Path(where)
    if keep and not place.is_dir():
        raise fail(f"{place} không phải thư mục: --keep chỉ dùng với thư mục.")
    file = place / f"motcua-{now().astimezone(VIETNAM):%Y-%m-%d-%H%M%S}.db" if place.is_dir() else place
    _back_up(chosen, file)
    for old in sorted(place.glob("motcua-????-??-??-??????.db"))[:-keep] if keep else ():
        old.unlink()
    typer.echo(f"Xong: {file} ({file.stat().st_size:,} byte)")


@app.command()
def restore(
    file: Annotated[str, typer.Argument(help="Bản sao của `motcua backup`; “-”: đọc từ lệnh trước.")],
) -> None:
    """Lấy lại một bản sao. Dừng dịch vụ trước; PostgreSQL thì phải là cơ sở dữ liệu còn trống."""
    chosen = open_settings()
    with _room(chosen) as folder:
        copy = Path(file)
        if file == _STREAM:
            copy = folder / "given.db"
            with copy.open("wb") as made:
                shutil.copyfileobj(sys.stdin.buffer, made)
        waited = _restore(chosen, copy, folder)
    typer.echo("Đã lấy lại xong. Chạy lại dịch vụ, xem GET /readyz trả 200.")
    if waited:
        typer.echo(
            f"{waited} tin đang chờ gửi lúc sao lưu thì không tự gửi nữa, vì chắc đã tới rồi. Xem: motcua outbox dead."
            " Vẫn muốn gửi: motcua outbox resend SỐ."
        )


def _back_up(chosen: Settings, file: Path) -> None:
    try:
        asyncio.run(_copy(chosen, file))
    except (MotcuaError, OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise fail(f"Chưa sao lưu được: {_why(error)}") from None


async def _copy(chosen: Settings, file: Path) -> None:
    with _database(chosen) as database:
        await asyncio.to_thread(copies.back_up, database, file)
        await database.write(copies.note)


def _restore(chosen: Settings, file: Path, folder: Path) -> int:
    if not file.is_file():
        raise fail(f"Không có tệp {file}.")
    try:
        with _database(chosen) as database:
            return copies.restore(
                file, database, folder, now(), lambda table, rows: typer.echo(f"  {table:<20} {rows:>9} dòng, khớp")
            )
    except (MotcuaError, OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise fail(f"Chưa lấy lại gì cả: {_why(error)}") from None


def _why(error: Exception) -> object:
    return getattr(error, "orig", None) or error


@contextmanager
def _database(chosen: Settings) -> Iterator[Database]:
    database = Database(chosen.store_url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _room(chosen: Settings) -> Iterator[Path]:
    """Yield a folder of our own on the service's disk, which is gone afterwards; that of /tmp may be small."""
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=chosen.data_dir, prefix=".copy-") as folder:
        yield Path(folder)
