"""The least that a durable turn can cost on PostgreSQL: Starlette, raw asyncpg, a few connections with a transaction each.

It checks the same signatures and writes the same rows into the same tables, and has no engine: what to say stands in a list.
Arguments: the address of the database, a port, a JSON file with the talk.
"""

import hashlib
import hmac
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.names import APP, KEY

_url, _port, _talk = sys.argv[1:]
_lines = json.loads(Path(_talk).read_text())
_CONNECTIONS = 8
_FIND = "SELECT id, state FROM conversations WHERE channel='zalo-oa' AND contact=$1 FOR NO KEY UPDATE"
_BEGIN = (
    "INSERT INTO conversations (channel,contact,state,blocked,created_at,updated_at) "
    "VALUES ('zalo-oa',$1,'{\"at\": 0}',false,$2,$2) ON CONFLICT DO NOTHING"
)
_SEEN = "INSERT INTO inbound (channel,message_id,received_at) VALUES ('zalo-oa',$1,$2) ON CONFLICT DO NOTHING RETURNING channel"
_SAVE = "UPDATE conversations SET state=$1, updated_at=$2 WHERE id=$3"
_KEEP = "INSERT INTO transcript (conversation_id,author,text,choices,at) VALUES ($1,$2,$3,$4,$5)"
_SEND = (
    "INSERT INTO outbox (conversation_id,channel,contact,payload,optional,state,attempts,next_at,created_at) "
    "VALUES ($1,'zalo-oa',$2,$3,false,'pending',0,$4,$4)"
)

# When to ask how it went, under which key this month's events stand, and two of those.
_PLAN = (
    "INSERT INTO checkins (conversation_id,procedure,due_at) VALUES ($1,'khai-sinh',$2) "
    "ON CONFLICT (conversation_id) DO UPDATE SET procedure=excluded.procedure, due_at=excluded.due_at"
)
_KEY = "INSERT INTO event_keys (conversation_id,month,key) VALUES ($1,$2,$1) ON CONFLICT DO NOTHING"
_COUNT = (
    "INSERT INTO events (at,key,first,kind,channel,procedure,step) VALUES ($1,$2,true,$3,'zalo-oa','khai-sinh','buoc')"
)


async def webhook(request: Request) -> Response:
    body = await request.body()
    event = json.loads(body)
    signed = b"".join((APP.encode(), body, event["timestamp"].encode(), KEY.encode()))
    given = request.headers["x-zevent-signature"].removeprefix("mac=")
    if not hmac.compare_digest(given, hashlib.sha256(signed).hexdigest()):
        return Response(status_code=401)
    async with request.app.state.pool.acquire() as database, database.transaction():
        await _turn(database, event["sender"]["id"], event["message"]["msg_id"], event["message"]["text"])
    return Response(status_code=200)


async def _turn(database: asyncpg.Connection, who: str, message: str, text: str) -> None:
    now = datetime.now(UTC)
    found = await database.fetchrow(_FIND, who)
    if found is None:
        await database.execute(_BEGIN, who, now)
        found = await database.fetchrow(_FIND, who)
    if not await database.fetchrow(_SEEN, message, now):
        return
    state = json.loads(found["state"])
    line = _lines[state["at"] % len(_lines)]
    state = {**line["state"], "at": state["at"] + 1}
    await database.execute(_SAVE, json.dumps(state), now, found["id"])
    await database.execute(_PLAN, found["id"], now)
    await database.execute(_KEY, found["id"], now.date().replace(day=1))
    await database.executemany(_COUNT, [(now, found["id"], kind) for kind in ("answered", "shown")])
    await database.execute(_KEEP, found["id"], "citizen", text, "[]", now)
    await database.execute(_KEEP, found["id"], "bot", line["text"], json.dumps(line["choices"]), now)
    payload = json.dumps({"text": line["text"], "buttons": line["choices"]}, ensure_ascii=False)
    await database.execute(_SEND, found["id"], who, payload, now)


@asynccontextmanager
async def _life(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(_url, min_size=_CONNECTIONS, max_size=_CONNECTIONS)
    yield
    await app.state.pool.close()


app = Starlette(routes=[Route("/webhook/zalo-oa", webhook, methods=["POST"])], lifespan=_life)
uvicorn.run(app, host="127.0.0.1", port=int(_port), log_level="warning")
