"""Leaflets and papers: which are needed, which are missing, what is asked for them."""

from flows.definition.library import Library
from tests.flows.chat import Chat, at_the_form, started


def test_a_leaflet_comes_first_with_four_ways_on(library: Library) -> None:
    chat = Chat(library)
    said = chat.say("tôi muốn làm nhà")
    assert "[leaflet_fact] where Nộp ở [missing address]" in said
    assert "[leaflet_fact] who Người có đất[single_sign]" in said
    assert "[leaflet_papers_more] Đơn" in said
    assert "Bản vẽ" not in said
    assert said.count("[leaflet_unsure] fee") == said.count("[leaflet_single]") == 1
    assert chat.labels == ["<household_papers_asked>", "<walk>", "<in_trouble>"]
    assert [way.label for way in chat.reply.nav] == ["<back>", "<human>"]  # the same digit as everywhere
    assert "[leaflet_fact]" not in chat.say("mất bao lâu"), "it is told once"


def test_the_papers_of_a_household_take_only_the_questions_that_change_them(library: Library) -> None:
    chat = started(library)
    chat.say("menu", "làm nhà")
    chat.tap("<household_papers_asked>")
    assert chat.reply.text.startswith("[papers_question] 1 3")
    chat.tap("Có rồi", "Nhà gỗ")
    said = chat.tap("Hai tầng")
    assert "[household_papers]" in said
    assert "Bản vẽ" in said
    assert chat.labels == ["<walk>", "<in_trouble>"]
    chat.tap("<walk>")
    assert chat.slot == "giay-to", "nothing is asked twice"


def test_a_question_that_no_longer_changes_the_papers_is_not_asked(library: Library) -> None:
    chat = started(library)
    chat.say("menu", "làm nhà")
    said = chat.tap("<household_papers_asked>", "Chưa có")
    assert "[household_papers]" in said
    assert "Bản vẽ" not in said
    assert "[papers_question] 1 3" in chat.say("quay lại")
    assert chat.slot == "co-dat"
    chat.say("quay lại")
    assert chat.slot == "@leaflet"


def test_who_asks_in_between_comes_back_to_where_they_stood(library: Library) -> None:
    chat = Chat(library)
    chat.say("tôi muốn làm nhà")
    offered = chat.labels
    assert "[offer_to_ask]" in chat.say("mượn thợ ở đâu")
    chat.tap("<keep_going>")
    assert (chat.slot, chat.labels) == ("@leaflet", offered)
    chat.tap("<household_papers_asked>", "Có rồi")
    chat.say("mượn thợ ở đâu")
    assert "[papers_question] 2 3" in chat.tap("<ask_team>")
    assert chat.say("nhà gỗ với nhà gạch") == "[which_meant]"
    assert "[papers_question] 3 3" in chat.tap("Nhà gạch")
    chat.say("mượn thợ ở đâu")
    assert "[papers_question] 2 3" in chat.say("quay lại", "quay lại")


def test_a_list_of_papers_is_read_once(library: Library) -> None:
    chat = Chat(library)
    chat.say("tôi muốn làm nhà")
    assert "[household_papers]" in chat.tap("<household_papers_asked>", "Chưa có")
    chat.say("mượn thợ ở đâu")
    assert "[household_papers]" not in chat.tap("<keep_going>")
    assert chat.slot == "@leaflet"


def test_where_they_stood_in_one_procedure_comes_back_in_no_other(library: Library) -> None:
    chat = Chat(library)
    chat.say("tôi muốn làm nhà")
    chat.tap("<household_papers_asked>", "Có rồi")
    chat.say("mượn thợ ở đâu", "menu", "nuôi mèo")
    chat.tap("<walk>")
    chat.say("mượn thợ làm nhà ở đâu")
    chat.say("quay lại")
    assert (chat.state.procedure, chat.state.asking) == ("nuoi-meo", None)


def test_who_is_stuck_before_any_step_sees_what_goes_wrong_in_all_of_them(library: Library) -> None:
    chat = Chat(library)
    chat.say("làm nhà")
    chat.tap("<in_trouble>")
    assert chat.labels == ["Xã hết đơn", "Xã đóng cửa", "Mất mạng", "<other_trouble>"]
    assert "[cure] Bác đợi có mạng." in chat.tap("Mất mạng")
    chat.tap("<solved>")
    assert (chat.slot, chat.state.answers) == ("@leaflet", {})


def test_papers_follow_from_the_answers(library: Library) -> None:
    chat = started(library)
    assert "Bản vẽ" in chat.tap("Có rồi", "Nhà gỗ", "Hai tầng")
    assert "Bản vẽ" not in chat.say("quay lại", "một tầng")


def test_only_the_missing_papers_are_named_and_the_rest_is_there(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ", "Hai tầng", "<some_missing>")
    assert "[which_missing]" in chat.reply.text
    assert chat.labels == ["Đơn", "Bản vẽ", "Ảnh", "<have_all>"]
    assert "[which_missing_more]" in chat.say("ảnh")
    assert chat.labels == ["Đơn", "Bản vẽ", "<only_these>"]
    text = chat.tap("<only_these>")
    assert "[still_missing] [lack_mark] Ảnh" in text
    assert "Đơn" not in text.split("[progress]")[0]


def test_who_names_every_paper_as_missing_is_asked_no_more(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ", "Một tầng", "<some_missing>", "Ảnh", "Đơn")
    assert "[still_missing] [lack_mark] Đơn\n[lack_mark] Ảnh" in chat.reply.text


def test_what_a_citizen_began_to_tick_one_by_one_goes_on(library: Library) -> None:
    """As a conversation was saved before the missing ones were asked for."""
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ", "Hai tầng", "<some_missing>")
    chat.state = chat.state.model_copy(update={"answers": {**chat.state.answers, "giay-to/don": "co"}})
    chat.say("xin chào")
    assert chat.labels == ["Bản vẽ", "Ảnh", "<have_all>"]


def test_what_is_missing_is_asked_again_on_return(library: Library) -> None:
    chat = at_the_form(library)
    chat.later(days=200)
    text = chat.say("xin chào")
    assert "[welcome_back] Làm nhà" in text
    assert "[still_missing]" in text
    assert chat.slot == "giay-to/"
    assert chat.labels == ["Đơn", "<have_all>"]
    assert "[nothing_missing]" in chat.tap("<have_all>")
    assert chat.slot == "nop-don"


def test_after_months_an_answer_is_simply_taken(library: Library) -> None:
    chat = started(library)
    chat.later(days=200)
    chat.tap("Có rồi")
    assert chat.slot == "loai-nha"


def test_missing_papers_can_be_ticked_later(library: Library) -> None:
    chat = at_the_form(library)
    chat.say("đánh dấu giấy tờ")
    assert chat.slot == "giay-to/"
