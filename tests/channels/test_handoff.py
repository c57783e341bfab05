"""A citizen on one platform, a member of the team on another: real HTTP on both sides."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.channels.conftest import (
    TELEGRAM_SECRET,
    ZALO_BOT_SECRET,
    Platform,
    telegram_settings,
    zalo_bot_settings,
    zalo_oa_settings,
)
from tests.conftest import invited, running
from tests.emulators.server import wait_for
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator


def motcua(*arguments: str) -> str:
    return CliRunner().invoke(app, arguments).output


def hired(name: str) -> str:
    """The code that a new member is given."""
    return next(line.strip() for line in motcua("team", "add", name).splitlines() if line.strip().startswith("TO-"))


def in_environment(monkeypatch: pytest.MonkeyPatch, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", value)


@pytest.fixture
def command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content_dir: Path, database_url: str) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", database_url)
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MOTCUA_CONTENT_DIR", str(content_dir))


@pytest.mark.usefixtures("command_line")
def test_a_citizen_on_telegram_and_lan_on_zalo(make_settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with TelegramEmulator() as telegram, ZaloBotEmulator() as zalo:
        chosen = {**telegram_settings(telegram), **zalo_bot_settings(zalo)}
        in_environment(monkeypatch, chosen)
        settings = make_settings(**chosen)
        with running(settings) as (url, service):
            at_telegram = Platform(url, service, telegram, TELEGRAM_SECRET)
            at_zalo = Platform(url, service, zalo, ZALO_BOT_SECRET)
            hoa, lan = telegram.user(), zalo.user()
            assert "[welcome] Lan" in at_zalo.hears(lan.text(hired("Lan"))).text
            assert "Lan · thành viên · mọi xã · zalo-bot" in motcua("team", "list")

            at_telegram.hears(hoa.start("ban-moi_lam-nha"))
            at_telegram.hears(hoa.text("gặp người"))
            wait_for(lambda: len(zalo.sent) == 2)
            assert zalo.sent[-1].text == "[alert] 1 Làm nhà xã Bản Mới [reason asked]"
            assert "[claimed] 1" in at_zalo.hears(lan.text("nhận 1")).text
            wait_for(lambda: "[person_came]" in at_telegram.sent[-1].text)

            at_zalo.post(lan.text("Bác chụp <b>giấy</b> chưa"))
            wait_for(lambda: "[person_says] Bác chụp <b>giấy</b> chưa" in at_telegram.sent[-1].text)
            at_telegram.post(hoa.text("chưa cô ạ"))
            wait_for(lambda: "[says] 1 chưa cô ạ" in zalo.sent[-1].text)
            assert "[done] 1" in at_zalo.hears(lan.text("xong")).text
            wait_for(lambda: "[person_done]" in at_telegram.sent[-1].text)

            assert "[outcome wrong]" in at_zalo.hears(lan.text("sai 1 phí đã đổi")).text
            assert "lam-nha · bước co-dat · Lan: phí đã đổi" in motcua("team", "notes")
            assert "Lan không còn trong tổ" in motcua("team", "remove", "Lan")
            wait_for(lambda: "[removed]" in zalo.sent[-1].text)


@pytest.mark.usefixtures("command_line")
def test_who_answers_hears_at_once_that_it_did_not_arrive(make_settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with ZaloOAEmulator() as oa, ZaloBotEmulator() as zalo:
        chosen = {**zalo_oa_settings(oa), **zalo_bot_settings(zalo)}
        in_environment(monkeypatch, chosen)
        with running(make_settings(**chosen)) as (url, service):
            oa.webhook_url = f"{url}/webhook/zalo-oa"
            at_oa, at_zalo = Platform(url, service, oa), Platform(url, service, zalo, ZALO_BOT_SECRET)
            hoa, lan = oa.user(), zalo.user()
            at_zalo.hears(lan.text(hired("Lan")))
            at_oa.hears(hoa.text("gặp người"))
            wait_for(lambda: "[alert] 1" in zalo.sent[-1].text)
            at_zalo.hears(lan.text("nhận 1"))
            wait_for(lambda: "[person_came]" in oa.sent[-1].text)
            oa.fail(-230, "User has not interacted with the OA in the past 7 days")
            assert at_zalo.hears(lan.text("Bác ơi")).text == "[undelivered] 1"


@pytest.mark.usefixtures("command_line")
def test_what_the_command_refuses_is_said_plainly() -> None:
    motcua("team", "add", "Lan")
    assert "đã có người dùng" in motcua("team", "add", "lan")
    assert "Không có xã “xyz”" in motcua("team", "add", "Minh", "--commune", "xyz")
    assert "là tên chỉ máy hoặc bà con" in motcua("team", "add", "bot")
    assert "không có ai tên “Tú”" in motcua("team", "invite", "Tú")
    assert "chưa có ai" in (motcua("team", "remove", "Lan") and motcua("team", "list"))


@pytest.mark.parametrize("how", ["the platform says so", "a call is refused"])
def test_an_agent_who_blocks_the_bot_keeps_nobody_waiting(make_settings: Any, how: str) -> None:
    with TelegramEmulator() as telegram, ZaloBotEmulator() as zalo:
        settings = make_settings(**telegram_settings(telegram), **zalo_bot_settings(zalo))
        with running(settings) as (url, service):
            at_telegram = Platform(url, service, telegram, TELEGRAM_SECRET)
            at_zalo = Platform(url, service, zalo, ZALO_BOT_SECRET)
            lan, lead, hoa = telegram.user(), zalo.user("lead-1", "Trưởng"), zalo.user("hoa-1", "Hoa")
            at_telegram.hears(lan.text(invited(service, "Lan")))
            at_zalo.hears(lead.text(invited(service, "Trưởng", "lead")))
            at_zalo.hears(hoa.text("gặp người"), more=2)
            wait_for(lambda: telegram.sent and "[alert] 1" in telegram.sent[-1].text)
            at_telegram.hears(lan.text("nhận 1"))
            if how == "the platform says so":
                at_telegram.post(lan.blocked())
            else:
                telegram.block(lan.id)
                at_zalo.post(hoa.text("chị ơi"))
            wait_for(lambda: any("[agent_gone] Lan" in sent.text for sent in zalo.sent))
            wait_for(lambda: any("[person_away]" in sent.text for sent in zalo.sent))
            at_zalo.hears(lead.text("nhận 1"), more=2)
            wait_for(lambda: any("[claimed] 1" in sent.text for sent in zalo.sent))


@pytest.mark.parametrize("code", [-213, -230, -232])
def test_a_member_who_kept_silent_for_a_week_is_still_in_the_team(make_settings: Any, code: int) -> None:
    with ExitStack() as stack:
        oa, zalo = stack.enter_context(ZaloOAEmulator()), stack.enter_context(ZaloBotEmulator())
        url, service = stack.enter_context(running(make_settings(**zalo_oa_settings(oa), **zalo_bot_settings(zalo))))
        oa.webhook_url = f"{url}/webhook/zalo-oa"
        at_oa, at_zalo = Platform(url, service, oa), Platform(url, service, zalo, ZALO_BOT_SECRET)
        lan, hoa, lead = oa.user(), zalo.user("hoa-1", "Hoa"), zalo.user("lead-1", "Trưởng")
        at_oa.hears(lan.text(invited(service, "Lan")))
        at_zalo.hears(lead.text(invited(service, "Trưởng", "lead")))
        oa.fail(code, "User has not interacted with the OA in the past 7 days")
        at_zalo.post(hoa.text("gặp người"))
        wait_for(lambda: any("[agent_unreached] Lan" in sent.text for sent in zalo.sent))
        assert "[claimed] 1" in at_oa.hears(lan.text("nhận 1")).text
