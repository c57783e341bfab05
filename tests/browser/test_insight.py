"""The numbers, as a lead sees them on a phone and on a desk."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.service import Service
from tests.browser.conftest import PHONE, SCREENSHOTS, Person
from tests.browser.test_console import PASSWORD, UNNAMED
from tests.browser.test_looks import FAINT
from tests.conftest import MakeSettings, give_second_factor, invited, running
from tests.insight.town import fill

DESK = {"width": 1280, "height": 800}
SECTIONS = ("people", "steps", "outcomes", "help", "words")
LOW = """() => [...document.querySelectorAll('main button, main select, main a')]
    .filter(e => { const height = e.getBoundingClientRect().height; return height && height < 44 }).map(e => e.outerHTML)"""


@pytest.fixture
def town(make_settings: MakeSettings) -> Iterator[tuple[str, Service]]:
    """The shipped content, three months long in use."""
    with running(make_settings(content_dir=Path(__file__).parents[2] / "content")) as (url, service):
        fill(service)
        yield url, service


async def lead(town: tuple[str, Service], person: Person, *communes: str, size: dict[str, int] = PHONE) -> Page:
    url, service = town
    code = await asyncio.to_thread(invited, service, "Cô Lan", "lead", communes)
    page = await person(f"{url}/console/join#{code}", viewport=size)
    await page.get_by_label("Chọn một mật khẩu").fill(PASSWORD)
    await page.get_by_role("button", name="Vào").click()
    await page.wait_for_url(f"{url}/console")
    await asyncio.to_thread(give_second_factor, service, "Cô Lan")
    await page.get_by_role("link", name="Số liệu").click()
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_every_page_fits_and_is_read_by_everybody(
    town: tuple[str, Service], person: Person, size: dict[str, int]
) -> None:
    page = await lead(town, person, size=size)
    SCREENSHOTS.mkdir(exist_ok=True)
    for section in SECTIONS:
        await page.goto(f"/insight/{section}")
        await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert (await Axe().run(page)).response["violations"] == []
        for wrong in (FAINT, UNNAMED, LOW):
            assert await page.evaluate(wrong) == []
        await page.screenshot(path=SCREENSHOTS / f"insight-{section}-{size['width']}.png", full_page=True)


async def test_every_picture_has_its_table_and_asks_nobody_else(town: tuple[str, Service], person: Person) -> None:
    page = await lead(town, person)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for section in SECTIONS[:-1]:
        await page.goto(f"/insight/{section}")
        pictures = await page.locator("section.numbers:has(svg)").count()
        assert pictures
        assert await page.locator("section.numbers:has(svg):has(table)").count() == pictures
    assert all(address.startswith(town[0]) for address in asked)


async def test_a_lead_asks_about_one_procedure_and_one_commune(town: tuple[str, Service], person: Person) -> None:
    page = await lead(town, person)
    await page.get_by_role("link", name="Từng bước").click()
    await page.get_by_label("Xã", exact=True).select_option("na-ri")
    await page.get_by_label("Việc", exact=True).select_option("dat-mat-so")
    await page.get_by_role("button", name="Xem").click()
    title = town[1].content.library.procedures["dat-mat-so"].title
    await expect(page.get_by_role("heading", name=f"Từng bước của “{title}”")).to_be_visible()
    await page.get_by_role("link", name="Kết quả").click()
    await expect(page.get_by_label("Xã", exact=True)).to_have_value("na-ri")
    await expect(
        page.get_by_role("cell", name="Báo nộp trên mạng").or_(page.get_by_text("Báo nộp trên mạng")).first
    ).to_be_visible()


async def test_words_are_handed_to_the_editors_with_one_click(town: tuple[str, Service], person: Person) -> None:
    page = await lead(town, person)
    await page.get_by_role("link", name="Lời chưa hiểu").click()
    card = page.locator(".card", has_text="thẻ thương binh")
    await expect(card).to_contain_text("5 người")
    await card.get_by_text("Chuyển lời này").click()
    await card.get_by_role("button").click()
    await expect(card).to_have_count(0)


async def test_a_page_for_the_chairman_comes_as_a_file(town: tuple[str, Service], person: Person) -> None:
    page = await lead(town, person)
    await page.get_by_label("Xã", exact=True).select_option("na-ri")
    await page.get_by_role("button", name="Xem").click()
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="PDF").click()
    file = await coming.value
    assert file.suggested_filename.startswith("na-ri-20")
    assert await asyncio.to_thread(_begins, await file.path(), b"%PDF-")


def _begins(file: Path, with_: bytes) -> bool:
    return file.read_bytes().startswith(with_)
