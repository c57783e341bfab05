"""Facts that a citizen asks for: which are stated, which are owned up to, of which procedure."""

from datetime import UTC, datetime

import pytest

from flows.definition.library import Library
from tests.flows.chat import Chat, started
from tests.library import HOUSE
from tests.library import library as make


def test_a_question_on_the_side_is_answered_and_the_step_put_again(library: Library) -> None:
    chat = started(library)
    before = chat.state.answers
    text = chat.say("mất bao lâu thế em ơi")
    assert "[fact] time mười ngày" in text
    assert text.endswith("Bác có đất chưa?")
    assert chat.state.answers == before


def test_a_fact_that_nobody_confirmed_is_never_stated(library: Library) -> None:
    assert "[fact_unsure] fee xã Bản Mới" in started(library).say("tốn bao nhiêu tiền")


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("được bao nhiêu tiền", ["benefit"]),
        ("nhận bao nhiêu tiền", ["benefit"]),
        ("tốn bao nhiêu tiền", ["fee"]),
        ("bao nhiêu tiền", ["benefit", "fee"]),
    ],
)
def test_what_one_gets_is_told_from_what_one_pays(said: str, kinds: list[str]) -> None:
    benefit = "  benefit: {text: một con bò, source: so-tay, checked: 2026-11-01}\n"
    text = started(make(house=HOUSE.replace("facts:\n", f"facts:\n{benefit}"))).say(said)
    assert [kind for kind in ("benefit", "fee") if f"] {kind} " in text] == kinds


def test_where_there_is_nothing_to_get_the_fee_is_told_and_so_is_that(library: Library) -> None:
    assert "[no_benefit] [fact] fee không mất tiền" in started(library, "nuoi-meo").say("được bao nhiêu tiền")


def test_a_fact_past_its_review_is_treated_as_unconfirmed(library: Library) -> None:
    chat = started(library)
    assert "một ngôi nhà" in chat.say("kết quả là gì")
    chat.now = datetime(2027, 2, 21, tzinfo=UTC)
    assert "[fact_unsure]" in chat.say("kết quả là gì")


def test_a_single_source_is_said_to_be_one(library: Library) -> None:
    assert "người có đất [single_mark]" in started(library).say("ai làm được")


def test_the_value_that_holds_on_the_day_is_stated(library: Library) -> None:
    chat = started(library)
    chat.now = datetime(2027, 2, 28, 20, tzinfo=UTC)  # 1 March in Vietnam
    assert "năm ngày" in chat.say("mất bao lâu")


def test_a_fact_of_another_procedure_can_be_asked_by_name(library: Library) -> None:
    chat = started(library)
    assert "một buổi" in chat.say("nuôi mèo mất bao lâu")
    assert chat.slot == "co-dat"


def test_a_fact_without_a_procedure_asks_which(library: Library) -> None:
    assert "[which_procedure_fact]" in Chat(library).say("mất bao lâu")


def test_a_missing_value_of_the_commune_becomes_the_honest_sentence(library: Library) -> None:
    chat = Chat(library)
    chat.say("nuôi mèo")
    chat.say("menu", "làm nhà")
    assert "[missing address]" in chat.say("nộp ở đâu")
    assert "nhà sàn giữa bản" in started(library).say("nộp ở đâu")


def test_what_only_the_commune_knows_can_be_asked(library: Library) -> None:
    chat = started(library)
    assert "Nhà sàn giữa bản" in chat.say("cho hỏi địa chỉ của xã")
    assert chat.slot == "co-dat"
    assert "[missing phone]" in chat.say("số điện thoại của xã")
    assert chat.slot == "@ask_team"  # the team may find it out
