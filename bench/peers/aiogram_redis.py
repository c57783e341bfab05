"""aiogram 3 with its finite state machine in Redis: the best durable peer that we know.

It does what its documentation shows and no more: no message is told from its repetition, nothing waits in an outbox, the reply
is sent before the post is answered. Arguments: a port, a port of Redis, the platform's port, a JSON file with the talk, and
"durable" (the post is answered when everything is done) or "shipped" (at once, as aiogram does by itself).
"""

import json
import sys
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from bench.names import SECRET, TOKEN

_port, _redis, _platform, _talk, _league = sys.argv[1:]
_lines = json.loads(Path(_talk).read_text())


class Talk(StatesGroup):
    walking = State()


async def said(message: Message, state: FSMContext) -> None:
    data = await state.get_data()
    at = data.get("at", 0)
    line = _lines[at % len(_lines)]
    buttons = [[InlineKeyboardButton(text=label, callback_data=token)] for label, token in line["choices"]]
    await state.set_state(Talk.walking)
    await state.set_data({"at": at + 1, "answers": line["state"]["answers"]})
    await message.answer(line["text"], reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons))


api = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{_platform}"))
bot = Bot(TOKEN, session=api)
dispatcher = Dispatcher(storage=RedisStorage.from_url(f"redis://127.0.0.1:{_redis}/0"))
dispatcher.message.register(said)
app = web.Application()
handler = SimpleRequestHandler(dispatcher, bot, handle_in_background=_league == "shipped", secret_token=SECRET)
handler.register(app, path="/webhook/telegram")
setup_application(app, dispatcher, bot=bot)
web.run_app(app, host="127.0.0.1", port=int(_port), access_log=None, print=None)
