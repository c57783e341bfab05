"""What people are told of what is kept is true."""

from pathlib import Path

from bot.processing_record import RECORDS, as_markdown
from bot.settings import Settings
from bot.store.tables import metadata
from tests.bot.house import House

ROOT = Path(__file__).parents[2]


def test_every_table_stands_in_the_record_once() -> None:
    told = [table for record in RECORDS for table in record.tables]
    assert sorted(told) == sorted(metadata.tables)


def test_the_record_in_docs_is_what_the_command_prints() -> None:
    assert (ROOT / "docs" / "xu-ly-du-lieu.md").read_text() == as_markdown(Settings())


def test_the_page_tells_the_days_that_are_set(house: House) -> None:
    page = house.browser().get("/quyen-rieng-tu")
    assert "(kept) 90" in page.text
    assert page.headers["content-security-policy"]


def test_the_chat_and_the_leaflets_lead_there(house: House) -> None:
    for path in ("/", "/g/ban-moi"):
        assert 'href="/quyen-rieng-tu"' in house.browser().get(path).text
