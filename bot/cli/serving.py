"""`motcua serve`: the whole service in one process."""

import gc
import logging
import os
from typing import Annotated

import typer
import uvicorn

from bot.channels.protocol import Polled
from bot.cli import environment
from bot.cli.common import fail, open_settings
from bot.connection_limits import limited, raise_descriptors
from bot.errors import MotcuaError
from bot.logs import begin_log
from bot.service import Service, build_service
from bot.store.migrate import check_database
from flows.definition.yaml_source import ContentError

app = typer.Typer()
log = logging.getLogger("motcua")

_GRACE = 2  # seconds that open pages may hold up a stop


@app.command()
def serve(
    poll: Annotated[
        bool,
        typer.Option("--poll", help="Để thử: tự hỏi Telegram và Zalo Bot có tin không. Webhook đang đặt bị gỡ."),
    ] = False,
) -> None:
    """Chạy dịch vụ: web, và các kênh đã cài đặt."""
    os.umask(0o077)  # what the service writes is for its own user only
    chosen = open_settings()
    begin_log(chosen.log_format)
    for name in environment.unknown_settings():
        log.warning(
            "%s is no setting%s", name, f": write {near}" if (near := environment.nearest_setting(name)) else ""
        )
    if chosen.public_url and (problem := environment.problem_of_address(chosen.public_url)):
        log.warning("MOTCUA_PUBLIC_URL: %s", problem)
    try:
        service = build_service(chosen, polls=poll)
        check_database(service.database)
    except (MotcuaError, ContentError, OSError) as error:
        raise fail(error) from None
    _say_where(service)
    running = server(service)
    gc.freeze()  # all that was made so far stays: nobody waits 0.1 s while it is looked through for garbage
    running.run()
    if not running.started:
        raise typer.Exit(1)


def server(service: Service) -> uvicorn.Server:
    from webhook import create_app  # the app is above this file: it is only needed to serve

    chosen = service.settings
    config = uvicorn.Config(
        create_app(service),
        host=chosen.host,
        port=chosen.port,
        forwarded_allow_ips=environment.proxies_trusted(),
        http=limited(raise_descriptors()),
        log_config=None,  # ours, which is sparing
        log_level="warning",
        access_log=False,
        loop="uvloop",  # a tenth of all CPU time, see docs/benchmarks.md
        timeout_graceful_shutdown=_GRACE,
    )
    return uvicorn.Server(config)


def _say_where(service: Service) -> None:
    """Print what is on, and where to click."""
    chosen = service.settings
    title = typer.style("Motcua", bold=True)
    typer.echo(f"\n{title} · {len(service.content.library.procedures)} thủ tục · {chosen.store_url.split('://')[0]}")
    typer.echo(f"  Chat trên web    {chosen.url}")
    typer.echo(f"  Trang của tổ     {chosen.url}/console   thêm người: motcua team add")
    for name in ("telegram", "zalo-oa", "zalo-bot"):
        typer.echo(f"  {name:<16} {_state(service, name)}")
    typer.echo("  Dừng: Ctrl+C\n")


def _state(service: Service, name: str) -> str:
    channel = service.channels.get(name)
    if channel is None:
        return "tắt (chưa có cài đặt, xem docs/)"
    if service.polls and isinstance(channel, Polled):
        return f"bật, tự hỏi tin, không cần webhook; xong thì đặt lại bằng motcua {name} connect"
    return f"bật, webhook {service.settings.url}/webhook/{name}"
