"""What is said of another errand has a button that opens it; the errand under way is kept, and "quay lại" returns to it."""

import pytest

from flows.definition.library import Library
from tests.flows.chat import Chat, started
from tests.library import ASKED, CAT, HOUSE, SHARED, library

MICE = "chuot: {asks: [nhà nhiều chuột thì sao, chuot nhieu qua], text: Bác xin con mèo., go: nuoi-meo, source: so-tay, checked: 2026-11-01}\n"
OPENS = "<go> Nuôi mèo"


@pytest.fixture
def leading() -> Library:
    """The small library where a step, a trouble of a shared step and an answer lead to the cat."""
    house = HOUSE.replace(
        "    text: Bác hỏi bản về đất trước.", "    go: nuoi-meo\n    text: Bác hỏi bản về đất trước."
    )
    house = house.replace("cure: Bác hẹn hôm sau.", "cure: Bác hẹn hôm sau., go: [nuoi-meo]")
    shared = SHARED.replace("kind: do, text", "kind: do, go: [lam-nha, nuoi-meo], text")
    return library(house=house, shared=shared, asked=ASKED + MICE, cat=CAT)


def crossed(chat: Chat) -> None:
    """Check that the cat's leaflet is there, and that going back returns to where one was."""
    left = chat.state
    assert "Nuôi mèo" in chat.tap(OPENS)
    assert (chat.state.procedure, chat.slot) == ("nuoi-meo", "@leaflet")
    chat.say("quay lại")
    assert (chat.state.procedure, chat.state.answers) == ("lam-nha", left.answers)


def at_the_form(library: Library) -> Chat:
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ", "Một tầng", "<some_missing>", "Đơn")
    chat.tap("<only_these>")
    assert chat.slot == "xin-don"
    return chat


def test_a_step_opens_what_it_speaks_of(leading: Library) -> None:
    chat = started(leading)
    chat.tap("Chưa có")
    assert chat.labels == ["<have_all>", "<some_missing>", OPENS]  # told together with the papers
    crossed(chat)
    assert "[resuming] Làm nhà" in chat.reply.text
    assert OPENS in chat.labels


def test_its_number_picks_it_where_there_are_no_buttons(leading: Library) -> None:
    chat = started(leading)
    chat.say("chưa có", "3")
    assert chat.state.procedure == "nuoi-meo"


def test_its_words_beside_others_never_do(leading: Library) -> None:
    chat = started(leading)
    chat.tap("Chưa có")
    chat.say("nhà tôi nuôi mèo rồi mà")
    assert chat.state.procedure == "lam-nha"


def test_a_cure_opens_what_it_speaks_of(leading: Library) -> None:
    chat = at_the_form(leading)
    chat.say("không còn đơn")
    assert chat.labels == ["<solved>", "<still_stuck>", OPENS]
    crossed(chat)
    assert chat.slot == "xin-don"


def test_a_shared_step_does_not_open_the_errand_that_it_stands_in(leading: Library) -> None:
    chat = at_the_form(leading)
    chat.tap("<finished>")
    assert chat.slot == "nop-don"
    assert chat.labels == ["<finished>", "<stuck>", "<later>", OPENS]


def test_an_answer_opens_what_it_speaks_of(leading: Library) -> None:
    chat = started(leading)
    assert "Bác xin con mèo." in chat.say("nhà nhiều chuột thì sao")
    assert chat.labels == [OPENS, "<keep_going>"]
    chat.tap("<keep_going>")
    assert chat.slot == "co-dat"
    chat.say("nhà nhiều chuột thì sao")
    crossed(chat)
    chat.say("nhà nhiều chuột thì sao")
    assert "Bác làm nhà gì?" in chat.say("đất có rồi")


def test_back_twice_does_not_go_in_circles(leading: Library) -> None:
    chat = started(leading)
    chat.tap("Chưa có", OPENS)
    chat.say("quay lại", "quay lại")
    assert (chat.state.procedure, chat.slot) == ("lam-nha", "co-dat")


def test_from_the_menu_back_leads_to_the_menu(leading: Library) -> None:
    chat = started(leading)
    chat.say("danh sách", "nuôi mèo", "quay lại")
    assert chat.state.procedure is None
