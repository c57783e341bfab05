"""The console as an app on a phone: installed, and heard of while it is closed."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse

from bot.channels import web_push
from bot.channels.web_push import WebPushChannel
from bot.console.auth import Auth
from bot.handoff import push_subscriptions
from bot.http import STATIC, read_form
from bot.service import Service

_GREEN, _PAPER = "#0b5d3b", "#f3f6f1"


def routes(service: Service, door: Auth) -> APIRouter:
    router = APIRouter()
    channel = service.channels[web_push.NAME]
    assert isinstance(channel, WebPushChannel)

    @router.get("/app.webmanifest")
    async def manifest() -> Response:
        icons = [
            {"src": f"/static/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in (192, 512)
        ]
        about = {
            "name": "Motcua · Tổ công nghệ số",
            "short_name": "Phiếu hỗ trợ",
            "lang": "vi",
            "display": "standalone",
        }
        places = {"id": "/console", "start_url": "/console", "scope": "/console"}
        colours = {"theme_color": _GREEN, "background_color": _PAPER}
        kind = "application/manifest+json"
        return JSONResponse({**about, **places, **colours, "icons": icons}, media_type=kind)

    @router.get("/worker.js")
    async def worker() -> Response:
        """Serve the worker from here, not from /static: it serves only pages below its own address, and /console is above
        that one."""
        headers = {"Service-Worker-Allowed": "/console", "Cache-Control": "no-cache"}
        return FileResponse(STATIC / "worker.js", media_type="text/javascript", headers=headers)

    @router.post("/me/push")
    async def subscribe(request: Request) -> Response:
        """Tell this browser of tickets from now on; with no fields, no longer."""
        await door.require_member(request)
        form, session = await read_form(request), door.session_hash(request)
        if "endpoint" not in form:
            await service.database.write(lambda tx: push_subscriptions.unsubscribe(tx, session))
            return RedirectResponse("/console/me", 303)
        made = channel.read_subscription(form["endpoint"], form.get("p256dh", ""), form.get("auth", ""))
        if made is None or not channel.public_key:
            return Response(status_code=422)
        keys = made.keys.model_dump_json()
        await service.database.write(lambda tx: push_subscriptions.subscribe(tx, session, form["endpoint"], keys))
        return Response(status_code=204)

    return router
