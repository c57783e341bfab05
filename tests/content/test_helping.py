"""For whom people say that they work, in the words of the content."""

import pytest

from flows.messages import Message
from flows.understanding.helping import find_helped
from tests.content import LIBRARY
from tests.flows.chat import Chat


@pytest.mark.parametrize(
    "text",
    [
        "làm hộ khẩu",
        "làm hộ chiếu",
        "làm hộ nghèo",
        "làm cho con đất",
        "làm giúp em với",
        "làm hộ bà nội thẻ căn cước",
        "làm hộ bà nội lý lịch tư pháp",
        "làm hộ bà với",
        "làm hộ bà được không",
        "làm cho mẹ tôi cái thẻ bảo hiểm y tế",
        "tôi làm cho công ty",
        "làm giúp giấy khai sinh",
        "làm thay người khác thì cần gì",
        "ông nội nộp hộ có được không",
        "tôi đi nộp hộ vợ tôi có cần giấy gì không",
        "nộp giúp hàng xóm thì cần uỷ quyền không",
    ],
)
def test_what_is_about_no_neighbour(text: str) -> None:
    assert find_helped(LIBRARY, text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("làm hộ bà hàng xóm", "bà hàng xóm"),
        ("tôi làm giúp cô Lan nhé", "cô Lan"),
        ("xong rồi, giờ làm cho ông cậu", "ông cậu"),
        ("bay gio lam cho bac Tu", "bac Tu"),
        ("rồi, tiếp làm cho Hoa", "Hoa"),
        ("chuyển sang làm cho ông Sình ạ", "ông Sình"),
        ("quay lại việc của tôi", ""),
        ("giờ làm cho tôi", ""),
        ("làm giúp cho bà Lý hàng xóm", "bà Lý hàng xóm"),
        ("khai hộ chú Tư", "chú Tư"),
        ("tôi nộp giúp ông Páo", "ông Páo"),
        ("làm dùm cô Sáu", "cô Sáu"),
    ],
)
def test_who_is_helped(text: str, name: str) -> None:
    helped = find_helped(LIBRARY, text)
    assert helped is not None
    assert helped.name == name


@pytest.mark.parametrize(
    ("text", "name", "procedure"),
    [
        ("làm hộ bà hàng xóm cái thẻ căn cước", "bà hàng xóm", "can-cuoc"),
        ("lam ho ba hang xom the can cuoc", "ba hang xom", "can-cuoc"),
        ("giờ làm cho chị Mến, xin cho con vào lớp 1", "chị Mến", "lop-1"),
        ("tôi làm giúp ông Páo giấy khai tử", "ông Páo", "khai-tu"),
        ("xong rồi, giờ làm cho ông cậu, ông mất thẻ bảo hiểm y tế", "ông cậu", "bhyt-ho-gia-dinh"),
        ("cháu làm giúp bác hàng xóm. bác ấy bị mất sổ đỏ", "bác hàng xóm", "dat-mat-so"),
        ("làm hộ bác hàng xóm lý lịch tư pháp", "bác hàng xóm", "ly-lich-tu-phap"),
        ("tôi làm giúp chị Hoa vào lớp 1", "chị Hoa", "lop-1"),
        ("làm hộ anh Tú hộ kinh doanh", "anh Tú", "ho-kinh-doanh"),
    ],
)
def test_for_whom_and_what_in_one_sentence(text: str, name: str, procedure: str) -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri"))
    chat.say(text)
    assert (chat.state.person, chat.state.procedure) == (name, procedure)


@pytest.mark.parametrize("text", ["quay lại bà Lan", "chuyển sang ba lan nhé", "làm tiếp cho bà Lan"])
def test_a_name_that_was_told_before_is_gone_back_to(text: str) -> None:
    helped = find_helped(LIBRARY, text, ["bà Lan"])
    assert helped is not None
    assert helped.name == "bà Lan"


def test_who_is_served_next_is_heard_in_whatever_is_under_way() -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri"))
    chat.say("giờ làm cho ông Páo, ông mất căn cước", "giờ làm cho cô Sình, cô làm giấy khai sinh cho cháu")
    assert (chat.state.person, chat.state.procedure) == ("cô Sình", "khai-sinh")


def test_what_may_be_several_errands_is_asked_for_the_one_who_is_helped() -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri"))
    chat.say("làm hộ bà hàng xóm, bà muốn hỏi về khai sinh")
    assert chat.state.person == "bà hàng xóm"


@pytest.mark.parametrize(
    ("text", "name", "procedure"),
    [
        ("khai tử", "bà hàng xóm", "khai-tu"),
        ("vâng, bà cần làm bảo hiểm y tế", "bà hàng xóm", "bhyt-ho-gia-dinh"),
        ("không, tôi làm thẻ căn cước", "", "can-cuoc"),
    ],
)
def test_their_errand_says_yes_to_whom_it_is_for(text: str, name: str, procedure: str) -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri"))
    chat.say("làm hộ bà hàng xóm", text)
    assert (chat.state.person, chat.state.procedure) == (name, procedure)


@pytest.mark.parametrize("said", ["đang làm cho những ai", "danh sách người", "danh sách"])
def test_for_whom_one_works_is_listed(said: str) -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri"))
    chat.say("làm hộ bà Lý tiền tuổi già", "đi từng bước", "1", "làm hộ chú Tư cái giấy khai sinh", said)
    assert {"Việc của tôi", "Làm cho bà Lý"} <= set(chat.labels)
