"""What a citizen is called: heard from their own words, chosen, and put in for "bác" where that is the reader."""

from typing import get_args

import pytest

from flows.messages import Message
from flows.state import FormOfAddress
from flows.text.address import address
from tests.flows.chat import Chat, started
from tests.library import library

FORMS: tuple[FormOfAddress, ...] = get_args(FormOfAddress)

OF_THEMSELVES = {
    "bạn": [
        "cho em hỏi làm khai sinh",
        "Em muốn hỏi đổi căn cước",
        "cho e hỏi tí",
        "em bị mất căn cước",
        "anh chị cho em hỏi",
        "chị ơi em cần làm lại bằng lái",
        "chị ơi em mới đẻ, em đi làm khai sinh một mình được không",
        "vợ chồng em muốn ly hôn",
        "cho em hoi lam khai sinh",
        "Cháu chào cô ạ",
        "cô ơi cháu muốn làm căn cước",
        "bác cho cháu hỏi",
        "cho con hỏi chút",
        "em cảm ơn chị",
    ],
    "chị": [
        "em ơi cho chị hỏi",
        "Chị muốn làm khai sinh cho con",
        "em giúp chị với",
        "chị cảm ơn em nhé",
        "cho chi hoi",
        "chị thử rồi không được em ơi",
        "chị nộp hôm thứ hai rồi",
        "nhưng chị không biết đăng nhập em ạ",
        "tuần sau chị mới đi nộp",
    ],
    "anh": [
        "anh cần giấy gì",
        "em ơi, anh bị mất bằng lái",
        "anh muon hoi dat dai",
        "chưa, mai anh đi",
        "anh đi làm xa ở Bắc Ninh có làm được ở đó không",
        "anh ra xã rồi, họ bảo về",
        "mai anh di nop",
    ],
    "bà": ["cháu ơi bà mất thẻ bảo hiểm", "bà muốn hỏi cái này", "cho bà hỏi tí cháu ơi"],
    "ông": ["cho ông hỏi", "cháu ơi ông muốn làm sổ đỏ"],
    "cô": ["cho cô hỏi", "cô muốn nhờ em xem giúp", "cô vẫn chưa hiểu cháu ạ"],
    "chú": ["chú hỏi chút", "chu muon hoi ve rung", "chú điền rồi mà nó báo sai cháu ơi"],
    "bác": ["cho bác gặp người", "bac muon hoi ve so do", "em chỉ giúp bác với"],
}
OF_OTHERS = [
    "tôi muốn hỏi",
    "mình muốn hỏi",
    "bà mất rồi",
    "cháu ơi bà mất hôm qua",
    "bà muốn làm lại căn cước",
    "bà nội cháu mất",
    "con tôi vào lớp 1",
    "cháu được 6 tuổi",
    "cháu cần giấy gì",
    "em tôi bị ốm",
    "em trai em bị tai nạn",
    "anh trai tôi muốn tách thửa",
    "anh em muốn tách thửa",
    "mẹ em bảo chị muốn hỏi",
    "mẹ em bảo cho bà hỏi",
    "họ ghi “em muốn hỏi”",
    "em có biết không",
    "em co biet khong",
    "em bị lỗi à",
    "em giúp bà hàng xóm làm thẻ",
    "em nói chị cần bản sao mà",
    "chị cần tôi mang gì ạ",
    "cho tôi gặp chị Lan",
    "cảm ơn chị",
    "cô giáo muốn hỏi học bạ",
    "bác sĩ muốn hỏi giấy chuyển viện",
    "chỉ muốn hỏi",
    "chi muon hoi giay to",
    "co can giay gi khong",
    "con muon hoi nua",
    "ba muon hoi",
    "chị Lan làm rồi em ơi",
    "chị gái không chịu ký em ạ",
    "anh xem giúp em rồi báo nhé",
    "anh làm rồi à",
    "mai anh đến nhà em được không",
    "chị ấy đi rồi em ạ",
    "anh đi làm xa, em làm hộ được không",
    "chị gửi em rồi cảm ơn chị",
    "bà đi rồi cháu ạ",
    "cô giáo nộp rồi em ơi",
    "chi thu roi",
]


@pytest.mark.parametrize(("form", "said"), [(form, said) for form, all_ in OF_THEMSELVES.items() for said in all_])
def test_people_are_called_as_they_call_themselves(form: str, said: str) -> None:
    chat = Chat(library())
    chat.state = chat.state.model_copy(update={"called": "ông" if form == "bác" else "bác"})
    chat.say(said)
    assert chat.state.called == form


@pytest.mark.parametrize("said", OF_OTHERS)
def test_what_is_said_of_others_or_to_the_bot_is_no_sign(said: str) -> None:
    chat = Chat(library())
    chat.state = chat.state.model_copy(update={"called": "cô"})
    chat.say(said)
    assert chat.state.called == "cô"


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("gọi tôi là chị", "chị"),
        ("Gọi em là anh thôi nhé.", "anh"),
        ("goi toi la ong", "ông"),
        ("cứ gọi là cô", "cô"),
        ("xưng hô chú", "chú"),
        ("gọi tôi là em", "bạn"),
        ("đừng gọi tôi là bác", "bạn"),
        ("sao gọi tôi là bác thế?", "bạn"),
        ("đừng gọi tôi là bác nữa, gọi chị thôi", "chị"),
        ("đừng gọi tôi là bác, tôi 30 tuổi", "bạn"),
        ("sao gọi tôi là bác, tôi còn trẻ mà", "bạn"),
        ("gọi tôi là chị, tôi mới hai mươi mấy", "chị"),
        ("gọi tôi là anh nhé, tôi sinh năm 1990", "anh"),
    ],
)
def test_they_may_choose_and_that_holds(said: str, form: str) -> None:
    chat = started(library())
    before = chat.slot
    assert chat.say(said).startswith(f"[called] {form}")
    assert (chat.state.called, chat.slot) == (form, before)
    chat.say("cho bác hỏi", "cho em hỏi")
    assert chat.state.called == form


@pytest.mark.parametrize(
    "said",
    [
        "gọi lại cho tôi",
        "gọi chị",
        "gọi cho chị Lan",
        "đừng gọi nữa",
        "gọi tôi là chị, nhà đang cháy",
        "gọi tôi là chị, tôi 30 tuổi làm căn cước cần những giấy tờ gì",
    ],
)
def test_a_call_by_phone_is_no_choice(said: str) -> None:
    chat = Chat(library())
    chat.say(said)
    assert not chat.state.chosen


def test_erasing_forgets_it() -> None:
    chat = started(library())
    chat.say("gọi tôi là chị", "xoá dữ liệu")
    chat.first()
    assert (chat.state.called, chat.state.chosen) == ("bác", False)


def test_a_tap_and_a_link_change_nothing() -> None:
    chat = Chat(library())
    chat.say("cho chị hỏi")
    chat.send(Message(start="ban-moi_lam-nha"))
    chat.tap("<walk>")
    chat.first()
    assert chat.state.called == "chị"


@pytest.mark.parametrize("before", ["chị muốn hỏi", "chồng em đi làm xa"])
def test_who_says_em_is_still_called_as_before(before: str) -> None:
    chat = Chat(library())
    chat.say(before, "em muốn hỏi thêm")
    assert chat.state.called == "chị"


@pytest.mark.parametrize("form", FORMS)
def test_the_reader_is_called_so_and_nobody_else(form: FormOfAddress) -> None:
    text = "Bác hỏi bác sĩ nhé. Bác ruột, chú bác của bác thì không; bác\nký. Bác Sĩ."
    capital = form.capitalize()
    assert address(text, form) == (
        f"{capital} hỏi bác sĩ nhé. Bác ruột, chú bác của {form} thì không; {form}\nký. Bác Sĩ."
    )


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("chồng em đi làm xa, em đi một mình được không", "chị"),
        ("chong em mat giay to roi", "chị"),
        ("em muốn hỏi, vợ em mới sinh", "anh"),
        ("vợ chồng em chưa đăng ký kết hôn, em muốn hỏi", "bạn"),
        ("em muốn hỏi cho chồng em gái", "bạn"),
        ("mẹ bảo chồng em phải đi", "bác"),
        ("chị muốn hỏi cho vợ em", "chị"),
    ],
)
def test_who_tells_of_a_husband_or_a_wife_is_a_woman_or_a_man(said: str, form: str) -> None:
    chat = Chat(library())
    chat.say(said)
    assert chat.state.called == form


def test_no_form_makes_a_screen_longer() -> None:
    assert all(len(form) <= len("bác") for form in FORMS)
    assert all(len(form.encode("utf-16")) <= len("bác".encode("utf-16")) for form in FORMS)
