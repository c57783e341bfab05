"""What a citizen says and what comes back, on the small library of tests/library.py."""

import pytest

from flows.definition.library import Library
from flows.messages import Erase, Export, LeaveTicket, Limits, Message, Missed, OpenTicket, TicketParagraph
from tests.flows.chat import Chat, at_the_form, started


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


@pytest.mark.parametrize("said", ["?", "???", "... ?"])
def test_a_question_mark_alone_is_no_hello(library: Library, said: str) -> None:
    chat = started(library)
    assert "[puzzled]" in chat.say(said)
    assert chat.slot == "co-dat"


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


@pytest.mark.parametrize("yes", ["có", "co", "Chắc rồi ạ", "đồng ý"])
def test_a_plain_yes_erases(library: Library, yes: str) -> None:
    chat = at_the_form(library)
    chat.say("/xoadulieu")
    assert chat.say(yes) == "[erased] 14"


@pytest.mark.parametrize("other", ["đúng", "dung", "có ai đọc được không", "chưa chắc", "có mà thôi đừng xoá", "không"])
def test_what_may_be_no_yes_erases_nothing(library: Library, other: str) -> None:
    chat = at_the_form(library)
    chat.say("/xoadulieu")
    assert "[erased]" not in chat.say(other)


def test_a_citizen_may_see_what_is_kept_and_may_leave_a_person(library: Library) -> None:
    chat = started(library)
    chat.say("/dulieucuatoi", "quay lại bot")
    assert [type(effect) for effect in chat.effects] == [Export, LeaveTicket]


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
        for said in ("dung", "đừng", "đúng"):
            before = chat.state.answers
            chat.say(question, said)
            assert chat.state.answers == before
            assert not any(isinstance(effect, Erase) for effect in chat.effects)
            chat.say("quay lại")


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


@pytest.mark.parametrize(("text", "told"), [("sao lâu thế", True), ("gặp người", False)])
def test_who_waits_for_a_person_and_says_so_hears_of_their_ticket(library: Library, *, text: str, told: bool) -> None:
    """The paragraph is empty: only where tickets are kept is known since when it waits."""
    chat = started(library)
    before = chat.remembered
    chat.send(Message(text=text, waits=True))
    assert (TicketParagraph("", "ticket_waits") in chat.reply.paragraphs) == told
    assert (chat.remembered == before and not chat.effects) == told
