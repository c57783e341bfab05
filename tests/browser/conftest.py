"""A real browser before the real service. pytest-playwright clashes with pytest-asyncio, so these are our own fixtures."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.service import Service
from bot.settings import Settings
from tests.conftest import SECRETS, MakeSettings, running
from tests.library import files
from tests.patient import SECONDS

expect.set_options(timeout=1000 * SECONDS)

PHONE = {"width": 360, "height": 740}
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SCREENSHOTS = Path(__file__).parent / "screenshots"

# New buttons take no tap for a moment. A click waits for that too, but it looks again only after half a second.
SETTLED = """() => new Promise(function look(done) {
    document.querySelector('.settling') ? setTimeout(look, 20, done) : done() })"""

Person = Callable[..., Awaitable[Page]]


def pytest_itemcollected(item: pytest.Item) -> None:
    """One loop for the whole folder, since the browser lives on it."""
    if Path(__file__).parent in item.path.parents and iscoroutinefunction(getattr(item, "function", None)):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        missing = "no `chromium` on the PATH: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def person(browser: Browser) -> AsyncIterator[Person]:
    """Makes a new person: a page of a browser that shares nothing with the others. A script's error fails the test."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def make(url: str = "", **options: Any) -> Page:
            options.setdefault("viewport", PHONE)
            context = await browser.new_context(base_url=url, locale="vi-VN", reduced_motion="reduce", **options)
            stack.push_async_callback(context.close)
            context.set_default_timeout(1000 * SECONDS)
            context.on("weberror", lambda error: errors.append(str(error.error)))
            page = await context.new_page()
            if url:
                await page.goto(url)
            return page

        yield make
    assert not errors


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One engine is enough here: what differs between them is tested in tests/bot."""
    return sqlite_url


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One service for all who need no more than to be a new person on it."""
    folder = tmp_path_factory.mktemp("browser")
    for name, text in files().items():
        (folder / "content" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "content" / name).write_text(text, "utf-8")
    with running(Settings(data_dir=folder, content_dir=folder / "content", **SECRETS)) as (address, _):  # type: ignore[arg-type]
        yield address


@pytest.fixture
def fresh(make_settings: MakeSettings) -> Iterator[tuple[str, Service]]:
    """A service where nothing has happened yet: (its URL, its parts)."""
    with running(make_settings()) as served:
        yield served


@pytest.fixture
def fresh_url(fresh: tuple[str, Service]) -> str:
    return fresh[0]


async def tap(page: Page, label: str) -> None:
    await page.evaluate(SETTLED)
    await page.get_by_role("button", name=label, exact=True).click()


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await tap(page, "(send)")


async def says(page: Page, text: str) -> None:
    """The newest line holds this text."""
    await expect(page.locator("#log > div").last).to_contain_text(text)


async def own(page: Page) -> list[str]:
    """What the citizen said, as the page shows it, once it has heard that the server took everything."""
    await expect(page.locator("#waiting .me")).to_have_count(0)
    return [text.removeprefix("(you)").strip() for text in await page.locator(".me").all_inner_texts()]


async def house(page: Page) -> None:
    """Brings this person to the small library's second question, where their page is opened anew."""
    for name, value in (("start", "ban-moi_lam-nha"), ("text", "tiếp tục"), ("text", "có rồi")):
        await page.request.post("/chat", form={name: value})
    await page.reload()
    await says(page, "Bác làm nhà gì?")
