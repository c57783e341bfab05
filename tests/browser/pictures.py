"""The pictures of docs/so-tay-to-cong-nghe-so.md, taken from the real service with the shipped content: `make pictures`."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from bot.service import Service
from bot.settings import Settings
from tests.browser.conftest import QUIET
from tests.conftest import SECRETS, invited, running

FOLDER = Path(__file__).parents[2] / "docs" / "hinh"
PHONE = {"width": 390, "height": 844}
CITIZEN = ("VNeID", "Na Rì", "chưa có", "đăng nhập mãi không được, bực quá", "gặp người")
TALK = ("Chào bác, em là Lan ở tổ công nghệ số. Bác đang thấy chữ gì trên máy ạ?",)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(_settings(folder)) as (url, service):
        asyncio.run(_take(url, service))


def _settings(folder: str) -> Settings:
    return Settings(data_dir=Path(folder), **SECRETS)  # type: ignore[arg-type]


async def _take(url: str, service: Service) -> None:
    path = shutil.which("chromium")
    assert path, "apt-get install chromium"
    code = await asyncio.to_thread(invited, service, "Lan", "lead")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(QUIET))
        citizen = await _person(browser, url)
        for said in CITIZEN:
            await citizen.get_by_role("textbox").fill(said)
            await citizen.get_by_role("textbox").press("Enter")
            await citizen.wait_for_timeout(700)
        lan = await _person(browser, f"{url}/console/join#{code}")
        await lan.get_by_label("Chọn một mật khẩu").fill("con gà cục tác")
        await lan.get_by_role("button", name="Vào").click()
        await lan.wait_for_url(f"{url}/console")
        await _shoot(lan, "phieu-dang-cho")
        await lan.goto(f"{url}/console/1")
        for said in TALK:
            await lan.get_by_label("Trả lời bà con").fill(said)
            await lan.get_by_role("button", name="Gửi", exact=True).last.click()
            await lan.wait_for_timeout(700)
        await _shoot(lan, "mot-phieu")
        await browser.close()


async def _person(browser: Browser, url: str) -> Page:
    context = await browser.new_context(locale="vi-VN", viewport=PHONE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(url)
    return page


async def _shoot(page: Page, name: str) -> None:
    await page.wait_for_timeout(300)
    await page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
