"""What a citizen's page looks like and weighs, on small screens, to a keyboard and to a screen reader."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Response, expect

from tests.browser.conftest import Person, house, says, tap
from tests.conftest import MakeSettings, running

SMALL = {"width": 320, "height": 640}
HEAVIEST = 40_000  # bytes of everything on the page, compressed

# Elements that reach over the edge of the screen, and boxes whose own text does not fit into them, but for folded lines, which
# a tap opens.
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    if (!box.width || e.closest('.hidden') || e.tagName === 'TEXTAREA' || e.matches('summary .begin')) return false;
    return box.left < 0 || box.right > innerWidth + 0.5
        || e.tagName !== 'INPUT' && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth || e.tagName === 'BUTTON' && e.scrollHeight > e.clientHeight + 1)
}).map(e => e.outerHTML.slice(0, 120))"""

# Text whose colour stands out too little from what is behind it (WCAG AA: 4.5).
FAINT = """() => {
    const rgba = colour => { const n = colour.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n };
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c } return [255, 255, 255] };
    const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05) };
    const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    return [...document.querySelectorAll('body *')].filter(own)
        .map(e => [ratio(rgba(getComputedStyle(e).color), behind(e)), e.outerHTML.slice(0, 100)]).filter(([r]) => r < 4.5);
}"""


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate(CLIPPED) == []


@pytest.fixture
def wordy_url(content_dir: Path, make_settings: MakeSettings) -> Iterator[str]:
    """A service whose content has long words, long questions and many options."""
    house = content_dir / "procedures" / "lam-nha.yaml"
    text = house.read_text("utf-8")
    options = "".join(f"      - {{id: o{n}, label: 'Nhà kiểu số {n} như mọi nhà'}}\n" for n in ("mot", "hai", "ba"))
    text = text.replace("      - {id: khac, label: Kiểu khác}\n", f"      - {{id: khac, label: Kiểu khác}}\n{options}")
    text = text.replace("Nhà mấy tầng?", "Nhà mấy tầng? " + "Bác đếm cả tầng lửng. " * 60)
    text = text.replace("Bác làm nhà gì?", "Bác làm nhà gì? Xem https://dichvucong.gov.vn/" + "p" * 80)
    house.write_text(text, "utf-8")
    with running(make_settings()) as (address, _):
        yield address


@pytest.mark.parametrize("size", [SMALL, {"width": 360, "height": 740}, {"width": 640, "height": 320}])
async def test_nothing_is_wider_than_the_screen(wordy_url: str, person: Person, size: dict[str, int]) -> None:
    page = await person(wordy_url, viewport=size, has_touch=True, is_mobile=True)
    await fits(page)
    await house(page)
    await fits(page)
    await expect(page.get_by_role("button")).to_have_count(10)


async def test_many_options_leave_the_question_in_sight(wordy_url: str, person: Person) -> None:
    page = await person(wordy_url, viewport=SMALL)
    await house(page)
    assert await _top_of_newest(page) >= 0
    await tap(page, "<back>")
    await says(page, "đất chưa")
    await tap(page, "Có rồi")
    await says(page, "Bác làm nhà gì?")
    assert 0 <= await _top_of_newest(page) < 200


async def test_a_long_message_is_shown_from_its_beginning_and_to_its_end(wordy_url: str, person: Person) -> None:
    page = await person(wordy_url, viewport=SMALL)
    await house(page)
    await tap(page, "Nhà gỗ")
    await says(page, "mấy tầng")
    assert 0 <= await _top_of_newest(page) < 200
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    over = """() => document.querySelector('footer').getBoundingClientRect().top
        - Math.max(...[...document.querySelectorAll('#log > div, #buttons button')].map(e => e.getBoundingClientRect().bottom))"""
    assert await page.evaluate(over) >= 0


async def test_buttons_under_a_long_message_are_pointed_at(wordy_url: str, person: Person) -> None:
    page = await person(wordy_url, viewport=SMALL)
    await house(page)
    await tap(page, "Nhà gỗ")
    await says(page, "mấy tầng")
    below = page.get_by_role("link", name="(below)")
    await expect(below).to_be_visible()
    await below.click()
    await expect(page.locator("#buttons button").first).to_be_in_viewport()
    await expect(below).to_be_hidden()


async def _top_of_newest(page: Page) -> float:
    top: float = await page.locator("#log > div").last.evaluate("e => e.getBoundingClientRect().top")
    return top


async def test_thumbs_have_room(url: str, person: Person) -> None:
    page = await person(url, viewport=SMALL)
    await house(page)
    small = (
        "() => [...document.querySelectorAll('button, input[type=text]')].map(e => e.offsetHeight).filter(h => h < 44)"
    )
    assert await page.evaluate(small) == []
    assert await page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 18


async def test_ways_out_look_unlike_answers(url: str, person: Person) -> None:
    page = await person(url)
    await house(page)
    sizes = "names => names.map(n => [...document.querySelectorAll('button')].find(b => b.textContent === n)).map(b => parseFloat(getComputedStyle(b).fontSize) * getComputedStyle(b).fontWeight)"
    answer, back, human = await page.evaluate(sizes, ["Nhà gỗ", "<back>", "<human>"])
    assert max(back, human) < answer


async def test_every_text_stands_out(url: str, person: Person) -> None:
    page = await person(url)
    await house(page)
    assert await page.evaluate(FAINT) == []
    faint = "getComputedStyle(document.getElementById('text'), '::placeholder').color"
    assert await page.evaluate(faint) == "rgb(81, 96, 90)"  # on white: 6.6


async def test_a_screen_reader_finds_its_way(url: str, person: Person) -> None:
    page = await person(url)
    await expect(page.locator("body")).to_match_aria_snapshot(
        """
        - banner:
          - heading "(title)" [level=1]
        - main:
          - log "(log)"
          - group "(choices)":
            - button "Làm nhà"
            - button "Nuôi mèo"
        - contentinfo:
          - status
          - textbox "(type_here)"
          - button "(send)"
        """
    )
    assert await page.locator("html").get_attribute("lang") == "vi"
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")


async def test_a_screen_reader_hears_each_line_once(url: str, person: Person) -> None:
    """Only lines of the transcript are added to the live region; what is on its way stands outside of it."""
    page = await person(url)
    await house(page)
    await page.evaluate(
        """() => { window.heard = []; new MutationObserver(all => all.forEach(m => m.addedNodes.forEach(n => heard.push(n.textContent))))
        .observe(document.getElementById('log'), {childList: true}) }"""
    )
    await tap(page, "Nhà gỗ")
    await says(page, "mấy tầng")
    heard: list[str] = await page.evaluate("heard")
    assert [bool(re.search(part, line)) for part, line in zip(("Nhà gỗ", "mấy tầng"), heard, strict=True)] == [True] * 2


async def test_the_page_is_light_and_asks_nobody_else(url: str, person: Person) -> None:
    page = await person()
    came: list[Response] = []
    page.on("response", lambda answer: came.append(answer))
    await page.goto(url)
    await page.wait_for_load_state("networkidle")
    bodies: dict[str, Any] = {answer.url: await answer.body() for answer in came}
    assert len(bodies) >= 3
    assert all(address.startswith(url) for address in bodies)
    assert sum(len(gzip.compress(body)) for body in bodies.values()) <= HEAVIEST


def test_the_page_speaks_to_old_browsers() -> None:
    """Words that Chrome 60 does not know would stop the whole script or drop a rule."""
    static = Path(__file__).parents[2] / "bot" / "static"
    for file in static.glob("*.js"):
        script = re.sub(r"//.*|\"[^\"]*\"", "", file.read_text("utf-8"))
        assert not re.search(r"=>|\?\.|\?\?|`|\b(let|const|async|await|class|submitter|fetch|replaceAll|closest)\b", script), file.name  # fmt: skip
    for file in static.glob("*.css"):
        assert not re.search(r"[\s{;]gap:|inset[:(]|:has\(|:is\(|:where\(|\b(clamp|min|max)\(|dvh|aspect-ratio", file.read_text("utf-8")), file.name  # fmt: skip


async def test_a_page_on_paper_has_no_buttons(url: str, person: Person) -> None:
    page = await person(url)
    await house(page)
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_text("Bác làm nhà gì?")).to_be_visible()
