"""Rate limits of HTTP requests by strangers, all in this file: each rule per person (the browser's cookie) and per address.

Posts of platforms are not counted: they come from few addresses and are signed. Neither is who comes from this machine or a
private network: an operator's own tools, or a proxy that does not say whom it speaks for (docs/van-hanh.md).
The library `limits` counts, in memory: each replica for itself.
"""

import ipaddress
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.keyed_locks import KeyedLocks

log = logging.getLogger("motcua.limits")


@dataclass(frozen=True)
class Rule:
    """Many people share one address: a phone network, a school, the commune's own Wi-Fi. Of what they may ask for in a minute
    they get no more than a part in a second, so that others hardly wait for it."""

    method: str
    path: re.Pattern[str]
    person: Sequence[RateLimitItem]
    address: Sequence[RateLimitItem]


def _rule(method: str, path: str, person: str, address: str) -> Rule:
    return Rule(method, re.compile(path), parse_many(person), parse_many(address))


RULES: Sequence[Rule] = (
    _rule("POST", r"/chat/file", "10/minute", "3/second;60/minute"),
    _rule("POST", r"/chat", "3/second;40/minute;400/hour", "20/second;400/minute;8000/hour"),  # each is kept for months
    _rule("GET", r"/chat/data", "6/minute", "3/second;30/minute"),
    _rule("GET", r"/chat/events", "60/minute", "20/second;600/minute"),
    _rule("POST", r"/console/(?:login|join)", "20/minute", "3/second;20/minute"),
    _rule("GET", r"/console.{0,200}", "240/minute", "600/minute"),
    _rule("GET", r"/g/.{1,200}\.png", "30/minute", "5/second;120/minute"),
    _rule("GET", r"/g/.{1,200}", "60/minute", "20/second;600/minute"),
    _rule("GET", r"/tep/.{1,400}", "120/minute", "300/minute"),
    _rule("GET", r"/", "60/minute", "20/second;400/minute"),
    _rule("GET", r"/readyz", "60/minute", "2/second;60/minute"),  # each asks the database
    _rule("GET", r"/static/.{1,200}", "240/minute", "100/second;3000/minute"),  # each page has some
)
_OTHERS = _rule("*", ".*", "240/minute", "20/second;600/minute")
_NEVER = ("/webhook/", "/healthz")
_READING = {"GET": "GET", "HEAD": "GET"}
_WAITS_FOR_OTHERS = "/tep/"  # a platform may be asked for the file first: nobody waits behind that
_NEW = parse_many("10/second;60/minute;240/hour")  # conversations that begin at one address, each with a ticket at most
_SPEAKS = "/chat"
_PORT = re.compile(
    r"([\d.]{7,15}):\d{1,5}|\[([\da-fA-F:.]{2,45})\](?::\d{1,5})?"
)  # some proxies write it behind the address
_V6 = 64  # bits of an address that one household has

STREAMS, _OF_ADDRESS, _OF_PERSON = 1_000, 100, 6  # open pages that listen: in all, of one address, of one person

# On every answer, whatever made it, unless it says otherwise: pages load nothing from anywhere else, run no script of a
# stranger's, and stand in nobody's frame.
_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


def address_of(client: str) -> str | None:
    """Find the address that is counted as one; None for who is not counted."""
    bare = _PORT.fullmatch(client)
    try:
        found = ipaddress.ip_address(bare[1] or bare[2] if bare else client)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found  # as they are called where one socket takes both
    if found.is_private or found.is_loopback:
        return None
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, _V6), strict=False))


class Guard:
    """The first and the last to see a request: refuse what is too much, and put the headers that protect on every answer.

    Args:
        person: who a request's cookies belong to, or None.
        busy: what a person reads who is refused.
    """

    def __init__(
        self, app: ASGIApp, person: Callable[[Request], str | None], busy: Callable[[], str], *, https: bool
    ) -> None:
        self._app, self._person, self._busy = app, person, busy
        self._headers = [*_HEADERS, _HTTPS_ONLY] if https else list(_HEADERS)
        self._counts = FixedWindowRateLimiter(MemoryStorage())
        self._readers = KeyedLocks()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in self._headers if each[0] not in known)]
            await send(message)

        app: ASGIApp = self._app
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:  # which no database keeps, nor looks for
            app = PlainTextResponse("", 404)
        elif self._is_over_limit(scope):
            app = PlainTextResponse(self._busy(), 429, headers={"Retry-After": "60"})
        elif (
            scope["method"] in _READING and not scope["path"].startswith(_WAITS_FOR_OTHERS) and (who := _address(scope))
        ):
            return await self._serve_in_turn(who, scope, receive, protected)
        return await app(scope, receive, protected)

    async def _serve_in_turn(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Make one page at a time for one address. Who is slow to read theirs keeps nobody waiting: by then it is made."""
        async with AsyncExitStack() as place:
            await place.enter_async_context(self._readers.lock_for(address))

            async def answer(message: Message) -> None:
                await place.aclose()
                await send(message)

            await self._app(scope, receive, answer)

    def _is_over_limit(self, scope: Scope) -> bool:
        address = _address(scope)
        rule = _rule_for(scope["method"], scope["path"]) if address else None
        if rule is None or address is None:
            return False
        name = f"{rule.method} {rule.path.pattern}"
        person = self._person(Request(scope))
        within = (
            (person is not None or scope["path"] != _SPEAKS or self._hit(_NEW, "new", address))
            and (person is None or self._hit(rule.person, name, "person", person))
            and self._hit(rule.address, name, address)
        )
        if not within:
            log.warning("%s is refused: more than its limit", name)
        return not within

    def _hit(self, limits: Sequence[RateLimitItem], *who: str) -> bool:
        """Count one more against each; what the shortest refuses counts against no other."""
        return all(self._counts.hit(limit, *who) for limit in limits)


def _address(scope: Scope) -> str | None:
    return address_of(scope["client"][0]) if scope["client"] else None


def _rule_for(method: str, path: str) -> Rule | None:
    if path.startswith(_NEVER):
        return None
    named = _READING.get(method, method)
    return next((rule for rule in RULES if rule.method == named and rule.path.fullmatch(path)), _OTHERS)


class Streams:
    """Pages that listen for news. Each costs a connection and a look at the database now and then."""

    def __init__(self, most: int = STREAMS) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    def has_room(self, person: str, client: str) -> bool:
        address = address_of(client)
        full = address is not None and self._open[f"address {address}"] >= _OF_ADDRESS
        return self._open["all"] < self._most and self._open[f"person {person}"] < _OF_PERSON and not full

    @contextmanager
    def hold_place(self, person: str, client: str) -> Iterator[None]:
        names = ("all", f"person {person}", f"address {address_of(client)}")
        self._open.update(names)
        try:
            yield
        finally:
            self._open.subtract(names)
            for name in names:
                if not self._open[name]:
                    del self._open[name]
