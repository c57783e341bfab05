"""`GET /metrics` for Prometheus: what this process counted, and what stands in the database now.

Not for strangers: the numbers tell how busy a commune is and what is broken. Who reads them shows MOTCUA_METRICS_TOKEN; without
that setting there is no such page.
"""

import asyncio
import hmac
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot import alarms, backup
from bot.errors import StoreUnavailable
from bot.handoff import ticket_lists
from bot.outbox import backlog
from bot.service import Service
from bot.store.tx import Tx

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PATIENCE = 4.0  # seconds that the database may take
_Gauges = Mapping[tuple[str, str, str], Mapping[str, float]]  # (name, what it is, label) -> its values


def routes(service: Service) -> APIRouter:
    router = APIRouter()
    metrics, token = service.turns.metrics, service.settings.metrics_token.get_secret_value()

    @router.get("/metrics")
    async def scrape(request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not token:
            return Response(status_code=404)
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        up = 1.0
        try:
            async with asyncio.timeout(_PATIENCE):
                for (name, about, label), values in (await service.database.read(_stored)).items():
                    metrics.set_gauge(name, about, label, values)
        except (StoreUnavailable, TimeoutError):
            up = 0.0
        metrics.set_gauge("database_up", "Whether the database answers; what it tells is old otherwise", "", {"": up})
        metrics.set_gauge("loops_alive", "Whether every loop of this process runs", "", {"": float(service.alive)})
        version = {service.content.version: 0.0 if service.content.problem else 1.0}
        metrics.set_gauge("content_info", "The content that serves; 0 while a newer one is refused", "version", version)
        failing = {name: float(health.failures) for name, health in service.upkeep.health.items()}
        metrics.set_gauge("duty_failures", "Failures in a row of what runs beside", "duty", failing)
        return Response(metrics.render(), media_type=_TYPE)

    return router


def _stored(tx: Tx) -> _Gauges:
    now, made = tx.now, backup.last(tx)
    lines = backlog.list_channels(tx)
    queue: dict[str, list[float]] = defaultdict(list)
    for ticket in ticket_lists.list_waiting(tx):
        if ticket.practice_of is None:
            queue[ticket.commune or ""].append(_age(now, ticket.waiting_since))
    return {
        ("outbox_pending", "Messages that wait to be sent", "channel"): {line.channel: line.pending for line in lines},
        ("outbox_oldest_seconds", "How long the oldest of them waits", "channel"): {
            line.channel: _age(now, line.oldest) if line.oldest else 0.0 for line in lines
        },
        ("outbox_dead", "Messages that never arrived, for as long as they are kept", "channel"): {
            line.channel: line.dead for line in lines
        },
        ("tickets_waiting", "Citizens who wait for a person", "commune"): {
            commune: len(waits) for commune, waits in queue.items()
        },
        ("tickets_oldest_seconds", "How long the first of them waits", "commune"): {
            commune: max(waits) for commune, waits in queue.items()
        },
        ("alarm", "What an operator must mend by hand", "name"): {alarm.name: 1 for alarm in alarms.list_standing(tx)},
        ("backup_timestamp_seconds", "When the last backup was made; 0 for never", ""): {
            "": made.timestamp() if made else 0
        },
    }


def _age(now: datetime, since: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
