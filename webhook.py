"""ASGI app: routes in, nothing else. `uvicorn webhook:app`."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DataError
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import request_response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import console, settings
from bot.channels.web import Web
from bot.console.auth import Auth
from bot.errors import Forged, StoreUnavailable
from bot.http import STATIC, TooLarge, read_body, render
from bot.request_limits import Guard
from bot.service import Service, build_service
from bot.web import downloads, health, landing, metrics_page, privacy_page, webchat, zalo_pages

log = logging.getLogger("motcua.webhook")


class _App(FastAPI):
    """A slash at the end of a path changes nothing: who types an address into a platform's console can't know that it would, and
    Starlette would lead from there to wherever the request says that this service is.

    Attributes:
        straight: what takes the posts to these paths.
    """

    straight: Mapping[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/") or "/"
        posted = scope["type"] == "http" and scope["method"] == "POST"
        found = self.straight.get(scope["path"]) if posted else None
        await (found or super().__call__)(scope, receive, send)


class _Straight:
    """A route without the five layers that FastAPI lays around all: they cost a post 0.02 ms of CPU and do nothing for it."""

    def __init__(self, handler: Callable[[Request], Awaitable[Response]], name: str, app: FastAPI) -> None:
        self._called = {"path_params": {"name": name}, "app": app}
        self._app = ExceptionMiddleware(request_response(handler), handlers=app.exception_handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.update(self._called)
        await self._app(scope, receive, send)


def create_app(service: Service) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        with service.subscriptions.closing_on_signals():
            await service.start()
            yield
            await service.stop()

    app = _App(
        title="Motcua", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )

    async def webhook(request: Request) -> Response:
        channel = service.channels.get(request.path_params["name"])
        if channel is None:
            return Response(status_code=404)
        body = await read_body(request, service.settings.body_limit)
        channel.authenticate(request.headers, body)
        for inbound in channel.parse(body):
            await service.turns.receive(inbound)
        return Response(status_code=200)

    # Starlette's own route: it has nothing that FastAPI could read out of a signature, and that would cost as much as the rest.
    app.add_route("/webhook/{name}", webhook, methods=["POST"])

    app.include_router(webchat.routes(service))
    door = Auth(service.settings, service.database)
    app.include_router(console.routes(service, door))
    app.include_router(downloads.routes(service, door.signed_in_agent))
    app.include_router(zalo_pages.routes(service))
    app.include_router(landing.routes(service))
    app.include_router(privacy_page.routes(service))
    app.include_router(metrics_page.routes(service))
    app.include_router(health.routes(service))
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/webhook/{name}")
    async def hello(name: str) -> Response:
        """Platforms' consoles and people look whether there is something here."""
        return Response(status_code=200 if name in service.channels else 404)

    _answer_errors(app)
    web = service.channels["web"]
    assert isinstance(web, Web)
    app.add_middleware(
        Guard,
        person=lambda request: web.read_cookie(request.cookies.get(web.cookie)),
        busy=lambda: service.content.library.sentences.page["too_fast"],
        https=service.settings.url.startswith("https://"),
    )
    app.straight = {f"/webhook/{name}": _Straight(webhook, name, app) for name in service.channels}
    return app


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(Forged)
    async def forged(request: Request, error: Forged) -> Response:
        log.warning("%s: a forged post: %s", request.url.path, error)
        return Response(status_code=401)

    @app.exception_handler(TooLarge)
    async def too_large(request: Request, error: TooLarge) -> Response:
        return Response(status_code=413)

    @app.exception_handler(DataError)
    async def unstorable(request: Request, error: DataError) -> Response:
        """Drop what fits no column: it would not the next time either, so a platform must not post it again."""
        log.warning("%s: what was sent can't be kept (%s)", request.url.path, error.__class__.__name__)
        return Response(status_code=200 if request.url.path.startswith("/webhook/") else 400)

    @app.exception_handler(StoreUnavailable)
    async def unavailable(request: Request, error: StoreUnavailable) -> Response:
        """Nothing happened; platforms post again."""
        log.error("%s: %s", request.url.path, error)
        return Response(status_code=503, headers={"Retry-After": "5"})

    @app.exception_handler(404)
    async def nowhere(request: Request, error: Exception) -> Response:
        """Who follows an address that is cut off or old finds the way to the chat."""
        return render(landing.NowherePage(), 404)

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> Response:
        """Who went away in the middle of a request reads no answer."""
        log.info("%s: the client left before the end of its request", request.url.path)
        return Response(status_code=400)


def __getattr__(name: str) -> FastAPI:
    """`webhook:app` is made when a server asks for it, so that importing this file does nothing."""
    if name != "app":
        raise AttributeError(name)
    return create_app(build_service(settings.load_settings()))
