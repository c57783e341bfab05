"""The project's own content on a cheap phone: "lop-1" from the menu to its last step, always by the first answer."""

from pathlib import Path

from playwright.async_api import expect

from flows.definition.steps import Done
from flows.dialogue.screens import FILED
from tests.browser.conftest import PHONE, SCREENSHOTS, SETTLED, Person
from tests.browser.test_looks import fits
from tests.conftest import MakeSettings, running

CONTENT = Path(__file__).parents[2] / "content"
MOST = 60  # taps; a procedure has no more steps than this


async def test_lop_1_is_walked_to_its_end(make_settings: MakeSettings, person: Person) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    with running(make_settings(content_dir=CONTENT)) as (url, service):
        library = service.content.library
        last = [step.id for step in library.procedures["lop-1"].steps if isinstance(step, Done)]
        group = next(group.title for group in library.groups.values() if "lop-1" in group.procedures)
        page = await person(url, viewport=PHONE, has_touch=True, is_mobile=True)
        choices = page.locator("#buttons button:not(.nav)")
        await page.screenshot(path=SCREENSHOTS / "lop-1-00.png")
        for name in (group, library.procedures["lop-1"].title, library.sentences.labels["walk"]):
            button = page.get_by_role("button", name=name, exact=True)
            await expect(button).to_be_visible()
            await fits(page)
            await button.tap()
        for tapped in range(1, MOST):
            await expect(page.locator("#waiting .me")).to_have_count(0)
            await expect(choices.first).to_be_visible()
            await page.evaluate(SETTLED)
            await page.screenshot(path=SCREENSHOTS / f"lop-1-{tapped:02}.png")
            await fits(page)
            token = await choices.first.get_attribute("value") or ""
            if token.split(":")[1] in last:
                break
            await choices.first.tap()
        assert token.split(":")[1] in last
        labels = library.sentences.labels
        left = [*(labels[f"filed_{one}"] for one in (*FILED, "later")), labels["other_procedure"]]
        await expect(choices).to_have_text(left)  # nothing is left but how it went, and another procedure
