"""A citizen talks on the web page: thumbs, keys, no script, a bad network, two tabs, a person who answers."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from tests import patient
from tests.browser.conftest import Person, house, own, says, tap, write
from tests.conftest import SECRETS
from tests.emulators.server import free_port, wait_for

ROOT = Path(__file__).parents[2]
TOLD = re.compile(r"\(offline\)")


async def test_a_procedure_is_walked_by_thumb(url: str, person: Person) -> None:
    page = await person(url, has_touch=True, is_mobile=True)
    way = ["Làm nhà", "<walk>", "Có rồi", "Nhà gỗ", "Một tầng", "<have_all>", "<finished>", "xã Bản Mới"]
    for label in way:
        await tap(page, label)
    await says(page, "Bác chờ mười ngày, nhận ở nhà sàn giữa bản.")
    assert await own(page) == way
    await expect(page).to_have_url(f"{url}/")


async def test_a_procedure_is_walked_by_words(url: str, person: Person) -> None:
    page = await person(url)
    for words, answer in (
        ("tôi muốn làm nhà", "[leaflet_next]"),
        ("ban cu", "[commune_kept] xã Bản Mới"),
        ("tiếp", "đất chưa"),
        ("có rồi em ơi", "nhà gì"),
        ("nhà sàn", "mấy tầng"),
    ):
        await write(page, words)
        await says(page, answer)
    await expect(page.get_by_role("textbox")).to_have_value("")


async def test_everything_works_without_a_script(url: str, person: Person) -> None:
    page = await person(url, java_script_enabled=False)
    for label in ("Làm nhà", "<walk>", "Có rồi"):
        await tap(page, label)
    await write(page, "nhà gỗ")
    await says(page, "mấy tầng")
    await tap(page, "<back>")
    await says(page, "Bác làm nhà gì?")
    assert await own(page) == ["Làm nhà", "<walk>", "Có rồi", "nhà gỗ", "<back>"]


@pytest.mark.parametrize("script", [True, False])
async def test_a_link_starts_its_procedure_in_its_commune(url: str, person: Person, script: bool) -> None:
    page = await person(f"{url}/?start=ban-moi_lam-nha", java_script_enabled=script)
    await tap(page, "Làm nhà")
    await says(page, "Nộp ở nhà sàn giữa bản")
    await tap(page, "<walk>")
    await says(page, "Bác có đất chưa?")
    await page.reload()
    await expect(page.get_by_role("button", name="Có rồi")).to_be_visible()


async def test_the_keyboard_alone_is_enough(url: str, person: Person) -> None:
    page = await person(url)
    await _press(page, "Làm nhà")
    await says(page, "[leaflet_next]")
    await _press(page, "<walk>")
    await says(page, "đất chưa")
    await _press(page, "(type_here)", key=None)
    await page.keyboard.type("có rồi")
    await page.keyboard.press("Enter")
    await says(page, "nhà gì")


async def _press(page: Page, label: str, key: str | None = "Enter") -> None:
    """Tabs on until the named thing has the focus, which is to be seen, and presses it."""
    await expect(page.get_by_label(label, exact=True).or_(page.get_by_role("button", name=label))).to_be_visible()
    for _ in range(12):
        await page.keyboard.press("Tab")
        name, outline = await page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
            return [e.id === 'text' ? e.labels[0].textContent : e.textContent, s.outlineStyle + ' ' + parseInt(s.outlineWidth)] }"""
        )
        if name == label:
            assert outline == "solid 3"
            if key:
                await page.keyboard.press(key)
            return
    raise AssertionError(f"Tab never came to {label}")


async def test_a_new_question_keeps_the_keyboards_place(url: str, person: Person) -> None:
    page = await person(url)
    await page.get_by_role("button", name="Làm nhà").focus()
    await page.keyboard.press("Enter")
    await says(page, "[leaflet_next]")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="<household_papers_asked>")).to_be_focused()


async def test_a_tap_does_not_raise_the_keyboard(url: str, person: Person) -> None:
    page = await person(url, has_touch=True, is_mobile=True)
    await tap(page, "Làm nhà")
    await says(page, "[leaflet_next]")
    assert await page.evaluate("document.activeElement.id") != "text"


async def test_a_reload_keeps_the_conversation(url: str, person: Person) -> None:
    page = await person(url)
    await house(page)
    before = await page.locator("#log").inner_text()
    await page.reload()
    assert await page.locator("#log").inner_text() == before
    await tap(page, "Nhà gỗ")
    await says(page, "mấy tầng")


async def test_words_are_shown_as_words(url: str, person: Person) -> None:
    page = await person(url)
    nasty = "<script>document.title='bad'</script><img src=x onerror=\"document.title='bad'\"> & <b>đậm</b>"
    await write(page, nasty)
    await says(page, "[not_understood]")
    assert await own(page) == [nasty]
    await page.reload()
    assert await own(page) == [nasty]
    assert await page.title() == "(title)"


async def test_a_double_click_is_one_answer(url: str, person: Person) -> None:
    page = await person(url)
    await tap(page, "Làm nhà")
    await page.get_by_role("button", name="<walk>").dblclick()
    await says(page, "Bác có đất chưa?")
    assert await own(page) == ["Làm nhà", "<walk>"]


async def test_a_shaky_finger_does_not_answer_the_next_question(url: str, person: Person) -> None:
    page = await person(url)
    await tap(page, "Làm nhà")
    await says(page, "[leaflet_next]")
    await tap(page, "<walk>")
    await says(page, "Bác có đất chưa?")
    await expect(page.locator("#buttons")).not_to_have_class("settling")
    await page.evaluate(
        """() => { const seen = new MutationObserver(() => { seen.disconnect();
        document.title = getComputedStyle(document.querySelector('#buttons button')).pointerEvents });
        document.querySelector('#buttons button').click(); seen.observe(document.getElementById('buttons'), {childList: true}) }"""
    )
    await says(page, "Bác làm nhà gì?")
    assert await page.title() == "none"


async def test_the_enter_key_twice_is_one_message(url: str, person: Person) -> None:
    page = await person(url)
    await page.get_by_role("textbox").fill("xin chào")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await says(page, "[menu]")
    await write(page, "cảm ơn")
    await says(page, "[thanks]")
    assert await own(page) == ["xin chào", "cảm ơn"]


async def test_a_double_submit_without_a_script_is_one_answer(url: str, person: Person) -> None:
    page = await person(url, java_script_enabled=False)
    await house(page)
    form: dict[str, Any] = {
        "id": await page.locator("#choices [name=id]").input_value(),
        "choice": await _token(page, "Nhà gỗ"),
    }
    for _ in range(2):
        await page.request.post("/chat", form=form)
    await page.reload()
    await says(page, "mấy tầng")
    assert (await own(page))[-2:] == ["có rồi", "Nhà gỗ"]


async def test_another_answer_from_the_same_page_is_not_lost(url: str, person: Person) -> None:
    """A browser that shows its own copy of a page, back in history, posts that page's id again."""
    page = await person(url, java_script_enabled=False)
    await house(page)
    id_ = await page.locator("#say [name=id]").input_value()
    for text in ("nhà gỗ", "hai tầng"):
        await page.request.post("/chat", form={"id": id_, "text": text})
    await page.reload()
    assert (await own(page))[-2:] == ["nhà gỗ", "hai tầng"]


async def _token(page: Page, label: str) -> str:
    return await page.get_by_role("button", name=label).get_attribute("value") or ""


async def test_an_old_button_says_so_and_shows_where_we_are(url: str, person: Person) -> None:
    page = await person(url, java_script_enabled=False)
    await house(page)
    old = await page.context.new_page()
    await old.goto(url)
    await tap(page, "Nhà gỗ")
    await says(page, "mấy tầng")
    await tap(old, "Kiểu khác")
    await says(old, "[old_button]")
    await says(old, "mấy tầng")


async def test_back_in_history_shows_where_we_are(url: str, person: Person) -> None:
    page = await person(url, java_script_enabled=False)
    await house(page)
    await tap(page, "Nhà gỗ")
    await says(page, "mấy tầng")
    await page.go_back()
    await says(page, "mấy tầng")


async def test_a_forged_cookie_is_a_new_person(url: str, person: Person) -> None:
    hoa, thief = await person(url), await person()
    await write(hoa, "chuyện riêng")
    await says(hoa, "[not_understood]")
    (cookie,) = await hoa.context.cookies()
    assert "value" in cookie and cookie.get("httpOnly")
    forged = cookie["value"].rpartition(".")[0] + ".AAAAAAAAAAAAAAAAAAAAAAAAAAA"
    await thief.context.add_cookies([{"name": "motcua", "value": forged, "url": url}])
    await thief.goto(url)
    await expect(thief.locator("#log")).not_to_contain_text("chuyện riêng")
    await write(thief, "xin chào")
    await says(thief, "[menu]")
    await hoa.reload()
    assert (await own(hoa), await own(thief)) == (["chuyện riêng"], ["xin chào"])


async def test_two_tabs_show_the_same_once(url: str, person: Person) -> None:
    left = await person(url)
    await house(left)
    right = await left.context.new_page()
    await right.goto(url)
    await tap(right, "Nhà gỗ")
    await says(left, "mấy tầng")
    await write(left, "hai tầng")
    await says(right, "Bác cần")
    await says(left, "Bác cần")
    assert await left.locator("#log").inner_text() == await right.locator("#log").inner_text()
    assert (await own(left))[-2:] == ["Nhà gỗ", "hai tầng"]
    await expect(left.get_by_role("button", name="<have_all>")).to_be_visible()


async def test_erasing_empties_every_open_page(fresh_url: str, person: Person) -> None:
    left = await person(fresh_url)
    await house(left)
    right = await left.context.new_page()
    await right.goto(fresh_url)
    await write(right, "xoá dữ liệu")
    await tap(right, "<erase>")
    for page in (left, right):
        await says(page, "[erased]")
        await expect(page.locator("#log > div")).to_have_count(1)
        await expect(page.locator(".me")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
async def test_a_phone_that_is_passed_on_shows_nothing_of_who_had_it_before(
    fresh_url: str, person: Person, script: bool
) -> None:
    left = await person(fresh_url, java_script_enabled=script)
    await tap(left, "Làm nhà")
    right = await left.context.new_page()
    await right.goto(fresh_url)
    await tap(right, "(close)")
    for page in (left, right) if script else (right,):
        await expect(page.get_by_role("status").filter(has_text="(closed)")).to_be_visible()
        await expect(page.locator(".me")).to_have_count(0)
    await right.go_back()
    await expect(right.locator(".me")).to_have_count(0)


# --- a bad network ---


async def test_what_is_said_offline_arrives_once_and_in_order(url: str, person: Person) -> None:
    page = await person(url)
    await house(page)
    await page.context.set_offline(True)
    await tap(page, "Nhà gỗ")
    await write(page, "hai tầng")
    await expect(page.get_by_role("status")).to_have_text(TOLD)
    await expect(page.locator("#waiting .me")).to_have_text(["Nhà gỗ", "hai tầng"])
    free = """() => document.querySelector('footer').getBoundingClientRect().top
        - document.getElementById('waiting').getBoundingClientRect().bottom"""
    assert await page.evaluate(free) >= 0
    await page.context.set_offline(False)
    await says(page, "Bác cần")
    await expect(page.get_by_role("status")).to_be_empty()
    await (
        page.reload()
    )  # perhaps before the page heard that its last message was taken: it asks again, and that is no turn
    await expect(page.locator("#waiting .me")).to_have_count(0)
    assert (await own(page))[-3:] == ["có rồi", "Nhà gỗ", "hai tầng"]


async def test_an_answer_that_was_lost_on_its_way_is_asked_for_again(url: str, person: Person) -> None:
    """The server took the message, the phone never heard so: the same message again is no second turn."""
    page = await person(url)
    await house(page)

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/chat?*", lose, times=1)
    await tap(page, "Nhà gỗ")
    await says(page, "mấy tầng")
    await expect(page.get_by_role("status")).to_have_text(TOLD)
    await expect(page.get_by_role("status")).to_be_empty()
    await expect(page.locator("#waiting .me")).to_have_count(0)
    await page.reload()
    assert (await own(page))[-2:] == ["có rồi", "Nhà gỗ"]


async def test_what_waits_survives_a_reload(url: str, person: Person) -> None:
    page = await person(url)
    await house(page)
    await page.route("**/chat?*", lambda route: route.abort())
    await write(page, "nhà sàn")
    await expect(page.get_by_role("status")).to_have_text(TOLD)
    await page.unroute("**/chat?*")
    await page.reload()
    await says(page, "mấy tầng")
    assert (await own(page)).count("nhà sàn") == 1


async def test_a_restart_is_survived_by_an_open_page(person: Person, content_dir: Path, tmp_path: Path) -> None:
    door = Door(tmp_path, content_dir)
    with door.open() as url:
        page, other = await person(url), await person()
        await house(page)
        cookies = await page.context.cookies()
    await write(page, "nhà sàn")
    await expect(page.get_by_role("status")).to_have_text(TOLD)
    with door.open():
        await says(page, "mấy tầng")
        await expect(page.get_by_role("status")).to_be_empty()
        assert (await own(page))[-2:] == ["có rồi", "nhà sàn"]
        await other.context.add_cookies([{"name": c["name"], "value": c["value"], "url": url} for c in cookies])
        await other.goto(url)
        await tap(other, "Một tầng")
        await says(page, "Bác cần")  # by the stream, which came back by itself
        for opened in (page, other):
            await opened.close()  # the service need not wait for their streams then


class Door:
    """The service as a process of its own, always behind the same port and with the same database."""

    def __init__(self, folder: Path, content: Path) -> None:
        self._settings = {
            "data_dir": folder / "var",
            "content_dir": content,
            "port": free_port(),
            **SECRETS,
        }

    @contextmanager
    def open(self) -> Iterator[str]:
        command = [sys.executable, "-c", "from bot.cli import app; app()", "serve"]
        env = {f"MOTCUA_{name.upper()}": str(value) for name, value in self._settings.items()}
        url = f"http://127.0.0.1:{self._settings['port']}"
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            wait_for(lambda: _up(url))
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _up(url: str) -> bool:
    try:
        return patient.get(f"{url}/healthz").is_success
    except httpx.TransportError:
        return False
