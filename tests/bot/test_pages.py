"""Every template against the page that it shows: each name, attribute and filter is there, and nothing is handed over unread."""

import re
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import DictLoader, StrictUndefined, UndefinedError

from bot.console.queue_page import QueuePage
from bot.handoff.tickets import Ticket
from bot.http import TEMPLATES, Page, linked
from tests.bot.template_types import Reading, pages

import_module("webhook")  # and with it every module that has pages
_FOLDER = Path(__file__).parents[2] / "bot/templates"
PAGES = sorted(pages(), key=lambda page: page.template)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_a_template_reads_what_its_page_has_and_all_of_it(page: type[Page]) -> None:
    reading = Reading(TEMPLATES, page)
    assert reading.problems == []
    assert {field.name for field in fields(page)} - reading.read == set()


def test_every_template_belongs_to_a_page() -> None:
    used = {name for page in PAGES for name in Reading(TEMPLATES, page).templates}
    assert used == {str(file.relative_to(_FOLDER)) for file in _FOLDER.rglob("*.html")}
    assert len(PAGES) > 15


@dataclass(frozen=True, kw_only=True)
class _Trial(Page):
    tickets: list[Ticket]
    titles: dict[str, str]
    page: dict[str, str]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ tikets }}", "no 'tikets' on its page"),
        ("{% for one in tickets %}{{ one.phone }}{{ one.stat }}{% endfor %}", "no 'stat' on <class"),
        ("{% for one in tickets if one.urgnt %}{% endfor %}", "no 'urgnt' on"),
        ("{% for one in tickets %}{% endfor %}{{ one.id }}", "no 'one' on its page"),
        ("{{ 'x' if tickets[0].idd }}", "no 'idd' on"),
        ("{% set first = tickets[0] %}{% if first.nam == 'x' %}{% endif %}", "no 'nam' on"),
        ("{% with first = tickets[0] %}{{ first.nam|upper }}{% endwith %}", "no 'nam' on"),
        ("{% for id, title in titles.items() %}{{ title.lowr() }}{% endfor %}", "no 'lowr' on <class 'str'>"),
        ("{{ page.titel }}", "no 'titel' among the words of pages"),
        ("{{ tickets|lenght }}", "no filter or test 'lenght'"),
        ("{% include 'part' %}", "part:1: no 'tikets' on its page"),
    ],
)
def test_a_misspelt_name_is_found(text: str, problem: str) -> None:
    environment = TEMPLATES.overlay(loader=DictLoader({"trial": text, "part": "{{ tikets }}"}))
    trial = type("Trial", (_Trial,), {"template": "trial"})
    (found,) = Reading(environment, trial).problems
    assert problem in found


def test_what_a_page_has_is_no_problem() -> None:
    text = "{% for one in tickets %}{{ loop.index }}{{ one.id }}{{ titles[one.procedure] }}{{ page.title }}{% endfor %}"
    environment = TEMPLATES.overlay(loader=DictLoader({"trial": text}))
    assert Reading(environment, type("Trial", (_Trial,), {"template": "trial"})).problems == []


def test_a_page_without_a_name_that_its_template_reads_does_not_render() -> None:
    assert TEMPLATES.undefined is StrictUndefined
    with pytest.raises(UndefinedError, match="'waiting' is undefined"):
        TEMPLATES.get_template(QueuePage.template).render()


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Bác gọi 115 ngay. Cháy thì 114.", ["115", "114"]),
        ("Gọi 0912 345 678 hay 1900.1234, 0209.3884.123", ["0912345678", "19001234", "02093884123"]),
        ("115 nghìn, mã 1.013.115, lúc 8:115, 113m2, https://x.vn/115", []),
    ],
)
def test_a_number_to_call_is_a_tap(text: str, called: list[str]) -> None:
    assert re.findall(r'href="tel:(\d+)"', linked(text)) == called
    assert "&lt;b&gt;" in linked(f"{text} <b>")


def test_the_address_of_what_was_sent_is_a_word_to_tap() -> None:
    text = "Tệp: http://localhost:8000/tep/abc.def và https://dichvucong.gov.vn/tep"
    shown = linked(text, "bấm để mở")
    assert 'href="http://localhost:8000/tep/abc.def"' in shown
    assert ">bấm để mở</a>" in shown
    assert "abc.def</a>" not in shown
    assert ">https://dichvucong.gov.vn/tep</a>" in shown
