"""Mistakes that officials make, each found at its line with a sentence that says what to do."""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
import yaml

from flows.checks.check import check, paths
from flows.definition.loading import load
from flows.definition.procedure import Procedure
from flows.definition.yaml_source import ContentError, Problem, read
from tests.flows.chat import Chat, started
from tests.library import ASKED, CAT, COMMUNE, HOUSE, PROVINCE, SHARED, WORDS, bot_yaml, files, library

TODAY = date(2026, 11, 23)
FILE = {
    "house": "procedures/lam-nha.yaml",
    "asked": "procedures/lam-nha.questions.yaml",
    "cat": "procedures/nuoi-meo.yaml",
    "shared": "shared/nop.yaml",
    "province": "provinces/thu.yaml",
    "commune": "communes/ban-moi.yaml",
    "words": "words.yaml",
}
GOOD = {
    "asked": ASKED,
    "house": HOUSE,
    "cat": CAT,
    "shared": SHARED,
    "province": PROVINCE,
    "commune": COMMUNE,
    "words": WORDS,
}


def problems(changed: dict[str, str]) -> list[Problem]:
    try:
        return [problem for problem in check(library(**changed), TODAY) if not problem.warning]
    except ContentError as error:
        return error.problems


def test_good_content_has_no_problem() -> None:
    assert problems({}) == []


# which file, what stands there, what the official wrote instead, a part of the answer, the line that it names
MISTAKES = {
    "nobody to ask": ("cat", "officer: bà trưởng bản\n", "", "thiếu `officer`", "id: nuoi-meo"),
    "a button in the bot's words": ("house", "label: Có rồi", "label: Bác có rồi", "là lời của bà con", "- {id: co, label: Bác"),
    "two who are not uncles": ("house", "text: Bác hỏi bản", "text: Hai bác hỏi bản", "viết “hai người”", "text: Hai bác"),
    "a friend in place of an uncle": ("house", "text: Bác hỏi bản", "text: Nhờ bác em hỏi bản", "thành chữ khác", "text: Nhờ bác em"),
    "words to type that call the reader": ("house", "text: Bác hỏi bản", "text: Gõ “nhà bác” hỏi bản", "trong ngoặc kép", "text: Gõ “nhà bác”"),
    "a place named to all others": ("house", "text: Bác hỏi bản", "text: Bác hỏi xã Bản Mới", "dùng {commune.province} hay", "text: Bác hỏi xã"),
    "a place on a button": ("house", "label: Nhà gỗ", "label: Nhà gỗ tỉnh Thử", "sang tệp của tỉnh", "- {id: go,"),
    "a province past its review": ("province", "checked: 2026-11-01\n", "checked: 2026-11-01\nfacts: {lam-nha: {fee: {text: mười đồng, source: so-tay, checked: 2026-11-01, review_by: 2026-11-02}}}\n", "facts.lam-nha.fee quá hạn", "facts:"),
    "facts of nothing": ("province", "checked: 2026-11-01\n", "checked: 2026-11-01\nfacts: {xay-cau: {}}\n", "không có thủ tục `xay-cau`", "facts:"),
    "advice to ask nobody": ("house", "Bác hỏi bản về", "Bác hỏi lại xã về", "là ai: ghi rõ", "text: Bác hỏi lại xã"),
    "an agency that is not said": ("house", "text: Bác hỏi bản về đất trước.", 'text: "{procedure.agency}"', "thiếu `file_at`", "id: lam-nha"),
    "a code in prose to type": ("house", "text: Bác hỏi bản", "text: Gõ {fact.code}, hỏi bản", "dùng {procedure.search}", "text: Gõ"),
    "a code that is nowhere else": ("cat", "facts:\n", 'search_code: "1.000009"\nfacts:\n', "không có trong facts.code", "search_code"),
    "a code for no branch": ("house", "facts:\n", 'search_code: [{code: "1.000009", when: {gi: co}}]\nfacts:\n', "không phải câu hỏi nào", "search_code"),
    "a day after it was looked at": ("house", "source: so-tay, checked: 2026-11-01", "source: so-tay, as_of: 2026-11-02, checked: 2026-11-01", "as_of", "name:"),
    "a tab": ("house", "    kind: tell", "\t    kind: tell", "phím Tab", "kind: tell"),
    "no closing quote": ("house", "text: Nhà mấy tầng?", 'text: "Nhà mấy tầng?', "chưa đóng", 'text: "Nhà mấy tầng?'),
    "a sentence cut by #": ("house", "text: Nhà mấy tầng?", "text: Nhà số #5 mấy tầng?", "bị cắt mất", "text: Nhà số #5 mấy tầng?"),
    "a label cut by #": ("house", "label: Một tầng}", "label: Một tầng # một\n        }", "bị cắt mất", "- {id: mot, label: Một tầng # một"),
    "a long text cut by #": ("house", "text: Bác hỏi bản", "text: Bác hỏi bản\n      phiếu #12", "bị cắt mất", "text: Bác hỏi bản"),
    "a note behind a value": ("cat", "title: Nuôi mèo", "title: Nuôi mèo # đổi sau", "dòng riêng", "title: Nuôi mèo # đổi sau"),
    "a misspelt field": ("house", "why: Không", "vi-sao: Không", "không biết mục `vi-sao`", "vi-sao: Không có đất thì chưa làm"),
    "a missing text": ("house", "text: Bác làm nhà gì?", "text:", "`text` đang để trống", "text:"),
    "an unknown kind": ("house", "kind: tell", "kind: noi", "kind phải là ask, tell", "- id: di-muon"),
    "no kind": ("house", "    kind: tell\n", "", "thiếu kind", "- id: di-muon"),
    "a capital in an id": ("house", "id: tang\n", "id: Tang\n", "chữ thường không dấu", "- id: Tang"),
    "an id twice": ("house", "id: tang\n", "id: co-dat\n", "hai bước cùng id", "- id: co-dat"),
    "a key twice": ("house", "title: Làm nhà", "title: Làm nhà\ntitle: Xây", "viết hai lần", "title: Xây"),
    "one option only": ("house", "      - {id: hai, label: Hai tầng}\n", "", "2 đến 6 lựa chọn", "- id: tang"),
    "two options with one id": ("house", "id: hai, label", "id: mot, label", "hai lựa chọn trùng id", "- id: tang"),
    "a when on nothing": ("house", "when: {co-dat: chua}", "when: {co-nha: chua}", "không phải câu hỏi nào ở phía trên", "when: {co-nha: chua}"),
    "a when on no option": ("house", "when: {co-dat: chua}", "when: {co-dat: khong}", "không có lựa chọn `khong`", "when: {co-dat: khong}"),
    "a when on a later step": ("house", "when: {co-dat: co}", "when: {tang: hai}", "đưa câu hỏi lên trên", "when: {tang: hai}"),
    "an unknown rule": ("house", "when: {co-dat: chua}", "when: {rule: gi-do}", "không có quy tắc `gi-do`", "when: {rule: gi-do}"),
    "a rule without its question": ("house", "{co-dat: chua}", "{rule: lop-1-hoc-muon}", "cần câu hỏi `nam-sinh`", "when: {rule: lop-1-hoc-muon}"),
    "an unknown paper": ("house", "has_paper: don", "has_paper: so-do", "không có giấy tờ `so-do`", "when: {not: {has_paper: so-do}}"),
    "an unknown shared file": ("house", "use: nop", "use: nop-don", "không có shared/nop-don.yaml", "- use: nop-don"),
    "no source": ("house", "{text: Dựng nhà, source: so-tay, checked: 2026-11-01}", "{text: Dựng nhà}", "thiếu source", "name: {text: Dựng nhà}"),
    "a source without a date": ("house", "{id: don, name: Đơn, source: so-tay, checked: 2026-11-01}", "{id: don, name: Đơn, source: so-tay}", "đi cùng nhau", "- {id: don, name: Đơn, source: so-"),
    "an unknown source": ("house", "text: Dựng nhà, source: so-tay", "text: Dựng nhà, source: so-cai", "không có nguồn `so-cai`", "name: {text: Dựng nhà, source: so-"),
    "no date": ("house", "review_by: 2027-02-20", "review_by: tháng 12", "viết như 2026-11-23", "result: {text: một ngôi nhà, sourc"),
    "past its review": ("house", "review_by: 2027-02-20", "review_by: 2026-11-01", "quá hạn xem lại 2026-11-01", "result: {text: một ngôi nhà, sourc"),
    "a step past its review": ("house", "    kind: tell\n", "    kind: tell\n    source: so-tay\n    checked: 2026-11-01\n    review_by: 2026-11-22\n", "bước `di-muon` quá hạn xem lại 2026-11-22", "review_by: 2026-11-22"),
    "a paper past its review": ("house", "name: Đơn, source: so-tay, checked: 2026-11-01}", "name: Đơn, source: so-tay, checked: 2026-11-01, review_by: 2026-11-22}", "`don` quá hạn xem lại 2026-11-22", "- {id: don, name: Đơn"),
    "a cure past its review": ("house", "{id: dong-cua,", "{id: dong-cua, source: so-tay, checked: 2026-11-01, review_by: 2026-11-22,", "`dong-cua` quá hạn xem lại 2026-11-22", "- {id: dong-cua,"),
    "a shared cure past its review": ("shared", "{id: mat-mang,", "{id: mat-mang, source: so-tay, checked: 2026-11-01, review_by: 2026-11-22,", "`mat-mang` quá hạn xem lại 2026-11-22", "- {id: nop-don,"),
    "the value of today past its review": ("house", "text: năm ngày, source: so-tay, checked: 2026-11-01, from: 2027-03-01", "text: năm ngày, source: so-tay, checked: 2026-11-01, from: 2026-03-01, review_by: 2026-11-22", "facts.time quá hạn xem lại 2026-11-22", "- {text: năm ngày"),
    "a place that can't be filled": ("house", "{fact.time}", "{thoi-gian}", "không biết chỗ điền {thoi-gian}", "text: Bác chờ {thoi-gian}, nhận ở"),
    "a fact left out": ("cat", "  who: {text: ai cũng được, source: so-tay, checked: 2026-11-01}\n", "", "thiếu facts.who", "facts:"),
    "a step nobody reaches": ("house", "when: {loai-nha: [go, gach]}", "when: {all: [{co-dat: chua}, {co-dat: co}]}", "không đường nào tới được", "- id: tang"),
    "a paper nobody needs": ("house", "when: {tang: hai}", "when: {all: [{tang: hai}, {tang: mot}]}", "không ai cần giấy `ban-ve`", "- {id: ban-ve, name: Bản vẽ, sourc"),
    "a question that changes nothing": ("house", ", when: {tang: hai}", "", "kiểu gì cũng như nhau", "- id: tang"),
    "options that read alike": ("house", "label: Hai tầng", "label: một tang", "đọc không dấu thì giống", "- {id: hai, label: một tang}"),
    "options that are said alike": ("house", "says: [nhà xây]", "says: [nha san]", "“nha san” đọc không dấu thì giống lựa chọn `go`", "- {id: gach,"),
    "a phrase of two procedures": ("cat", "[nuôi mèo, xin con mèo]", "[nuôi mèo, lam nha]", "cũng là của `lam-nha`", "says: [nuôi mèo, lam nha]"),
    "no end": ("cat", "  - {id: xong-meo, kind: done, text: Bác chơi với mèo.}\n", "", "bước cuối phải là kind: done", "- {id: cho-an, kind: do, text: Bác"),
    "an end in the middle": ("house", "id: xin-don\n    kind: do", "id: xin-don\n    kind: done", "`troubles` chỉ dùng ở kind: do, bước này là kind: done", "troubles:"),
    "a file named otherwise": ("cat", "id: nuoi-meo", "id: nuoi-cho", "tên tệp phải là procedures/nuoi-cho.yaml", "id: nuoi-cho"),
    "a text too long": ("cat", "text: Bác cho mèo ăn.", "text: " + "Bác cho mèo ăn rồi. " * 76, "dài quá 1500", "- {id: cho-an, kind: do, text: Bác"),
    "a fact in a text that the procedure lacks": ("cat", "text: Bác cho mèo ăn.", 'text: "Bác cho mèo ăn theo {fact.law}."', "{fact.law} mà thủ tục không có facts.law", "- {id: cho-an,"),
    "a fact in a shared text that the procedure lacks": ("shared", "text: Bác nộp đơn.,", 'text: "Bác nộp đơn theo {fact.law}.",', "{fact.law} mà thủ tục không có facts.law", "- {id: nop-don,"),
    "a commune without its name": ("commune", "name: xã Bản Mới\n", "", "thiếu `name`", "id: ban-moi"),
    "an unknown value of a commune": ("commune", "  address:", "  dia-chi:", "phải là một trong", "dia-chi: {text: nhà sàn giữa bản,"),
    "a commune past its review": ("commune", "giữa bản, source: so-tay, checked: 2026-11-01}", "giữa bản, source: so-tay, checked: 2026-11-01, review_by: 2026-11-02}", "values.address quá hạn", "address:"),
    "an unknown command": ("words", "  back:", "  lui:", "phải là một trong", "lui: [quay lại, lùi lại]"),
    "an answer past its review": ("asked", "decided_by: ông trưởng bản", "text: Ở bản bên., source: so-tay, checked: 2026-11-01, review_by: 2026-11-22", "`muon-tho` quá hạn xem lại 2026-11-22", "muon-tho:"),
    "an answer that is nowhere": ("asked", "place: time", "place: gio", "không có chỗ `gio`", "mat-bao-lau:"),
    "an answer given twice": ("asked", "place: time", "place: time, text: mai", "đúng một trong ba", "mat-bao-lau:"),
    "an answer without a source": ("asked", "place: time", "text: mười hôm", "thiếu source", "mat-bao-lau:"),
    "asked of nothing that was answered": ("asked", "decided_by", "when: {gi: co}, decided_by", "`gi` không phải câu hỏi", "muon-tho:"),
    "asked in one way": ("asked", "[mượn thợ ở đâu, tho o dau gioi]", "[mượn thợ ở đâu]", "ít nhất 2", "muon-tho:"),
    "another number for the same": ("asked", "decided_by: ông trưởng bản", "text: Xong trong 6 ngày., source: so-tay, checked: 2026-11-01}\ncho-lau: {asks: [chờ lâu thế, lau the], text: Xong trong 7 ngày., source: so-tay, checked: 2026-11-01", "sửa cho một số", "cho-lau:"),
    "a question asked twice": ("asked", "tho o dau gioi", "bao lau dung xong", "cũng là của `mat-bao-lau`", "muon-tho:"),
    "a way to nowhere": ("house", "    text: Bác hỏi bản về đất trước.", "    go: nuoi-cho\n    text: Bác hỏi.", "không có việc `nuoi-cho`", "go: nuoi-cho"),
    "a way to where one is": ("house", "    text: Bác hỏi bản về đất trước.", "    go: [lam-nha]\n    text: Bác hỏi.", "đang ở ngay việc", "go: [lam-nha]"),
    "a way to be typed": ("house", "text: Bác hỏi bản về đất trước.", "text: Bác gõ “nuôi mèo”.", "ghi go: nuoi-meo", "text: Bác gõ"),
    "a trouble without a cure": ("shared", ", cure: Bác đợi có mạng.", "", "thiếu `cure`", "- {id: nop-don, kind: do, text: Bá"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_at_its_line(name: str) -> None:
    part, good, bad, answer, line = MISTAKES[name]
    assert good in GOOD[part], "the mistake would not be made"
    broken = GOOD[part].replace(good, bad, 1)
    fitting = [problem for problem in problems({part: broken}) if answer in problem.text]
    assert fitting, "the mistake was not found"
    assert fitting[0].file == FILE[part]
    assert broken.split("\n")[fitting[0].line - 1].strip().startswith(line)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x]\n"
        + "".join(f"{to}: &{to} [*{at}, *{at}, *{at}, *{at}]\n" for at, to in pairwise("abcdefghijkl")),
        "a: &a {b: *a, c: *a, d: *a}\n",
    ],
)
def test_a_file_that_aliases_make_huge_is_refused(text: str) -> None:
    with pytest.raises(ContentError) as refused:
        read("bot.yaml", text)
    assert "nhân tệp này lên quá lớn" in str(refused.value)


def test_questions_beside_nothing_are_refused() -> None:
    with pytest.raises(ContentError) as refused:
        load(files() | {"procedures/xay-cau.questions.yaml": ASKED})
    assert "không có procedures/xay-cau.yaml" in str(refused.value)


@pytest.mark.parametrize("kind", ["name", "where", "time", "fee", "who", "result"])
def test_a_procedure_says_or_owns_up_to_what_everybody_asks(kind: str) -> None:
    lines = [line for line in CAT.split("\n") if not line.startswith(f"  {kind}: ")]
    assert [problem.text.partition(":")[0] for problem in problems({"cat": "\n".join(lines)})] == [
        f"thiếu facts.{kind}"
    ]


@pytest.mark.parametrize(
    ("part", "good"),
    [
        ("house", "{text: Dựng nhà, source: so-tay, checked: 2026-11-01"),
        ("house", "name: Đơn, source: so-tay, checked: 2026-11-01"),
        ("commune", "{text: nhà sàn giữa bản, source: so-tay, checked: 2026-11-01"),
    ],
)
def test_on_the_last_day_nothing_is_past_its_review(part: str, good: str) -> None:
    assert good in GOOD[part]
    for day, count in (("2026-11-23", 0), ("2026-11-22", 1)):
        assert len(problems({part: GOOD[part].replace(good, f"{good}, review_by: {day}")})) == count


def test_a_step_on_its_last_day_is_not_past_its_review() -> None:
    for day, count in (("2026-11-23", 0), ("2026-11-22", 1)):
        sourced = f"kind: tell\n    source: so-tay\n    checked: 2026-11-01\n    review_by: {day}"
        assert len(problems({"house": HOUSE.replace("kind: tell", sourced)})) == count


def test_a_value_that_no_longer_holds_needs_no_review() -> None:
    old = "{text: mười ngày, source: so-tay, checked: 2026-11-01, review_by: 2026-11-01}"
    followed = HOUSE.replace("{text: mười ngày, source: so-tay, checked: 2026-11-01}", old)
    assert len(problems({"house": followed})) == 1
    assert problems({"house": followed.replace("from: 2027-03-01", "from: 2026-11-23")}) == []


# --- what fits on a screen and into a button ---


def asked(text: str, options: int) -> dict[str, str]:
    """A question at the start of a procedure, whose options are as long as they may be."""
    lines = "".join(f"      - {{id: o{number}, label: {number}{'x' * 59}}}\n" for number in range(options))
    step = f"  - id: hoi\n    kind: ask\n    certainty: unconfirmed\n    text: {text}\n    options:\n{lines}"
    reader = "  - {id: rieng, kind: tell, text: Riêng., when: {hoi: o1}}\n"
    return {"cat": CAT.replace("steps:\n", f"steps:\n{step}{reader}")}


def listed(text: str, papers: int) -> dict[str, str]:
    """A list of papers whose names are as long as they may be; one of them is needed on some ways only."""
    named = f"name: {'x' * 60}, certainty: unconfirmed"
    more = "".join(f"      - {{id: g{number}, {named}}}\n" for number in range(papers))
    longer = HOUSE.replace("text: Bác cần", f"text: {text}")
    return {
        "house": longer.replace("name: Bản vẽ, source: so-tay, checked: 2026-11-01", named).replace(
            "      - {id: anh", f"{more}      - {{id: anh"
        )
    }


def too_long(changed: dict[str, str]) -> list[int]:
    """The sizes of the screens that are too long, as an official is told."""
    found = (re.match(r"màn hình dài (\d+) ký tự, quá 1900", problem.text) for problem in problems(changed))
    return [int(match[1]) for match in found if match]


def test_a_text_and_its_options_share_one_screen() -> None:
    assert too_long(asked("x" * 1500, options=2)) == []
    (size,) = too_long(asked("x" * 1500, options=6))
    assert size > 1500 + 6 * 60
    assert too_long(asked("x" * (1500 - size + 1901), options=6)) == [1901]
    assert too_long(asked("x" * (1500 - size + 1900), options=6)) == []


def test_a_text_and_its_papers_share_one_screen() -> None:
    assert too_long(listed("x" * 1500, papers=0)) == []
    assert len(too_long(listed("x" * 1500, papers=8))) == 1
    assert too_long(listed("x" * 500, papers=8)) == []


def test_a_screen_that_is_too_long_is_found_at_its_step() -> None:
    changed = asked("x" * 1500, options=6)
    (problem,) = problems(changed)
    assert problem.file == FILE["cat"]
    assert changed["cat"].split("\n")[problem.line - 1] == "  - id: hoi"


def test_the_longest_ids_that_a_file_may_hold_fit_into_a_button() -> None:
    long = "a" * 24
    papers = f"  - {{id: {long}, kind: papers, text: Giấy, papers: [{{id: {'b' * 24}, name: Đơn, certainty: unconfirmed}}]}}\n"
    chat = started(library(cat=CAT.replace("steps:\n", f"steps:\n{papers}")), "nuoi-meo")
    chat.state = chat.state.model_copy(update={"epoch": 999_999})
    chat.say("xin chào")
    for label in ("<some_missing>", "Đơn"):
        assert all(len(choice.token.encode()) <= 64 for choice in (*chat.reply.choices, *chat.reply.nav))
        chat.tap(label)
    assert chat.state.answers == {long: "tung-cai", f"{long}/{'b' * 24}": "chua"}


@pytest.mark.parametrize(("letters", "found"), [(50, 0), (51, 1)])
def test_an_id_that_fits_into_no_button_is_named(letters: int, found: int) -> None:
    """No file can hold one so far: it is for who lets ids grow."""
    made = library()
    house = made.procedures["nuoi-meo"]
    first, *others = house.steps
    grown = first.model_copy(update={"id": "a" * letters})
    origins = {**made.origins, ("nuoi-meo", grown.id): made.origins["nuoi-meo", first.id]}
    procedures = {"nuoi-meo": house.model_copy(update={"steps": (grown, *others)})}
    named = [problem.text for problem in check(replace(made, procedures=procedures, origins=origins), TODAY)]
    assert len([text for text in named if "dài quá cho một nút" in text and grown.id in text]) == found


# --- whom a walk meets ---


@pytest.mark.parametrize(
    "steps",
    [
        "  - {id: rieng, kind: tell, text: Riêng., when: {all: [{has_paper: don}, {not: {has_paper: anh}}]}}\n",
        "  - {id: them, kind: papers, text: Thêm, papers: [{id: to-khai, name: Tờ khai, certainty: unconfirmed, when: {all: [{has_paper: don}, {not: {has_paper: anh}}]}}]}\n",
    ],
)
def test_who_has_one_paper_and_lacks_another_is_met(steps: str) -> None:
    assert problems({"house": HOUSE.replace("  - use: nop\n", f"{steps}  - use: nop\n")}) == []


def test_a_question_that_only_a_rule_reads_changes_something() -> None:
    born = "  - {id: nam-sinh, kind: ask, text: Sinh năm nào?, options_from: nam-sinh-lop-1}\n"
    late = "  - {id: muon, kind: tell, text: Muộn rồi., when: {rule: lop-1-hoc-muon}}\n"
    assert problems({"cat": CAT.replace("steps:\n", f"steps:\n{born}{late}")}) == []
    assert len(problems({"cat": CAT.replace("steps:\n", f"steps:\n{born}")})) == 1


# --- what a commune may not have told ---


def without_sentence(key: str) -> str:
    made = yaml.safe_load(bot_yaml())
    del made["missing"][key]
    return yaml.safe_dump(made, allow_unicode=True)


def test_what_a_commune_may_not_have_told_needs_an_honest_sentence() -> None:
    found = problems({"bot": without_sentence("address")})
    told = "{commune.address} chưa có câu thay thế: thêm missing.address vào bot.yaml"
    assert [(problem.file, problem.text) for problem in found] == [(FILE["house"], told)] * 2
    assert all("{commune.address}" in HOUSE.split("\n")[problem.line - 1] for problem in found)
    assert problems({"bot": without_sentence("phone")}) == []


def test_a_shared_step_needs_the_honest_sentence_too() -> None:
    called = SHARED.replace("text: Bác nộp đơn.,", 'text: "Bác gọi {commune.phone} rồi nộp ở {commune.name}.",')
    (problem,) = problems({"shared": called, "bot": without_sentence("phone")})
    assert (problem.file, problem.text) == (
        FILE["shared"],
        "{commune.phone} chưa có câu thay thế: thêm missing.phone vào bot.yaml",
    )


def test_without_its_sentence_a_citizen_still_hears_that_nobody_knows() -> None:
    chat = Chat(library(bot=without_sentence("address")))
    chat.say("làm nhà")
    assert "[unsure_short]" in chat.say("nộp ở đâu")


def test_every_problem_of_every_file_is_listed_at_once() -> None:
    broken = {"house": HOUSE.replace("kind: tell", "kind: noi"), "cat": CAT.replace("kind: do,", "kind: lam,")}
    assert {problem.file for problem in problems(broken)} == {FILE["house"], FILE["cat"]}


def test_a_procedure_may_have_no_more_steps_than_the_limit() -> None:
    with pytest.raises(ContentError, match="nhiều hơn 3"):
        load(files(), step_limit=3)


def test_no_content_at_all_is_said_plainly() -> None:
    with pytest.raises(ContentError, match=r"bot\.yaml:1: thiếu tệp này"):
        load({})


def test_scalars_stay_what_was_written() -> None:
    made = library(
        house=HOUSE.replace("label: Có rồi", "label: no").replace("says: [nhà sàn]", "says: [2021, yes, 1.10]")
    )
    first = made.procedures["lam-nha"].steps[0]
    assert first.kind == "ask"
    assert first.options[0].label == "no"


def test_the_walk_meets_every_step_and_every_paper() -> None:
    procedure: Procedure = library().procedures["lam-nha"]
    met = {slot.id for _, slot in paths(procedure, TODAY)}
    assert met == {"co-dat", "di-muon", "loai-nha", "tang", "giay-to", "giay-to/don", "giay-to/ban-ve", "giay-to/anh", "xin-don", "nop-don", "xong"}  # fmt: skip


def test_a_mistake_in_the_defaults_is_told_once() -> None:
    (only,) = problems({"cat": "defaults: {checked: 1/11/2026}\n" + CAT})
    assert str(only) == "procedures/nuoi-meo.yaml:1: `checked` viết năm trước, tháng, rồi ngày: 2026-11-01"
