"""The service as its web users meet it, over HTTP, and what it makes of odd posts."""

import asyncio
import hashlib
import json
import re
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select

from bot.service import build_service
from bot.store.tables import transcript
from tests import patient
from tests.conftest import MakeSettings, running
from tests.emulators.server import wait_for
from webhook import create_app


@pytest.fixture
def web(make_settings: MakeSettings) -> Iterator[httpx.Client]:
    with running(make_settings()) as (url, _), patient.client(base_url=url, follow_redirects=True) as client:
        yield client


@contextmanager
def people(url: str, count: int) -> Iterator[list[httpx.Client]]:
    """Browsers of different people."""
    with ExitStack() as stack:
        yield [stack.enter_context(patient.client(base_url=url, follow_redirects=True)) for _ in range(count)]


def tap(client: httpx.Client, label: str) -> str:
    page = client.get("/").text
    token = re.findall(rf'value="([^"]+)"[^>]*>{re.escape(label)}<', page.replace("&lt;", "<").replace("&gt;", ">"))[0]
    return client.post("/chat", data={"choice": token, "id": token}).text


def test_the_page_greets_before_anything_is_stored(web: httpx.Client) -> None:
    page = web.get("/").text
    assert "[intro]" in page
    assert "Làm nhà" in page
    assert not web.cookies


def test_a_citizen_talks_by_plain_form_posts(web: httpx.Client) -> None:
    assert "[leaflet_next]" in tap(web, "Làm nhà")
    assert "Bác có đất chưa?" in tap(web, "<walk>")
    assert "Bác làm nhà gì?" in tap(web, "Có rồi")
    assert "mấy tầng" in web.post("/chat", data={"text": "nhà sàn", "id": "x"}).text
    for label in ("Một tầng", "<have_all>", "<finished>"):
        page = tap(web, label)
    assert "[which_commune]" in page
    assert "nhà sàn giữa bản" in tap(web, "xã Bản Mới")


def test_the_same_form_twice_is_one_turn(web: httpx.Client) -> None:
    for _ in range(3):
        page = web.post("/chat", data={"text": "xin chào", "id": "one"}).text
    assert page.count(">xin chào<") == 1


def test_two_people_never_see_each_other(make_settings: MakeSettings) -> None:
    with running(make_settings()) as (url, _), people(url, 2) as (hoa, lan):
        hoa.post("/chat", data={"text": "chuyện riêng của Hoa"})
        lan.post("/chat", data={"text": "xin chào"})
        assert "chuyện riêng" in hoa.get("/").text
        assert "chuyện riêng" not in lan.get("/").text
        forged = patient.get(url, cookies={"motcua": hoa.cookies["motcua"][:-3] + "abc"})
        assert "chuyện riêng" not in forged.text


def test_a_citizen_sees_on_a_page_of_their_own_what_is_kept(make_settings: MakeSettings) -> None:
    with running(make_settings(public_url="http://xa.example")) as (url, _), people(url, 2) as (hoa, lan):
        assert "http://xa.example/chat/data" in hoa.post("/chat", data={"text": "/dulieucuatoi"}).text
        lan.post("/chat", data={"text": "chuyện riêng của Lan"})
        kept = hoa.get("/chat/data")
        assert 'name="viewport"' in kept.text, "in letters that a phone shows large enough"
        assert "(you): /dulieucuatoi" in kept.text
        assert "Lan" not in kept.text
        assert patient.get(f"{url}/chat/data").status_code == 404


def test_a_long_conversation_takes_no_longer_page_than_others(make_settings: MakeSettings) -> None:
    """Neither the page nor the export reads and renders all that one stranger may have written in three months."""
    with running(make_settings()) as (url, service), people(url, 1) as (hoa,):
        hoa.post("/chat", data={"text": "chuyện đầu"})
        found = asyncio.run(service.database.read(lambda tx: tx.execute(select(transcript)).first()))
        assert found
        line = {"conversation_id": found.conversation_id, "author": "citizen", "choices": "[]", "at": found.at}
        long = [{**line, "text": f"dòng {n} " + "x" * 1_990} for n in range(400)]
        asyncio.run(service.database.write(lambda tx: tx.execute(insert(transcript), long) and None))
        for path, most in (("/", 80_000), ("/chat/data", 520_000)):
            shown = hoa.get(path).text
            assert "dòng 399" in shown
            assert "dòng 0 x" not in shown
            assert len(shown) < most


@pytest.mark.parametrize("path", ["/console/login/", "/quyen-rieng-tu/", "/g/ban-moi/", "/static/"])
def test_no_answer_leads_where_a_request_says_that_we_are(web: httpx.Client, path: str) -> None:
    answer = web.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
    assert answer.status_code == (404 if path == "/static/" else 200)
    assert "evil.example" not in answer.headers.get("location", "")


def test_an_address_that_leads_nowhere_leads_to_the_chat(web: httpx.Client) -> None:
    page = web.get("/g-cu/khai-sinh")
    assert page.status_code == 404
    assert 'href="/">Hỏi ngay tại đây' in page.text


def test_the_cookie_is_for_this_site_and_no_script(web: httpx.Client) -> None:
    answer = web.post("/chat", data={"text": "xin chào"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_on_https_the_cookie_is_of_this_host_alone(make_settings: MakeSettings) -> None:
    service = build_service(make_settings(public_url="https://xa.example"))
    await service.start()
    transport = httpx.ASGITransport(create_app(service))
    async with httpx.AsyncClient(transport=transport, base_url="https://xa.example") as hoa:
        cookie = (await hoa.post("/chat", data={"text": "xin chào"})).headers["set-cookie"]
        assert cookie.startswith("__Host-motcua=")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert (await hoa.get("/chat/data")).status_code == 200
    await service.stop()


def test_another_site_cannot_speak_for_a_citizen(web: httpx.Client) -> None:
    assert web.post("/chat", data={"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert web.post("/chat", data={"text": "x"}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_odd_forms_are_answered(web: httpx.Client) -> None:
    odd = [b"", b"\xff\xfe\x00", b"text=%ff%fe", b"choice=" + b"x" * 5000, b"text=" + b"%E2%80%AE" * 10, b"start=%00"]
    for body in odd:
        assert (body, web.post("/chat", content=body).status_code) == (body, 200)


@pytest.mark.parametrize("path", ["/chat", "/chat/file", "/console/login", "/console/join"])
def test_a_form_that_is_none_breaks_nothing(web: httpx.Client, path: str) -> None:
    body = b"text=x\r\n--x\r\n\r\n--x--"
    for kind in ("multipart/form-data", "multipart/mixed; boundary=x", "text/plain", "MULTIPART/x", "a" * 500):
        assert web.post(path, content=body, headers={"content-type": kind}).status_code < 500, kind


def test_an_oversized_form_is_refused(web: httpx.Client) -> None:
    assert web.post("/chat", content=b"x" * 30_000).status_code == 413


def test_health_and_readiness(web: httpx.Client) -> None:
    assert web.get("/healthz").json() == {"ok": True}
    ready = web.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() | {"upkeep": {}, "content": {}} == {
        "database": True,
        "loops": True,
        "upkeep": {},
        "content": {},
        "alarms": [],
    }


def test_a_database_that_is_gone_is_a_503_and_not_ready_and_comes_back(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    settings = make_settings(
        database_url=f"sqlite:///{tmp_path / 'sub' / 'x.db'}", telegram_token="1:x", telegram_secret="s"
    )
    update = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "x"},
    }
    headers = {"X-Telegram-Bot-Api-Secret-Token": "s"}
    with running(settings) as (url, service):
        service.database.engine.dispose()
        (tmp_path / "sub").rename(tmp_path / "away")
        assert patient.post(f"{url}/webhook/telegram", json=update, headers=headers).status_code == 503
        assert patient.get(f"{url}/readyz").status_code == 503
        (tmp_path / "away").rename(tmp_path / "sub")
        assert patient.post(f"{url}/webhook/telegram", json=update, headers=headers).status_code == 200
        assert patient.get(f"{url}/readyz").status_code == 200


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_acknowledged_into_a_file_that_is_gone(
    make_settings: MakeSettings, tmp_path: Path, replaced: bool
) -> None:
    file, away = tmp_path / "x.db", tmp_path / "away.db"
    with running(make_settings(database_url=f"sqlite:///{file}")) as (url, _):
        assert patient.post(f"{url}/chat", data={"text": "làm nhà"}).status_code == 303
        file.rename(away)
        if replaced:
            shutil.copy(away, file)
        assert patient.post(f"{url}/chat", data={"text": "có"}).status_code == 503
        assert patient.get(f"{url}/readyz").status_code == 503
        away.rename(file)
        assert patient.get(f"{url}/readyz").status_code == 200
        assert patient.post(f"{url}/chat", data={"text": "có"}).status_code == 303


def test_readiness_takes_no_turn_in_writing(make_settings: MakeSettings, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with running(make_settings(database_url=f"sqlite:///{file}")) as (url, _), closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert patient.get(f"{url}/readyz").status_code == 200  # nobody lets go meanwhile: a turn in writing would fail


ODD = [None, True, -1, 0.5, 1e20, 10**400, "", "x", "a\x00b", "\ud800", "9" * 300, [], [1], {}, {"id": "\x00"}]


def set_at(whole: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy of nested objects with another value at the path."""
    name, _, rest = path.partition(".")
    return {**whole, name: set_at(whole[name], rest, value) if rest else value}


def odd_updates() -> Iterator[dict[str, Any]]:
    """Updates of Telegram that have one thing of an odd type or size in them."""
    chat, hoa = {"id": 5, "type": "private"}, {"id": 5, "is_bot": False, "first_name": "Hoa"}
    said = {"message_id": 1, "date": 1, "chat": chat, "from": hoa, "text": "/start x", "entities": []}
    in_group = {**said, "chat": {"id": -5, "type": "group", "title": "x"}}
    tap = {"id": "7", "from": hoa, "chat_instance": "1", "data": "0:@menu:x", "message": said}
    for key, body, inner in (
        (
            "message",
            said,
            ("", "message_id", "date", "chat", "chat.id", "chat.type", "from", "text", "caption", "entities"),
        ),
        ("message", in_group, ("text", "entities", "chat.id")),
        ("edited_message", {**said, "edit_date": 2}, ("date", "edit_date", "text", "message_id")),
        ("callback_query", tap, ("", "id", "data", "message", "message.message_id", "message.chat.id")),
    ):
        for value in ODD:
            for path in inner:
                yield set_at({"update_id": 1, key: body}, f"{key}.{path}".rstrip("."), value)
            yield {"update_id": value, key: body}


def test_updates_of_odd_shape_are_taken_on_every_database(make_settings: MakeSettings) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": "s"}
    off = "http://127.0.0.1:1"
    settings = make_settings(telegram_token="1:x", telegram_secret="s", telegram_api=off)
    with running(settings) as (url, _), patient.client(base_url=url, headers=headers) as telegram:
        for update in odd_updates():
            body = json.dumps(update)
            assert telegram.post("/webhook/telegram", content=body).status_code == 200, body[:300]


def test_events_of_odd_size_are_taken_on_every_database(make_settings: MakeSettings) -> None:
    names = ("app_id", "id", "app_secret", "secret_key", "access_token", "refresh_token")
    settings = make_settings(**{f"zalo_oa_{name}": "x" for name in names}, zalo_oa_api="http://127.0.0.1:1")
    with running(settings) as (url, _):
        for size in (1, 89, 90, 91, 100, 101, 200):
            message = {"text": "xin chào", "msg_id": "m" * size, "conversation_id": "c" * size}
            event = {"app_id": "x", "oa_id": "x", "timestamp": "1", "event_name": "anonymous_send_text"}
            body = json.dumps({**event, "sender": {"id": "s" * size}, "message": message}).encode()
            mac = hashlib.sha256(b"x" + body + b"1" + b"x").hexdigest()
            answer = patient.post(f"{url}/webhook/zalo-oa", content=body, headers={"X-ZEvent-Signature": f"mac={mac}"})
            assert answer.status_code == 200, size


ZALO_BOT = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}


def test_a_webhook_address_works_with_a_slash_at_its_end(make_settings: MakeSettings) -> None:
    with running(make_settings(**ZALO_BOT)) as (url, _):
        for hook in (f"{url}/webhook/zalo-bot", f"{url}/webhook/zalo-bot/"):
            secret = {"X-Bot-Api-Secret-Token": "secret-of-8"}
            assert patient.get(hook).status_code == 200
            assert patient.post(hook, json={}, headers=secret).status_code == 200
            assert patient.post(hook, json={}, headers={}).status_code == 401


@pytest.mark.parametrize("path", ["/webhook/zalo-bot", "/chat", "/chat/file", "/console/join"])
def test_a_post_that_is_broken_off_is_no_traceback(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level("INFO"), running(make_settings(**ZALO_BOT)) as (url, _):
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as stranger:
            head = (
                f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\nX-Bot-Api-Secret-Token: secret-of-8\r\n\r\n"
            )
            stranger.sendall(head.encode() + b"text=" + b"x" * 15)
        if path != "/chat/file":  # which does not read it at all before somebody is asked
            wait_for(lambda: "left before the end" in caplog.text)
        assert patient.get(f"{url}/healthz").status_code == 200
    assert "Traceback" not in caplog.text
