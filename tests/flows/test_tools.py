"""What editors of the content look at: the picture, the status page, the sentences that are hard to read, the catalogue."""

from datetime import date
from xml.etree import ElementTree

import pytest

from flows.checks.drawing import draw
from flows.checks.plain_language import sentences
from flows.checks.status import due_reviews, report, upcoming
from flows.definition import catalogue
from flows.definition.library import Library
from flows.definition.loading import load
from flows.definition.national import parse
from flows.definition.yaml_source import ContentError
from tests.flows.test_truth import SNAPSHOT
from tests.library import ASKED, CAT, COMMUNE, files, library

TODAY = date(2026, 11, 23)


def test_the_picture_holds_every_step_and_the_answers_that_part_ways(library: Library) -> None:
    procedure = library.procedures["lam-nha"]
    picture = ElementTree.fromstring(draw(procedure, TODAY))
    said = " ".join(text for text in picture.itertext())
    assert all(f"{step.id} · {step.kind}" in said for step in procedure.steps)
    assert "Chưa có" in said
    assert "Kiểu khác" in said


def test_the_status_page_counts_what_is_sure(library: Library) -> None:
    page = report(library)
    row = next(line for line in page.splitlines() if "`lam-nha`" in line)
    assert row.split("|")[4:7] == [" 7 ", " 1 ", " 2 "]
    assert "2026-11-01" in row
    assert "2027-02-20" in row


def test_what_changes_soon_is_told_before_it_does(library: Library) -> None:
    assert [problem.text for problem in upcoming(library, TODAY)] == [
        "1 điều phải xem lại trước 2027-02-20",
        "facts.time đổi từ 2027-03-01: năm ngày",
    ]
    assert upcoming(library, date(2027, 3, 2)) == []


def test_answers_beside_a_procedure_fall_due_too_and_local_ones() -> None:
    answer = "{{asks: [{}, {}], text: Ở bản bên., source: so-tay, checked: 2026-11-01, review_by: 2027-02-20}}"
    local = (
        f"questions:\n  tho: {answer.format('thợ nào giỏi', 'tho nao ranh').replace('{', '{procedure: lam-nha, ', 1)}\n"
    )
    made = load(
        files(asked=ASKED + f"go-o-dau: {answer.format('gỗ ở đâu', 'mua go o dau')}\n", commune=COMMUNE + local)
    )
    assert [(one.statements, one.where) for one in due_reviews(made, date(2027, 1, 25))] == [(3, ("lam-nha",))]
    assert "3 điều phải xem lại trước 2027-02-20" in [problem.text for problem in upcoming(made, TODAY)]


def test_what_a_place_says_of_itself_falls_due_too() -> None:
    dated = COMMUNE.replace("giữa bản, source: so-tay,", "giữa bản, source: so-tay, review_by: 2027-02-20,")
    due = due_reviews(load(files(commune=dated)), date(2027, 1, 25))
    assert [(one.statements, one.where) for one in due] == [(2, ("ban-moi", "lam-nha"))]


PLAIN = "words_a_sentence: 8\nplain: {thực hiện: làm}\nknown_abbreviations: [QR]\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Bác cho mèo ăn.", None),
        ("Bác thực hiện cho mèo ăn.", "thay “thực hiện” bằng “làm”"),
        ("Bác bấm nút “Thực hiện”.", None),
        ("Bác quét mã QR.", None),
        ("Bác ra UBND nhé.", "giải thích chữ tắt UBND"),
        ("Bác cho mèo ăn rồi bác ra chợ mua cá.", "10 chữ, quá 8: ngắt câu"),
        ("Bác cho mèo ăn. Rồi bác ra chợ mua cá.", None),
    ],
)
def test_hard_sentences_are_named(text: str, reason: str | None) -> None:
    made = load({**files(cat=CAT.replace("Bác cho mèo ăn.", f'"{text}"')), "plain-words.yaml": PLAIN})
    assert made.plain_words
    hard = [s for s in sentences(made, made.plain_words) if s.path[-3:-1] == ("steps", 0) and s.hardness > 1]
    assert [reason for s in hard for reason in s.reasons] == ([reason] if reason else [])


def test_the_catalogue_keeps_facts_and_leaves_out_what_is_unclear() -> None:
    found = parse(SNAPSHOT.format(fee="0 VNĐ (theo quy định)"))
    assert found
    entry = catalogue.read(catalogue.write([found], TODAY))["1.000001"]
    assert (entry.online, entry.direct, entry.postal) == ("5 ngày làm việc", "7 ngày làm việc", "")
    assert entry.fee is None
    assert entry.snapshot == TODAY


def test_the_limits_of_land_do_not_hang_on_the_way_of_filing() -> None:
    found = parse(SNAPSHOT.format(fee="0 VNĐ (theo quy định)").replace("Lĩnh vực: Mèo", "Lĩnh vực: Đất đai"))
    assert found
    entry = catalogue.read(catalogue.write([found], TODAY))["1.000001"]
    assert (entry.online, entry.direct, entry.postal) == ("5 đến 7 ngày làm việc", "5 đến 7 ngày làm việc", "")


def test_a_broken_catalogue_says_where() -> None:
    with pytest.raises(ContentError) as raised:
        load({**files(), "catalogue.csv": "code,name\n1.0,x\n"})
    assert str(raised.value.problems[0]).startswith("catalogue.csv:1: ")


def test_a_library_of_two_files_has_no_plain_words() -> None:
    assert library().plain_words is None
