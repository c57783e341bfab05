"""Pictures and papers that the team sends to a citizen on Zalo OA: as themselves, or as a link where Zalo does not want them."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import patient
from tests.channels.conftest import TELEGRAM_SECRET, Platform, telegram_settings, zalo_oa_settings
from tests.conftest import MakeSettings, invited, running
from tests.emulators.server import wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_oa import Sent, ZaloOAEmulator
from tests.library import SHEET

JPEG = b"\xff\xd8\xff\xe0" + b"x" * 2000
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 200
PDF = b"%PDF-1.7 " + b"y" * 500
DOCX = b"PK\x03\x04" + b"z" * 100
MB = 1024 * 1024


class Help:
    """Lan on Telegram and on the console, Hoa on Zalo OA, and one ticket that Lan has."""

    def __init__(self, make_settings: MakeSettings, stack: ExitStack) -> None:
        tg, self.oa = stack.enter_context(TelegramEmulator()), stack.enter_context(ZaloOAEmulator())
        settings = make_settings(**telegram_settings(tg), **zalo_oa_settings(self.oa))
        url, service = stack.enter_context(running(settings))
        self.telegram = Platform(url, service, tg, TELEGRAM_SECRET)
        self.zalo = Platform(url, service, self.oa)
        self.lan, self.hoa = tg.user(700_000_002, "Lan"), self.oa.user()
        self.console = stack.enter_context(patient.client(base_url=url, follow_redirects=True))
        self.telegram.hears(self.lan.text(invited(service, "Lan")))
        self.console.post("/console/join", data={"code": self._code(service), "password": "con gà cục tác"})
        for said in ("làm nhà", "bản mới", "gặp người"):
            self.zalo.hears(self.hoa.text(said))

    def _code(self, service: Any) -> str:
        return invited(service, "Minh", "admin")

    def upload(self, name: str, content: bytes, words: str = "") -> Sent:
        """What Hoa gets last for what Minh sends from the console."""
        before = len(self.oa.sent)
        self.console.post("/console/1/file", files={"file": (name, content)}, data={"text": words})
        wait_for(lambda: any(sent.text == "[person_came]" for sent in self.oa.sent[before:]))
        *given, _ = self.oa.sent[before:]
        return given[-1]

    @property
    def uploaded(self) -> list[bytes]:
        return [upload.content for upload in self.oa.uploads.kept.values()]


@pytest.fixture
def help_(make_settings: MakeSettings) -> Iterator[Help]:
    with ExitStack() as stack:
        yield Help(make_settings, stack)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("anh.jpg", JPEG, "image"),
        ("ảnh.bin", PNG, "image"),
        ("mẫu đơn.pdf", PDF, "file"),
        ("x", PDF, "file"),
        ("đơn.docx", DOCX, "file"),
    ],
)
def test_it_arrives_as_itself(help_: Help, name: str, content: bytes, kind: str) -> None:
    sent = help_.upload(name, content)
    assert (sent.content.kind, sent.text) == (kind, "")
    assert help_.uploaded == [content]


def test_the_words_go_first(help_: Help) -> None:
    sent = help_.upload("mẫu đơn.pdf", PDF, "Mẫu đơn đây bác")
    words = help_.oa.sent[help_.oa.sent.index(sent) - 1]
    assert (words.text, sent.content.kind) == ("[person_says] Mẫu đơn đây bác", "file")


def test_the_guide_of_a_ready_answer_arrives_as_itself_after_its_words(help_: Help, content_dir: Path) -> None:
    (content_dir / "canned.yaml").write_text(SHEET, "utf-8")
    help_.zalo.service.content.reload_if_edited()
    page = help_.console.get("/console/1?canned=1").text
    assert "Gửi kèm: Làm nhà.pdf" in page
    marks = re.findall(r'name="ready" value="(\w+)"', page)
    before = len(help_.oa.sent)
    help_.console.post("/console/1/answer", data={"text": "Tờ đây bác, bác in ra nhé", "ready": marks[0]})
    wait_for(lambda: any(sent.text == "[person_came]" for sent in help_.oa.sent[before:]))
    words, sheet, _ = help_.oa.sent[before:]
    assert (words.text, sheet.content.kind) == ("[person_says] Tờ đây bác, bác in ra nhé", "file")
    assert [content[:5] for content in help_.uploaded] == [b"%PDF-"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("to.jpg", JPEG + b"x" * MB),
        ("to.pdf", PDF + b"x" * 5 * MB),
        ("a.zip", DOCX),
        ("a.gif", b"GIF89a"),
        ("a.docx", b"MZ\x90"),
    ],
)
def test_what_zalo_does_not_take_goes_as_a_link(help_: Help, name: str, content: bytes) -> None:
    sent = help_.upload(name, content)
    assert sent.content.kind == "text"
    link = re.search(r"http://localhost:8000(/tep/\S+)", sent.text)
    assert link
    assert help_.console.get(link[1]).content == content
    assert help_.uploaded == []


@pytest.mark.parametrize("only", ["/v2.0/oa/upload/image", "/v3.0/oa/message/cs"])
def test_what_zalo_refuses_after_all_goes_as_a_link(help_: Help, only: str) -> None:
    help_.oa.fail(-201, "attachment_id is invalid!", only=only)
    assert "/tep/" in help_.upload("anh.jpg", JPEG).text


def test_while_zalo_is_away_it_waits_and_arrives_as_itself(help_: Help) -> None:
    help_.oa.faults.fail(502, {}, only="/v2.0/oa/upload/image")
    assert help_.upload("anh.jpg", JPEG).content.kind == "image"


def test_a_dead_token_is_refreshed_for_an_upload_too(help_: Help) -> None:
    help_.oa.grants.access = "AT-another"
    assert help_.upload("anh.jpg", JPEG).content.kind == "image"


def test_a_picture_from_telegram_passes_through(help_: Help) -> None:
    help_.telegram.hears(help_.lan.text("nhận 1"))
    update = help_.lan.photo("Bác xem nhé")
    help_.telegram.emulator.keep_file(update, JPEG)
    help_.telegram.post(update)
    wait_for(lambda: help_.oa.sent[-1].content.kind == "image")
    assert help_.uploaded == [JPEG]
    assert "Bác xem nhé" in help_.oa.sent[-2].text


def test_what_is_gone_at_its_platform_goes_as_a_link(help_: Help) -> None:
    help_.telegram.hears(help_.lan.text("nhận 1"))
    help_.telegram.post(help_.lan.photo())
    wait_for(lambda: "/tep/" in help_.oa.sent[-1].text)


def test_who_can_not_be_reached_is_told_on_the_tickets_page_before_anybody_writes(help_: Help) -> None:
    help_.zalo.post(help_.hoa.unfollow())
    assert "e là không tới" in help_.console.get("/console/1").text
    help_.zalo.post(help_.hoa.text("có rồi"))
    assert "e là không tới" not in help_.console.get("/console/1").text
