"""The least that a durable turn can cost here: Starlette, raw sqlite3, one thread that commits for all who wait.

It checks the same signatures and writes the same rows into the same tables, and has no engine: what to say stands in a list.
Arguments: the SQLite file, a port, a JSON file with the talk, or "" to have our engine work out what to say.
"""

import asyncio
import hashlib
import hmac
import json
import queue
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.names import APP, KEY
from bench.script import library
from flows.dialogue.advance import advance
from flows.messages import Message
from flows.state import State

_file, _port, _talk = sys.argv[1:]
_lines = json.loads(Path(_talk).read_text()) if _talk else []
_fresh = '{"at": 0}' if _talk else State().model_dump_json()
_waiting: queue.SimpleQueue[tuple[dict[str, str], asyncio.Future[None]]] = queue.SimpleQueue()


async def webhook(request: Request) -> Response:
    body = await request.body()
    event = json.loads(body)
    signed = b"".join((APP.encode(), body, event["timestamp"].encode(), KEY.encode()))
    given = request.headers["x-zevent-signature"].removeprefix("mac=")
    if not hmac.compare_digest(given, hashlib.sha256(signed).hexdigest()):
        return Response(status_code=401)
    done = asyncio.get_running_loop().create_future()
    said = {"who": event["sender"]["id"], "message": event["message"]["msg_id"], "text": event["message"]["text"]}
    _waiting.put((said, done))
    await done
    return Response(status_code=200)


def _write() -> None:
    database = sqlite3.connect(_file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        database.execute(f"PRAGMA {pragma}")
    while True:
        batch = [_waiting.get()]
        while not _waiting.empty():
            batch.append(_waiting.get())
        database.execute("BEGIN IMMEDIATE")
        for said, _ in batch:
            _turn(database, **said)
        database.execute("COMMIT")
        for _, done in batch:
            done.get_loop().call_soon_threadsafe(done.set_result, None)


def _turn(database: sqlite3.Connection, who: str, message: str, text: str) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    found = database.execute(
        "SELECT id, state FROM conversations WHERE channel='zalo-oa' AND contact=?", (who,)
    ).fetchone()
    if found is None:
        row = ("zalo-oa", who, _fresh, 0, now, now)
        database.execute(
            "INSERT INTO conversations (channel,contact,state,blocked,created_at,updated_at) VALUES (?,?,?,?,?,?)", row
        )
        found = database.execute(
            "SELECT id, state FROM conversations WHERE channel='zalo-oa' AND contact=?", (who,)
        ).fetchone()
    row = ("zalo-oa", message, now)
    if not database.execute(
        "INSERT INTO inbound (channel,message_id,received_at) VALUES (?,?,?) ON CONFLICT DO NOTHING", row
    ).rowcount:
        return
    conversation, known = found
    state, told, choices = _next_line(known) if _lines else _work_out(known, text)
    changed = (state, now, conversation)
    database.execute("UPDATE conversations SET state=?, updated_at=? WHERE id=?", changed)
    _count(database, conversation, now)
    kept = "INSERT INTO transcript (conversation_id,author,text,choices,at) VALUES (?,?,?,?,?)"
    database.execute(kept, (conversation, "citizen", text, "[]", now))
    database.execute(kept, (conversation, "bot", told, json.dumps(choices), now))
    payload = json.dumps({"text": told, "buttons": choices}, ensure_ascii=False)
    call = (conversation, "zalo-oa", who, payload, 0, "pending", 0, now, now)
    columns = "conversation_id,channel,contact,payload,optional,state,attempts,next_at,created_at"
    database.execute(f"INSERT INTO outbox ({columns}) VALUES (?,?,?,?,?,?,?,?,?)", call)


def _next_line(known: str) -> tuple[str, str, list[list[str]]]:
    """The state after this line of the list, what to say, and with which buttons."""
    state = json.loads(known)
    line = _lines[state["at"] % len(_lines)]
    return json.dumps({**line["state"], "at": state["at"] + 1}), line["text"], line["choices"]


def _work_out(known: str, text: str) -> tuple[str, str, list[list[str]]]:
    """The same by our engine."""
    said = Message(choice=text[1:]) if text.startswith("#") else Message(text=text)
    turn = advance(library(), State.model_validate_json(known), said, datetime.now(UTC))
    (reply,) = turn.replies
    return turn.state.model_dump_json(), reply.text, [[each.label, each.token] for each in (*reply.choices, *reply.nav)]


def _count(database: sqlite3.Connection, conversation: int, now: str) -> None:
    """When to ask how it went, under which key this month's events stand, and two of those."""
    database.execute(
        "INSERT INTO checkins (conversation_id,procedure,due_at) VALUES (?,'khai-sinh',?) "
        "ON CONFLICT (conversation_id) DO UPDATE SET procedure=excluded.procedure, due_at=excluded.due_at",
        (conversation, now),
    )
    month = f"{now[:7]}-01"
    database.execute(
        "INSERT INTO event_keys (conversation_id,month,key) VALUES (?,?,?) ON CONFLICT DO NOTHING",
        (conversation, month, conversation),
    )
    rows = [(now, conversation, 1, kind, "zalo-oa", "khai-sinh", "buoc") for kind in ("answered", "shown")]
    database.executemany(
        "INSERT INTO events (at,key,first,kind,channel,procedure,step) VALUES (?,?,?,?,?,?,?)", rows
    )


if not _talk:
    library()
threading.Thread(target=_write, daemon=True).start()
app = Starlette(routes=[Route("/webhook/zalo-oa", webhook, methods=["POST"])])
uvicorn.run(app, host="127.0.0.1", port=int(_port), log_level="warning")
