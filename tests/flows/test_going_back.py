"""Going back, changing an answer, old buttons, another procedure: what is kept and what never acts."""

import pytest

from flows.definition.library import Library
from flows.messages import Message
from tests.flows.chat import FILED, at_the_form, started


def test_a_draft_that_is_finished_by_now_begins_anew(library: Library) -> None:
    """Its last steps are gone from the content since."""
    chat = started(library, "nuoi-meo")
    chat.tap("<finished>")
    drafts = {"nuoi-meo": chat.state.answers}
    chat.state = chat.state.model_copy(update={"procedure": None, "answers": {}, "drafts": drafts})
    assert "[leaflet_next]" in chat.say("nuôi mèo")
    assert (chat.slot, chat.state.answers) == ("@leaflet", {})


def test_changing_an_answer_keeps_the_later_ones_that_still_apply(library: Library) -> None:
    chat = at_the_form(library)
    text = chat.say("sửa")
    assert "1. Bác có đất chưa?" in text
    assert "Có rồi" in text
    chat.tap("2. Nhà gỗ")
    assert "[redo] Nhà gỗ" in chat.reply.text
    assert "[changed]" in chat.tap("Nhà gạch")
    assert chat.slot == "xin-don"
    assert chat.state.answers["tang"] == "mot"


def test_only_what_became_open_is_asked_again(library: Library) -> None:
    chat = at_the_form(library)
    chat.say("sửa", "3")
    chat.tap("Hai tầng")
    assert chat.slot == "giay-to/"
    assert chat.labels == ["Bản vẽ", "<only_these>"]
    chat.tap("<only_these>")
    assert chat.slot == "xin-don"


def test_changing_an_answer_and_changing_it_back_restores_the_state(library: Library) -> None:
    chat = at_the_form(library)
    before = chat.remembered
    assert "Bác hỏi bản về đất trước." in chat.say("sửa", "1", "chưa")
    chat.say("sửa", "1", "có rồi")
    assert chat.remembered == before


def test_back_undoes_one_answer(library: Library) -> None:
    chat = at_the_form(library)
    chat.say("quay lại")
    assert chat.slot == "giay-to/"
    chat.say("quay lại", "quay lại")
    assert chat.slot == "giay-to"
    chat.tap("<back>")
    assert chat.slot == "tang"


def test_back_at_the_first_step_says_that_there_is_nothing_before(library: Library) -> None:
    assert "[nothing_to_undo]" in started(library).say("quay lại")


def test_back_takes_the_bots_own_question_away_first(library: Library) -> None:
    chat = at_the_form(library)
    answers = chat.state.answers
    chat.say("sửa", "quay lại")
    assert chat.slot == "xin-don"
    assert chat.state.answers == answers


def test_an_old_button_never_acts(library: Library) -> None:
    chat = started(library)
    old = chat.choice("Có rồi").token
    chat.tap("Có rồi", "Nhà gỗ")
    state = chat.remembered
    assert "[old_button]" in chat.send(Message(choice=old))
    assert chat.slot == "tang"
    assert chat.remembered == state


def test_a_button_from_before_a_restart_never_acts(library: Library) -> None:
    chat = started(library)
    old = chat.choice("Có rồi").token
    chat.say("làm lại từ đầu")
    chat.tap("<restart>")
    assert "[old_button]" in chat.send(Message(choice=old))
    assert chat.state.answers == {}


@pytest.mark.parametrize(
    "token", ["", "x", "::", "1:co-dat:", "1:co-dat:nonsense", "9" * 500, "1:@erase:co", "1:co-dat:!erase"]
)
def test_a_made_up_button_never_acts(library: Library, token: str) -> None:
    chat = started(library)
    state = chat.remembered
    assert "[old_button]" in chat.send(Message(choice=token))
    assert chat.remembered == state


def test_restarting_asks_first(library: Library) -> None:
    chat = at_the_form(library)
    assert "[restart]" in chat.say("làm lại từ đầu")
    chat.tap("<keep_going>")
    assert chat.slot == "xin-don"
    chat.say("làm lại từ đầu")
    chat.tap("<restart>")
    assert chat.slot == "co-dat"


def test_another_procedure_is_switched_to_only_after_a_yes_and_the_first_can_be_resumed(library: Library) -> None:
    chat = at_the_form(library)
    assert "[switch] Nuôi mèo Làm nhà" in chat.say("tôi muốn nuôi mèo")
    chat.tap("<stay>")
    assert chat.slot == "xin-don"
    chat.say("tôi muốn nuôi mèo", "có")
    chat.tap("<walk>")
    assert chat.slot == "cho-an"
    chat.say("làm nhà", "có")
    assert "[resuming] Làm nhà" in chat.reply.text
    assert chat.slot == "xin-don"


def test_a_finished_procedure_starts_anew(library: Library) -> None:
    chat = started(library, "nuoi-meo")
    chat.tap("<finished>")
    assert chat.labels == [*FILED, "<other_procedure>"]
    chat.tap("<other_procedure>")
    chat.tap("Nuôi mèo", "<walk>")
    assert chat.slot == "cho-an"
