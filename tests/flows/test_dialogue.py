"""What a citizen says and what comes back, on the small library of tests/library.py."""

from datetime import UTC, datetime

import pytest

from flows.definition.library import Library
from flows.definition.loading import load
from flows.dialogue.advance import advance
from flows.dialogue.opening import opening
from flows.messages import Erase, Export, LeaveTicket, Limits, Message, Missed, OpenTicket
from tests.flows.chat import FILED, Chat, started
from tests.library import HOUSE, files
from tests.library import library as make


def at_the_form(library: Library) -> Chat:
    """At the `do` step: the form is missing."""
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ", "Một tầng", "<some_missing>", "Đơn", "<only_these>")
    assert chat.slot == "xin-don"
    return chat


def test_the_first_message_introduces_the_bot_and_later_ones_do_not(library: Library) -> None:
    chat = Chat(library)
    assert chat.say("xin chào").startswith("[intro]")
    assert "[intro]" not in chat.say("xin chào")


def at_the_end(library: Library) -> Chat:
    """Where something of the commune is said for the first time."""
    chat = Chat(library)
    chat.say("tôi muốn làm nhà")
    chat.tap("<walk>", "Chưa có", "<have_all>", "<finished>")
    return chat


def test_a_citizen_is_asked_for_the_commune_once_when_it_matters_and_may_say_its_old_name(library: Library) -> None:
    chat = at_the_end(library)
    assert "[which_commune]" in chat.reply.text
    said = chat.say("ban xa")
    assert "[commune_kept] xã Bản Mới" in said
    assert "nhận ở nhà sàn giữa bản" in said


def test_a_commune_that_is_not_said_is_not_asked_for_again(library: Library) -> None:
    chat = at_the_end(library)
    assert "[missing address]" in chat.tap("<other_commune>")
    assert "[which_commune]" not in chat.say("quay lại", "xong")


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


@pytest.mark.parametrize(
    "said", ["Chưa có", "chưa có đâu", "chua", "2", "số hai", "cái thứ 2", "không", "ko có ạ", "chưa làm"]
)
def test_buttons_numbers_and_words_all_answer(library: Library, said: str) -> None:
    chat = started(library)
    assert "Bác hỏi bản về đất trước." in chat.say(said)
    assert chat.state.answers == {"co-dat": "chua"}


@pytest.mark.parametrize("said", ["Có rồi", "có roi", "co", "1", "số một", "cái đầu tiên", "có rồi nhé", "vâng"])
def test_yes_in_its_spoken_forms(library: Library, said: str) -> None:
    chat = started(library)
    chat.say(said)
    assert chat.slot == "loai-nha"


@pytest.mark.parametrize("said", ["không nuôi mèo", "chưa xin con mèo"])
def test_what_is_denied_at_a_step_is_no_wish_for_it(library: Library, said: str) -> None:
    assert "[switch]" not in started(library).say(said)
    assert "[switch]" in started(library).say(said.partition(" ")[2])


def test_a_draft_that_is_finished_by_now_begins_anew(library: Library) -> None:
    """Its last steps are gone from the content since."""
    chat = started(library, "nuoi-meo")
    chat.tap("<finished>")
    drafts = {"nuoi-meo": chat.state.answers}
    chat.state = chat.state.model_copy(update={"procedure": None, "answers": {}, "drafts": drafts})
    assert "[leaflet_next]" in chat.say("nuôi mèo")
    assert (chat.slot, chat.state.answers) == ("@leaflet", {})


@pytest.mark.parametrize("said", ["không hiểu gì cả", "giá vàng hôm nay", "số chín"])
def test_what_is_no_answer_is_not_taken_for_one(library: Library, said: str) -> None:
    chat = started(library)
    assert "[not_understood]" in chat.say(said)
    assert chat.slot == "co-dat"
    assert isinstance(chat.effects[-1], Missed)


def test_a_number_that_no_choice_has_is_said_to_be_too_high(library: Library) -> None:
    chat = started(library)
    assert "[no_such_number] 2" in chat.say("3")
    assert chat.slot == "co-dat"


def test_a_contrast_is_asked_back_between_two(library: Library) -> None:
    chat = started(library)
    assert "[which_meant]" in chat.say("có nhưng bị mờ mất")
    assert chat.labels == ["Có rồi", "Chưa có", "<none_of_these>"]
    assert chat.state.answers == {}
    chat.tap("<none_of_these>")
    assert chat.slot == "co-dat"
    chat.say("có nhưng bị mờ mất")
    chat.tap("Có rồi")
    assert chat.state.answers == {"co-dat": "co"}


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


def test_known_troubles_come_before_a_person(library: Library) -> None:
    chat = at_the_form(library)
    chat.tap("<stuck>")
    assert chat.labels == ["Xã hết đơn", "Xã đóng cửa", "<other_trouble>"]
    assert "[cure] Bác hẹn hôm sau." in chat.say("không còn đơn đâu")
    chat.tap("<still_stuck>")
    ticket = chat.effects[-1]
    assert isinstance(ticket, OpenTicket)
    assert (ticket.reason, ticket.step, ticket.tried, ticket.missing) == ("stuck", "xin-don", "het-don", ("Đơn",))
    assert ticket.answers["loai-nha"] == "go"
    assert chat.slot == "xin-don"


def test_a_cure_that_helps_leads_on(library: Library) -> None:
    chat = at_the_form(library)
    chat.tap("<stuck>", "Xã đóng cửa", "<solved>")
    assert chat.slot == "nop-don"


def test_stuck_without_known_troubles_opens_a_ticket_at_once(library: Library) -> None:
    chat = started(library, "nuoi-meo")
    chat.tap("<stuck>")
    assert isinstance(chat.effects[-1], OpenTicket)


def test_stuck_at_a_step_that_has_no_button_for_it_offers_a_person(library: Library) -> None:
    chat = started(library)
    assert "[offer_person_stuck]" in chat.say("bị vướng")
    chat.tap("<human>")
    ticket = chat.effects[-1]
    assert isinstance(ticket, OpenTicket)
    assert ticket.reason == "stuck"


@pytest.mark.parametrize("said", ["gặp người", "cho tôi gặp người với", "gap can bo", "GẶP NGƯỜI"])
def test_a_person_can_be_asked_for_at_any_time(library: Library, said: str) -> None:
    chat = started(library)
    assert "[ticket_opened]" in chat.say(said)
    assert [type(effect) for effect in chat.effects] == [OpenTicket]
    assert chat.slot == "co-dat"


def test_a_trouble_can_be_said_before_anybody_asks_for_it(library: Library) -> None:
    chat = at_the_form(library)
    assert "[cure] Bác hẹn hôm sau." in chat.say("xã không còn đơn")


@pytest.mark.parametrize("said", ["mất rồi", "chưa được", "hỏi ai", "trường đi vắng", "khi nào nộp"])
def test_what_only_sounds_like_done_is_not_done(library: Library, said: str) -> None:
    chat = at_the_form(library)
    chat.say(said)
    assert "xin-don" not in chat.state.answers


@pytest.mark.parametrize("said", ["không phải nhà gỗ", "chưa có nhà gạch"])
def test_a_denied_option_is_not_picked(library: Library, said: str) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    chat.say(said)
    assert chat.slot == "loai-nha"


def test_while_a_person_is_offered_the_step_beneath_can_still_be_answered(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    chat.say("blah blah", "blah blah", "nhà gỗ")
    assert chat.slot == "tang"


def test_the_commune_can_be_changed(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    assert "[which_commune]" in chat.say("đổi xã")
    chat.say("quay lại")
    assert chat.state.commune == "ban-moi"
    chat.say("đổi xã")
    chat.tap("<other_commune>")
    assert (chat.state.commune, chat.slot) == ("", "loai-nha")


def test_two_misses_in_a_row_offer_a_person(library: Library) -> None:
    chat = started(library)
    assert "[not_understood]" in chat.say("blah blah")
    assert "[offer_person]" in chat.say("blah blah")
    chat.tap("<human>")
    ticket = chat.effects[-1]
    assert isinstance(ticket, OpenTicket)
    assert ticket.reason == "misses"
    assert chat.slot == "co-dat"


def test_something_understood_in_between_starts_the_count_anew(library: Library) -> None:
    chat = started(library)
    chat.say("blah blah", "mất bao lâu")
    assert "[offer_person]" not in chat.say("blah blah")


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


def test_summary_names_answers_papers_and_place(library: Library) -> None:
    text = at_the_form(library).say("tóm tắt")
    assert "[summary] Làm nhà 5 6" in text
    assert "Nhà gỗ" in text
    assert "[lack_mark] Đơn" in text
    assert "[have_mark] Ảnh" in text


def test_why_gives_the_reason_for_a_question(library: Library) -> None:
    assert "Không có đất thì chưa làm được." in started(library).say("để làm gì vậy")


def test_stopping_keeps_everything(library: Library) -> None:
    chat = at_the_form(library)
    assert chat.say("dừng") == "[stopped]"
    assert "xin tờ đơn" in chat.say("xin chào")


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


def test_a_link_names_commune_and_procedure_and_passes_over_nonsense(library: Library) -> None:
    chat = Chat(library)
    chat.send(Message(start="ban-moi_nuoi-meo_x%00"))
    assert (chat.state.commune, chat.state.procedure) == ("ban-moi", "nuoi-meo")
    assert "[menu]" in Chat(library).send(Message(start="<script>"))


def test_a_photo_gets_a_plain_answer_and_the_offer_of_a_person(library: Library) -> None:
    chat = started(library)
    text = chat.send(Message(attachment="photo"))
    assert "[attachment]" in text
    assert "[offer_person]" in text
    chat.tap("<human>")
    ticket = chat.effects[-1]
    assert isinstance(ticket, OpenTicket)
    assert ticket.reason == "attachment"


@pytest.mark.parametrize("message", [Message(attachment="sticker"), Message(text="👍👍"), Message(text="...")])
def test_a_smile_is_returned_and_is_no_miss(library: Library, message: Message) -> None:
    chat = started(library)
    assert "[smile]" in chat.send(message)
    assert chat.state.misses == 0


@pytest.mark.parametrize("kind", ["id", "otp", "card"])
def test_a_sensitive_number_is_answered_with_a_warning_only(library: Library, kind: str) -> None:
    chat = started(library)
    state = chat.remembered
    assert "[sensitive]" in chat.send(Message(text="số của tôi [số đã che]", sensitive=kind))
    assert chat.remembered == state


def test_an_edited_message_changes_nothing(library: Library) -> None:
    chat = started(library)
    assert "[edited]" in chat.send(Message(edited=True))
    assert chat.slot == "co-dat"


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "chưa " * 3000, "\u202eđó có\u0000\u0007", "Chu\u031ba co\u0301 đâu", "\ud800"]
)
def test_odd_text_gets_a_reply(library: Library, text: str) -> None:
    assert "Bác" in started(library).say(text)


def test_decomposed_text_is_understood(library: Library) -> None:
    chat = started(library)
    assert "Bác hỏi bản về đất trước." in chat.say("Chu\u031ba co\u0301 đâu")


def test_too_long_a_text_is_said_to_be_too_long(library: Library) -> None:
    assert "[too_long]" in started(library).say("lô " * 2000)


def test_erasing_asks_first_and_then_forgets_everything(library: Library) -> None:
    chat = at_the_form(library)
    assert "[erase]" in chat.say("/xoadulieu")
    assert chat.tap("<erase>") == "[erased] 14"
    assert [type(effect) for effect in chat.effects] == [Erase]
    assert (chat.state.procedure, chat.state.answers, chat.state.commune) == (None, {}, None)


def test_a_citizen_may_see_what_is_kept_and_may_leave_a_person(library: Library) -> None:
    chat = started(library)
    chat.say("/dulieucuatoi", "quay lại bot")
    assert [type(effect) for effect in chat.effects] == [Export, LeaveTicket]


# --- when the content changes under a conversation ---


def changed(chat: Chat, house: str) -> str:
    chat.library = make(house=house)
    return chat.say("xin chào")


def test_after_an_edit_the_conversation_goes_on_at_the_same_step_and_says_so(library: Library) -> None:
    chat = at_the_form(library)
    new = "  - {id: moi, kind: tell, text: Có điều mới.}\n  - id: loai-nha"
    assert "[content_changed]" in changed(chat, HOUSE.replace("  - id: loai-nha", new))
    assert chat.slot == "xin-don"
    chat.tap("<finished>")
    assert chat.slot == "nop-don"


def test_when_its_step_is_gone_it_goes_on_at_the_last_one_before(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ")
    assert chat.slot == "tang"
    start, end = HOUSE.index("  - id: tang"), HOUSE.index("  - id: giay-to")
    without = (HOUSE[:start] + HOUSE[end:]).replace(", when: {tang: hai}", "")
    assert "[content_changed]" in changed(chat, without)
    assert chat.slot == "loai-nha"


def test_an_answer_whose_option_is_gone_is_asked_again(library: Library) -> None:
    chat = at_the_form(library)
    gone = HOUSE.replace("      - {id: go, label: Nhà gỗ, says: [nhà sàn]}\n", "").replace("[go, gach]", "gach")
    changed(chat, gone)
    assert chat.slot == "loai-nha"


def test_an_old_button_from_before_an_edit_never_acts(library: Library) -> None:
    chat = started(library)
    old = chat.choice("Có rồi").token
    changed(chat, HOUSE.replace("Bác có đất chưa?", "Bác đã có đất chưa?"))
    assert "[old_button]" in chat.send(Message(choice=old))


def test_a_procedure_that_was_removed_leads_to_the_menu(library: Library) -> None:
    chat = started(library, "nuoi-meo")
    chat.library = load({name: text for name, text in files().items() if "meo" not in name})
    assert "[procedure_gone]" in chat.say("xin chào")
    assert "[menu]" in chat.reply.text


# --- limits ---


def test_a_state_never_outgrows_its_limit(library: Library) -> None:
    chat = at_the_form(library)
    before = chat.state
    chat.say("nuôi mèo", "có")
    assert list(chat.state.drafts) == ["lam-nha"]
    limit = len(chat.state.model_dump_json().encode()) - 1
    chat.state, chat.limits = before, Limits(state=limit)
    chat.say("nuôi mèo", "có")
    assert len(chat.state.model_dump_json().encode()) <= limit
    assert chat.state.drafts == {}


def test_no_more_of_a_text_is_read_than_the_limit(library: Library) -> None:
    chat = started(library)
    chat.limits = Limits(text=10)
    chat.say("chưa có" + " " * 20 + "gặp người")
    assert chat.state.answers == {"co-dat": "chua"}
    assert chat.effects == []


def test_nothing_is_erased_or_begun_anew_by_a_word_that_may_mean_no(library: Library) -> None:
    chat = started(library)
    chat.first()
    for question in ("xoá dữ liệu", "làm lại từ đầu"):
        for said in ("dung", "đừng", "đúng", "có", "co", "vâng", "ok"):
            before = chat.state.answers
            chat.say(question, said)
            assert chat.state.answers == before
            assert not any(isinstance(effect, Erase) for effect in chat.effects)
            chat.say("quay lại")


def test_a_question_that_is_gone_from_the_content_is_not_asked_again(library: Library) -> None:
    chat = started(library)
    chat.first()
    chat.say("sửa", "1")
    gone = chat.state.model_copy(update={"asking": "redo:khong-con", "version": "old"})
    assert opening(library, gone, chat.now).choices
    assert advance(library, gone, Message(text="1"), chat.now).replies[0].choices


def test_a_year_is_no_number_of_a_choice(library: Library) -> None:
    chat = started(library)
    assert "[no_such_number]" in chat.say("17")
    assert "[no_such_number]" not in chat.say("1990")


def test_who_asks_beside_a_step_reads_its_text_once(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi", "Nhà gỗ", "Hai tầng", "<have_all>")
    assert "Bác nộp đơn." in chat.reply.text
    said, labels = chat.say("cảm ơn"), chat.labels
    assert "Bác nộp đơn." not in said
    assert "[progress]" in said
    assert "<finished>" in labels
    chat.later(hours=13)
    assert "Bác nộp đơn." in chat.say("cảm ơn")


def test_a_mended_message_is_read_at_the_menu_whatever_was_heard_before(library: Library) -> None:
    chat = Chat(library)
    chat.say("cảm ơn")
    assert chat.state.misses == 0
    assert "[leaflet_fact]" in chat.send(Message(text="làm nhà", edited=True))
