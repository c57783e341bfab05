"""Commands for the database: a copy to keep, and the way to PostgreSQL."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.cli.common import fail, open_settings
from bot.errors import MotcuaError
from bot.store.database import Database
from bot.store.move import move as move_all

app = typer.Typer(no_args_is_help=True, help="Cơ sở dữ liệu: sao lưu, chuyển nhà.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Tệp mới, chưa có.")]) -> None:
    """Chép cơ sở dữ liệu SQLite ra một tệp, trong khi dịch vụ vẫn chạy."""
    url = make_url(open_settings().store_url)
    if url.get_backend_name() != "sqlite":
        raise fail("Với PostgreSQL thì dùng pg_dump: xem docs/van-hanh.md")
    if file.exists():
        raise fail(f"{file} đã có: chọn tên khác, để không đè lên bản sao cũ.")
    if not Path(url.database or "").is_file():
        raise fail(f"Chưa có gì để sao lưu ở {url.database}")
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))  # for its owner only, as the database is
        with closing(sqlite3.connect(url.database or "")) as database:
            database.execute("VACUUM INTO ?", (str(file),))
    except (sqlite3.Error, OSError) as error:
        file.unlink(missing_ok=True)
        raise fail(f"Chưa sao lưu được: {error}") from None
    typer.echo(f"Xong: {file} ({file.stat().st_size:,} byte)")


@app.command()
def move(
    url: Annotated[str, typer.Argument(help="postgresql+psycopg://tên:mật-khẩu@máy/cơ-sở-dữ-liệu, còn trống.")],
) -> None:
    """Chép mọi thứ từ SQLite sang PostgreSQL, đối chiếu từng bảng. Dừng dịch vụ trước."""
    try:
        source, target = Database(open_settings().store_url), Database(url)
    except ArgumentError:
        raise fail("Địa chỉ không đọc được. Mẫu: postgresql+psycopg://tên:mật-khẩu@máy/cơ-sở-dữ-liệu") from None
    try:
        move_all(source, target, lambda table, rows: typer.echo(f"  {table:<20} {rows:>9} dòng, khớp"))
    except MotcuaError as error:
        raise fail(f"Chưa chuyển gì cả. {error}") from None
    except SQLAlchemyError as error:
        raise fail(f"Chưa chuyển gì cả: {getattr(error, 'orig', error)}") from None
    finally:
        source.close()
        target.close()
    typer.echo(_NEXT)


_NEXT = """\
Đã chuyển xong, đã đối chiếu. Tiếp theo:
  1. Đặt MOTCUA_DATABASE_URL là địa chỉ vừa rồi.
  2. Giữ nguyên thư mục MOTCUA_DATA_DIR. Chạy ở nhiều máy thì chép nội dung tệp secret trong đó vào MOTCUA_SECRET của mọi máy.
  3. Chạy lại dịch vụ, xem GET /readyz trả 200.
  4. Cất tệp SQLite cũ; vài tuần sau hãy xoá."""
