"""The content that we ship: true to its form, walkable to its end, understood as people say it."""

import json
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOA
from bot.settings import Settings
from flows.checks.check import check
from flows.checks.status import report
from flows.definition.content_files import QUESTIONS, TALKS
from flows.definition.steps import Papers
from flows.dialogue.advance import advance
from flows.dialogue.bot_questions import current_screen
from flows.dialogue.context import TurnContext
from flows.dialogue.screens import build_reply
from flows.messages import Message
from flows.state import State
from flows.text.language import fold
from flows.understanding.understand import understand
from tests.content import CONTENT, LIBRARY, situations
from tests.flows.chat import NOW, Chat

TODAY = date(2026, 12, 1)
PROCEDURES = sorted(LIBRARY.procedures)


@pytest.mark.slow
def test_it_keeps_the_rule_book() -> None:
    """No mistake, no warning, and every example talk holds."""
    assert [str(problem) for problem in check(LIBRARY, TODAY)] == []


def test_the_first_message_says_in_two_lines_who_speaks() -> None:
    first = advance(LIBRARY, State(), Message(text="xin chào"), NOW).replies[0]
    intro = first.text.split("\n\n")[0]
    lines = intro.split("\n")
    assert len(lines) == 2
    for word in ("máy trả lời tự động", "tổ công nghệ số", "căn cước", "OTP"):
        assert word in intro
    assert "Gặp người" in [choice.label for choice in (*first.choices, *first.nav)]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_always_the_first_option_leads_to_the_end(procedure: str) -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start=f"na-ri_{procedure}"))
    for _ in range(60):
        if chat.labels == [LIBRARY.sentences.labels["other_procedure"]]:
            return
        assert "{" not in chat.reply.text
        chat.first()
    pytest.fail("the end was not reached")


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_situation_fits_every_channel_and_a_phone(procedure: str) -> None:
    settings = Settings.model_validate({"zalo_bot_token": "1:x", "zalo_bot_secret": "x" * 8})
    oa, bot = ZaloOA.__new__(ZaloOA), ZaloBot(settings)
    for answers, slot in situations(procedure):
        context = TurnContext(LIBRARY, State(procedure=procedure, answers=answers, asking=None, commune="na-ri"), TODAY)
        screen = current_screen(context)
        assert len(screen.text.split()) <= 120, slot.id
        reply = build_reply(context, screen, ())
        assert reply.choices, slot.id
        assert all(len(choice.token.encode()) <= 64 for choice in (*reply.choices, *reply.nav))
        for outgoing in oa.render(reply, "1"):
            buttons = outgoing.payload.get("attachment", {}).get("payload", {}).get("buttons", [])
            assert len(buttons) <= 5
            assert len(outgoing.payload["text"]) <= 2000
        assert len(bot.render(reply, "1")) == 1, f"{slot.id}: more than one message"


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_what_rests_on_one_source_or_none_is_marked(procedure: str) -> None:
    """A paper's certainty shows on the line that a citizen reads."""
    context = TurnContext(LIBRARY, State(procedure=procedure, asking=None), TODAY)
    for step in LIBRARY.procedures[procedure].steps:
        for paper in step.papers if isinstance(step, Papers) else ():
            line = context.paper(paper)
            assert (context.unsure(LIBRARY.sentences.unsure_mark) in line) == (paper.certainty == "unconfirmed")
            assert (LIBRARY.sentences.single_mark in line) == (paper.certainty == "single")


def test_a_fee_set_elsewhere_is_never_called_free() -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri_dat-lan-dau"))
    said = chat.say("tốn bao nhiêu tiền")
    assert "bác hỏi quầy" in said
    assert "miễn phí" not in said


def test_time_limits_are_those_of_the_national_text() -> None:
    chat = Chat(LIBRARY)
    chat.send(Message(start="na-ri_dat-lan-dau"))
    said = chat.say("mấy ngày thì xong")
    assert all(days in said for days in ("17", "20", "27"))


COUNTERS_MEET_MOST = """
    1.012575 1.013067 1.013076 1.013079 1.013080 1.013082 1.012785 1.013831 1.001022 1.004884 1.004772 1.012812 1.013967
    1.010801 1.010803 1.010833 1.013745 1.010814 1.010038 1.003197 1.003677 1.010039 1.004837 1.004845 2.001263 2.001255
    1.002179 1.014170 1.013947 1.013988 1.011443 1.013949 1.011471 1.000045 1.011609 1.001456 1.010386 1.014748 1.014753
    1.013133 1.013138 1.013225 2.002850 3.000465 2.000908
"""


def test_what_counters_meet_most_is_led_through_step_by_step() -> None:
    assert [code for code in COUNTERS_MEET_MOST.split() if code not in LIBRARY.covered] == []


OLD_NAMES = {
    "na-ri": ["Yến Lạc", "Sơn Thành", "Kim Lư"],
    "van-lang": ["Kim Hỷ", "Lương Thượng", "Văn Lang"],
    "cuong-loi": ["Văn Vũ", "Cường Lợi"],
    "tran-phu": ["Văn Minh", "Cư Lễ", "Trần Phú"],
    "con-minh": ["Quang Phong", "Dương Sơn", "Côn Minh"],
    "xuan-duong": ["Đổng Xá", "Liêm Thủy", "Xuân Dương"],
}


@pytest.mark.parametrize(("commune", "said"), [(c, name) for c, names in OLD_NAMES.items() for name in names])
@pytest.mark.parametrize("form", ["{}", "xã {}", "em ở {} ạ", "tôi ở xã {} cũ"])
def test_people_may_say_the_old_name_of_their_commune(commune: str, said: str, form: str) -> None:
    for text in (form.format(said), fold(form.format(said))):
        chat = Chat(LIBRARY)
        chat.say("đổi xã", text)
        assert chat.state.commune == commune, text


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("cho em hỏi đăng ký lớp 1 cho cháu thì làm thế nào ạ", "lop-1"),
        ("con nha em sinh 2021 vao lop 1 lam nhu nao", "lop-1"),
        ("dang ky nhap hoc lop mot", "lop-1"),
        ("muốn làm sổ đỏ cho mảnh đất ông bà để lại", "dat-lan-dau"),
        ("lam bia do", "dat-lan-dau"),
        ("nhà tôi có mấy sào đất chưa có sổ đỏ giờ làm thế nào", "dat-lan-dau"),
        ("làm sđ lần đầu", "dat-lan-dau"),
    ],
)
def test_people_are_understood(text: str, procedure: str) -> None:
    meaning = understand(LIBRARY, text)
    assert (meaning.kind, meaning.id) == ("procedure", procedure)


@pytest.mark.parametrize(
    "text",
    [
        "giá vàng hôm nay",
        "hôm nay trời mưa không",
        "bán cho tôi con gà",
        "bóng đá tối nay mấy giờ",
        "kể chuyện cười đi",
    ],
)
def test_what_is_out_of_scope_is_not_accepted(text: str) -> None:
    meaning = understand(LIBRARY, text)
    assert meaning.kind in ("out_of_scope", "signpost", "unknown") or meaning.action != "go"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("quay lại", "back"),
        ("/menu", "menu"),
        ("sửa lại", "change"),
        ("tóm tắt giúp em", "summary"),
        ("làm lại từ đầu", "restart"),
        ("sao lại hỏi", "why"),
        ("xoá dữ liệu của tôi", "erase"),
    ],
)
def test_commands_are_understood(text: str, command: str) -> None:
    meaning = understand(LIBRARY, text)
    assert (meaning.kind, meaning.id) == ("command", command)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("mất bao lâu", "time"),
        ("bao giờ thì xong hả em", "time"),
        ("ton bao nhieu tien", "fee"),
        ("có mất tiền không", "fee"),
        ("nộp ở đâu", "where"),
        ("can giay to gi", "papers"),
        ("ông bà đi làm thay được không", "who"),
        ("làm xong được cái gì", "result"),
        ("theo luật nào", "law"),
        ("mã thủ tục là gì", "code"),
        ("tên chính thức", "name"),
    ],
)
def test_questions_on_the_side_are_understood(text: str, fact: str) -> None:
    meaning = understand(LIBRARY, text)
    assert (meaning.kind, meaning.id) == ("fact", fact)


@pytest.mark.parametrize("file", sorted(file for file in LIBRARY.documents if "/" in file))
def test_an_editor_finds_nothing_to_mark_in_a_good_file(file: str) -> None:
    """The JSON Schema that editors check with agrees with what the engine takes."""
    kinds = {"procedures": "procedure", "shared": "shared", "provinces": "province", "communes": "commune"}
    beside = {TALKS: "talks", QUESTIONS: "questions"}
    kind = next((kind for ending, kind in beside.items() if file.endswith(ending)), kinds[file.partition("/")[0]])
    _editor(kind).validate(_as_an_editor_reads(LIBRARY.documents[file].data))


@cache
def _editor(kind: str) -> Draft202012Validator:
    schema = json.loads((CONTENT / f"{kind}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _as_an_editor_reads(data: Any) -> Any:
    """Our reader keeps every scalar as text; an editor reads `true` as a truth value."""
    if isinstance(data, dict):
        return {key: _as_an_editor_reads(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_as_an_editor_reads(value) for value in data]
    return {"true": True, "false": False}.get(data, data)


@pytest.mark.parametrize("group", LIBRARY.groups)
def test_every_group_of_the_menu_opens(group: str) -> None:
    chat = Chat(LIBRARY)
    chat.say("xin chào")
    chat.tap(LIBRARY.groups[group].title)
    titles = [LIBRARY.procedures[id_].title for id_ in LIBRARY.groups[group].procedures]
    assert chat.labels[:-1] == titles


def test_the_status_page_is_current() -> None:
    page = (CONTENT.parent / "docs" / "content-status.md").read_text("utf-8")
    assert page == report(LIBRARY), "run `make status`"


@pytest.mark.parametrize(
    ("text", "kind", "id_"),
    [
        ("trích lục là gì", "term", "trich-luc"),
        ("vợ em mới sinh", "event", "moi-sinh-con"),
        ("cho tôi gặp người", "person", "person"),
        ("nhà đang cháy", "danger", "fire"),
        ("có người gọi bắt chuyển tiền", "danger", "scam"),
        ("bực mình quá", "frustration", "frustration"),
        ("giá vàng hôm nay", "out_of_scope", "out_of_scope"),
        ("hồ sơ của tôi đến đâu rồi", "status", "status"),
        ("Thủ tục công nhận hòa giải viên (cấp xã)", "catalogue", "1.002211"),
    ],
)
def test_the_other_kinds_are_told_apart(text: str, kind: str, id_: str) -> None:
    meaning = understand(LIBRARY, text)
    assert (meaning.kind, meaning.id, meaning.action) == (kind, id_, "go")


@pytest.mark.parametrize(
    ("text", "fact", "procedure"),
    [
        ("làm giấy khai sinh mất bao lâu", "time", "khai-sinh"),
        ("nhập hộ khẩu tốn bao nhiêu tiền", "fee", "thuong-tru"),
        ("đăng ký kết hôn cần giấy tờ gì", "papers", "ket-hon"),
        ("cong chung giay to o dau", "papers", "chung-thuc"),
    ],
)
def test_a_question_may_name_another_procedure(text: str, fact: str, procedure: str) -> None:
    meaning = understand(LIBRARY, text)
    assert (meaning.kind, meaning.id, meaning.procedure) == ("fact", fact, procedure)


def test_the_civil_status_law_of_march_2027_is_said_from_its_day_on() -> None:
    for day, there in ((NOW, False), (datetime(2027, 3, 2, 3, 0, tzinfo=UTC), True)):
        turn = advance(LIBRARY, State(greeted=True), Message(start="na-ri_khai-tu"), day)
        said = advance(LIBRARY, turn.state, Message(text="theo luật nào"), day).replies[-1].text
        assert ("03/2026" in said) is there


def test_a_rephrasing_at_a_choice_stays_with_what_was_offered() -> None:
    chat = Chat(LIBRARY)
    chat.say("trợ cấp tuổi cao")
    offered = chat.labels
    chat.say("tiền trợ cấp hằng tháng cho các cụ")
    assert LIBRARY.title(chat.state.procedure or "") in offered
