"""How quickly the content that we ship gets somebody to what they came for: the floors reached, never to fall below."""

from statistics import median

import pytest

from flows.checks.check import paths
from flows.dialogue.context import TurnContext
from flows.dialogue.questions import current_screen
from flows.state import State
from tests.content import LIBRARY
from tests.flows.chat import NOW
from tests.flows.measure import Measured, measure

TODAY = NOW.date()
# Papers that say of each for whom it is, and steps into which a long name of an agency is filled.
LONG = {
    *(("dat-lan-dau", "giay-to"), ("lop-1", "giay-to"), ("dat-mat-so", "chon-noi"), ("giay-phep-lai-xe", "chon-noi")),
    *(("huu-tri-xa-hoi", "muc-tien"), ("huu-tri-xa-hoi", "xong"), ("khai-tu", "cach-nop")),
}


@pytest.fixture(scope="module")
def measured() -> list[Measured]:
    return [measure(LIBRARY, procedure) for procedure in sorted(LIBRARY.procedures)]


def test_a_leaflet_is_read_at_a_glance(measured: list[Measured]) -> None:
    words = {one.procedure: one.leaflet for one in measured}
    assert median(words.values()) <= 93
    assert {p: n for p, n in words.items() if not 50 <= n <= 115 and not LIBRARY.news_on(TODAY, p)} == {}
    assert max(words.values()) <= 126


def test_the_papers_of_a_household_come_within_a_few_messages(measured: list[Measured]) -> None:
    turns = [one.papers for one in measured if one.papers]
    assert median(turns) <= 6
    assert max(turns) <= 9


def test_a_walk_through_everything_is_a_third_shorter_than_it_was(measured: list[Measured]) -> None:
    """Of 35 procedures it took 510 screens with their leaflets, 14.6 each, when each step had a screen of its own."""
    assert sum(one.screens for one in measured) <= 10.7 * len(measured)


@pytest.mark.parametrize("procedure", sorted(LIBRARY.procedures))
def test_no_screen_is_longer_than_a_phone_shows(procedure: str) -> None:
    long = set()
    for answers, _ in paths(LIBRARY.procedures[procedure], TODAY):
        state = State(procedure=procedure, answers=answers, asking=None, commune="na-ri")
        context = TurnContext(LIBRARY, state, TODAY)
        if len(current_screen(context).text.split()) > 120 and context.walk:
            long.add((procedure, context.walk.put.step.id))
    assert long <= LONG
