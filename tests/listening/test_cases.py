"""What people of the field said and was not heard; each stands for its kind."""

from datetime import UTC, datetime

import pytest

from flows.dialogue.advance import advance
from flows.messages import Message, OpenTicket
from flows.text.language import without_vni
from tests.content import LIBRARY
from tests.flows.chat import Chat
from tests.listening.steps import state_at

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)


def fresh() -> Chat:
    chat = Chat(LIBRARY, now=NOW)
    chat.send(Message(start=""))
    return chat


@pytest.mark.parametrize(
    "said",
    [
        "tôi cần hỗ trợ", "hỗ trợ tôi với", "cho gặp người tư vấn", "đừng trả lời tự động nữa", "cần hỗ trợ trực tiếp", "ad đâu rồi",
        "cho mình gặp ad", "tổng đài viên", "chuyển máy cho người phụ trách", "gặp chuyên viên",
        "anh chị tổ công nghệ giúp em với", "trả lời lòng vòng quá gặp người cho nhanh", "cán bộ ơi", "toi can ho tro", "help me",
        "toi muon noi chuyen voi can bo",
    ],
)  # fmt: skip
def test_whoever_asks_for_a_person_gets_one(said: str) -> None:
    chat = fresh()
    chat.say(said)
    assert chat.state.procedure is None
    assert any(isinstance(effect, OpenTicket) for effect in chat.effects) or chat.state.asking == "human"


@pytest.mark.parametrize(
    "said", ["cảm ơn em nhiều", "ok cảm ơn", "ok em cảm ơn", "vâng cảm ơn em", "cảm ơn bạn nhiều nhé", "tks em"]
)
def test_thanks_after_help_are_thanks(said: str) -> None:
    chat = fresh()
    chat.state = chat.state.ask("helped")
    assert LIBRARY.sentences.thanks in chat.say(said)
    assert LIBRARY.sentences.helped not in chat.reply.text


@pytest.mark.parametrize("said", ["chào em", "cho chị hỏi", "cho em hỏi chút", "cho hỏi với ạ"])
def test_whoever_begins_to_ask_is_listened_to(said: str) -> None:
    text = fresh().say(said)
    assert LIBRARY.sentences.not_understood not in text
    assert LIBRARY.sentences.which_procedure not in text


@pytest.mark.parametrize(
    ("said", "years"),
    [
        ("cháu 6 tuổi", {"2020"}), ("con sinh 12/3/2020", {"2020"}), ("2k20", {"2020"}),
        ("12032020", {"2020"}), ("sang năm cháu 6 tuổi", {"2021"}), ("lên 6", {"2020", "2021"}),
    ],
)  # fmt: skip
def test_a_birth_year_is_taken_as_people_say_it(said: str, years: set[str]) -> None:
    chat = Chat(LIBRARY, now=NOW)
    chat.send(Message(start="na-ri_lop-1"))
    chat.say(said)
    assert chat.state.procedure == "lop-1"
    assert chat.state.answers.get("nam-sinh") in years


@pytest.mark.parametrize(
    "said", ["thoát", "khiếu nại", "tư vấn giúp mình", "tư vấn", "đất", "giấy tờ", "bệnh viện", "sô đỏ"]
)
def test_one_vague_word_begins_nothing(said: str) -> None:
    chat = fresh()
    chat.say(said)
    assert chat.state.procedure is None
    assert chat.state.asking != "event"


@pytest.mark.parametrize(
    ("said", "procedure"),
    [
        ("d9ang7 ky1 ke61t ho6n", "ket-hon"), ("so63 d9o3 d9a61t ru72ng", "dat-lan-dau"), ("la2m gia61y khai sinh", "khai-sinh"),
        ("nha65p ho65 kha63u", "thuong-tru"), ("1.001193", "khai-sinh"), ("mã 1.001193", "khai-sinh"),
    ],
)  # fmt: skip
def test_keys_of_vni_and_bare_codes_are_read(said: str, procedure: str) -> None:
    chat = fresh()
    chat.say(said)
    assert chat.state.procedure == procedure or procedure in chat.state.offered


@pytest.mark.parametrize("said", ["bằng a1", "ct01", "xe b2", "sinh 12/3/2020", "lop 6", "2k20"])
def test_what_only_looks_like_keys_of_vni_stays(said: str) -> None:
    assert without_vni(said) == said


@pytest.mark.parametrize(
    ("procedure", "step", "said"),
    [
        ("dat-tach-thua", "viec", "tách sổ mất bao lâu"),
        ("tach-ho", "viec", "tach khau mat bao nhieu"),
        ("tach-ho", "viec", "tách khẩu hết mấy tiền vậy em"),
        ("trich-luc", "loai", "một bản sao khai sinh bao tiền"),
    ],
)
def test_a_question_that_names_an_answer_of_the_step_records_nothing(procedure: str, step: str, said: str) -> None:
    before = state_at(procedure, step)
    assert before
    turn = advance(LIBRARY, before, Message(text=said), NOW)
    assert turn.state.answers == before.answers
    assert turn.heard.kind == "question"


@pytest.mark.parametrize(
    "said",
    [
        "nhà em muốn bán keo", "em không muốn sống chung với bố mẹ chồng nữa, muốn tách khẩu", "bang cua e bi mat do nha bi ngap nam 2017",
        "doi chet mat, may gio uy ban nghi trua the", "gặp cán bộ thì mang giấy gì",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_call_calls_nobody(said: str) -> None:
    chat = fresh()
    chat.say(said)
    assert not any(isinstance(effect, OpenTicket) for effect in chat.effects)


def test_what_is_perhaps_not_ours_is_said_with_what_was_perhaps_meant() -> None:
    chat = fresh()
    text = chat.say("chia con khi li di ai duoc nuoi dua 2 tuoi")
    assert LIBRARY.sentences.out_of_scope in text
    assert chat.state.asking == "which"
    assert "con-nuoi" in chat.state.offered


def test_small_talk_is_answered_without_a_word_of_doubt() -> None:
    text = fresh().say("trời hôm nay nóng quá nhỉ")
    assert text.startswith(LIBRARY.sentences.out_of_scope)
    assert "⚠" not in text


@pytest.mark.parametrize("said", ["cháy nhà rồi", "rắn cắn rồi", "chồng đánh tôi", "chay nha roi"])
def test_a_plain_cry_is_one_though_the_step_knows_its_words(said: str) -> None:
    before = state_at("lop-1", "khai-sinh")  # where papers may be lost to a fire
    assert before
    turn = advance(LIBRARY, before, Message(text=said), NOW)
    assert turn.heard.kind == "danger"
    assert turn.state.answers == before.answers


@pytest.mark.parametrize("said", ["khoan", "đừng", "không bị mất"])
def test_a_word_or_two_correct_nothing_by_their_likeness(said: str) -> None:
    before = state_at("dat-lan-dau", "dang-co")
    assert before
    assert advance(LIBRARY, before, Message(text=said), NOW).heard.kind != "correction"


@pytest.mark.parametrize(("said", "means"), [("cháu 8 tuổi chưa có khai sinh", "tre-muon"), ("bà tôi 70 tuổi", "lon")])
def test_an_age_tells_for_whom(said: str, means: str) -> None:
    before = state_at("khai-sinh", "cho-ai")
    assert before
    assert advance(LIBRARY, before, Message(text=said), NOW).state.answers["cho-ai"] == means


@pytest.mark.parametrize(
    ("said", "procedure"),
    [
        ("đâu phải cho tặng, mua lại", "dat-chuyen-nhuong"), ("không phải khai sinh, khai tử", "khai-tu"),
        ("không làm hộ chiếu mà làm căn cước", "can-cuoc"), ("dau phai cho tang, mua lai", "dat-chuyen-nhuong"),
    ],
)  # fmt: skip
def test_an_errand_that_is_denied_is_not_the_one(said: str, procedure: str) -> None:
    chat = fresh()
    chat.say(said)
    assert chat.state.procedure == procedure


@pytest.mark.parametrize("said", ["xã Na Rì", "xa na ri", "tôi ở xã Na Rì"])
def test_a_commune_is_taken_where_an_errand_is_asked_for(said: str) -> None:
    chat = fresh()
    assert LIBRARY.sentences.out_of_scope not in chat.say(said)
    assert chat.state.commune == "na-ri"


@pytest.mark.parametrize("said", ["đi từng bước", "lũ về trôi hết tài sản giấy tờ"])
def test_what_names_no_trouble_calls_nobody(said: str) -> None:
    chat = fresh()
    chat.say(said)
    assert not any(isinstance(effect, OpenTicket) for effect in chat.effects)


@pytest.mark.parametrize(
    ("procedure", "step", "said", "answers"),
    [
        ("bao-hiem-xa-hoi", "noi-lam", "tự đóng", {"noi-lam": "tu-nguyen"}),  # and not the fourth line
        ("bao-hiem-xa-hoi", "giay-rut", "tiếp tục", {}),  # who goes on has said nothing of their papers
    ],
)
def test_what_is_recorded_was_said(procedure: str, step: str, said: str, answers: dict[str, str]) -> None:
    before = state_at(procedure, step)
    assert before
    after = advance(LIBRARY, before, Message(text=said), NOW).state
    assert {key: value for key, value in after.answers.items() if key not in before.answers} == answers


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("để cuối tuần con về nó xem cho đã", "later"), ("chờ bán xong đàn lợn rồi tính", "later"),
        ("đang đi rẫy, tối mới làm được", "later"), ("nãy tôi trả lời vội, đúng ra là chưa có", "correction"),
        ("xin rút lại câu lúc nãy, thực ra là đi thuê", "correction"), ("nhắc lại giúp tôi câu vừa rồi", "command"),
        ("cho tôi lùi về câu trước một chút", "command"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("procedure", "step"), [("tam-tru", "ra-cong-an"), ("dat-lan-dau", "dang-co")])
def test_what_is_meant_for_the_talk_itself_is_no_answer(procedure: str, step: str, said: str, kind: str) -> None:
    before = state_at(procedure, step)
    assert before
    assert advance(LIBRARY, before, Message(text=said), NOW).heard.kind == kind


@pytest.mark.parametrize(
    "said",
    [
        "sáp nhập xã thì giấy tờ cũ có phải đổi không",
        "sap nhap roi di lam giay o dau",
        "xã tôi nhập với xã bên rồi, sổ đỏ ghi xã cũ có phải làm lại không",
    ],
)
def test_what_a_signpost_answers_itself_it_answers_first(said: str) -> None:
    assert fresh().say(said).startswith(LIBRARY.signposts["commune-merger"].text or "-")
