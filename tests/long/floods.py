"""A stranger with a laptop, at one address: `python -m tests.long.floods URL KIND SECONDS` asks as fast as it may, bounded.

`python -m tests.long.floods refuse PORT` is a server that only refuses: what a flood of that costs others is the machine's share.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

import aiohttp
from aiohttp import web

RATE, AT_ONCE, SILENT = 200, 32, 1_500  # requests a second, requests under way, connections that say nothing
ADDRESS = {"X-Forwarded-For": "8.8.8.8"}
_POISON = "0 1 2 o l 3.4-5 stk không một hai ba " * 540  # 20 kB
_FILE = os.urandom(1_000_000)
_UNSIGNED = b'{"a":' + b"[1," * 300_000 + b"1" + b"]" * 300_000 + b"}"

Ask = Callable[[aiohttp.ClientSession, int], Awaitable[int]]


def _posts(path: str, known: bool = False, **data: str) -> Ask:
    async def ask(session: aiohttp.ClientSession, number: int) -> int:
        form = {name: value.replace("#", str(number)) for name, value in data.items()}
        if not known:
            session.cookie_jar.clear()
        async with session.post(path, data=form, allow_redirects=False) as answer:
            return answer.status

    return ask


def _gets(path: str) -> Ask:
    async def ask(session: aiohttp.ClientSession, number: int) -> int:
        async with session.get(path.replace("#", str(number)), allow_redirects=False) as answer:
            await answer.read()
            return answer.status

    return ask


async def _listens(session: aiohttp.ClientSession, number: int) -> int:
    async with session.get("/chat/events") as answer:
        if answer.status == 200:
            await asyncio.sleep(60)
        return answer.status


async def _heads(session: aiohttp.ClientSession, number: int) -> int:
    async with session.head("/", allow_redirects=False) as answer:
        return answer.status


async def _forges(session: aiohttp.ClientSession, number: int) -> int:
    async with session.post("/webhook/telegram", data=_UNSIGNED) as answer:
        return answer.status


async def _uploads(session: aiohttp.ClientSession, number: int) -> int:
    form = aiohttp.FormData()
    form.add_field("file", _FILE, filename="a.jpg", content_type="image/jpeg")
    async with session.post("/chat/file", data=form, allow_redirects=False) as answer:
        return answer.status


KINDS: Mapping[str, Ask] = {
    "words": _posts("/chat", known=True, text="tin # mất sổ đỏ thì làm sao"),
    "new conversations": _posts("/chat", text="tin #"),
    "reload": _gets("/"),
    "export": _gets("/chat/data"),
    "streams": _listens,
    "sign-in": _posts("/console/login", name="Lan", password="sai #"),
    "codes": _posts("/console/join", code="TO-AAAAA-AAA#", password="con gà cục tác"),
    "links": _gets("/g/na-ri_#"),
    "leaflets": _gets("/g/ban-moi/lam-nha?ma=NHOM#"),
    "pictures": _gets("/g/ban-moi/lam-nha/anh.png"),
    "heads": _heads,
    "other pages": _gets("/quyen-rieng-tu?#"),
    "monitors": _gets("/readyz"),
    "console": _posts("/console/#/answer", text="tin #"),
    "forged posts": _forges,
    "poison": _posts("/chat", known=True, text=_POISON),
    "uploads": _uploads,
}


async def flood(url: str, kind: str, seconds: float) -> Counter[int | str]:
    """Return how it was answered."""
    told: Counter[int | str] = Counter()
    until = time.monotonic() + seconds
    if kind == "connections":
        return await _hold(url, until)
    connector = aiohttp.TCPConnector(limit=400)
    jar = aiohttp.CookieJar(unsafe=True)  # which keeps cookies of an IP address too
    async with aiohttp.ClientSession(url, headers=ADDRESS, connector=connector, cookie_jar=jar) as session:
        await _posts("/chat", known=True, text="xin chào")(session, 0)
        under_way: set[asyncio.Task[None]] = set()

        async def once(number: int) -> None:
            try:
                told[await KINDS[kind](session, number)] += 1
            except (aiohttp.ClientError, OSError) as error:
                told[type(error).__name__] += 1

        number = 0
        while time.monotonic() < until:
            if len(under_way) < (400 if kind == "streams" else AT_ONCE):
                number += 1
                task = asyncio.create_task(once(number))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
            await asyncio.sleep(1 / RATE)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    return told


async def _hold(url: str, until: float) -> Counter[int | str]:
    """Connections that are opened and say nothing; what is closed is opened again."""
    told: Counter[int | str] = Counter()
    host, port = url.removeprefix("http://").split(":")
    held: list[asyncio.StreamWriter] = []
    while time.monotonic() < until:
        held = [each for each in held if not each.is_closing()]
        if len(held) < SILENT:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
                held.append(writer)
                told["opened"] += 1
            except OSError as error:
                told[type(error).__name__] += 1
        await asyncio.sleep(0 if len(held) < SILENT else 0.01)
    for writer in held:
        writer.close()
    return told


async def _refuse(port: int) -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(status=429)

    server = web.ServerRunner(web.Server(answer))
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    os.nice(5)  # it has a machine of its own, elsewhere
    if sys.argv[1] == "refuse":
        asyncio.run(_refuse(int(sys.argv[2])))
    print(dict(asyncio.run(flood(sys.argv[1], sys.argv[2], float(sys.argv[3])))))
