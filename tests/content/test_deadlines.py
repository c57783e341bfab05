"""Deadlines of the law that cost people money are told wherever they matter, until the day they end."""

from datetime import UTC, date, datetime
from itertools import chain

from bot.sharing.groups import write_card
from bot.sharing.leaflet import leaflet_for
from bot.sharing.links import Link
from tests.content import LIBRARY
from tests.flows.chat import Chat

LAST = datetime(2026, 12, 31, 3, 0, tzinfo=UTC)
AFTER = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
DEADLINE = LIBRARY.deadlines["tinh-lai-tien-dat"]
LINK = Link(1, "NRMD22", "na-ri", "dat-muc-dich", "Nhóm Zalo thôn Pò", "Lan", False)


def card_on(day: date, procedure: str = "dat-muc-dich") -> str:
    about = leaflet_for(LIBRARY, "na-ri", procedure, day)
    assert about
    return write_card(about, LINK, "https://motcua.example.vn/g")


def test_the_menu_tells_of_it_and_leads_to_it() -> None:
    chat = Chat(LIBRARY, now=LAST)
    assert DEADLINE.headline in chat.say("xin chào")
    assert DEADLINE.text in chat.tap(DEADLINE.title)
    assert chat.state.procedure == "dat-muc-dich"


def test_whoever_begins_the_procedure_or_comes_back_to_it_hears_it() -> None:
    chat = Chat(LIBRARY, now=LAST)
    assert DEADLINE.headline in chat.say("lên thổ cư")
    assert DEADLINE.text in chat.tap(DEADLINE.title)
    chat.tap(LIBRARY.sentences.labels["walk"])
    chat.say("vườn", "danh sách")
    assert DEADLINE.headline in chat.say("lên thổ cư")


def test_whoever_asks_for_their_money_back_is_told() -> None:
    for said in ("tôi nộp tiền lên thổ cư năm ngoái giờ xin tính lại được không", "xin tinh lai tien su dung dat"):
        chat = Chat(LIBRARY, now=LAST)
        first = chat.say(said)
        assert DEADLINE.text in first or (DEADLINE.headline in first and DEADLINE.text in chat.tap(DEADLINE.title))


def test_it_passes() -> None:
    chat = Chat(LIBRARY, now=AFTER)
    assert DEADLINE.headline not in chat.say("xin chào")
    assert DEADLINE.title not in chat.labels
    assert DEADLINE.headline not in chat.say("lên thổ cư")
    assert DEADLINE.title not in chat.labels
    assert DEADLINE.headline not in card_on(AFTER.date())


def test_a_group_reads_it_beside_the_link() -> None:
    assert DEADLINE.headline in card_on(LAST.date())
    assert DEADLINE.headline in card_on(LAST.date(), procedure="")
    assert DEADLINE.headline not in card_on(LAST.date(), procedure="lop-1")


def test_a_page_shows_what_holds_on_its_day() -> None:
    pages = {day: leaflet_for(LIBRARY, "na-ri", "dat-muc-dich", day) for day in (LAST.date(), AFTER.date())}
    assert [page.deadlines if page else None for page in pages.values()] == [[DEADLINE], []]


def test_every_news_leads_somewhere_and_is_sourced() -> None:
    assert set(chain.from_iterable(deadline.procedures for deadline in LIBRARY.deadlines.values())) <= set(
        LIBRARY.procedures
    )
    assert all(deadline.source in LIBRARY.sources for deadline in LIBRARY.deadlines.values())
