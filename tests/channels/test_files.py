"""Pictures, voices and files between citizens and the team, from any channel to any other."""

import asyncio
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests import patient
from tests.channels.conftest import (
    TELEGRAM_SECRET,
    ZALO_BOT_SECRET,
    Platform,
    telegram_settings,
    zalo_bot_settings,
    zalo_oa_settings,
)
from tests.conftest import MakeSettings, invited, running
from tests.emulators.emulator import Json
from tests.emulators.server import serve, wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator
from tests.library import SHEET

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 2000
PDF = b"%PDF-1.7 " + b"y" * 500
VOICE = b"#!AMR\n" + b"z" * 300
LINK = re.compile(r"http://\S+?/tep/\S+")


class Media:
    """Zalo's servers for what people send."""

    def __init__(self, stack: ExitStack) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.answers = threading.Event()
        self.answers.set()
        self.url = stack.enter_context(serve(Starlette(routes=[Route("/{name}", self._get)])))

    async def _get(self, request: Request) -> Response:
        self.asked.append(request.path_params["name"])
        await asyncio.to_thread(self.answers.wait, 30)
        found = self.files.get(request.path_params["name"])
        return Response(found) if found is not None else Response(status_code=404)

    def put(self, name: str, content: bytes) -> str:
        self.files[name] = content
        return f"{self.url}/{name}"


class Town:
    """Everybody on their own channel, and one service."""

    def __init__(self, make_settings: MakeSettings, stack: ExitStack, **changed: Any) -> None:
        self.stack = stack
        self.media = Media(stack)
        tg, oa = stack.enter_context(TelegramEmulator()), stack.enter_context(ZaloOAEmulator())
        zb = stack.enter_context(ZaloBotEmulator())
        chosen = {
            **telegram_settings(tg),
            **zalo_oa_settings(oa),
            **zalo_bot_settings(zb),
            "zalo_media": self.media.url,
        }
        self.url, self.service = stack.enter_context(running(make_settings(**{**chosen, **changed})))
        oa.webhook_url = f"{self.url}/webhook/zalo-oa"
        self.telegram = Platform(self.url, self.service, tg, TELEGRAM_SECRET)
        self.oa = Platform(self.url, self.service, oa)
        self.bot = Platform(self.url, self.service, zb, ZALO_BOT_SECRET)

    def browser(self) -> httpx.Client:
        return self.stack.enter_context(patient.client(base_url=self.url, follow_redirects=True))

    def opened(self, text: str) -> httpx.Response:
        """What the link in a message opens."""
        found = LINK.search(text)
        assert found, text
        return patient.get(found[0].replace("http://localhost:8000", self.url))

    def lan_on_zalo_bot(self) -> Any:
        lan = self.bot.emulator.user()
        self.bot.hears(lan.text(invited(self.service, "Lan")))
        return lan

    def hoa_on_telegram(self) -> Any:
        hoa = self.telegram.emulator.user()
        self.telegram.hears(hoa.start("ban-moi_lam-nha"))
        self.telegram.hears(hoa.text("gặp người"))
        return hoa


@pytest.fixture
def town(make_settings: MakeSettings) -> Iterator[Town]:
    with ExitStack() as stack:
        yield Town(make_settings, stack)


def told(platform: Platform, what: str) -> str:
    """The message in which this was named, on its way to whoever is on this platform."""
    wait_for(lambda: any(what in sent.text for sent in platform.sent))
    return str(next(sent.text for sent in reversed(platform.sent) if what in sent.text))


def claimed(town: Town) -> tuple[Any, Any]:
    lan, hoa = town.lan_on_zalo_bot(), town.hoa_on_telegram()
    town.bot.post(lan.text("nhận 1"))
    told(town.bot, "[claimed]")
    told(town.telegram, "[person_came]")
    return lan, hoa


@pytest.mark.parametrize(
    ("kind", "content", "mime"),
    [("photo", JPEG, "image/jpeg"), ("voice", VOICE, "audio/amr"), ("document", PDF, "application/pdf")],
)
def test_from_telegram_to_zalo(town: Town, kind: str, content: bytes, mime: str) -> None:
    _, hoa = claimed(town)
    update: Json = getattr(hoa, kind)()
    town.telegram.emulator.keep_file(update, content)
    town.telegram.post(update)
    named = {"photo": "<photo>", "voice": "<voice>", "document": "<file>"}[kind]
    opened = town.opened(told(town.bot, named))
    assert opened.content == content
    assert opened.headers["content-type"] == mime
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in opened.headers["content-security-policy"]


def test_from_zalo_to_telegram_with_its_words(town: Town) -> None:
    lan, _ = claimed(town)
    photo = lan.image("Bác xem dòng thứ hai")
    photo["message"]["photo_url"] = town.media.put("a.jpg", JPEG)
    town.bot.post(photo)
    text = told(town.telegram, "[person_says]")
    assert "<photo>" in text
    assert "Bác xem dòng thứ hai" in text
    assert town.opened(text).content == JPEG
    voice = lan.voice()
    voice["message"]["voice_url"] = town.media.put("a.amr", VOICE)
    town.bot.post(voice)
    assert town.opened(told(town.telegram, "<voice>")).content == VOICE


def test_from_zalo_oa_to_the_console(town: Town) -> None:
    hoa, lan = town.oa.emulator.user(), town.browser()
    for said in ("làm nhà", "bản mới", "gặp người"):
        town.oa.hears(hoa.text(said))
    event = hoa.image()
    event["message"]["attachments"][0]["payload"]["url"] = town.media.put("b.jpg", JPEG)
    town.oa.hears(event)
    lan.post("/console/join", data={"code": invited(town.service, "Lan"), "password": "con gà cục tác"})
    page = lan.get("/console/1").text
    picture = re.search(r'<img src="(/tep/[^"]+)"', page)
    assert picture
    assert lan.get(picture[1]).content == JPEG
    assert "localhost:8000/tep" not in page, "the picture stands where its address stood"
    listed = lan.get("/console").text
    assert re.findall(r'class="last">(.*?)<', listed) == ["“[attached] &lt;photo&gt;”"]
    assert "/tep/" not in listed
    lan.post("/console/1/file", files={"file": ("mẫu đơn.pdf", PDF)}, data={"text": "Mẫu đơn đây bác"})
    told(town.oa, "Mẫu đơn đây bác")
    wait_for(lambda: [upload.content for upload in town.oa.emulator.uploads.kept.values()] == [PDF])
    link = re.search(r'href="http://localhost:8000(/tep/[^"/]+)"', lan.get("/console/1").text)
    assert link
    opened = lan.get(link[1])
    assert opened.content == PDF
    assert "m%E1%BA%ABu" in opened.headers["content-disposition"]


def test_from_the_web_and_back(town: Town) -> None:
    lan, hoa = town.lan_on_zalo_bot(), town.browser()
    hoa.post("/chat", data={"start": "ban-moi_lam-nha"})
    hoa.post("/chat", data={"text": "gặp người"})
    told(town.bot, "[alert]")
    town.bot.hears(lan.text("nhận 1"))
    hoa.post("/chat/file", files={"file": ("anh.jpg", JPEG)}, data={"id": "one"})
    assert town.opened(told(town.bot, "<photo>")).content == JPEG
    photo = lan.image()
    photo["message"]["photo_url"] = town.media.put("c.jpg", JPEG + b"2")
    town.bot.post(photo)
    wait_for(lambda: hoa.get("/").text.count("<img") == 2)
    pictures = re.findall(r'<img src="(/tep/[^"]+)"', hoa.get("/").text)
    assert hoa.get(pictures[1]).content == JPEG + b"2"
    voice = lan.voice()
    voice["message"]["voice_url"] = town.media.put("c.amr", VOICE)
    town.bot.post(voice)
    wait_for(lambda: "<audio" in hoa.get("/").text)
    recordings = re.findall(r'<audio src="(/tep/[^"]+)"', hoa.get("/").text)
    assert hoa.get(recordings[0]).content == VOICE


def test_what_was_sent_before_anybody_came_is_there_when_they_come(town: Town) -> None:
    lan, hoa = town.lan_on_zalo_bot(), town.hoa_on_telegram()
    update = hoa.photo("đây ạ")
    town.telegram.emulator.keep_file(update, JPEG)
    town.telegram.hears(update)
    town.bot.post(lan.text("nhận 1"))
    assert town.opened(told(town.bot, "[claimed]")).content == JPEG


def test_what_an_agent_mends_is_said_again(town: Town) -> None:
    lan = town.telegram.emulator.user(700_000_002, "Lan")
    town.telegram.hears(lan.text(invited(town.service, "Lan")))
    hoa = town.browser()
    hoa.post("/chat", data={"start": "ban-moi_lam-nha"})
    hoa.post("/chat", data={"text": "gặp người"})
    told(town.telegram, "[alert]")
    town.telegram.hears(lan.text("nhận 1"))
    update = lan.text("Bác ra xã thứ ba")
    town.telegram.post(update)
    town.telegram.post(lan.edited(update, "Bác ra xã thứ tư"))
    assert "[edited_line] Bác ra xã thứ tư" in hoa.get("/").text


def test_what_a_citizen_mends_reaches_who_helps(town: Town) -> None:
    _, hoa = claimed(town)
    update = hoa.text("tôi ở Bản Pò")
    town.telegram.post(update)
    town.telegram.post(hoa.edited(update, "tôi ở Bản Mới"))
    assert "[edited_line] tôi ở Bản Mới" in told(town.bot, "[edited_line]")


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"<html><script>alert(1)</script>", "application/octet-stream"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "application/octet-stream"),
        (b"\x89PNG\r\n\x1a\n<script>", "image/png"),
    ],
)
def test_nothing_that_is_sent_runs_in_a_browser(town: Town, content: bytes, mime: str) -> None:
    hoa = town.browser()
    hoa.post("/chat", data={"text": "gặp người"})
    hoa.post("/chat/file", files={"file": ('a".html\r\nX-Evil: 1', content, "text/html")})
    path = re.findall(r"(/tep/[\w.-]+(?:/anh)?)", hoa.get("/").text)[0]
    opened = hoa.get(path)
    assert opened.headers["content-type"] == mime
    assert opened.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "x-evil" not in opened.headers
    assert opened.headers["content-disposition"].startswith("attachment" if mime.startswith("app") else "inline")


def test_too_much_is_refused_and_nothing_breaks(make_settings: MakeSettings) -> None:
    with ExitStack() as stack:
        town = Town(make_settings, stack, file_limit=3000)
        hoa = town.browser()
        hoa.post("/chat", data={"text": "gặp người"})
        assert hoa.post("/chat/file", files={"file": ("a.jpg", JPEG + b"x" * 40_000)}).status_code == 413
        chunked = hoa.post(
            "/chat/file", content=iter([b"x"] * 3), headers={"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert chunked.status_code == 413
        for odd in (b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\n\r\n--x--"):
            answer = hoa.post("/chat/file", content=odd, headers={"Content-Type": "multipart/form-data; boundary=x"})
            assert answer.status_code < 500
        for n in range(25):
            hoa.post("/chat/file", files={"file": (f"{n}.jpg", JPEG)})
        assert hoa.get("/").text.count("<img") == 20


def test_a_platform_that_sends_too_much_or_nothing_is_no_harm(make_settings: MakeSettings) -> None:
    with ExitStack() as stack:
        town = Town(make_settings, stack, file_limit=3000)
        lan, _ = claimed(town)
        for name, content in (("big", JPEG * 3), ("gone", b"")):
            photo = lan.image(name)
            photo["message"]["photo_url"] = town.media.put(name, content)
            if name == "gone":
                town.media.files.clear()
            town.bot.post(photo)
            assert town.opened(told(town.telegram, name)).status_code == 502


def test_a_platform_that_takes_its_time_holds_up_no_file_that_lies_here(town: Town) -> None:
    lan, _ = claimed(town)
    photo = lan.image("xem nhé")
    photo["message"]["photo_url"] = town.media.put("a.jpg", JPEG)
    town.bot.post(photo)
    slow = told(town.telegram, "xem nhé")
    hoa = town.browser()
    hoa.post("/chat", data={"text": "gặp người"})
    hoa.post("/chat/file", files={"file": ("b.jpg", JPEG)})
    here = re.search(r"/tep/[^\"]+", hoa.get("/").text)
    town.media.answers.clear()
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(town.opened, slow) for _ in range(4)]
        wait_for(lambda: len(town.media.asked) == 4)
        assert here
        assert hoa.get(here[0]).content == JPEG
        town.media.answers.set()
        assert [each.result().content for each in waiting] == [JPEG] * 4


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "https://evil.example/a.jpg",
        "file:///etc/passwd",
        "https://zdn.vn@evil.example/",
        "x",
        "",
    ],
)
def test_nothing_is_fetched_from_an_address_that_is_not_the_platforms(town: Town, url: str) -> None:
    lan, _ = claimed(town)
    photo = lan.image("xem nhé")
    photo["message"]["photo_url"] = url
    town.bot.post(photo)
    if url.startswith("http"):
        assert town.opened(told(town.telegram, "xem nhé")).status_code == 502
    else:
        told(town.bot, "[text_only]")
    assert town.media.asked == []


def test_a_ready_answer_brings_the_guide_of_what_the_citizen_does(town: Town, content_dir: Path) -> None:
    (content_dir / "canned.yaml").write_text(SHEET, "utf-8")
    town.service.content.reload_if_edited()
    lan, _ = claimed(town)
    town.bot.hears(lan.text("câu"))
    assert "📎 Làm nhà.pdf" in town.bot.hears(lan.text("câu 1")).text
    assert "/tep/" not in "".join(sent.text for sent in town.telegram.sent), "nothing is sent before they say so"
    town.bot.post(lan.text("gửi"))
    text = told(town.telegram, "<file>")
    assert "Tờ của Làm nhà đây bác" in text
    opened = town.opened(text)
    assert opened.headers["content-type"] == "application/pdf"
    assert "L%C3%A0m%20nh%C3%A0.pdf" in opened.headers["content-disposition"]
    assert opened.content.startswith(b"%PDF-")


def test_a_guide_of_what_is_no_more_is_told_to_both(town: Town, content_dir: Path) -> None:
    (content_dir / "canned.yaml").write_text(SHEET, "utf-8")
    town.service.content.reload_if_edited()
    lan, _ = claimed(town)
    for words in ("câu", "câu 1", "gửi"):
        town.bot.hears(lan.text(words))
    text = told(town.telegram, "<file>")
    for file in (content_dir / "procedures").glob("lam-nha.*"):
        file.unlink()
    town.service.content.reload_if_edited()
    assert town.opened(text).status_code == 502
    told(town.telegram, "[file_lost]")
    told(town.bot, "[file_lost]")
