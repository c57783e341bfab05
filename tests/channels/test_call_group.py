"""The team's group on Zalo Bot: a ticket is called out there, taken there, and answered in the private chat."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from bot.conversations import find_or_begin
from bot.handoff import tickets
from flows.state import State
from tests.channels.conftest import ZALO_BOT_SECRET, Platform, zalo_bot_settings
from tests.conftest import invited, running
from tests.emulators.server import wait_for
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_bot_user import BotUser

GROUP = "zgr-0123456789abcdef0123"


@pytest.fixture
def zalo(make_settings: Any) -> Iterator[Platform]:
    with ZaloBotEmulator() as emulator:
        chosen = {**zalo_bot_settings(emulator), "team_zalo_group": GROUP}
        with running(make_settings(**chosen)) as (url, service):
            emulator.learn(emulator.user("0" * 20, "Trưởng").group_text(GROUP, "chào"))
            yield Platform(url, service, emulator, ZALO_BOT_SECRET)


def member(zalo: Platform, name: str, number: str) -> BotUser:
    user: BotUser = zalo.emulator.user(number * 20, name)
    zalo.hears(user.text(invited(zalo.service, name)))
    return user


def asks(zalo: Platform) -> BotUser:
    hoa: BotUser = zalo.emulator.user()
    zalo.hears(hoa.text("làm nhà"))
    zalo.hears(hoa.text("bản mới"))
    zalo.hears(hoa.text("gặp người"))
    return hoa


def heard(zalo: Platform, chat: str, text: str) -> None:
    wait_for(lambda: any(sent.chat_id == chat and text in sent.text for sent in zalo.sent))


def test_it_is_called_out_and_taken_there_and_answered_in_private(zalo: Platform) -> None:
    lan, hoa = member(zalo, "Lan", "a"), asks(zalo)
    heard(zalo, GROUP, "[call] 1 Làm nhà xã Bản Mới [reason asked]")
    zalo.post(lan.group_text(GROUP, "Nhận 1"))
    heard(zalo, GROUP, "[call_claimed] 1 Lan")
    heard(zalo, lan.id, "[claimed] 1")
    zalo.post(lan.text("Chào bác"))
    heard(zalo, hoa.id, "[person_says] Chào bác")
    assert not any(sent.chat_id == GROUP and "Bà con" in sent.text for sent in zalo.sent)


def test_two_who_take_it_at_once(zalo: Platform) -> None:
    lan, minh, _ = member(zalo, "Lan", "a"), member(zalo, "Minh", "b"), asks(zalo)
    zalo.post(lan.group_text(GROUP, "nhận #1"))
    zalo.post(minh.group_text(GROUP, "nhan 1"))
    heard(zalo, GROUP, "[taken] Lan 1")


def test_a_stranger_takes_nothing_and_is_told(zalo: Platform) -> None:
    asks(zalo)
    zalo.post(zalo.emulator.user("c" * 20, "Khách").group_text(GROUP, "nhận 1"))
    heard(zalo, GROUP, "[group_stranger] Khách")
    found = asyncio.run(zalo.service.database.read(lambda c: tickets.get(c, 1)))
    assert found and found.state == "waiting"


@pytest.mark.parametrize("text", ["chào", "nhận", "nhận 99999999999999999999", "phiếu 1", ""])
def test_anything_else_is_answered_by_how_to(zalo: Platform, text: str) -> None:
    lan = member(zalo, "Lan", "a")
    zalo.post(lan.group_text(GROUP, text))
    heard(zalo, GROUP, "[call_help]")


def test_another_group_hears_of_no_ticket(zalo: Platform) -> None:
    lan = member(zalo, "Lan", "a")
    asks(zalo)
    other = "zgr-ffffffffffffffffffff"
    zalo.post(lan.group_text(other, "nhận 1"))
    heard(zalo, other, "[group]")
    found = asyncio.run(zalo.service.database.read(lambda c: tickets.get(c, 1)))
    assert found and found.state == "waiting"


def test_what_is_over_is_not_taken_again(zalo: Platform) -> None:
    lan, _ = member(zalo, "Lan", "a"), asks(zalo)
    zalo.post(lan.group_text(GROUP, "nhận 1"))
    heard(zalo, lan.id, "[claimed] 1")
    zalo.post(lan.text("xong"))
    heard(zalo, lan.id, "[done] 1")
    zalo.post(lan.group_text(GROUP, "nhận 1"))
    heard(zalo, GROUP, "[already_done] 1")
    assert len([sent for sent in zalo.sent if "[call_claimed]" in sent.text]) == 1


def test_a_call_that_does_not_arrive_is_told_to_who_leads(zalo: Platform) -> None:
    lead = zalo.emulator.user("d" * 20, "Sếp")
    zalo.hears(lead.text(invited(zalo.service, "Sếp", "lead")))
    there = asyncio.run(zalo.service.database.write(lambda c: find_or_begin(c, "zalo-bot", GROUP, State())))
    asyncio.run(zalo.service.database.write(lambda c: zalo.service.delivery.on_lost(c, there.id)))
    zalo.service.delivery.wake()
    heard(zalo, lead.id, "[call_lost]")
