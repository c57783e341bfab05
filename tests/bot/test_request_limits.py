"""One stranger asks too much: they are refused, everybody else is served."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from bot.request_limits import RULES, Guard, Streams, address_of
from bot.service import Service
from tests import patient
from tests.conftest import MakeSettings, invited, running
from tests.emulators.server import wait_for

STRANGER, OTHER = "8.8.8.8", "9.9.9.9"


@dataclass
class Door:
    url: str
    service: Service
    stack: ExitStack

    def at(self, address: str) -> httpx.Client:
        """A browser behind the proxy of this machine."""
        headers = {"X-Forwarded-For": address}
        return self.stack.enter_context(patient.client(base_url=self.url, headers=headers, follow_redirects=True))


@pytest.fixture
def door(make_settings: MakeSettings) -> Iterator[Door]:
    with ExitStack() as stack:
        url, service = stack.enter_context(
            running(make_settings(public_url="https://xa.example", secure_cookies=False))
        )
        yield Door(url, service, stack)


@pytest.mark.slow
def test_a_person_who_says_too_much_is_asked_to_wait(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    hoa, lan = door.at(STRANGER), door.at(STRANGER)
    lan.post("/chat", data={"text": "xin chào"})
    said = [hoa.post("/chat", data={"text": f"tin {n}"}) for n in range(60)]
    refused = [answer for answer in said if answer.status_code == 429]
    assert refused
    assert refused[0].headers["retry-after"] == "60"
    assert refused[0].text == "(too_fast)"
    assert "POST /chat is refused: more than its limit" in caplog.messages
    wait_for(lambda: "tin nữa" in lan.post("/chat", data={"text": "tin nữa"}).text)  # theirs is one address


async def test_who_writes_slowly_but_without_end_is_stopped_before_the_disk_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Words are kept for three months: one address must not write gigabytes of them a day."""
    now = [1_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    guard = Guard(PlainTextResponse("made"), lambda _: "hoa", lambda: "(too_fast)", https=False)
    told = []
    for _ in range(900):
        now[0] += 4
        told.append(await _ask(guard, "POST", "/chat"))
    assert 400 <= told.count(200) <= 800  # an hour's worth, or two where it begins anew in between


def test_an_address_that_begins_many_conversations_is_refused_and_no_other(door: Door) -> None:
    begun = (door.at(STRANGER).post("/chat", data={"text": "x"}, follow_redirects=False) for _ in range(130))
    assert any(answer.status_code == 429 for answer in begun)  # more than two minutes' worth: one may end meanwhile
    assert door.at(OTHER).post("/chat", data={"text": "x"}, follow_redirects=False).status_code == 303


def test_a_sign_in_is_tried_so_often_from_one_address(door: Door) -> None:
    stranger = door.at(STRANGER)
    codes = {stranger.post("/console/join", data={"code": str(n), "password": "x"}).status_code for n in range(60)}
    assert 429 in codes
    code = invited(door.service, "Lan")
    joined = door.at(OTHER).post("/console/join", data={"code": code, "password": "con gà cục tác"})
    assert joined.url.path == "/console"


def test_who_forges_an_address_through_no_proxy_is_not_believed() -> None:
    assert [address_of(each) for each in ("127.0.0.1", "10.0.0.7", "::1", "testclient", "")] == [None] * 5
    assert address_of(STRANGER) == STRANGER
    assert address_of("2a00:1450:4001:81b::200e") == address_of("2a00:1450:4001:81b:1::1")


def test_one_address_is_one_however_it_is_written() -> None:
    assert {address_of(each) for each in (STRANGER, "::ffff:8.8.8.8", "::ffff:808:808", "8.8.8.8:4711")} == {STRANGER}
    assert address_of("[2a00:1450:4001:81b::200e]:443") == address_of("2a00:1450:4001:81b::200e")
    assert address_of("::ffff:127.0.0.1") is None


async def _ask(guard: Guard, method: str, path: str) -> int:
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [],
        "client": (STRANGER, 1),
    }
    await guard(scope, receive, send)
    return statuses[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [("HEAD", "/"), ("GET", "/readyz"), ("GET", "/quyen-rieng-tu"), ("POST", "/console/1/answer"), ("PUT", "/nowhere")],
)
async def test_whatever_else_one_address_asks_for_is_counted(method: str, path: str) -> None:
    guard = Guard(PlainTextResponse("made"), lambda _: None, lambda: "(too_fast)", https=False)
    told = {await _ask(guard, method, path) for _ in range(1_300)}  # more than two minutes' worth, as above
    assert told == {200, 429}
    assert {await _ask(guard, "POST", "/webhook/telegram") for _ in range(1_300)} == {200}


def test_a_webhook_is_never_counted() -> None:
    assert not any(rule.path.fullmatch("/webhook/telegram") for rule in RULES)


def test_one_person_or_address_holds_so_many_streams() -> None:
    streams = Streams(most=150)
    with ExitStack() as stack:
        for _ in range(6):
            stack.enter_context(streams.hold_place("hoa", STRANGER))
        assert not streams.has_room("hoa", STRANGER)
        assert streams.has_room("lan", STRANGER)
        for n in range(94):
            stack.enter_context(streams.hold_place(str(n), STRANGER))
        assert not streams.has_room("lan", STRANGER)
        for n in range(50):
            assert streams.has_room("lan", OTHER)
            stack.enter_context(streams.hold_place(f"other {n}", OTHER))
        assert not streams.has_room("lan", "1.1.1.1")
    assert streams.has_room("hoa", STRANGER)


def test_every_answer_protects_who_reads_it(door: Door) -> None:
    stranger = door.at(STRANGER)
    for path in ("/", "/healthz", "/static/chat.css", "/nowhere", "/g/nowhere", "/console/login", "/webhook/x"):
        headers = stranger.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"].split("; ")
        assert {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= {*policy}
        assert "camera=()" in headers["permissions-policy"]
        assert headers["strict-transport-security"] == "max-age=31536000"


def test_monitors_may_ask_for_the_head_alone(door: Door) -> None:
    for path in ("/healthz", "/readyz", "/"):
        answer = door.at(STRANGER).head(path)
        assert (path, answer.status_code, answer.content) == (path, 200, b"")
