"""What nobody could confirm is said to be so wherever it is read: at every kind of step, on papers, in cures, of a commune."""

from datetime import UTC, datetime

import pytest

from flows.definition.library import Library
from flows.definition.loading import load
from tests.flows.chat import Chat, started
from tests.library import COMMUNE, HOUSE, SHARED, files
from tests.library import library as make

# how sure we are on 2026-11-23, as a file says it -> what a citizen reads below it
CERTAINTIES = {
    "unconfirmed": ("certainty: unconfirmed", "[unsure_part]"),
    "of one source": ("certainty: single, source: so-tay, checked: 2026-11-01", "[single_part]"),
    "past its review": ("source: so-tay, checked: 2026-11-01, review_by: 2026-11-22", "[unsure_part]"),
    "of one source and past its review": (
        "certainty: single, source: so-tay, checked: 2026-11-01, review_by: 2026-11-22",
        "[unsure_part]",
    ),
    "on the last day before its review": ("source: so-tay, checked: 2026-11-01, review_by: 2026-11-23", ""),
    "confirmed": ("source: so-tay, checked: 2026-11-01", ""),
}
MARKS = ("[unsure_part]", "[single_part]", "[unsure_mark]", "[single_mark]")
UNCONFIRMED, SINGLE = CERTAINTIES["unconfirmed"][0], CERTAINTIES["of one source"][0]

# a step of each kind: the way to it, and what it says
STEPS: dict[str, tuple[tuple[str, ...], str]] = {
    "co-dat": ((), "Bác có đất chưa?"),
    "giay-to": (("Có rồi", "Kiểu khác"), "Bác cần"),
    "xin-don": (("Có rồi", "Kiểu khác", "<some_missing>", "Đơn", "<only_these>"), "Bác xin tờ đơn ở xã."),
    "nop-don": (("Có rồi", "Kiểu khác", "<have_all>"), "Bác nộp đơn."),
    "xong": (("Có rồi", "Kiểu khác", "<have_all>", "<finished>"), "Bác chờ mười ngày, nhận ở nhà sàn giữa bản."),
}


def with_step(step: str, certainty: str) -> Library:
    lines = certainty.replace(", ", "\n    ")
    house = HOUSE.replace(f"  - id: {step}\n", f"  - id: {step}\n    {lines}\n")
    return make(house=house, shared=SHARED.replace(f"{{id: {step},", f"{{id: {step}, {certainty},"))


def with_cure(certainty: str) -> Library:
    return make(house=HOUSE.replace("{id: het-don,", f"{{id: het-don, {certainty},"))


def with_papers(step: str, *, don: str, anh: str) -> str:
    """The list of papers that a citizen reads."""
    house = HOUSE.replace("  - id: giay-to\n", f"  - id: giay-to\n    {step.replace(', ', chr(10) + '    ')}\n")
    house = house.replace("name: Đơn, source: so-tay, checked: 2026-11-01", f"name: Đơn, {don}")
    chat = started(make(house=house.replace("name: Ảnh, certainty: unconfirmed", f"name: Ảnh, {anh}")))
    return chat.tap(*STEPS["giay-to"][0])


def marks(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


@pytest.mark.parametrize("name", CERTAINTIES)
@pytest.mark.parametrize("step", [step for step in STEPS if step != "giay-to"])
def test_a_step_of_any_kind_says_how_sure_we_are(step: str, name: str) -> None:
    certainty, mark = CERTAINTIES[name]
    way, said = STEPS[step]
    chat = started(with_step(step, certainty))
    text = chat.tap(*way) if way else chat.reply.text
    assert "\n\n".join(filter(None, (said, mark))) in text
    assert marks(text) == ([mark] if mark else [])


@pytest.mark.parametrize("name", CERTAINTIES)
def test_a_list_of_papers_says_how_sure_we_are_below_it(name: str) -> None:
    certainty, mark = CERTAINTIES[name]
    text = started(with_step("giay-to", certainty)).tap(*STEPS["giay-to"][0])
    assert text.startswith("[progress] 3 4\nBác cần\n\n[papers_all] 1. Đơn\n2. Ảnh")
    assert text.endswith("\n\n[unsure_parts]" if mark == "[single_part]" else "\n\n[unsure_part]")


def test_a_question_that_is_put_again_says_how_sure_we_are() -> None:
    chat = started(with_step("co-dat", UNCONFIRMED))
    chat.tap("Có rồi")
    chat.say("sửa", "1")
    assert chat.reply.text == "[redo] Có rồi\nBác có đất chưa?\n\n[unsure_part]"


def test_what_stands_past_its_review_is_unsure_from_the_first_minute_of_the_day_in_vietnam() -> None:
    chat = started(with_step("co-dat", CERTAINTIES["on the last day before its review"][0]))
    chat.now = datetime(2026, 11, 23, 16, 59, tzinfo=UTC)
    assert marks(chat.say("xin chào")) == []
    chat.now = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert marks(chat.say("xin chào")) == ["[unsure_part]"]


@pytest.mark.parametrize("name", CERTAINTIES)
def test_a_cure_says_how_sure_we_are(name: str) -> None:
    certainty, mark = CERTAINTIES[name]
    chat = started(with_cure(certainty))
    chat.tap(*STEPS["xin-don"][0], "<stuck>")
    assert chat.tap("Xã hết đơn") == "\n\n".join(filter(None, ("[cure] Bác hẹn hôm sau.", mark)))


@pytest.mark.parametrize("name", CERTAINTIES)
def test_a_cure_told_some_days_later_says_how_sure_we_are(name: str) -> None:
    certainty, mark = CERTAINTIES[name]
    chat = started(with_cure(certainty))
    chat.state = chat.state.model_copy(update={"asking": "outcome", "offered": ("lam-nha",)})
    chat.say("chào")
    text = chat.tap("<filed_not_yet>", "Xã hết đơn")
    assert text.startswith("\n\n".join(filter(None, ("[cure] Bác hẹn hôm sau.", mark, "[ticket_opened]"))))


@pytest.mark.parametrize("name", CERTAINTIES)
def test_the_meaning_of_a_word_says_how_sure_we_are(name: str) -> None:
    certainty, mark = CERTAINTIES[name]
    terms = f"trich-do: {{term: trích đo, meaning: Đo rồi vẽ., {certainty}}}\n"
    text = started(load({**files(), "terms.yaml": terms})).say("trích đo là gì")
    assert text.startswith("\n\n".join(filter(None, ("[term] trích đo Đo rồi vẽ.", mark, "[progress]"))))


def test_a_paper_has_a_sign_of_how_sure_we_are_unless_the_list_says_it_for_all() -> None:
    apart = with_papers(CERTAINTIES["confirmed"][0], don=SINGLE, anh=UNCONFIRMED)
    assert "1. Đơn [single_sign]\n2. Ảnh [unsure_sign]\n\n[unsure_parts]" in apart
    same = with_papers(SINGLE, don=SINGLE, anh=UNCONFIRMED)
    assert "1. Đơn\n2. Ảnh [unsure_sign]\n\n[unsure_parts]" in same
    unsure = with_papers(UNCONFIRMED, don=SINGLE, anh=UNCONFIRMED)
    assert "1. Đơn [single_sign]\n2. Ảnh\n\n[unsure_parts]" in unsure


# a step that shares its screen with the papers: a sign after its text, and what the sign means once, at the end
SIGNS = {"[unsure_part]": "[unsure_sign]", "[single_part]": "[single_sign]"}


@pytest.mark.parametrize("name", CERTAINTIES)
def test_on_a_shared_screen_doubt_has_a_sign_and_is_told_once(name: str) -> None:
    certainty, mark = CERTAINTIES[name]
    text = started(with_step("di-muon", certainty)).tap("Chưa có")
    said = f"Bác hỏi bản về đất trước. {SIGNS.get(mark, '')}".strip()
    assert f"{said}\n\nBác cần" in text
    both = mark == "[single_part]"
    assert (text.count("[unsure_part]"), text.count("[unsure_parts]")) == (not both, both), (
        "of a paper below, or of both"
    )
    assert "[single_signed]" not in text


# --- what only the commune knows ---


def in_commune(value: str) -> Chat:
    return started(make(commune=COMMUNE.replace("source: so-tay, checked: 2026-11-01}", f"{value}}}")))


@pytest.mark.parametrize("name", CERTAINTIES)
@pytest.mark.parametrize("asked", ["địa chỉ của xã", "nộp ở đâu"])
def test_what_a_commune_did_not_confirm_is_not_stated(name: str, asked: str) -> None:
    certainty, mark = CERTAINTIES[name]
    text = in_commune(certainty).say(asked).lower()
    assert ("[missing address]" in text) is (mark == "[unsure_part]")
    assert ("nhà sàn giữa bản" in text) is (mark != "[unsure_part]")
    assert ("nhà sàn giữa bản [single_mark]" in text) is (mark == "[single_part]")


def test_a_step_names_no_place_that_the_commune_did_not_confirm() -> None:
    text = in_commune(UNCONFIRMED).tap(*STEPS["xong"][0])
    assert "Bác chờ mười ngày, nhận ở [missing address]." in text
    assert "nhà sàn giữa bản" not in text
