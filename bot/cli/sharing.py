"""Links that are shared, and what is printed for them: `motcua link`, `motcua poster`."""

from datetime import date
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from bot.cli.common import fail, open_service, write
from bot.cli.environment import problem_of_address
from bot.clock import now
from bot.service import Service
from bot.sharing import groups, links, prints
from bot.sharing.leaflet import Leaflet, leaflet_for
from bot.sharing.links import Link
from bot.sharing.prints import Sheet
from bot.sharing.ways import ways_to
from bot.store.tx import Tx
from bot.typesetting import Kind
from flows.definition.hours import VIETNAM

link = typer.Typer(invoke_without_command=True, help="Đường dẫn để chia sẻ vào nhóm, in lên tờ dán.")
app = typer.Typer()

_OPERATOR = "motcua"  # who it was, for what is done from the command line
_LOCAL = "Chú ý: MOTCUA_PUBLIC_URL chưa đặt, nên đường dẫn và mã quét chỉ mở được trên máy này."

Code = Annotated[str, typer.Argument(help="Mã của đường dẫn, ví dụ NRLP22; xem `motcua link list`.")]


@link.callback()
def make(
    context: typer.Context,
    commune: Annotated[str, typer.Option(help="Mã xã, ví dụ na-ri.")] = "",
    procedure: Annotated[str, typer.Option(help="Mã thủ tục, ví dụ lop-1. Không có: mọi việc của xã.")] = "",
    source: Annotated[str, typer.Option(help="Chia sẻ ở đâu: “Nhóm Zalo thôn Pò”, “Nhà văn hoá”.")] = "",
) -> None:
    """Tạo đường dẫn, in chữ để dán vào nhóm."""
    if context.invoked_subcommand:
        return
    service = _open_printing()
    about = _about(service, commune, procedure)
    if not source.strip():
        raise fail("Ghi chỗ sẽ chia sẻ: --source “Nhóm Zalo thôn Pò”.")
    made = write(service, lambda tx: links.make_link(tx, commune, procedure, source, _OPERATOR))
    typer.echo(f"Mã: {made.shown}\n")
    typer.echo(groups.write_card(about, made, ways_to(service.settings, service.channels, made).page))
    _warn(service)


@link.command(name="list")
def list_(commune: Annotated[str, typer.Option(help="Chỉ của xã này.")] = "") -> None:
    """Xem các đường dẫn đang dùng, mỗi đường dẫn đưa bao nhiêu người tới."""
    service = open_service()
    for one in write(service, lambda tx: links.list_links(tx, (commune,) if commune else ())):
        place = one.link.start.replace("_", " ")
        address = ways_to(service.settings, service.channels, one.link).page
        brought = f"{one.visits} lượt xem, {one.conversations} cuộc trò chuyện"
        typer.echo(f"{one.link.code} · {one.link.source} · {place} · {brought} · {address}")


@link.command()
def name(code: Code, source: Annotated[str, typer.Argument(help="Tên mới của chỗ chia sẻ.")]) -> None:
    """Gọi chỗ chia sẻ bằng tên khác."""
    if not write(open_service(), lambda tx: links.rename_link(tx, _found(tx, code), source)):
        raise fail("Tên này trống, hoặc đã dùng cho một đường dẫn khác của cùng việc.")
    typer.echo(f"{code}: {source}")


@link.command()
def retire(code: Code) -> None:
    """Thôi dùng một đường dẫn. Tờ đã in, tin đã gửi vẫn dẫn bà con tới đúng việc."""
    write(open_service(), lambda tx: links.retire_link(tx, _found(tx, code)))
    typer.echo(f"Đã thôi dùng {code}.")


@app.command()
def poster(
    code: Code,
    file: Annotated[Path, typer.Argument(help="Tệp sẽ ghi, đuôi .pdf hoặc .png.")],
    sheet: Annotated[
        str, typer.Option(help="poster-a4, poster-a5: tờ dán; cards: 8 thẻ để cắt; guide: hướng dẫn trên giấy.")
    ] = "poster-a4",
) -> None:
    """In tờ dán, thẻ nhỏ, hoặc hướng dẫn trên giấy cho nơi không có mạng."""
    kind = file.suffix.lower().removeprefix(".")
    if sheet not in get_args(Sheet) or kind not in get_args(Kind):
        raise fail(f"Tờ nào: {', '.join(get_args(Sheet))}. Tệp: đuôi .pdf hoặc .png.")
    service, name, format_ = _open_printing(), cast(Sheet, sheet), cast(Kind, kind)
    found = write(service, lambda tx: _found(tx, code), names=True)
    if not prints.is_offered(name, format_, found):
        raise fail("Tờ hướng dẫn có nhiều trang, nên ghi ra .pdf, và cần một việc: đường dẫn tạo với --procedure.")
    about = _about(service, found.commune, found.procedure)
    printed = prints.print_sheet(name, about, found, ways_to(service.settings, service.channels, found), format_)
    try:
        file.write_bytes(printed)
    except OSError as error:
        raise fail(f"Không ghi được {file}: {error.strerror}. Tạo thư mục trước, hoặc chọn chỗ khác.") from None
    typer.echo(f"Đã ghi {file}.")
    _warn(service)


def _open_printing() -> Service:
    """Open the service for printing. An address that does not work is put on nothing: paper can't be mended."""
    service = open_service()
    if service.settings.public_url and (problem := problem_of_address(service.settings.public_url)):
        raise fail(f"MOTCUA_PUBLIC_URL: {problem}. Sửa rồi hãy in.")
    return service


def _about(service: Service, commune: str, procedure: str) -> Leaflet:
    library, today = service.content.library, _today()
    if about := leaflet_for(library, commune, procedure, today):
        return about
    if commune not in library.communes:
        raise fail(f"Không có xã “{commune}”. Các xã: {', '.join(library.communes)}")
    raise fail(f"Không có thủ tục “{procedure}”. Các thủ tục: {', '.join(library.procedures)}")


def _found(tx: Tx, code: str) -> Link:
    if found := links.find_in_text(tx, code):
        return found
    raise links.NoSuchLink(f"Không có đường dẫn mã “{code}”. Xem `motcua link list`.")


def _today() -> date:
    return now().astimezone(VIETNAM).date()


def _warn(service: Service) -> None:
    if not service.settings.public_url:
        typer.echo(_LOCAL, err=True)
