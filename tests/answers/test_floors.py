"""Floors of what is answered rightly, a little below what was reached."""

from collections import Counter
from dataclasses import dataclass

import pytest

from flows.definition.answer_units import options_of, units_of
from flows.dialogue.advance import advance
from flows.messages import Message
from flows.state import State
from flows.understanding.questions import asked_kinds, choose_answers, find_answers
from tests.answers import NOW, Question, holds, read, score
from tests.content import LIBRARY
from tests.flows.chat import Chat


@dataclass(frozen=True)
class Floors:
    """Shares of what was asked: at least so much is right, at most so much false; of the honest ones likewise."""

    right: float
    false: float
    honest_right: float
    honest_false: float


_FLOORS = {
    "building, at a step": Floors(0.925, 0.016, 0.91, 0.01),
    "building, at the menu": Floors(0.865, 0.025, 0.86, 0.017),
    "kept aside, at a step": Floors(0.8, 0.075, 0.8, 0.035),
    "kept aside, at the menu": Floors(0.745, 0.07, 0.78, 0.02),
}


@pytest.mark.parametrize("name", _FLOORS)
def test_questions_are_answered(name: str) -> None:
    part, place = name.split(", at ")
    questions = (question for question in read() if question.kept_aside == (part == "kept aside"))
    counts = score(questions, at_step=place == "a step")
    print(f"\nanswers, {name}: {dict(counts)}")
    floors, asked, honest = _FLOORS[name], counts["asked"], counts["honest asked"]
    assert counts["right"] >= floors.right * asked
    assert counts["false"] <= floors.false * asked
    assert counts["honest right"] >= floors.honest_right * honest
    assert counts["honest false"] <= floors.honest_false * honest
    assert counts["recorded"] <= 0.02 * asked
    assert counts["switched"] == 0


@pytest.mark.parametrize(
    ("said", "expected", "held"),
    [
        ("Trong 15 ngày làm việc.", "5 ngày", False),
        ("Nộp 15.000 đồng.", "5.000", False),
        ("Nộp 15.000 đồng.", "15000 đồng", True),
        ("Trong 3 ngày.", "03 ngày", True),
        ("Hạn là 28/02/2027.", "28/2/2027", True),
        ("Hạn là 28/02/2027.", "8/2/2027", False),
        ("Làm giấy uỷ quyền.", "giấy ủy quyền", True),
    ],
)
def test_an_expected_number_is_no_part_of_another(said: str, expected: str, held: bool) -> None:
    question = Question("khai-sinh", "", "days", (expected,), honest=False)
    assert any(holds(said, words) for words in question.expected) == held


def test_the_questions_cover_every_procedure() -> None:
    questions = read()
    each = Counter(question.procedure for question in questions)
    assert each.keys() == LIBRARY.procedures.keys()
    assert min(each.values()) >= 15
    assert len(questions) >= 700
    assert sum(question.honest for question in questions) >= 0.19 * len(questions)


def test_questions_stand_at_real_steps() -> None:
    for question in read():
        steps = {step.id for step in LIBRARY.procedures[question.procedure].steps}
        assert question.at is None or question.at in steps, f"{question.procedure} has no step {question.at}"


def test_a_question_at_a_step_is_answered_and_the_step_put_again() -> None:
    chat = Chat(LIBRARY)
    asked = chat.say("làm khai sinh")
    before = chat.state.answers
    said = chat.say("ông bà đi làm thay được không")
    assert "ông bà" in said
    assert chat.state.answers == before
    assert asked.rpartition("\n")[2] in said


def test_a_question_at_the_menu_is_answered_and_opens_nothing() -> None:
    chat = Chat(LIBRARY)
    said = chat.say("thuê trọ viết tay không công chứng có đăng ký tạm trú được không")
    assert "Về việc" in said
    assert chat.state.procedure is None


def test_a_question_asks_for_papers_of_everybody_before_anything_was_answered() -> None:
    chat = Chat(LIBRARY)
    said = chat.say("kết hôn cần giấy tờ gì")
    assert "Tờ khai đăng ký kết hôn" in said
    assert LIBRARY.sentences.no_papers not in said


def test_an_answer_written_as_one_is_said_with_what_to_press() -> None:
    account = LIBRARY.procedures["dvc-tai-khoan"]
    best, *_ = find_answers(LIBRARY, account, "có phải đăng ký tài khoản riêng cho cổng không", {}, NOW.date())
    assert best.text.startswith("Không phải lập tài khoản riêng.")
    assert "“Đăng nhập”" in best.text


def test_an_answer_for_some_is_never_said_as_one_for_everybody() -> None:
    """At the menu nothing was answered: a sentence with a condition is said with for whom it holds."""
    marks = [getattr(LIBRARY.sentences, name).partition("{")[0] for name in ("answer_if", "answer_some")]
    conditioned = 0
    for question in read():
        turn = advance(LIBRARY, State(commune="tran-phu"), Message(text=question.ask), NOW)
        procedure = LIBRARY.procedures.get(turn.state.offered[0]) if turn.state.asking == "which" else None
        if question.kept_aside or turn.heard.kind != "question" or procedure is None:
            continue
        said = [line for reply in turn.replies for line in reply.text.splitlines()]
        kinds = asked_kinds(LIBRARY, question.ask)
        for found in choose_answers(find_answers(LIBRARY, procedure, question.ask, {}, NOW.date()), kinds):
            if found.unit.when and found.text and any(line.endswith(found.text) for line in said):
                conditioned += 1
                assert found.text not in said
                told = [f"{mark}{before}{found.text}" for mark in marks for before in _before(found.labels)]
                assert any(one in line for one in told for line in said)
    assert conditioned > 50


def _before(labels: tuple[str, ...]) -> tuple[str, str]:
    return "", ", ".join(f"“{label}”" for label in labels) + ": "


def test_no_condition_names_an_answer_that_it_excludes() -> None:
    for procedure in LIBRARY.procedures.values():
        for unit in units_of(procedure, LIBRARY.questions[procedure.id], NOW.date()):
            if unit.when and any(part.not_ for part in unit.when.parts()):
                assert options_of(unit.when, procedure.steps) == ()


def test_how_to_do_it_begins_the_walk() -> None:
    chat = Chat(LIBRARY)
    chat.say("đăng ký lớp 1 cho cháu thì làm thế nào ạ")
    assert chat.state.procedure == "lop-1"


def test_an_answer_that_is_only_near_is_said_to_be_so_and_kept_for_the_editors() -> None:
    found = (question for question in read() if not question.honest and not question.kept_aside)
    near = LIBRARY.sentences.answer_near
    for question in found:
        state = advance(LIBRARY, State(commune="tran-phu"), Message(start=f"tran-phu_{question.procedure}"), NOW).state
        turn = advance(LIBRARY, state, Message(text=question.ask), NOW)
        if any(near in reply.text for reply in turn.replies):
            assert [type(effect).__name__ for effect in turn.effects] == ["Missed"]
            assert turn.state.asking == "ask_team"
            return
    pytest.fail("no question was answered nearly: this test tells nothing")


def test_what_follows_a_question_is_about_the_same_procedure() -> None:
    chat = Chat(LIBRARY)
    chat.say("ông bà đi làm khai sinh cho cháu được không")
    assert "15 giờ" in chat.say("thế mấy ngày thì xong")
    assert chat.state.procedure is None


@pytest.mark.parametrize(
    "text",
    [
        "thế quá hạn thì sao",
        "ở xã khác thì sao",
        "còn ông bà đi thay thì sao",
        "ho ngheo thi sao",
        "vậy có phải công chứng không",
        "thế còn tiền thì sao",
    ],
)
def test_what_goes_on_from_an_answer_is_about_the_same_procedure(text: str) -> None:
    chat = Chat(LIBRARY)
    chat.say("làm khai sinh mất bao nhiêu tiền")
    said = chat.say(text)
    assert "Làm giấy khai sinh" in said
    assert said.count("Về việc “") == 1


def test_what_goes_on_about_another_procedure_is_answered_from_that() -> None:
    chat = Chat(LIBRARY)
    chat.say("làm khai sinh mất bao nhiêu tiền")
    assert "Đăng ký kết hôn" in chat.say("thế đăng ký kết hôn với người nước ngoài thì mất mấy ngày")


def test_a_question_about_what_is_not_ours_is_no_follow_up() -> None:
    chat = Chat(LIBRARY)
    chat.say("ông bà đi làm khai sinh cho cháu được không")
    assert str(LIBRARY.signposts["traffic-fine"].text) in chat.say("thế còn phạt nguội thì nộp ở đâu")


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("làm giấy khai sinh cho cháu cần giấy tờ gì", "khai-sinh"),
        ("em muốn hỏi làm khai sinh cần gì ạ", "khai-sinh"),
        ("đi kết hôn cần mang gì", "ket-hon"),
        ("làm lại sổ đỏ mất cần giấy tờ gì", "dat-mat-so"),
    ],
)
def test_the_papers_of_a_procedure_are_listed_under_its_own_name(text: str, procedure: str) -> None:
    turn = advance(LIBRARY, State(commune="tran-phu"), Message(text=text), NOW)
    assert turn.heard.procedure == procedure or turn.state.offered[:1] == (procedure,)
    said = turn.replies[-1].text
    assert said.count(LIBRARY.sentences.lack_mark) > 1
    assert turn.state.procedure is None


def test_papers_that_only_some_need_are_listed_beside_those_for_everybody() -> None:
    said = Chat(LIBRARY).say("xin trợ cấp xã hội cho người khuyết tật cần giấy tờ gì")
    assert "Tờ khai" in said
    assert "Trường hợp “Người khuyết tật”: Giấy xác nhận khuyết tật" in said


def test_a_question_that_may_be_about_two_is_answered_out_of_both_with_a_doubt() -> None:
    chat = Chat(LIBRARY)
    said = chat.say("khai tử xong có phải ra công an cắt khẩu cho ông nữa không")
    assert said.count("Về việc “") == 2
    assert LIBRARY.sentences.answer_near in said
    assert chat.state.asking == "ask_team"


@pytest.mark.parametrize(
    ("procedure", "ask", "whom"),
    [
        ("xe-may", "hôm nay công an xã có làm đăng ký xe không", "công an xã"),
        ("dat-mat-so", "làm lại sổ hết bao nhiêu tiền", "Hội đồng nhân dân tỉnh"),
        ("nhan-con", "lệ phí nhận con bao nhiêu", "Tỉnh"),
    ],
)
def test_what_no_source_decides_is_said_with_who_does_and_the_team(procedure: str, ask: str, whom: str) -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start=f"tran-phu_{procedure}"))
    assert whom in chat.say(ask)
    assert chat.state.asking == "ask_team"
    assert chat.state.procedure == procedure


def test_the_errand_under_way_goes_before_another_that_is_named_beside_it() -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="tran-phu_nhan-con"))
    assert "Hộ nghèo, nhà có công" in chat.say("hộ nghèo làm nhận con có mất tiền không")
