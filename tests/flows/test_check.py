"""Mistakes that officials make, each found at its line with a sentence that says what to do."""

from datetime import date

import pytest

from flows.checks.check import check, paths
from flows.definition.loading import load
from flows.definition.procedure import Procedure
from flows.definition.yaml_source import ContentError, Problem
from tests.library import CAT, COMMUNE, HOUSE, SHARED, WORDS, files, library

TODAY = date(2026, 11, 23)
FILE = {
    "house": "procedures/lam-nha.yaml",
    "cat": "procedures/nuoi-meo.yaml",
    "shared": "shared/nop.yaml",
    "commune": "communes/ban-moi.yaml",
    "words": "words.yaml",
}
GOOD = {"house": HOUSE, "cat": CAT, "shared": SHARED, "commune": COMMUNE, "words": WORDS}


def problems(changed: dict[str, str]) -> list[Problem]:
    try:
        return check(library(**changed), TODAY)
    except ContentError as error:
        return error.problems


def test_good_content_has_no_problem() -> None:
    assert problems({}) == []


# which file, what stands there, what the official wrote instead, a part of the answer, the line that it names
MISTAKES = {
    "a tab": ("house", "    kind: tell", "\t    kind: tell", "thụt dòng", "kind: tell"),
    "no closing quote": ("house", "text: Nhà mấy tầng?", 'text: "Nhà mấy tầng?', "không đọc được", 'text: "Nhà mấy tầng?'),
    "a sentence cut by #": ("house", "text: Nhà mấy tầng?", "text: Nhà số #5 mấy tầng?", "bị cắt mất", "text: Nhà số #5 mấy tầng?"),
    "a label cut by #": ("house", "label: Một tầng}", "label: Một tầng # một\n        }", "bị cắt mất", "- {id: mot, label: Một tầng # một"),
    "a long text cut by #": ("house", "text: Bác hỏi xã", "text: Bác hỏi xã\n      phiếu #12", "bị cắt mất", "text: Bác hỏi xã"),
    "a note behind a value": ("cat", "title: Nuôi mèo", "title: Nuôi mèo # đổi sau", "dòng riêng", "title: Nuôi mèo # đổi sau"),
    "a misspelt field": ("house", "why: Không", "vi-sao: Không", "không biết mục `vi-sao`", "vi-sao: Không có đất thì chưa làm"),
    "a missing text": ("house", "text: Bác làm nhà gì?", "text:", "`text` phải là chữ", "text:"),
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
    "no date": ("house", "review_by: 2026-12-01", "review_by: tháng 12", "viết như 2026-11-23", "result: {text: một ngôi nhà, sourc"),
    "past its review": ("house", "review_by: 2026-12-01", "review_by: 2026-11-01", "quá hạn xem lại 2026-11-01", "result: {text: một ngôi nhà, sourc"),
    "a place that can't be filled": ("house", "{fact.time}", "{thoi-gian}", "không biết chỗ điền {thoi-gian}", "text: Bác chờ {thoi-gian}, nhận ở"),
    "a fact left out": ("cat", "  who: {text: ai cũng được, source: so-tay, checked: 2026-11-01}\n", "", "thiếu facts.who", "facts:"),
    "a step nobody reaches": ("house", "when: {loai-nha: [go, gach]}", "when: {all: [{co-dat: chua}, {co-dat: co}]}", "không đường nào tới được", "- id: tang"),
    "a paper nobody needs": ("house", "when: {tang: hai}", "when: {all: [{tang: hai}, {tang: mot}]}", "không ai cần giấy `ban-ve`", "- {id: ban-ve, name: Bản vẽ, sourc"),
    "a question that changes nothing": ("house", ", when: {tang: hai}", "", "kiểu gì cũng như nhau", "- id: tang"),
    "options that read alike": ("house", "label: Hai tầng", "label: một tang", "đọc không dấu thì giống", "- {id: hai, label: một tang}"),
    "a phrase of two procedures": ("cat", "[nuôi mèo, xin con mèo]", "[nuôi mèo, lam nha]", "cũng là của `lam-nha`", "says: [nuôi mèo, lam nha]"),
    "no end": ("cat", "  - {id: xong-meo, kind: done, text: Bác chơi với mèo.}\n", "", "bước cuối phải là kind: done", "- {id: cho-an, kind: do, text: Bác"),
    "an end in the middle": ("house", "id: xin-don\n    kind: do", "id: xin-don\n    kind: done", "không biết mục `troubles`", "troubles:"),
    "a file named otherwise": ("cat", "id: nuoi-meo", "id: nuoi-cho", "tên tệp phải là nuoi-cho.yaml", "id: nuoi-cho"),
    "a screen too long": ("cat", "text: Bác cho mèo ăn.", "text: " + "Bác cho mèo ăn rồi. " * 76, "dài quá 1500", "- {id: cho-an, kind: do, text: Bác"),
    "a commune without its name": ("commune", "name: xã Bản Mới\n", "", "thiếu `name`", "id: ban-moi"),
    "an unknown value of a commune": ("commune", "  address:", "  dia-chi:", "phải là một trong", "dia-chi: {text: nhà sàn giữa bản,"),
    "a commune past its review": ("commune", "checked: 2026-11-01}", "checked: 2026-11-01, review_by: 2026-11-02}", "values.address quá hạn", "address:"),
    "an unknown command": ("words", "  back:", "  lui:", "phải là một trong", "lui: [quay lại, lùi lại]"),
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
