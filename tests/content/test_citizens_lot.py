"""Small things that make a talk grate, each as somebody says it and hears it: answered as said, briefly, and always a way on."""

from datetime import date, timedelta

import pytest

from flows.dialogue.household_papers import household
from flows.messages import Message, Missed, OpenTicket, Remind
from tests.content import LIBRARY
from tests.flows.chat import Chat

LONGEST = 120  # words of a screen
SENTENCES, LABELS = LIBRARY.sentences, LIBRARY.sentences.labels


def begin(procedure: str, *said: str) -> Chat:
    chat = Chat(LIBRARY)
    chat.send(Message(start=f"na-ri_{procedure}"))
    chat.say(*said)
    return chat


@pytest.mark.parametrize("procedure", sorted(id_ for id_, one in LIBRARY.procedures.items() if one.papers))
def test_the_papers_asked_for_at_the_menu_fit_a_screen_and_lead_to_those_of_the_household(procedure: str) -> None:
    chat = Chat(LIBRARY)
    title = LIBRARY.procedures[procedure].title
    said = chat.say(f"{title} cần giấy tờ gì")
    assert chat.state.asking == "which"
    assert chat.state.offered[0] == procedure
    assert SENTENCES.lack_mark in said
    assert len(said.split()) <= LONGEST
    asked = next((label for label in chat.labels if label.startswith("Nhà tôi cần giấy gì")), None)
    if asked:
        assert chat.tap(asked).startswith("Câu 1/")
        assert chat.state.procedure == procedure


def test_papers_asked_for_on_the_way_are_those_that_the_answers_leave_open() -> None:
    chat = begin("ket-hon", "đi từng bước", "đủ rồi", "không")
    said = chat.say("cần giấy gì ấy nhỉ")
    assert "Căn cước của cả hai" in said
    assert "hộ chiếu" not in said


@pytest.mark.parametrize("said", ["tui cần giấy gì", "tôi cần giấy gì", "can giay gi"])
def test_whoever_asks_for_papers_at_a_leaflet_has_lost_none(said: str) -> None:
    assert begin("lop-1").say(said).startswith("Câu 1/")


def test_who_keeps_it_as_it_is_goes_on() -> None:
    chat = begin("ho-chieu", "làm căn cước", "em giữ nguyên")
    assert (chat.state.procedure, chat.state.asking) == ("ho-chieu", "leaflet")
    chat.say("đi từng bước", "làm lần đầu")
    for asked in (("sửa",), ("sửa", "1")):
        chat.say(*asked, "giữ nguyên")
        assert chat.state.asking is None
        assert chat.state.answers == {"viec": "lan-dau"}
    assert not any(isinstance(effect, Missed) for effect in chat.effects)


@pytest.mark.parametrize(
    ("said", "there"),
    [("ừ chuyển đi", "can-cuoc"), ("làm căn cước", "can-cuoc"), ("à thôi cứ hộ chiếu đi", "ho-chieu")],
)
def test_who_is_asked_whether_to_change_over_may_name_where_to(said: str, there: str) -> None:
    chat = begin("ho-chieu", "làm căn cước", said)
    assert (chat.state.procedure, chat.state.asking) == (there, "leaflet")
    assert chat.state.answers == {}


@pytest.mark.parametrize("said", ["dạ", "ừ", "ok", "vâng ạ"])
def test_a_nod_is_no_misunderstanding(said: str) -> None:
    chat = begin("can-cuoc", "đi từng bước")
    told = chat.say(said)
    assert told.startswith(SENTENCES.nodded)
    assert chat.effects == []


def test_a_word_at_the_list_of_troubles_opens_no_ticket_and_a_story_does() -> None:
    chat = begin("bhyt-ho-gia-dinh", "tôi đang vướng")
    assert SENTENCES.trouble_more in chat.say("giấy tờ")
    assert chat.effects == []
    chat.say("họ bảo tôi thiếu giấy của bố tôi nên không nhận")
    assert any(isinstance(effect, OpenTicket) for effect in chat.effects)


def test_a_fact_asked_for_at_the_list_of_troubles_is_told() -> None:
    chat = begin("dat-chuyen-nhuong", "tôi đang vướng")
    assert "8 ngày làm việc" in chat.say("mất bao lâu")
    assert chat.effects == []


def test_who_was_sent_away_reads_at_the_leaflet_what_is_known_to_go_wrong() -> None:
    chat = begin("dat-chuyen-nhuong")
    assert SENTENCES.which_trouble in chat.say("người ta bảo thiếu giấy")
    assert len(chat.labels) > 3


def test_who_comes_back_after_weeks_is_welcomed_and_told_where_they_were() -> None:
    chat = begin("ket-hon", "đi từng bước", "đủ rồi", "thôi để hôm khác")
    chat.now += timedelta(days=21)
    assert chat.say("tôi quay lại đây").startswith("Chào bác quay lại.")


def test_a_hello_is_answered_and_an_old_offer_gone() -> None:
    chat = Chat(LIBRARY)
    chat.say("xin chào", "ô kê la", "hừm hừm")
    chat.now += timedelta(days=1)
    assert chat.say("chào cô").startswith(SENTENCES.hello)
    assert chat.state.asking == "menu"


def test_the_menu_tells_its_news_once() -> None:
    chat = Chat(LIBRARY)
    news = next(iter(LIBRARY.deadlines_on(chat.now.date()).values())).headline
    assert news in chat.say("xin chào")
    assert news not in chat.say("hết bao nhiêu tiền")
    assert news in chat.say("danh sách")


def test_a_neighbour_named_again_in_short_is_the_same_one() -> None:
    chat = Chat(LIBRARY)
    chat.say("tôi làm hộ bà Lý hàng xóm, bà ấy 76 tuổi muốn nhận tiền người già", "làm cho ông Sình", "xin hộ nghèo")
    assert chat.state.person == "ông Sình"
    told = chat.say("bà Lý cần giấy gì")
    assert (chat.state.person, chat.state.procedure) == ("bà Lý hàng xóm", "huu-tri-xa-hoi")
    assert told.startswith("Làm tiếp cho bà Lý hàng xóm")
    chat.say("làm cho ông Sình", "làm cho bà Lý")
    assert chat.state.person == "bà Lý hàng xóm"
    assert set(chat.state.others) == {"ông Sình"}


@pytest.mark.parametrize("procedure", ["can-cuoc", "thuong-tru", "tam-tru", "xac-nhan-cu-tru", "tach-ho"])
def test_the_police_open_on_saturday_morning_whatever_one_comes_for(procedure: str) -> None:
    assert "sáng thứ bảy" in begin(procedure).say("thứ bảy có làm không").casefold()


def test_what_is_told_while_picking_from_a_list_is_kept() -> None:
    chat = Chat(LIBRARY)
    chat.say("con em sang năm vào lớp 1", "dạ con em sinh tháng 5 năm 2021")
    assert chat.state.procedure == "lop-1"
    assert chat.state.answers == {"nam-sinh": "2021"}


def test_what_stands_right_above_is_not_put_again_behind_a_ticket() -> None:
    chat = begin(
        "nhan-con", "đi từng bước", "có khai sinh rồi", "có giấy ADN, giấy y tế", "bố mẹ phải ở cùng xã hay sao"
    )
    assert chat.state.asking == "ask_team"
    told = chat.tap(LABELS["ask_team"])
    assert "Tờ khai nhận cha" not in told
    assert "Bác có đủ chưa?" in told


def test_who_goes_tomorrow_while_getting_papers_may_be_reminded() -> None:
    chat = begin("nhan-con", "đi từng bước", "có khai sinh rồi", "có giấy ADN, giấy y tế", "mai tôi đi")
    assert chat.state.asking == "later"


def test_a_long_first_answer_is_introduced_shortly() -> None:
    said = Chat(LIBRARY).say("trả hết nợ ngân hàng rồi giờ xoá thế chấp")
    assert said.startswith(SENTENCES.intro_short)
    assert len(said.split()) <= LONGEST


@pytest.mark.parametrize(
    ("procedure", "answers"),
    [
        ("giam-ho", {"viec": "moi", "cho-ai": "mo-coi", "nhieu-nguoi": "mot"}),
        ("giam-ho", {"viec": "thoi"}),
        ("khai-sinh-lai", {"truoc-day": "chua", "can-bo": "khong"}),
        ("khai-sinh-lai", {"truoc-day": "roi", "hoi-so": "het", "can-bo": "khong"}),
    ],
)
def test_who_sends_somebody_else_reads_that_an_authorisation_is_needed(procedure: str, answers: dict[str, str]) -> None:
    papers = household(LIBRARY.procedures[procedure], answers, date(2026, 11, 30)).papers
    assert [paper.optional for _, paper in papers if paper.name == "Giấy uỷ quyền"] == [True]


def test_a_passport_that_has_run_out_is_no_missing_paper() -> None:
    papers = household(LIBRARY.procedures["ho-chieu"], {"viec": "lam-lai", "tuoi": "lon"}, date(2026, 11, 30)).papers
    assert [paper.optional for _, paper in papers if paper.name == "Hộ chiếu cũ còn hạn"] == [True]


@pytest.mark.parametrize(("way", "filed"), [("ra xã xin", "in_person"), ("trên điện thoại", "online")])
def test_done_at_the_end_is_filed_the_way_that_was_shown(way: str, filed: str) -> None:
    chat = begin("trich-luc", "đi từng bước", "giấy khai sinh", "còn bản chính", "của tôi, tôi đi", "có đủ cả rồi", way)
    while LABELS["finished"] in chat.labels:
        chat.tap(LABELS["finished"])
    assert SENTENCES.filed in chat.reply.text
    told = chat.say("xong rồi")
    assert told == SENTENCES.filed_kept
    assert chat.heard.id == filed


def test_who_tells_why_it_was_returned_need_not_read_the_end_again() -> None:
    chat = begin(
        "trich-luc", "đi từng bước", "giấy khai sinh", "còn bản chính", "của tôi, tôi đi", "có đủ cả rồi", "ra xã xin"
    )
    chat.tap(LABELS["finished"])
    chat.say("bị trả lại", "thiếu giấy tờ")
    assert chat.say("người ta bảo thiếu giấy uỷ quyền") == SENTENCES.returned_kept


def test_a_mourner_is_condoled_with_once_a_message_and_not_again_at_the_questions() -> None:
    chat = Chat(LIBRARY)
    assert "chia buồn" in chat.say("bố tôi vừa mất hôm qua")
    chat.tap("Khai tử, lo tiền mai táng")
    assert "chia buồn" not in chat.say("đi từng bước")


QUESTION = "con chị chưa đăng ký tạm trú thì trường có nhận không"


@pytest.mark.parametrize("said", ["ok", "biết rồi em nhé", "hiểu rồi", "ok em"])
def test_who_only_says_that_they_read_an_answer_asks_nothing_of_the_team(said: str) -> None:
    chat = begin("lop-1", QUESTION)
    assert chat.say(said) == SENTENCES.question_kept
    assert chat.state.asking == "ask_team"
    assert chat.effects == []


@pytest.mark.parametrize("said", ["ừ", "dạ vâng", "có", "nhờ tổ hỏi giúp"])
def test_a_yes_to_the_offer_hands_the_question_on(said: str) -> None:
    chat = begin("lop-1", QUESTION, said)
    assert [effect.question for effect in chat.effects if isinstance(effect, OpenTicket)] == [QUESTION]


def test_how_far_one_is_is_told_once_on_coming_back() -> None:
    chat = begin("ho-ngheo", "đi từng bước", "1")
    chat.later(days=21)
    assert chat.say("chào em").lower().count("bước 2/") == 1
    helper = begin(
        "ho-ngheo", "làm hộ bà Lý", "đúng rồi", "xin hộ nghèo", "đi từng bước", "1", "làm cho ông Tư", "đúng rồi"
    )
    assert helper.say("làm cho bà Lý").lower().count("bước 2/") == 1


@pytest.mark.parametrize("procedure", sorted(LIBRARY.procedures))
@pytest.mark.parametrize("begun", [[], ["đi từng bước"]])
def test_who_can_not_read_gets_a_person_wherever_they_say_so(procedure: str, begun: list[str]) -> None:
    """Also where it answers a question, as "cần người giúp nộp": that is kept, and more to read is no help."""
    for said in ("tôi không biết chữ", "bác mù chữ cháu ạ"):
        chat = begin(procedure, *begun)
        told = chat.say(said)
        assert [effect.reason for effect in chat.effects if isinstance(effect, OpenTicket)] == ["literacy"]
        assert told.startswith("Bác không cần đọc nhiều.")


def test_that_somebody_else_can_not_read_is_an_answer() -> None:
    chat = begin("chung-thuc", "mẹ tôi không biết chữ")
    assert chat.effects == []


@pytest.mark.parametrize(
    ("said", "asked"), [("số điện thoại xã", "phone"), ("sdt xa", "phone"), ("xã mình ở chỗ nào", "address")]
)
@pytest.mark.parametrize("begun", [False, True])
def test_the_bare_name_of_what_a_commune_tells_asks_for_it_and_calls_nobody(said: str, asked: str, begun: bool) -> None:
    chat = begin("khai-sinh") if begun else Chat(LIBRARY)
    chat.say(said)
    assert (chat.heard.kind, chat.heard.id) == ("question", asked)
    assert not any(isinstance(effect, OpenTicket) for effect in chat.effects)


@pytest.mark.parametrize("begun", [["đi từng bước"], ["nhà tôi cần giấy gì"]])
@pytest.mark.parametrize("procedure", ["can-cuoc", "bang-tot-nghiep", "bhyt-ho-gia-dinh", "ho-chieu"])
def test_a_danger_is_not_asked_back_for_a_word_that_an_option_has_too(procedure: str, begun: list[str]) -> None:
    chat = begin(procedure, *begun)
    assert "113" in chat.say("con tôi mất tích từ sáng")
    assert [effect.reason for effect in chat.effects if isinstance(effect, OpenTicket)] == ["emergency"]


@pytest.mark.parametrize(
    ("said", "when"),
    [("mai", "tomorrow"), ("tối", "tonight"), ("tuần sau nhé", "week"), ("cuối tuần", "week"), ("thôi khỏi", None)],
)
def test_who_goes_on_later_is_offered_a_reminder_at_a_question_too(said: str, when: str | None) -> None:
    chat = begin("khai-tu", "đi từng bước")
    assert SENTENCES.remind_when in chat.say("để mai tôi hỏi ông nhà đã")
    chat.say(said)
    assert [effect.when for effect in chat.effects if isinstance(effect, Remind)] == ([when] if when else [])
    assert chat.state.asking is None
