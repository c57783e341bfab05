"""`motcua database`: the way to PostgreSQL."""

from typing import Annotated

import typer
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.cli.common import fail, open_settings
from bot.errors import MotcuaError
from bot.store.database import Database
from bot.store.move import move_to_postgres as move_all

app = typer.Typer(no_args_is_help=True, help="Cơ sở dữ liệu: chuyển nhà.")


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
