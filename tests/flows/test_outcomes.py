"""How it went: asked at the end and some days later; and what there is to count in a turn."""

import pytest

from flows.definition.library import Library
from flows.dialogue.advance import advance
from flows.messages import AnalyticsEvent, Filed, Message, Missed, OpenTicket, Remind, Returned
from tests.flows.chat import FILED, Chat, started
from tests.library import CAT
from tests.library import library as make


def finished(library: Library) -> Chat:
    chat = started(library, "nuoi-meo")
    chat.tap("<finished>")
    return chat


def asked(library: Library) -> Chat:
    """Some days later, as bot/follow_up.py asks."""
    chat = finished(library)
    chat.state = chat.state.model_copy(update={"asking": "outcome", "offered": ("nuoi-meo",)})
    chat.say("chào")
    return chat


def happened(chat: Chat, text: str) -> list[AnalyticsEvent]:
    turn = advance(chat.library, chat.state, Message(text=text), chat.now, chat.limits)
    chat.say(text)
    return list(turn.events)


@pytest.mark.parametrize(("label", "filed"), [("<filed_online>", "online"), ("<filed_in_person>", "in_person")])
def test_who_filed_is_thanked_and_asked_no_more(library: Library, label: str, filed: Filed) -> None:
    chat = finished(library)
    assert "[filed]" in chat.reply.text
    number = str(1 + FILED.index(label))
    assert happened(chat, number)[0] == AnalyticsEvent("outcome", "nuoi-meo", None, filed)
    assert "[filed_kept]" in chat.reply.text
    assert chat.labels == ["<other_procedure>"]
    assert chat.state.told == ("nuoi-meo",)


def test_who_begins_anew_is_asked_anew(library: Library) -> None:
    chat = finished(library)
    chat.tap("<filed_online>", "<other_procedure>", "Nuôi mèo", "<walk>", "<finished>")
    assert chat.labels[:5] == FILED


def test_the_last_twelve_that_were_told_are_remembered(library: Library) -> None:
    chat = finished(library)
    others = tuple(f"khac-{n}" for n in range(12))
    chat.state = chat.state.model_copy(update={"told": others})
    chat.tap("<filed_online>")
    assert chat.state.told == (*others[1:], "nuoi-meo")


def test_what_was_returned_is_told_with_a_reason_and_a_word(library: Library) -> None:
    chat = finished(library)
    assert "[why_returned]" in chat.tap("<filed_returned>")
    assert "[returned_word]" in chat.tap("<thieu-giay>")
    assert "[returned_kept]" in chat.say("họ bảo đơn không có chữ ký")
    assert chat.effects == [Returned("nuoi-meo", "thieu-giay", "họ bảo đơn không có chữ ký")]


def test_the_word_may_be_left_out(library: Library) -> None:
    chat = finished(library)
    chat.tap("<filed_returned>", "<ly-do-khac>", "<skip>")
    assert "[returned_kept]" in chat.reply.text
    assert chat.effects == []


def test_a_procedure_has_its_own_reasons() -> None:
    own = "returned: [{id: meo-chay, label: Mèo chạy mất}, {id: meo-ngu, label: Mèo còn ngủ}]\nsteps:"
    chat = finished(make(cat=CAT.replace("steps:", own)))
    chat.tap("<filed_returned>")
    assert chat.labels == ["Mèo chạy mất", "Mèo còn ngủ"]


def test_who_could_not_file_tells_where_and_gets_a_person(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    chat.state = chat.state.model_copy(update={"asking": "outcome", "offered": ("lam-nha",)})
    chat.say("chào")
    chat.tap("<filed_not_yet>")
    assert chat.labels == ["Xã hết đơn", "Xã đóng cửa", "Mất mạng", "<other_trouble>", "<not_stuck>"]
    assert "Bác đợi có mạng." in chat.tap("Mất mạng")
    ticket = chat.effects[-1]
    assert isinstance(ticket, OpenTicket)
    assert (ticket.reason, ticket.procedure, ticket.step, ticket.tried) == ("checkin", "lam-nha", "nop-don", "mat-mang")
    assert ticket.answers == {"co-dat": "co"}
    assert chat.slot == "loai-nha"


def test_who_is_in_no_hurry_gets_no_ticket(library: Library) -> None:
    chat = asked(library)
    chat.tap("<filed_not_yet>")
    assert "[no_hurry]" in chat.tap("<not_stuck>")
    assert chat.effects == []
    assert chat.state.told == ()


def test_who_wants_no_questions_says_so_with_a_button(library: Library) -> None:
    chat = asked(library)
    assert "[checkin] Nuôi mèo" in chat.reply.text
    assert "[checkins_off]" in chat.tap("<no_checkins>")
    assert chat.state.checkins is False


def test_the_question_is_in_nobodys_way(library: Library) -> None:
    """Who goes on with the step beneath, or wants something else, just does."""
    chat = started(library)
    chat.state = chat.state.model_copy(update={"asking": "outcome", "offered": ("nuoi-meo",)})
    chat.say("có rồi")
    assert chat.slot == "loai-nha"


def test_a_turn_tells_what_happened_and_no_answer(library: Library) -> None:
    chat = Chat(library)
    turn = advance(library, chat.state, Message(start="ban-moi_lam-nha"), chat.now)
    assert turn.events == (AnalyticsEvent("opened"), AnalyticsEvent("chosen", "lam-nha"))
    chat.send(Message(start="ban-moi_lam-nha"))
    assert happened(chat, "tiếp tục") == [AnalyticsEvent("shown", "lam-nha", "co-dat")]
    assert happened(chat, "có rồi") == [
        AnalyticsEvent("answered", "lam-nha", "co-dat"),
        AnalyticsEvent("shown", "lam-nha", "loai-nha"),
    ]
    assert happened(chat, "mất bao lâu") == [AnalyticsEvent("aside", "lam-nha", "loai-nha", "time")]
    assert happened(chat, "trời hôm nay xanh quá") == [AnalyticsEvent("missed", "lam-nha", "loai-nha")]
    assert happened(chat, "quay lại") == [
        AnalyticsEvent("back", "lam-nha", "loai-nha"),
        AnalyticsEvent("shown", "lam-nha", "co-dat"),
    ]


def test_a_trouble_is_told_once_with_its_step(library: Library) -> None:
    chat = started(library)
    chat.tap("Chưa có", "<some_missing>", "Đơn", "<only_these>")
    assert chat.slot == "xin-don"
    assert happened(chat, "không còn đơn") == [AnalyticsEvent("trouble", "lam-nha", "xin-don", "het-don")]
    assert happened(chat, "mất bao lâu") == [AnalyticsEvent("aside", "lam-nha", "xin-don", "time")]


def test_coming_back_after_a_while_is_another_visit(library: Library) -> None:
    chat = started(library)
    chat.later(hours=13)
    assert happened(chat, "chào")[0] == AnalyticsEvent("opened")
    assert AnalyticsEvent("opened") not in happened(chat, "chào")


def test_a_draft_brings_its_answers_back_unnoticed(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi")
    chat.say("nuôi mèo", "có")
    chat.say("làm nhà")
    assert [each.kind for each in happened(chat, "có")] == ["chosen", "shown"]


# --- for another day ---


def test_a_deed_may_wait_and_they_may_be_reminded(library: Library) -> None:
    chat = started(library, "nuoi-meo")
    assert "[remind_when]" in chat.tap("<later>")
    assert chat.labels == ["<tonight>", "<tomorrow>", "<week>", "<no_reminder>"]
    assert chat.tap("<tomorrow>") == "[remind_kept] <tomorrow>"
    assert chat.effects == [Remind("nuoi-meo", "tomorrow")]
    assert (chat.state.remind, chat.state.answers) == ("nuoi-meo", {})
    chat.say("xong rồi")
    assert (chat.state.remind, chat.state.answers) == ("", {"cho-an": "xong"}), "who goes on needs no reminder"


def test_a_reminder_is_only_for_who_wants_one(library: Library) -> None:
    chat = started(library, "nuoi-meo")
    assert chat.tap("<later>", "<no_reminder>") == "[stopped]"
    assert (chat.effects, chat.state.remind) == ([], "")
    assert "Bác cho mèo ăn." in chat.say("xin chào")


def test_not_yet_i_go_later_is_an_answer(library: Library) -> None:
    chat = finished(library)
    assert "[remind_when]" in chat.tap("<filed_later>")
    chat = asked(library)
    assert "[no_hurry]" in chat.tap("<filed_later>")
    assert (chat.effects, chat.state.told) == ([], ())


def test_where_nothing_is_filed_nobody_asks_whether_it_was() -> None:
    chat = finished(make(cat=CAT.replace("facts:", "files: false\nfacts:")))
    assert "[filed]" not in chat.reply.text
    assert chat.labels == ["<other_procedure>"]


# --- in their own words ---


def test_why_it_was_returned_may_be_said_at_once(library: Library) -> None:
    chat = finished(library)
    chat.tap("<filed_returned>")
    assert "[returned_kept]" in chat.say("họ bảo mèo chưa tiêm")
    assert chat.effects == [Returned("nuoi-meo", "ly-do-khac", "họ bảo mèo chưa tiêm")]


def test_a_trouble_that_nobody_listed_goes_to_a_person_and_to_the_editors(library: Library) -> None:
    chat = started(library)
    chat.tap("Có rồi", "Kiểu khác", "<have_all>", "<stuck>")
    assert "[ticket_opened]" in chat.say("con trâu ăn mất tờ đơn")
    assert [type(effect) for effect in chat.effects] == [OpenTicket, Missed]
    assert chat.slot == "nop-don"
