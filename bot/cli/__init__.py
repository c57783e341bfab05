"""The `motcua` command."""

import gc

import typer

# What is imported stays. Looking through it for garbage, again and again while it grows, took 0.5 of 2.0 s of CPU at each start.
gc.disable()
from bot.cli import (  # noqa: E402 - what stands above must be done before anything is imported
    backlog,
    backups,
    channels,
    database,
    doctor,
    editing,
    insight,
    retention,
    serving,
    sharing,
    team,
    zalo,
    zalo_bot,
)

gc.freeze()
gc.enable()

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Motcua: trợ lý thủ tục hành chính cho bà con.")
app.add_typer(serving.app)
app.add_typer(doctor.app)
app.add_typer(retention.app)
app.add_typer(editing.app)
app.add_typer(insight.app)
app.add_typer(channels.telegram, name="telegram")
app.add_typer(zalo.app, name="zalo")
app.add_typer(zalo_bot.app, name="zalo-bot")
app.add_typer(backlog.app, name="outbox")
app.add_typer(team.app, name="team")
app.add_typer(backups.app)
app.add_typer(database.app, name="database")
app.add_typer(sharing.link, name="link")
app.add_typer(sharing.app)
