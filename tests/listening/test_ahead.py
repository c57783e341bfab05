"""What is told before it is asked: beside the name of an errand, and on its leaflet."""

from collections import Counter

import pytest

from flows.definition.steps import Ask
from flows.messages import Message, OpenTicket
from tests.content import LIBRARY
from tests.flows.chat import Chat
from tests.listening import read_steps
from tests.listening.steps import NOW

_EVERY = 4  # of the lines that are kept aside


def begun(procedure: str) -> Chat:
    chat = Chat(LIBRARY, now=NOW)
    chat.send(Message(start=f"na-ri_{procedure}"))
    assert chat.state.asking == "leaflet"
    return chat


def test_answers_are_heard_on_a_leaflet() -> None:
    """A line stands for itself, without the question: some answers can be told from it and hardly any wrongly."""
    asks = {
        (id_, step.id) for id_, known in LIBRARY.procedures.items() for step in known.steps if isinstance(step, Ask)
    }
    lines = [line for line in read_steps() if line.kept_aside and (line.set, line.step) in asks]
    counted: Counter[str] = Counter()
    for line in sorted(lines, key=lambda line: line.say)[::_EVERY]:
        chat = begun(line.set)
        chat.say(line.say)
        recorded = chat.state.answers if chat.state.procedure == line.set else {}
        kind = (
            "answer" if line.kind in ("answer", "ambiguous") else "correction" if line.kind == "correction" else "other"
        )
        counted[kind] += 1
        counted[f"{kind} recorded rightly"] += recorded.get(line.step) in line.means
        counted[f"{kind} recorded wrongly"] += bool(recorded) and recorded.get(line.step) not in line.means
    print(counted)
    assert counted["answer recorded rightly"] >= 0.33 * counted["answer"]
    assert counted["answer recorded wrongly"] <= 0.04 * counted["answer"]
    assert counted["other recorded wrongly"] <= 0.06 * counted["other"]


@pytest.mark.parametrize(
    ("procedure", "said", "answers"),
    [
        ("khai-sinh", "đẻ ở nhà, không có giấy chứng sinh", {"chung-sinh": "lam-chung"}),
        ("xe-may", "xe mua lại của ông anh họ", {"viec": "mua-lai"}),
        ("lop-1", "cháu sinh năm 2020", {"nam-sinh": "2020"}),
    ],
)
def test_it_is_kept_and_said_back(procedure: str, said: str, answers: dict[str, str]) -> None:
    chat = begun(procedure)
    text = chat.say(said)
    assert chat.state.answers.items() >= answers.items()
    for step, option in answers.items():
        asked = next(one for one in LIBRARY.procedures[procedure].steps if one.id == step)
        assert isinstance(asked, Ask)
        assert all(one.label in text for one in asked.options if one.id == option)


@pytest.mark.parametrize(
    ("said", "procedure", "answers"),
    [
        ("25 tuổi đổi căn cước", "can-cuoc", {"cho-ai": "lon"}),
        ("thêm tên vợ vào sổ đỏ", "dat-cap-doi", {"vi-sao": "them-ten"}),
        ("nhà bên bịt lối đi chung", "dat-hoa-giai", {"chuyen-gi": "loi-di"}),
    ],
)
def test_what_is_said_beside_the_errand_is_not_asked_again(said: str, procedure: str, answers: dict[str, str]) -> None:
    chat = Chat(LIBRARY, now=NOW)
    chat.say(said)
    assert chat.state.procedure == procedure
    assert chat.state.answers.items() >= answers.items()


@pytest.mark.parametrize("procedure", sorted(LIBRARY.procedures))
def test_a_title_answers_nothing(procedure: str) -> None:
    chat = Chat(LIBRARY, now=NOW)
    chat.say(LIBRARY.procedures[procedure].title)
    assert not chat.state.answers


@pytest.mark.parametrize("said", ["nhà xa lắm", "thế à", "cháu ngoại"])
def test_who_tells_their_case_is_asked_one_by_one(said: str) -> None:
    chat = begun("khai-sinh")
    text = chat.say(said)
    assert chat.state.procedure == "khai-sinh"
    assert chat.state.asking is None
    assert "từng câu" in text


@pytest.mark.parametrize("said", ["bố mẹ mất hết rồi", "bo me mat het roi", "mấy hôm nay nó đi vắng rồi em ạ"])
def test_a_case_is_no_trouble(said: str) -> None:
    chat = begun("dat-lan-dau")
    chat.say(said)
    assert chat.state.asking != "trouble"


@pytest.mark.parametrize("said", ["từng bước", "thế làm thế nào", "bắt đầu đi", "vâng em hiểu rồi"])
def test_the_walk_begins_where_it_is_asked_for(said: str) -> None:
    chat = begun("dat-lan-dau")
    chat.say(said)
    assert chat.heard.id == "tung-buoc"


@pytest.mark.parametrize("said", ["cảm ơn cô nhé", "chào em", "cho hỏi tí"])
def test_politeness_is_no_trouble_and_calls_nobody(said: str) -> None:
    chat = begun("thuong-tru")
    chat.tap("Tôi đang vướng")
    chat.say(said)
    assert chat.state.asking == "trouble"
    assert not any(isinstance(effect, OpenTicket) for effect in chat.effects)


def test_nothing_is_taken_back_before_anything_was_answered() -> None:
    chat = begun("dat-lan-dau")
    chat.say("đất rừng chứ không phải đất ở")
    assert chat.heard.kind != "correction"
