"""The pages of shared links, and the page where leads make them: on old phones, on paper, without a script."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, Response, expect

from bot.service import Service
from bot.sharing import links
from tests.browser.conftest import PHONE, SCREENSHOTS, Person
from tests.browser.test_console import PASSWORD, SMALL, UNNAMED
from tests.browser.test_looks import FAINT, fits
from tests.conftest import MakeSettings, give_second_factor, invited, running

DESK = {"width": 1280, "height": 800}
HEAVIEST = 60_000  # bytes of everything on the page, as they are before any compression
CONTENT = Path(__file__).parents[2] / "content"
PAGES = ("/g/na-ri/lop-1", "/g/na-ri/khai-sinh", "/g/na-ri", "/g/na-ri/khong-co")


@pytest.fixture
def shipped(make_settings: MakeSettings) -> Iterator[tuple[str, Service]]:
    """The service with the real content, and a chat on Zalo."""
    chosen = {"zalo_bot_token": "1:x", "zalo_bot_secret": "secret-of-8", "zalo_bot_api": "http://127.0.0.1:1"}
    chosen["zalo_bot_link"] = "https://zalo.me/1234567890"
    with running(make_settings(content_dir=CONTENT, **chosen)) as served:
        yield served


async def sound(page: Page) -> None:
    """Nothing sticks out, everything can be read and named."""
    await fits(page)
    assert (await Axe().run(page)).response["violations"] == []
    assert await page.evaluate(FAINT) == []
    assert await page.evaluate(UNNAMED) == []
    assert await page.locator("html").get_attribute("lang") == "vi"


def shot(name: str, size: dict[str, int]) -> Path:
    SCREENSHOTS.mkdir(exist_ok=True)
    return SCREENSHOTS / f"{name}-{size['width']}.png"


@pytest.mark.parametrize("size", [PHONE, DESK])
async def test_the_pages_are_sound_on_every_screen(
    shipped: tuple[str, Service], person: Person, size: dict[str, int]
) -> None:
    page = await person(shipped[0], viewport=size)
    for path in PAGES:
        await page.goto(path)
        await sound(page)
        await page.screenshot(path=shot(path[1:].replace("/", "-"), size), full_page=True)


async def test_a_thumb_finds_every_way_in(shipped: tuple[str, Service], person: Person) -> None:
    page = await person(f"{shipped[0]}/g/na-ri/lop-1")
    assert await page.evaluate(SMALL) == []
    await expect(page.get_by_role("link", name="Nhắn trên Zalo")).to_have_attribute(
        "href", "https://zalo.me/1234567890"
    )
    await expect(page.get_by_role("link", name="Nhắn trên Telegram")).to_have_count(0)
    await expect(page.get_by_role("link", name="Hỏi ngay tại đây")).to_be_visible()


async def test_the_code_is_copied_with_a_tap(shipped: tuple[str, Service], person: Person) -> None:
    page = await person(f"{shipped[0]}/g/na-ri/lop-1", permissions=["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Chép mã").click()
    await expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "NR LP 22"


async def test_everything_is_there_without_a_script(shipped: tuple[str, Service], person: Person) -> None:
    page = await person(f"{shipped[0]}/g/na-ri/lop-1", java_script_enabled=False)
    for told in (
        "Cần giấy gì",
        "Giấy khai sinh của cháu",
        "Mất bao lâu",
        "Tốn bao nhiêu tiền",
        "Nộp ở đâu",
        "NR LP 22",
    ):
        await expect(page.get_by_text(told).first).to_be_visible()
    await expect(page.get_by_role("button")).to_have_count(0)


async def test_the_page_on_paper_tells_where_to_go(shipped: tuple[str, Service], person: Person) -> None:
    page = await person(f"{shipped[0]}/g/na-ri/lop-1")
    await page.emulate_media(media="print")
    await expect(page.get_by_text("Có mạng thì vào http://localhost:8000/g/na-ri/lop-1?ma=NRLP22")).to_be_visible()
    await expect(page.get_by_role("link")).to_have_count(0)
    await expect(page.get_by_text("Giấy khai sinh của cháu")).to_be_visible()


@pytest.mark.parametrize("path", PAGES[:3])
async def test_a_page_is_light_and_asks_nobody_else(shipped: tuple[str, Service], person: Person, path: str) -> None:
    page = await person()
    came: list[Response] = []
    page.on("response", lambda answer: came.append(answer))
    await page.goto(f"{shipped[0]}{path}")
    await page.wait_for_load_state("networkidle")
    bodies: dict[str, Any] = {answer.url: await answer.body() for answer in came}
    assert len(bodies) >= 4
    assert all(address.startswith(shipped[0]) for address in bodies)
    assert sum(map(len, bodies.values())) <= HEAVIEST


async def test_ask_here_opens_the_chat_at_that_procedure(shipped: tuple[str, Service], person: Person) -> None:
    page = await person(f"{shipped[0]}/g/na-ri/lop-1")
    to = await page.get_by_role("link", name="Hỏi ngay tại đây").get_attribute("href")
    assert to
    await page.goto(to.replace("http://localhost:8000", ""))
    await page.get_by_role("button", name="Cho con vào lớp 1").click()
    await page.get_by_role("button", name="Đi từng bước").click()
    await expect(page.locator("#log")).to_contain_text("Cháu nhà mình sinh năm nào ạ?")


@pytest.mark.parametrize("size", [PHONE, DESK])
async def test_a_lead_makes_a_link_and_prints_it(
    shipped: tuple[str, Service], person: Person, size: dict[str, int]
) -> None:
    url, service = shipped
    code = await asyncio.to_thread(invited, service, "Chị Lan ở tổ công nghệ số", "lead", ("na-ri",))
    page = await person(f"{url}/console/join#{code}", viewport=size)
    await page.get_by_label("Chọn một mật khẩu").fill(PASSWORD)
    await page.get_by_role("button", name="Vào").click()
    await page.wait_for_url(f"{url}/console")
    await asyncio.to_thread(give_second_factor, service, "Chị Lan ở tổ công nghệ số")
    await page.get_by_role("link", name="Đường dẫn").click()
    await page.get_by_label("Việc").select_option("Cho con vào lớp 1")
    await page.get_by_label("Chia sẻ ở đâu").fill("Nhóm Zalo thôn Pò")
    await page.get_by_role("button", name="Tạo đường dẫn").click()
    await expect(page.get_by_label("Chép cả đoạn này")).to_have_value(re.compile("^Bà con ơi, .* NR LP 22$", re.DOTALL))
    await page.get_by_role("button", name="Chép", exact=True).click()
    await expect(page.get_by_role("button", name="Đã chép")).to_be_visible()
    await expect(page.get_by_label("Xã")).to_have_text(re.compile(r"^\s*xã Na Rì\s*$"))
    await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    await sound(page)
    assert await page.evaluate(SMALL) == []
    await page.screenshot(path=shot("links", size), full_page=True)
    poster = await page.get_by_role("link", name="Tờ dán A4, PDF").get_attribute("href")
    assert poster
    answer = await page.request.get(poster)
    assert (await answer.body()).startswith(b"%PDF")
    [counted] = await service.database.read(links.list_links)
    assert counted.link.made_by == "Chị Lan ở tổ công nghệ số"
