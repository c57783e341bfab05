"""python-telegram-bot with a ConversationHandler kept by PicklePersistence.

It does what its documentation shows and no more: no message is told from its repetition, nothing waits in an outbox, the reply
is sent before the post is answered. Arguments: a port, the platform's port, a JSON file with the talk, the HTTP client ("httpx",
its own, or "aiohttp"), and "durable" (written to disk before the post is answered) or "shipped" (once a minute, as it does by
itself).
"""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import HTTPXRequest

from bench.names import SECRET, TOKEN
from bot.channels.telegram_http import AiohttpRequest

_port, _platform, _talk, _client, _league = sys.argv[1:]
_lines = json.loads(Path(_talk).read_text())
_IN_FLIGHT, _TIMEOUT = 64, 15
_WALKING = 0


async def said(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    at = context.user_data.get("at", 0)
    line = _lines[at % len(_lines)]
    context.user_data.update(at=at + 1, answers=line["state"]["answers"])
    buttons = [[InlineKeyboardButton(label, callback_data=token)] for label, token in line["choices"]]
    await update.message.reply_text(line["text"], reply_markup=InlineKeyboardMarkup(buttons))
    return _WALKING


async def webhook(request: Request) -> Response:
    if request.headers.get("x-telegram-bot-api-secret-token") != SECRET:
        return Response(status_code=401)
    update = Update.de_json(await request.json(), application.bot)
    if _league == "shipped":
        await application.update_queue.put(update)
    else:
        await application.process_update(update)
        await application.update_persistence()
        await application.persistence.flush()
    return Response(status_code=200)


@asynccontextmanager
async def _life(app: Starlette) -> AsyncIterator[None]:
    async with application:
        await application.start()
        yield
        await application.stop()


request = HTTPXRequest(connection_pool_size=_IN_FLIGHT) if _client == "httpx" else AiohttpRequest(_IN_FLIGHT, _TIMEOUT)
everything = MessageHandler(filters.TEXT, said)
talk = ConversationHandler(
    [CommandHandler("start", said), everything], {_WALKING: [everything]}, [], name="talk", persistent=True
)
application = (
    Application.builder()
    .token(TOKEN)
    .base_url(f"http://127.0.0.1:{_platform}/bot")
    .request(request)
    .persistence(PicklePersistence(Path("talks.pickle")))
    .updater(None)
    .build()
)
application.add_handler(talk)
app = Starlette(routes=[Route("/webhook/telegram", webhook, methods=["POST"])], lifespan=_life)
uvicorn.run(app, host="127.0.0.1", port=int(_port), log_level="warning")
