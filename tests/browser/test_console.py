"""A volunteer on a phone: signs in, sees who waits, answers, and the bot takes over again."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.handoff.agents import Role
from bot.service import Service
from tests.browser.conftest import Person, house, own, says, tap
from tests.browser.test_looks import FAINT, fits
from tests.conftest import MakeSettings, give_second_factor, invited, running

PHONE = {"width": 390, "height": 844}
PASSWORD = "con gà cục tác"
PAGES = (
    "/console/login",
    "/console/join",
    "/console",
    "/console?show=all",
    "/console/1",
    "/console/9",
    "/console/me",
    "/console/me/second",
    "/console/team",
    "/console/looks",
)

# Fields without a label, and things to touch that are too low for a thumb.
UNNAMED = """() => [...document.querySelectorAll('input:not([type=hidden]), textarea')].filter(e => !e.labels.length)
    .map(e => e.outerHTML)"""
SMALL = """() => [...document.querySelectorAll('button, input:not([type=hidden]):not([type=checkbox]), label.check, textarea, main a')]
    .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""


Volunteer = Callable[..., Awaitable[Page]]


@pytest.fixture
def url(fresh_url: str) -> str:
    """Tickets are numbered: each test has the first one."""
    return fresh_url


@pytest.fixture
def volunteer(fresh: tuple[str, Service], person: Person) -> Volunteer:
    """A new member of the team on a phone, who comes in with their code and opens this page."""

    async def make(name: str, path: str = "/console", role: Role = "member", **options: Any) -> Page:
        url, service = fresh
        code = await asyncio.to_thread(invited, service, name, role)
        page = await person(f"{url}/console/join#{code}", **{"viewport": PHONE, **options})
        if options.get("java_script_enabled") is False:
            await page.get_by_label("Mã mời").fill(code)
        await page.get_by_label("Chọn một mật khẩu").fill(PASSWORD)
        await page.get_by_role("button", name="Vào").click()
        await expect(page).to_have_url(f"{url}/console")
        if role != "member":
            await asyncio.to_thread(give_second_factor, service, name)
        await page.goto(f"{url}{path}")
        return page

    return make


async def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    await page.get_by_label("Tên trong tổ").fill(name)
    await page.get_by_label("Mật khẩu của mình").fill(password)
    await page.get_by_role("button", name="Vào").click()


async def stuck(page: Page) -> None:
    """A citizen at the small library's second question asks for a person."""
    await house(page)
    await tap(page, "<human>")
    await says(page, "[ticket_opened]")


async def answer(page: Page, text: str) -> None:
    await page.get_by_label("Trả lời bà con").fill(text)
    await page.get_by_role("button", name="Gửi").click()


async def test_a_person_answers_an_open_page_and_the_bot_resumes(
    url: str, person: Person, volunteer: Volunteer
) -> None:
    hoa = await person(url)
    await stuck(hoa)
    lan = await volunteer("Chị Lan")
    await lan.get_by_role("link", name="Làm nhà").click()
    for known in ("xã Bản Mới", "trang web", "Bác có đất chưa?", "Có rồi", "Bác làm nhà gì?", "Đang chờ"):
        await expect(lan.locator(".card")).to_contain_text(known)
    await answer(lan, "Chào bác, <b>tôi</b> là Lan.")
    await expect(hoa.locator("#log .person")).to_contain_text("[person_says] Chào bác, <b>tôi</b> là Lan.")
    await says(hoa, "[person_came]")
    await expect(hoa.locator("#log .person .who")).to_have_text("Chị Lan")
    await expect(hoa.get_by_role("button")).to_have_text(["(send)", "(close)"])
    await hoa.get_by_role("textbox").fill("cảm ơn cháu")
    await tap(hoa, "(send)")
    await expect(lan.locator("#log")).to_contain_text("cảm ơn cháu")
    await lan.get_by_text("Đã giúp xong").click()
    await lan.get_by_role("button", name="[outcome helped]").click()
    await says(hoa, "[person_done]")
    await says(hoa, "[helped]")
    await expect(lan.get_by_text("Phiếu này đã xong: [outcome helped].")).to_be_visible()
    await tap(hoa, "<helped>")
    await tap(hoa, "<stars_5>")
    await says(hoa, "[rated]")
    await lan.reload()
    await expect(lan.get_by_text("Bà con chấm 5/5.")).to_be_visible()
    await tap(hoa, "Nhà gỗ")
    await says(hoa, "mấy tầng")
    assert (await own(hoa))[-2:] == ["<stars_5>", "Nhà gỗ"]


async def test_the_queue_fills_by_itself(url: str, person: Person, volunteer: Volunteer) -> None:
    lan = await volunteer("Lan")
    await expect(lan.get_by_text("Chưa có phiếu nào")).to_be_visible()
    await stuck(await person(url))
    await expect(lan.get_by_role("link", name="Làm nhà")).to_contain_text("Đang chờ")
    await expect(lan).to_have_title("(1) Phiếu hỗ trợ · Motcua")


async def test_whoever_types_an_answer_tells_the_server_so(url: str, person: Person, volunteer: Volunteer) -> None:
    await stuck(await person(url))
    lan = await volunteer("Lan", "/console/1")
    async with lan.expect_response("**/console/1/typing") as told:
        await lan.get_by_label("Trả lời bà con").press_sequentially("Bác")
    assert (await told.value).status == 204


async def test_what_is_being_typed_stays_when_news_come(url: str, person: Person, volunteer: Volunteer) -> None:
    hoa = await person(url)
    await stuck(hoa)
    lan = await volunteer("Lan", "/console/1")
    await lan.get_by_label("Trả lời bà con").fill("Bác đợi")
    await tap(hoa, "Nhà gỗ")
    await expect(lan.locator("#log")).to_contain_text("mấy tầng")
    await expect(lan.get_by_label("Trả lời bà con")).to_have_value("Bác đợi")


async def test_somebody_elses_ticket_says_whose_it_is(url: str, person: Person, volunteer: Volunteer) -> None:
    await stuck(await person(url))
    lan, minh = [await volunteer(name, "/console/1") for name in ("Lan", "Minh")]
    await answer(lan, "Chào bác")
    await answer(minh, "Tôi cũng chào bác")
    await expect(minh.get_by_role("alert")).to_have_text("[taken] Lan 1")
    await expect(minh.get_by_label("Trả lời bà con")).to_have_value("Tôi cũng chào bác")
    await minh.goto(f"{url}/console/1")
    await expect(minh.get_by_text("Lan đang trả lời phiếu này.")).to_be_visible()
    await expect(minh.get_by_role("textbox")).to_have_count(0)
    await minh.goto(f"{url}/console?show=all")
    await expect(minh.get_by_role("link", name="Làm nhà")).to_contain_text("Lan đang giúp")
    await expect(minh.locator("main")).not_to_contain_text("Tôi cũng chào bác")


@pytest.mark.parametrize(
    ("action", "field", "lines"),
    [("answer", {"text": "Chào bác"}, 2), ("resolve", {}, 1)],  # a first answer brings the word that a person came
)
async def test_a_form_posted_twice_counts_once(
    url: str, person: Person, volunteer: Volunteer, action: str, field: dict[str, Any], lines: int
) -> None:
    hoa = await person(url)
    await stuck(hoa)
    lan = await volunteer("Lan", "/console/1")
    before = await hoa.locator("#log > div").count()
    form = {"id": await lan.locator(f"form[action$={action}] [name=id]").input_value(), **field}
    for _ in range(2):
        await lan.request.post(f"/console/1/{action}", form=form)
    await hoa.reload()
    await expect(hoa.locator("#log > div")).to_have_count(before + lines)


async def test_the_console_works_without_a_script(url: str, person: Person, volunteer: Volunteer) -> None:
    hoa = await person(url)
    await stuck(hoa)
    lan = await volunteer("Lan", java_script_enabled=False)
    await lan.get_by_role("link", name="Làm nhà").click()
    await answer(lan, "Chào bác")
    await expect(hoa.locator("#log .person")).to_contain_text("[person_says] Chào bác")
    await lan.get_by_text("Đã giúp xong").click()
    await lan.get_by_role("button", name="[outcome helped]").click()
    await says(hoa, "[person_done]")


async def test_a_tickets_link_leads_there_after_the_sign_in(url: str, person: Person, volunteer: Volunteer) -> None:
    await stuck(await person(url))
    lan = await volunteer("Lan", "/console/1")
    await expect(lan).to_have_url(f"{url}/console/1")
    await lan.goto(f"{url}/console/7")
    await expect(lan.get_by_role("alert")).to_contain_text("Không có phiếu #7")


async def test_a_wrong_password_stays_outside(url: str, person: Person, volunteer: Volunteer) -> None:
    await volunteer("Lan")
    stranger = await person(f"{url}/console", viewport=PHONE)
    await sign_in(stranger, "Lan", "sai")
    await expect(stranger.get_by_role("alert")).to_contain_text("mật khẩu chưa đúng")
    await expect(stranger.get_by_label("Tên trong tổ")).to_have_value("Lan")
    await stranger.goto(f"{url}/console")
    await expect(stranger).to_have_url(f"{url}/console/login")
    await sign_in(stranger, "Lan")
    await expect(stranger).to_have_url(f"{url}/console")


async def test_a_lead_adds_a_member_who_comes_in_by_the_link(url: str, person: Person, volunteer: Volunteer) -> None:
    lead = await volunteer("Trưởng", "/console/team", "admin")
    await lead.get_by_label("Tên bà con sẽ thấy").fill("Chị Lan")
    await lead.get_by_role("button", name="Thêm và lấy mã mời").click()
    link = await lead.locator("p.code").inner_text()
    lan = await person(link.replace("http://localhost:8000", url), viewport=PHONE)
    await expect(lan.get_by_label("Mã mời")).to_have_value(re.compile("^TO-"))
    assert "TO-" not in lan.url
    await lan.get_by_label("Chọn một mật khẩu").fill(PASSWORD)
    await lan.get_by_role("button", name="Vào").click()
    await expect(lan.get_by_role("link", name="Chị Lan")).to_be_visible()


async def test_the_pages_fit_a_phone(url: str, person: Person, volunteer: Volunteer) -> None:
    await stuck(await person(url))
    page = await volunteer("Chị Lan ở tổ công nghệ số Bản Pò", role="admin")
    for path in PAGES:
        await page.goto(path)
        assert (await Axe().run(page)).response["violations"] == []
        await fits(page)
        for wrong in (FAINT, UNNAMED, SMALL):
            assert await page.evaluate(wrong) == []
        assert await page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(h => h.tagName)") in (
            ["H1", "H2"],
            ["H1", "H2", "H2"],
        )
        assert await page.locator("html").get_attribute("lang") == "vi"


async def test_a_ready_answer_is_found_with_the_keyboard(url: str, person: Person, volunteer: Volunteer) -> None:
    hoa = await person(url)
    await stuck(hoa)
    lan = await volunteer("Lan", "/console/1")
    box = lan.get_by_label("Trả lời bà con")
    await box.press("/")
    await lan.get_by_label("Tìm câu trả lời sẵn").fill("dia chi")
    await expect(lan.locator("#canned li:visible")).to_have_count(1)
    await lan.keyboard.press("Enter")
    await expect(box).to_have_value("Ở nhà sàn giữa bản. Bước: Bác làm nhà gì?")
    await expect(box).to_be_focused()
    await lan.keyboard.press("Control+Enter")
    await says(hoa, "[person_came]")
    await expect(hoa.locator("#log .person")).to_contain_text("nhà sàn giữa bản")


async def test_a_new_member_tries_a_ticket_that_nobody_waits_on(volunteer: Volunteer) -> None:
    lan = await volunteer("Lan", "/console/me")
    await lan.get_by_role("button", name="Làm thử một phiếu tập").click()
    await expect(lan).to_have_url(re.compile(r"/console/1$"))
    await expect(lan.locator("#log .person")).to_contain_text("Tôi vướng.")
    await answer(lan, "Chị đang ở đâu ạ?")
    await expect(lan.locator("#log .person").last).to_contain_text("Vẫn chưa được.")
    minh = await volunteer("Minh", "/console?show=all")
    await expect(minh.get_by_text("Chưa có phiếu nào.")).to_be_visible()


async def test_two_who_look_at_one_ticket_see_each_other(url: str, person: Person, volunteer: Volunteer) -> None:
    await stuck(await person(url))
    lan = await volunteer("Lan", "/console/1")
    await expect(lan.get_by_text("đang xem")).to_have_count(0)
    minh = await volunteer("Minh", "/console/1")
    await expect(minh.get_by_text("Lan đang xem")).to_be_visible()
    await expect(lan.get_by_text("Minh đang xem")).to_be_visible()


async def test_what_hides_in_the_tickets_page_is_sound_too(url: str, person: Person, volunteer: Volunteer) -> None:
    await stuck(await person(url))
    await volunteer("Minh")
    lan = await volunteer("Lan", "/console/1", "lead")
    await answer(lan, "Chào bác")
    await expect(lan.locator("#log")).to_contain_text("Chào bác")
    await lan.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    await fits(lan)
    assert (await Axe().run(lan)).response["violations"] == []
    for wrong in (FAINT, UNNAMED, SMALL):
        assert await lan.evaluate(wrong) == []


async def test_a_lead_plans_who_is_on_duty_on_a_phone(url: str, person: Person, volunteer: Volunteer) -> None:
    await stuck(await person(url))
    await volunteer("Nguyễn Thị Hoàng Minh Phương")
    lead = await volunteer("Hạnh", "/console/team", "lead", viewport={"width": 360, "height": 740})
    await lead.get_by_text("Ngày trực:").last.click()
    for day in ("T2", "T3", "T4", "T5", "T6", "T7", "CN"):
        await lead.get_by_label(day, exact=True).last.check()
    await fits(lead)
    assert (await Axe().run(lead)).response["violations"] == []
    for wrong in (FAINT, UNNAMED, SMALL):
        assert await lead.evaluate(wrong) == []
    await lead.get_by_role("button", name="Ghi ngày trực").last.click()
    await expect(lead.get_by_text("Ngày trực: T2, T3, T4, T5, T6, T7, CN")).to_be_visible()
    await lead.goto(f"{url}/console/1")
    await lead.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    await expect(lead.get_by_label("Chuyển cho")).to_contain_text("Phương · đang giữ 0 phiếu · trực hôm nay")
    await fits(lead)


async def test_a_ticket_opens_at_its_last_words_and_folds_what_the_machine_said(
    url: str, person: Person, volunteer: Volunteer
) -> None:
    hoa = await person(url)
    await stuck(hoa)
    for n in range(12):
        await hoa.request.post(f"{url}/chat", form={"text": f"chị ơi {n}"})
    lan = await volunteer("Lan", "/console/1")
    await expect(lan.locator("#log > div").last).to_be_in_viewport()
    folded = lan.locator("#log details.bot")
    await expect(folded.last).to_be_in_viewport()
    assert await folded.evaluate_all("all => all.every(d => !d.open && d.clientHeight < 90)")
    await folded.last.locator("summary").click()
    await hoa.request.post(f"{url}/chat", form={"text": "còn đây nữa"})
    await expect(lan.locator("#log")).to_contain_text("còn đây nữa")
    assert await lan.locator("#log details.bot[open]").count() == 1


@pytest.mark.parametrize(("width", "height"), [(740, 360), (1280, 800)])
async def test_low_and_wide_screens_leave_room_for_the_talk(
    url: str, person: Person, volunteer: Volunteer, width: int, height: int
) -> None:
    await stuck(await person(url))
    lan = await volunteer("Lan", "/console/1", viewport={"width": width, "height": height})
    await fits(lan)
    assert (await Axe().run(lan)).response["violations"] == []
    foot = await lan.locator("footer").evaluate("f => getComputedStyle(f).position")
    assert (foot == "static") == (height < 480)
    if width > 1000:
        boxes = [await lan.locator(part).bounding_box() for part in (".list .cards", "#live", "#card", "#canned ul")]
        left, talk, card, answers = [box["x"] for box in boxes if box]
        assert left < talk < card <= answers + 20
        await expect(lan.get_by_role("link", name="Địa chỉ")).to_be_visible()


async def test_a_browser_that_allows_no_alerts_says_what_to_do(make_settings: MakeSettings, person: Person) -> None:
    with running(make_settings(push_email="to@xa.example")) as (url, service):
        code = await asyncio.to_thread(invited, service, "Lan")
        page = await person(f"{url}/console/join#{code}", viewport=PHONE)
        await page.get_by_label("Chọn một mật khẩu").fill(PASSWORD)
        await page.get_by_role("button", name="Vào").click()
        await page.get_by_role("link", name="Lan").click()
        await page.get_by_role("button", name="Báo ở máy này").click()
        await expect(page.locator("#push-problem")).to_contain_text("cho phép thông báo")
        await page.get_by_label("Kêu một tiếng").check()
        await page.reload()
        await expect(page.get_by_label("Kêu một tiếng")).to_be_checked()
