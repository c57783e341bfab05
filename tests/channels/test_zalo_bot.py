"""Zalo Bot end to end: choices as numbered lines, flat and wrapped events."""

import asyncio

import pytest

from bot.outbox import outbox
from tests import patient
from tests.channels.conftest import ZALO_BOT_SECRET, Platform
from tests.emulators.inbox import samples
from tests.emulators.server import wait_for


def counts(platform: Platform) -> dict[str, int]:
    return asyncio.run(platform.service.database.read(outbox.count_by_state))


def test_a_citizen_walks_a_procedure_with_numbers(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    sent = zalo_bot.hears(hoa.text("toi muon lam nha"))
    assert "1. <household_papers_asked>\n2. <walk>" in sent.text
    for said in ("2", "số một", "nhà sàn", "cái thứ 2", "1", "xong rồi ạ"):
        sent = zalo_bot.hears(hoa.text(said))
    assert "1. xã Bản Mới\n2. <other_commune>" in sent.text
    sent = zalo_bot.hears(hoa.text("1"))
    assert "nhà sàn giữa bản" in sent.text


def test_flat_and_wrapped_events_are_read_alike(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    zalo_bot.hears(hoa.text("làm nhà"))
    hook = f"{zalo_bot.url}/webhook/zalo-bot"
    assert zalo_bot.emulator.post(hoa.text("tiếp tục"), hook, ZALO_BOT_SECRET, wrapped=True).status_code == 200
    wait_for(lambda: len(zalo_bot.sent) == 2)
    assert "Bác có đất" in zalo_bot.sent[1].text


def test_every_sample_event_is_accepted(zalo_bot: Platform) -> None:
    headers = {"X-Bot-Api-Secret-Token": ZALO_BOT_SECRET}
    for event in samples("zalo_bot.jsonl"):
        zalo_bot.emulator.learn(event)
        assert patient.post(f"{zalo_bot.url}/webhook/zalo-bot", json=event, headers=headers).status_code == 200, event
    wait_for(lambda: counts(zalo_bot) == {"sent": 8})


def test_a_photo_and_what_zalo_withholds_get_an_answer(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    zalo_bot.hears(hoa.text("làm nhà"))
    for event in (hoa.image(), hoa.image(field="photo"), hoa.file()):
        assert "[attachment]" in zalo_bot.hears(event).text
    assert "[smile]" in zalo_bot.hears(hoa.sticker()).text


@pytest.mark.parametrize("secret", ["", "wrong"])
def test_a_forged_event_is_refused(zalo_bot: Platform, secret: str) -> None:
    event = zalo_bot.emulator.user().text("làm nhà")
    headers = {"X-Bot-Api-Secret-Token": secret} if secret else {}
    assert patient.post(f"{zalo_bot.url}/webhook/zalo-bot", json=event, headers=headers).status_code == 401
    assert counts(zalo_bot) == {}


def test_the_probe_of_setwebhook_is_let_in(zalo_bot: Platform) -> None:
    assert patient.post(f"{zalo_bot.url}/webhook/zalo-bot").status_code == 200


def test_a_group_gets_a_link_only(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    sent = zalo_bot.hears(hoa.group_text("zgr-d0a1a6afd9c0309e69d1", "@Bot Hộ Tịch chào cả nhà"))
    assert "[group]" in sent.text
    assert "http" in sent.text


@pytest.mark.parametrize("with_200", [False, True])
def test_a_used_up_month_is_an_alarm_and_not_hammered(zalo_bot: Platform, with_200: bool) -> None:
    zalo_bot.emulator.errors_with_200 = with_200
    zalo_bot.emulator.monthly_quota = 0
    zalo_bot.post(zalo_bot.emulator.user().text("làm nhà"))
    wait_for(lambda: patient.get(f"{zalo_bot.url}/readyz").json()["alarms"] == ["zalo_bot_quota"])
    zalo_bot.post(zalo_bot.emulator.user("b1b2c3d4e5f60718293b").text("làm nhà"))
    asyncio.run(zalo_bot.service.delivery.deliver_due())
    assert len(zalo_bot.emulator.called("sendMessage")) == 1
    assert counts(zalo_bot) == {"pending": 2}


def test_the_token_is_in_no_log(zalo_bot: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    zalo_bot.emulator.faults.drop(only="sendMessage")
    zalo_bot.post(zalo_bot.emulator.user().text("làm nhà"))
    wait_for(lambda: len(zalo_bot.emulator.called("sendMessage")) >= 2)
    assert zalo_bot.emulator.token not in caplog.text
