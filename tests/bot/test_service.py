"""The service as an operator and its web users meet it: over HTTP, and while content is edited."""

import asyncio
import errno
import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from bot import alarms
from bot.content import Content
from bot.errors import SettingsError
from bot.service import build_service
from bot.settings import Settings
from bot.store.tables import transcript
from flows.definition.yaml_source import ContentError
from tests import patient
from tests.conftest import MakeSettings, look_after, running
from tests.emulators.server import wait_for
from tests.library import CAT, HOUSE
from webhook import create_app

ROOT = Path(__file__).parents[2]


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


# --- content ---

BOMB = "".join(
    f"{b}: &{b} [{', '.join(f'*{a}' for _ in range(9))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
MISTAKES: dict[str, Callable[[Path], object]] = {
    "the folder is gone": lambda d: d.rename(d.with_name("elsewhere")),
    "a list": lambda d: (d / "procedures/lam-nha.yaml").write_text("- a\n- b\n"),
    "a word": lambda d: (d / "communes/ban-moi.yaml").write_text("x"),
    "an indent": lambda d: (d / "bot.yaml").write_text("a: 1\n  b: 2\n"),
    "a bomb": lambda d: (d / "words.yaml").write_text("a: &a [x, x, x, x, x, x, x, x, x]\n" + BOMB),
    "half a letter": lambda d: (d / "team.yaml").write_bytes(b"a: \xff\xfe"),
    "a catalogue with one quotation mark": lambda d: (d / "catalogue.csv").write_text(f'"{"x" * 200_000}'),
}


def test_a_broken_edit_is_refused_and_the_last_good_one_serves(
    content_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = Content(content_dir)
    good = content.library
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text(CAT.replace("kind: do", "kind: lam"), "utf-8")
    assert not content.reload_if_edited()
    assert content.library is good
    assert "procedures/nuoi-meo.yaml:14: kind phải là" in caplog.text
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text(
        CAT.replace("Bác cho mèo ăn.", "Bác cho mèo ăn cá."), "utf-8"
    )
    assert content.reload_if_edited()
    assert "cá" in content.library.procedures["nuoi-meo"].steps[0].text


def test_a_start_with_broken_content_serves_what_loaded_last_and_says_so(
    make_settings: MakeSettings, content_dir: Path
) -> None:
    settings, file = make_settings(), content_dir / "procedures" / "nuoi-meo.yaml"
    with running(settings) as (url, service):
        good = patient.get(f"{url}/readyz").json()["content"]
        assert good == {"version": service.content.version, "refused": False}
    file.write_text(CAT.replace("kind: do", "kind: lam"), "utf-8")
    with running(settings) as (url, service):
        assert "Nuôi mèo" in patient.get(url).text
        ready = patient.get(f"{url}/readyz")
        assert ready.status_code == 200
        assert ready.json()["content"] == {"version": good["version"], "refused": True}
        asyncio.run(look_after(service.turns))
        assert "content" in patient.get(f"{url}/readyz").json()["alarms"]
        standing = asyncio.run(service.database.read(alarms.list_standing))
        assert [alarm.detail for alarm in standing if alarm.key == "content" and "kind phải là ask" in alarm.detail]
        assert "nuoi-meo" not in ready.text
        file.write_text(CAT, "utf-8")
        wait_for(lambda: not patient.get(f"{url}/readyz").json()["content"]["refused"])
        asyncio.run(look_after(service.turns))
        assert "content" not in patient.get(f"{url}/readyz").json()["alarms"]


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"bot.yaml": "a: ["}'])
def test_a_kept_copy_that_is_no_good_changes_nothing(make_settings: MakeSettings, content_dir: Path, kept: str) -> None:
    settings = make_settings()
    (settings.data_dir / "content.json").write_text(kept)
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text(CAT.replace("kind: do", "kind: lam"), "utf-8")
    with pytest.raises(ContentError, match="kind phải là"):
        build_service(settings)


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_no_mistake_keeps_a_start_from_what_loaded_last(
    tmp_path: Path, content_dir: Path, mistake: Callable[[Path], object]
) -> None:
    kept = tmp_path / "kept.json"
    good = Content(content_dir, kept=kept).version
    mistake(content_dir)
    started = Content(content_dir, kept=kept)
    assert started.version == good
    assert started.problem


def test_what_an_editor_leaves_beside_a_file_is_no_content(content_dir: Path) -> None:
    content = Content(content_dir)
    (content_dir / ".#bot.yaml").symlink_to("lan@máy.4711")
    (content_dir / "procedures" / "cũ.yaml").mkdir()
    assert not content.reload_if_edited()
    assert not Content(content_dir).problem


def test_no_edit_ends_the_looking_for_edits(make_settings: MakeSettings, content_dir: Path, caplog: Any) -> None:
    file = content_dir / "procedures" / "nuoi-meo.yaml"
    with running(make_settings()) as (url, _):
        file.write_text("a: " + "[" * 3000, "utf-8")
        wait_for(lambda: "procedures/nuoi-meo.yaml:1: lồng nhau quá sâu" in caplog.text)
        file.write_text(CAT.replace("title: Nuôi mèo", "title: Nuôi hổ"), "utf-8")
        wait_for(lambda: "Nuôi hổ" in patient.get(url).text)
        assert patient.get(f"{url}/readyz").status_code == 200


def test_readiness_takes_no_turn_in_writing(make_settings: MakeSettings, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with running(make_settings(database_url=f"sqlite:///{file}")) as (url, _), closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert patient.get(f"{url}/readyz").status_code == 200  # nobody lets go meanwhile: a turn in writing would fail


def test_an_edit_reaches_a_running_service(make_settings: MakeSettings, content_dir: Path) -> None:
    with running(make_settings()) as (url, _):
        (content_dir / "procedures" / "lam-nha.yaml").write_text(
            HOUSE.replace("title: Làm nhà", "title: Dựng nhà"), "utf-8"
        )
        wait_for(lambda: "Dựng nhà" in patient.get(url).text)


def test_broken_content_at_the_start_is_a_report(make_settings: MakeSettings, content_dir: Path) -> None:
    (content_dir / "bot.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ContentError):
        build_service(make_settings())


# --- settings ---


@pytest.mark.parametrize(
    "half",
    [{"telegram_token": "1:x"}, {"zalo_bot_token": "1:x"}, {"zalo_oa_access_token": "x"}, {"zalo_oa_app_id": "x"}],
)
def test_a_channel_without_its_secret_is_refused(make_settings: MakeSettings, half: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"MOTCUA_.* is empty"):
        build_service(make_settings(**half))


def test_a_secret_is_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = Settings(data_dir=tmp_path).signing_key
    again = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]  # read by BaseSettings' __init__
    assert again.signing_key == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert len(first) >= 32
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["", "\n", "short"])
def test_a_secret_that_is_empty_or_short_signs_nothing(tmp_path: Path, content_dir: Path, kept: str) -> None:
    (tmp_path / "secret").write_text(kept)
    with pytest.raises(SettingsError, match="put back the one from your backup"):
        build_service(Settings(data_dir=tmp_path, content_dir=content_dir))
    with pytest.raises(SettingsError, match="MOTCUA_SECRET holds no secret of 16 characters"):
        build_service(Settings(data_dir=tmp_path, content_dir=content_dir, secret=SecretStr("123456")))


def test_a_disk_that_is_full_leaves_no_half_a_secret(
    tmp_path: Path, content_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsError, match="can't be kept or read: No space left on device"):
        build_service(Settings(data_dir=tmp_path, content_dir=content_dir))
    assert not [file for file in tmp_path.iterdir() if "secret" in file.name]
    monkeypatch.undo()
    assert len(Settings(data_dir=tmp_path).signing_key) >= 32


def test_what_is_kept_is_for_its_owner_only(tmp_path: Path, content_dir: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", content_dir=content_dir)
    with running(settings) as (url, _), closing(sqlite3.connect(tmp_path / "data" / "motcua.db")) as seen:
        patient.post(f"{url}/chat", data={"text": "x"})
        assert seen.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        modes = {file.name: file.stat().st_mode & 0o077 for file in (tmp_path / "data").iterdir()}
    assert {name: mode for name, mode in modes.items() if mode} == {}
    assert "motcua.db-wal" in modes


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
