"""What a province has of its own: the national files name none, a second one needs only its own files."""

import pytest

from flows.messages import Message
from flows.understanding.questions import find_answers
from tests.content import LIBRARY
from tests.flows.chat import NOW, Chat

LAO_CAI = sorted(id_ for id_, commune in LIBRARY.communes.items() if commune.province == "lao-cai")


def asked(commune: str, procedure: str, question: str) -> str:
    chat = Chat(LIBRARY)
    chat.send(Message(start=f"{commune}_{procedure}"))
    return chat.say(question)


def test_a_second_province_ships() -> None:
    assert LAO_CAI == ["bac-ha", "ta-phin"]
    assert set(LIBRARY.provinces) == {"thai-nguyen", "lao-cai"}


@pytest.mark.parametrize("commune", LAO_CAI)
@pytest.mark.parametrize("procedure", sorted(LIBRARY.procedures))
def test_every_procedure_is_walked_there_without_a_word_of_ours(commune: str, procedure: str) -> None:
    chat, labels = Chat(LIBRARY), LIBRARY.sentences.labels
    chat.send(Message(start=f"{commune}_{procedure}"))
    for _ in range(60):
        for ours in ("Thái Nguyên", "Na Rì", "{"):
            assert ours not in chat.reply.text
        if chat.labels == [labels["other_procedure"]]:
            return
        chat.first()
    pytest.fail("the end was not reached")


def test_the_portal_is_told_the_province_of_the_citizen() -> None:
    lines = {commune: asked(commune, "khai-sinh", "chọn cơ quan nào trên cổng") for commune in ("na-ri", "bac-ha")}
    assert "Thái Nguyên" not in lines["bac-ha"]


def test_a_province_sets_facts_of_its_own() -> None:
    assert "2296" in asked("bac-ha", "dat-lan-dau", "theo luật nào")
    assert "2296" not in asked("na-ri", "dat-lan-dau", "theo luật nào")


@pytest.mark.parametrize(
    ("commune", "text", "answer"),
    [
        ("ta-phin", "yên bái cũ giờ là tỉnh nào", "Yên Bái cũ đã về Lào Cai"),
        ("na-ri", "bắc kạn cũ sang thái nguyên có tính là cùng tỉnh không", "Bắc Kạn cũ đã về Thái Nguyên"),
    ],
)
def test_a_province_answers_what_is_asked_there(commune: str, text: str, answer: str) -> None:
    procedure = LIBRARY.procedures["chuyen-truong"]
    best, *_ = find_answers(LIBRARY, procedure, text, {}, NOW.date(), commune)
    assert answer in best.text
    assert all(answer not in one.text for one in find_answers(LIBRARY, procedure, text, {}, NOW.date()))


def test_what_a_commune_did_not_say_is_an_honest_hole() -> None:
    assert "bác hỏi trạm y tế" in asked("bac-ha", "bhyt-ho-gia-dinh", "nộp ở đâu")
    assert "tổ dân phố số 1" in asked("na-ri", "bhyt-ho-gia-dinh", "nộp ở đâu")


def test_the_communes_of_most_of_us_come_first() -> None:
    chat = Chat(LIBRARY)
    chat.say("đổi xã")
    assert chat.labels[:6] == [LIBRARY.communes[id_].name for id_ in LIBRARY.communes if id_ not in LAO_CAI]
    chat.say("em ở thị trấn Bắc Hà")
    assert chat.state.commune == "bac-ha"
