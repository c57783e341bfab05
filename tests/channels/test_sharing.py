"""From a poster to the right place on every channel, and what a group hears that asks for a link."""

import asyncio
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import conversations as talks
from bot.conversations import Conversation
from bot.service import Service
from bot.sharing import links, prints
from bot.sharing.leaflet import leaflet_for
from bot.sharing.links import Link
from bot.sharing.ways import ways_to
from bot.store.database import T, Work
from bot.store.tables import arrivals, conversations, metadata
from bot.store.tables import links as links_table
from tests import patient
from tests.bot.test_prints import TODAY, read_codes, rendered
from tests.channels.conftest import TELEGRAM_SECRET, Platform, telegram_settings, zalo_oa_settings
from tests.conftest import MakeSettings, running
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo_oa import ZaloOAEmulator

SITE = "https://motcua.example.vn"
OTHER = "id: ban-khac\nname: xã Bản Khác\nprovince: thu\nsource: so-tay\nchecked: 2026-11-01\n"


@pytest.fixture
def both(make_settings: MakeSettings) -> Iterator[tuple[Platform, Platform]]:
    """One service with Telegram and Zalo OA."""
    with TelegramEmulator() as telegram, ZaloOAEmulator() as zalo:
        settings = make_settings(
            **telegram_settings(telegram), **zalo_oa_settings(zalo), public_url=SITE, secure_cookies=False
        )
        with running(settings) as (url, service):
            zalo.webhook_url = f"{url}/webhook/zalo-oa"
            yield Platform(url, service, telegram, TELEGRAM_SECRET), Platform(url, service, zalo)


def ask(service: Service, work: Work[T]) -> T:
    return asyncio.run(service.database.write(work))


def make(service: Service, procedure: str = "nuoi-meo", source: str = "Nhà văn hoá") -> Link:
    return ask(service, lambda c: links.make_link(c, "ban-moi", procedure, source, "Lan"))


def poster(service: Service, link: Link, folder: Path) -> list[str]:
    about = leaflet_for(service.content.library, link.commune, link.procedure, TODAY)
    assert about
    offered = ways_to(service.settings, service.channels, link)
    return read_codes(rendered(prints.print_sheet("poster-a4", about, link, offered, "pdf"), folder, dpi=150))


def came(service: Service, channel: str) -> list[tuple[str, Conversation]]:
    """(the code of the link, the conversation that it brought) on a channel."""
    query = select(links_table.c.code, conversations.c.id).join_from(arrivals, links_table).join(conversations)
    rows = ask(service, lambda c: c.execute(query.where(conversations.c.channel == channel)).all())
    return [(row.code, ask(service, lambda c, id_=row.id: talks.by_id(c, id_))) for row in rows]  # type: ignore[misc]


def test_a_poster_leads_to_its_procedure_on_every_channel(both: tuple[Platform, Platform], tmp_path: Path) -> None:
    telegram, zalo = both
    link = make(telegram.service)
    scanned = poster(telegram.service, link, tmp_path)
    address = next(code for code in scanned if code.startswith(SITE))
    page = patient.get(address.replace(SITE, telegram.url))
    assert page.status_code == 200
    assert "Nuôi mèo" in page.text
    offered = [unescape(found) for found in re.findall(r'class="way" href="([^"]+)"', page.text)]
    zalo_way, telegram_way, web_way = offered
    assert {zalo_way, telegram_way} <= set(scanned)
    code = re.findall(r'id="code">([^<]+)<', page.text)[0]

    payload = telegram_way.partition("?start=")[2]
    assert "startgroup" not in telegram_way
    hoa, lan = telegram.emulator.user(), zalo.emulator.user()
    assert "Nuôi mèo\n[leaflet_fact]" in telegram.hears(hoa.start(payload)).text
    assert "Bác cho mèo ăn." in telegram.hears(hoa.text("tiếp tục")).text
    assert zalo_way == f"https://zalo.me/{zalo.emulator.oa_id}"
    assert "Nuôi mèo\n[leaflet_fact]" in zalo.hears(lan.text(f"Gui: {code.lower()}")).text
    assert "Bác cho mèo ăn." in zalo.hears(lan.text("tiếp tục")).text
    with patient.client(base_url=telegram.url) as browser:
        start = re.findall(r'name="start" value="([^"]+)"', browser.get(web_way.replace(SITE, "")).text)[0]
        browser.post("/chat", data={"start": start})
        assert "[leaflet_next]" in browser.get("/").text
        browser.post("/chat", data={"text": "tiếp tục"})
        assert "Bác cho mèo ăn." in browser.get("/").text

    for channel in ("telegram", "zalo-oa", "web"):
        [(brought_by, talk)] = came(telegram.service, channel)
        assert brought_by == link.code
        assert (talk.state.procedure, talk.state.commune) == ("nuoi-meo", "ban-moi")
    [counted] = ask(telegram.service, links.list_links)
    assert (counted.link.source, counted.visits, counted.conversations) == ("Nhà văn hoá", 1, 3)


# --- groups ---


def in_group(platform: Platform, text: str, group: Any) -> str:
    said: str = platform.hears(platform.emulator.user().group_text(group, text)).text
    return said


@pytest.mark.parametrize(
    "text", ["/link nuoi-meo", "/link nuôi mèo", "@motcua_bot cho hỏi nuôi mèo", "/link ban-moi nuoi-meo"]
)
def test_a_group_that_asks_for_a_link_gets_a_card_with_it(telegram: Platform, text: str) -> None:
    said = in_group(telegram, text, telegram.emulator.group())
    assert said.startswith("[share] Nuôi mèo xã Bản Mới http")
    assert re.search(r"/g/ban-moi/nuoi-meo\?ma=BMNM\d\d BM NM \d\d$", said)


def test_a_group_has_no_conversation(telegram: Platform) -> None:
    group = telegram.emulator.group()
    in_group(telegram, "/link nuoi-meo", group)
    sent = telegram.emulator.calls[-1].params
    assert "callback_data" not in str(sent)
    assert "reply" not in str(sent)


def test_a_group_of_an_unknown_commune_is_asked_once_and_remembered(
    content_dir: Path, make_settings: MakeSettings
) -> None:
    (content_dir / "communes" / "ban-khac.yaml").write_text(OTHER, "utf-8")
    with TelegramEmulator() as emulator, running(make_settings(**telegram_settings(emulator))) as (url, service):
        telegram, group = Platform(url, service, emulator, TELEGRAM_SECRET), emulator.group()
        assert "[group_commune]" in in_group(telegram, "/link nuoi-meo", group)
        assert "xã Bản Khác" in in_group(telegram, "/link nuoi-meo xã bản khác", group)
        assert "/g/ban-khac/lam-nha" in in_group(telegram, "/link lam-nha", group)


def test_a_group_may_ask_for_all_that_its_commune_does(telegram: Platform) -> None:
    assert "/g/ban-moi?ma=BMMC" in in_group(telegram, "/link xã Bản Mới", telegram.emulator.group())


def test_a_group_that_asks_too_often_is_not_answered(telegram: Platform) -> None:
    group = telegram.emulator.group()
    for _ in range(3):
        in_group(telegram, "/link nuoi-meo", group)
    hoa = telegram.emulator.user()
    sent = telegram.stays_silent(hoa.group_command(group, "link", "nuoi-meo"), then=hoa.start(""))
    assert sent.chat_id != group.id


def test_a_group_leaves_no_trace_of_who_asked(telegram: Platform) -> None:
    hoa, group = telegram.emulator.user(), telegram.emulator.group()
    telegram.hears(hoa.group_command(group, "link", "nuoi-meo nhà chị Hoa"))
    kept = [
        str(row)
        for table in metadata.sorted_tables
        for row in ask(telegram.service, lambda c, table=table: c.execute(select(table)).all())  # type: ignore[misc]
    ]
    assert any("BMNM" in row for row in kept)
    traces = (str(hoa.person["id"]), hoa.person["first_name"], "chị Hoa")
    assert not [row for row in kept for trace in traces if trace in row]


def test_a_group_on_zalo_bot_gets_the_same_card(zalo_bot: Platform) -> None:
    hoa = zalo_bot.emulator.user()
    sent = zalo_bot.hears(hoa.group_text("zgr-d0a1a6afd9c0309e69d1", "/link nuoi-meo"))
    assert "[share] Nuôi mèo" in sent.text
    [counted] = ask(zalo_bot.service, links.list_links)
    assert counted.link.source == "nhóm Zalo Bot"
