"""Three people with the content that we ship, from their first words over a platform to what they came for."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.outbox import backlog
from tests.channels.conftest import Platform
from tests.content import CONTENT
from tests.content.test_journeys import ASKED_FOR_PERSON, LONGEST, PAPERS
from tests.emulators.emulator import Json
from tests.emulators.server import wait_for

_ENDLESS = 15  # turns


@pytest.fixture
def content_dir() -> Path:
    return CONTENT


@dataclass
class Person:
    """Somebody in a chat. `told`: what the answer to their last words was, in one text."""

    platform: Platform
    user: Any
    told: str = ""
    seen: int = 0

    def send(self, event: Json) -> str:
        assert self.platform.post(event).status_code == 200
        service = self.platform.service
        wait_for(lambda: len(self.platform.sent) > self.seen)
        wait_for(lambda: not any(line.pending for line in asyncio.run(service.database.read(backlog.list_channels))))
        came = self.platform.sent[self.seen :]
        self.told, self.seen = "\n".join(sent.text for sent in came), len(self.platform.sent)
        return self.told

    def say(self, *texts: str) -> str:
        return [self.send(self.user.text(text)) for text in texts][-1]

    def tap(self, *labels: str) -> str:
        """Tap buttons on the newest message that has them, as long as their label begins so."""
        return [self.send(self._tap(label)) for label in labels][-1]

    def _tap(self, label: str) -> Json:
        for sent in reversed(self.platform.sent):
            titles = [title for row in sent.buttons for title, _ in row]
            if found := [place for place, title in enumerate(titles) if title.startswith(label)]:
                telegram = self.platform.channel == "telegram"
                tapped: Json = self.user.tap(sent, titles[found[0]] if telegram else found[0])
                return tapped
        raise LookupError(label)


def test_an_old_man_with_forest_land_on_the_official_account(zalo_oa: Platform) -> None:
    man = Person(zalo_oa, zalo_oa.emulator.user())
    man.send(man.user.follow())
    assert "Làm sổ đỏ lần đầu" in man.say("tôi có mảnh đất rừng khai phá từ năm 1990, chưa có sổ")
    man.tap("Nhà tôi cần giấy gì")
    assert "Đơn đăng ký đất đai" in _read_papers(man)
    assert ASKED_FOR_PERSON in man.tap("Gặp người")


def test_a_grandmother_by_digits_on_zalo_bot(zalo_bot: Platform) -> None:
    grandmother = Person(zalo_bot, zalo_bot.emulator.user())
    assert grandmother.say("chào").endswith("0 “Gặp người”")
    assert "Tiền tuổi già" in grandmother.say("5", "4")
    grandmother.say("1")
    assert PAPERS in _read_papers(grandmother)
    assert ASKED_FOR_PERSON in grandmother.say("0")


def test_an_id_card_by_buttons_on_telegram(telegram: Platform) -> None:
    man = Person(telegram, telegram.emulator.user())
    man.send(man.user.start("na-ri_can-cuoc"))
    man.tap("Đi từng bước", "Người từ 14 tuổi", "Hết hạn", "Tiếp tục", "Có đủ cả rồi")
    assert "công an xã Na Rì" in man.tap("Ra công an xã")
    assert "Bác đã nộp được chưa ạ?" in man.tap("Xong rồi")
    assert "nộp được rồi" in man.tap("Rồi, nộp tại xã")


def _read_papers(person: Person) -> str:
    """Take the first answer to whatever is asked before the papers of one's own household."""
    for _ in range(_ENDLESS):
        if PAPERS in person.told:
            break
        person.say("1")
        assert len(person.told.split()) <= LONGEST + 60, "the screen, and its choices as lines"
    return person.told
