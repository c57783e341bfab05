"""`GET /healthz` and `GET /readyz`: is this process there, and does this replica do its work? For monitors and platforms."""

import asyncio

from fastapi import APIRouter
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response

from bot import alarms
from bot.errors import StoreUnavailable
from bot.service import Service

_READY = 4.0  # seconds that a monitor waits for the database


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz")
    async def healthz() -> Response:
        return JSONResponse({"ok": True})

    @router.head("/readyz", include_in_schema=False)
    @router.get("/readyz")
    async def readyz() -> Response:
        """Tell monitors how this replica fares.

        503 takes it out of the platforms' way. An alarm concerns a platform, and a duty of upkeep that fails keeps no citizen
        from an answer: neither makes a replica unready. Strangers read this too: what is wrong with the content, its file and
        its line, is for the log and for operators' alarms.
        """
        content = {"version": service.content.version, "refused": bool(service.content.problem)}
        parts = {"loops": service.alive, "upkeep": jsonable_encoder(service.upkeep.health), "content": content}
        try:
            async with asyncio.timeout(_READY):
                await service.database.probe_writing()
                found = [alarm.name for alarm in await service.database.read(alarms.list_standing)]
        except (StoreUnavailable, TimeoutError):
            return JSONResponse({"database": False, **parts}, 503)
        return JSONResponse({"database": True, **parts, "alarms": found}, 200 if parts["loops"] else 503)

    return router
