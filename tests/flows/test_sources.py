"""Whoever asks whether it is sure hears where it comes from, and of which day."""

from flows.definition.library import Library
from flows.messages import Message
from tests.flows.chat import Chat, started
from tests.library import HOUSE, library


def test_the_answer_to_a_question_is_what_is_meant(library: Library) -> None:
    chat = started(library)
    chat.say("mất bao lâu")
    assert "[source_said] Sổ tay 01/10/2026" in chat.say("nguồn ở đâu")


def test_asking_twice_changes_nothing(library: Library) -> None:
    chat = started(library)
    chat.say("mất bao lâu")
    assert chat.say("nguồn ở đâu") == chat.say("nguồn ở đâu")
    assert chat.slot == "co-dat"
    assert chat.state.answers == {}


def test_a_single_source_is_called_one(library: Library) -> None:
    chat = started(library)
    chat.say("ai làm được")
    assert "[source_single]" in chat.say("nguồn ở đâu")


def test_what_nobody_confirmed_has_no_source_but_somebody_to_ask(library: Library) -> None:
    chat = started(library)
    chat.say("tốn bao nhiêu tiền")
    assert "[source_unknown] ông trưởng bản" in chat.say("nguồn ở đâu")


def test_the_step_on_screen_is_meant_where_nothing_was_asked() -> None:
    said = "  - id: di-muon\n    source: nha-nuoc\n    checked: 2026-11-01\n"
    chat = started(
        library(house=HOUSE.replace("  - id: di-muon\n", said), sources="nha-nuoc: {title: Sách, date: 2025-01-02}\n")
    )
    chat.say("mất bao lâu")
    chat.tap("Chưa có")
    assert "[source_said] Sách 02/01/2025" in chat.say("nguồn ở đâu")


def test_a_statement_may_have_a_day_of_its_own() -> None:
    fact = "who: {text: người có đất, source: so-tay, checked: 2026-11-01"
    chat = started(library(house=HOUSE.replace(fact, f"{fact}, as_of: 2026-07-18")))
    chat.say("ai làm được")
    assert "[source_said] Sổ tay 18/07/2026" in chat.say("nguồn ở đâu")


def test_at_the_start_there_is_nothing_to_be_sure_of(library: Library) -> None:
    assert "[source_unknown]" in Chat(library).say("nguồn ở đâu")


def test_a_leaflet_rests_on_what_names_the_errand(library: Library) -> None:
    chat = Chat(library)
    chat.send(Message(start="ban-moi_lam-nha"))
    assert "[source_said] Sổ tay 01/10/2026" in chat.say("nguồn ở đâu")


def test_another_errand_has_a_source_of_its_own(library: Library) -> None:
    chat = started(library)
    chat.say("tốn bao nhiêu tiền")
    chat.send(Message(start="ban-moi_nuoi-meo"))
    assert "[source_said] Sổ tay" in chat.say("nguồn ở đâu")
